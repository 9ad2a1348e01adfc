"""What the operator sees of a refresh while it runs: the orchestration's custom status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import azure.durable_functions as df
from models import Failure, Plan


class Progress:
    """Counts of one refresh; every change is written to the custom status.

    `state` is `running` or `waiting`, `completed` or `failed` at the end; `done` of `total`
    repositories need no more work, `unchanged` of them needed none, `failed` of them could not be
    fetched. A repository that is gone is done.
    """

    def __init__(self, context: df.DurableOrchestrationContext) -> None:
        self._context = context
        self._facts: dict[str, object] = {
            "state": "running",
            "total": 0,
            "done": 0,
            "failed": 0,
            "unchanged": 0,
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
        self._show(state="running", total=plan["total"], done=unchanged, unchanged=unchanged)

    def fetched(self, saved: int, failures: Sequence[Failure]) -> None:
        """One batch is there. Failures that will be asked for again are not done."""
        failed = [failure for failure in failures if failure["error"] != "gone"]
        self._show(
            state="running",
            done=int(str(self._facts["done"])) + saved + len(failures),
            failed=int(str(self._facts["failed"])) + len(failed),
        )

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

    def _now(self) -> str:
        return iso(self._context.current_utc_datetime)

    def _show(self, **facts: object) -> None:
        self._facts.update(facts)
        self._context.set_custom_status(dict(self._facts))


def iso(moment: datetime) -> str:
    """ISO-8601 UTC with microseconds and a `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
