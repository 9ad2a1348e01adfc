"""The progress of a running refresh, written to the orchestration's custom status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import azure.durable_functions as df

from models import BatchResult, Failure, RefreshPlan, RequestUsage, iso_utc, new_progress


class Progress:
    """Counts the work of one refresh (RefreshProgress); every change updates the custom status."""

    def __init__(self, context: df.DurableOrchestrationContext) -> None:
        """Begin at the orchestration's current time, in the state `running`."""
        self._context = context
        self._progress: dict[str, Any] = {**new_progress()}
        self._show(state="running", started_at=self._now())

    @property
    def started_at(self) -> str:
        """When this refresh began. No two refreshes of a portfolio share it."""
        return str(self._progress["started_at"])

    def planned(self, plan: RefreshPlan) -> None:
        """Set the totals; repositories that are not planned are done."""
        unchanged = plan["total"] - len(plan["names"])
        self._count(plan["usage"])
        self._show(state="running", total=plan["total"], done=unchanged, unchanged=unchanged)

    def fetched(self, result: BatchResult) -> None:
        """Count a batch. Repositories that will be retried are not done."""
        final = [failure for failure in result["failures"] if not failure["retryable"]]
        failed = [failure for failure in final if failure["error"] != "gone"]
        self._count(result["usage"])
        self._add(done=len(result["saved"]) + len(final), failed=len(failed))

    def gave_up(self, repositories: int) -> None:
        """Count repositories as failed that will not be retried again."""
        self._add(done=repositories, failed=repositories)

    def spent(self, usage: RequestUsage) -> None:
        """Count the requests of a step that failed."""
        self._count(usage)
        self._show()

    def waiting(self, failure: Failure, until: datetime) -> None:
        """Show that no request is made until `until`, because of `failure`."""
        self._show(
            state="waiting",
            waiting_until=iso_utc(until),
            error={"code": failure["error"], "message": failure["message"]},
        )

    def resumed(self) -> None:
        """Show that the wait is over."""
        for name in ("waiting_until", "error"):
            self._progress.pop(name, None)
        self._show(state="running")

    def completed(self) -> None:
        """Show that the portfolio is published."""
        self._show(state="completed", finished_at=self._now())

    def failed(self, failure: Failure) -> None:
        """Show that the refresh could not go on; what was published stays."""
        self._show(
            state="failed",
            finished_at=self._now(),
            error={"code": failure["error"], "message": failure["message"]},
        )

    def _count(self, usage: RequestUsage) -> None:
        self._progress["requests"] += usage["requests"] + usage["queries"]
        if usage["remaining"] is not None:
            self._progress["requests_remaining"] = usage["remaining"]
        if usage["points_remaining"] is not None:
            self._progress["points_remaining"] = usage["points_remaining"]

    def _add(self, **counts: int) -> None:
        self._show(**{name: self._progress[name] + count for name, count in counts.items()})

    def _now(self) -> str:
        return iso_utc(self._context.current_utc_datetime)

    def _show(self, **changes: object) -> None:
        self._progress.update(changes)
        self._context.set_custom_status(dict(self._progress))
