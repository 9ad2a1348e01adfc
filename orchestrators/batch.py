"""repo_batch_orchestrator: one batch of repositories, fetched in parallel and saved together."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import azure.durable_functions as df

from models import (
    BATCH_ORCHESTRATOR,
    FETCH_BUNDLE,
    SAVE_BUNDLES,
    BatchInput,
    BatchResult,
    Failure,
    FetchInput,
    SavedBundle,
    SaveInput,
)

bp = df.Blueprint()

# For broken connections between us and the storage. GitHub's failures are values, not exceptions.
RETRY = df.RetryOptions(first_retry_interval_in_milliseconds=1_000, max_number_of_attempts=3)


@bp.orchestration_trigger(context_name="context", orchestration=BATCH_ORCHESTRATOR)
def repo_batch_orchestrator(
    context: df.DurableOrchestrationContext,
) -> Generator[Any, Any, BatchResult]:
    """Fetch a batch of repositories in parallel and save the bundles.

    A batch is an orchestration of its own, so that its history stays short however large the
    portfolio is, and a crash costs at most one batch. Input: BatchInput. Output: BatchResult.
    """
    batch: BatchInput = context.get_input()
    results: list[Any] = yield context.task_all(
        [
            context.call_activity_with_retry(
                FETCH_BUNDLE,
                RETRY,
                FetchInput(
                    username=batch["username"], repo_name=name, listing_id=batch["listing_id"]
                ),
            )
            for name in batch["names"]
        ]
    )
    failures: list[Failure] = [result for result in results if "error" in result]
    bundles: list[Any] = [
        {name: value for name, value in result.items() if name != "usage"}
        for result in results
        if "error" not in result
    ]
    saved: list[SavedBundle] = yield context.call_activity_with_retry(
        SAVE_BUNDLES, RETRY, SaveInput(username=batch["username"], bundles=bundles)
    )
    usages = [result["usage"] for result in results]
    remaining = [usage["remaining"] for usage in usages if usage["remaining"] is not None]
    return {
        "saved": saved,
        "failures": failures,
        "usage": {
            "requests": sum(usage["requests"] for usage in usages),
            "remaining": min(remaining, default=None),
        },
    }
