"""What the operator sees of a refresh while it runs: the orchestration's custom status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import azure.durable_functions as df
from models import BatchResult, Failure, Plan, Usage


class Progress:
    """Counts of one refresh; every change is written to the custom status.

    `state` is `running` or `waiting`, `completed` or `failed` at the end; `done` of `total`
    repositories need no more work, `unchanged` of them needed none, `failed` of them could not be
    fetched. A repository that is gone is done. `requests` were made of GitHub, which allows
    `requests_remaining` more this hour.
    """

    def __init__(self, context: df.DurableOrchestrationContext) -> None:
        self._context = context
        self._facts: dict[str, Any] = {
            "state": "running",
            "total": 0,
            "done": 0,
            "failed": 0,
            "unchanged": 0,
            "requests": 0,
            "requests_remaining": None,
            "started_at": self._now(),
            "finished_at": None,
        }
        self._show()

    @property
    def started_at(self) -> str:
        """When this run began; no two runs of one portfolio share it."""
        return str(self._facts["started_at"])

    def listed(self, plan: Plan) -> None:
        """The listing is there: what was not planned is done."""
        unchanged = plan["total"] - len(plan["names"])
        self._count(plan["usage"])
        self._show(state="running", total=plan["total"], done=unchanged, unchanged=unchanged)

    def fetched(self, result: BatchResult) -> None:
        """One batch is there. Failures that will be asked for again are not done."""
        ended = [each for each in result["failures"] if not each["passes"]]
        failed = [each for each in ended if each["error"] != "gone"]
        self._count(result["usage"])
        self._add(done=len(result["saved"]) + len(ended), failed=len(failed))

    def gave_up(self, repositories: int) -> None:
        """So many are not asked for again."""
        self._add(done=repositories, failed=repositories)

    def spent(self, usage: Usage) -> None:
        """Requests were made in vain."""
        self._count(usage)
        self._show()

    def waiting(self, failure: Failure, until: datetime) -> None:
        """Nothing is asked of GitHub until `until`; `failure` says why."""
        self._show(
            state="waiting",
            waiting_until=iso(until),
            error={"code": failure["error"], "message": failure["message"]},
        )

    def resumed(self) -> None:
        """The wait is over."""
        for name in ("waiting_until", "error"):
            self._facts.pop(name, None)
        self._show(state="running")

    def completed(self) -> None:
        """The portfolio is published."""
        self._show(state="completed", finished_at=self._now())

    def failed(self, failure: Failure) -> None:
        """Nothing could be published; the portfolio of before stays."""
        self._show(
            state="failed",
            finished_at=self._now(),
            error={"code": failure["error"], "message": failure["message"]},
        )

    def _count(self, usage: Usage) -> None:
        self._facts["requests"] += usage["requests"]
        if usage["remaining"] is not None:
            self._facts["requests_remaining"] = usage["remaining"]

    def _add(self, **counts: int) -> None:
        self._show(**{name: self._facts[name] + count for name, count in counts.items()})

    def _now(self) -> str:
        return iso(self._context.current_utc_datetime)

    def _show(self, **facts: object) -> None:
        self._facts.update(facts)
        self._context.set_custom_status(dict(self._facts))


def iso(moment: datetime) -> str:
    """ISO-8601 UTC with microseconds and a `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
