"""One batch of repositories: fetched in parallel, saved at once."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import azure.durable_functions as df
from models import BatchInput, BatchResult, Failure, FetchInput

bp = df.Blueprint()

# For broken sockets and the like between us and the storage; GitHub's failures come as values.
RETRY = df.RetryOptions(first_retry_interval_in_milliseconds=1_000, max_number_of_attempts=3)


@bp.orchestration_trigger(context_name="context", orchestration="repo_batch_orchestrator")
def repo_batch_orchestrator(
    context: df.DurableOrchestrationContext,
) -> Generator[Any, Any, BatchResult]:
    """Fetch a batch of repositories side by side and save what came.

    A batch is an orchestration of its own, so that its history stays short however large the
    portfolio is, and a crash loses no more than its work. Input: BatchInput. Output: BatchResult.
    """
    batch: BatchInput = context.get_input()
    results: list[Any] = yield context.task_all(
        [
            context.call_activity_with_retry(
                "FetchRepoContextBundleActivity",
                RETRY,
                FetchInput(
                    username=batch["username"], repo_name=name, listing_id=batch["listing_id"]
                ),
            )
            for name in batch["names"]
        ]
    )
    saved = yield context.call_activity_with_retry(
        "SaveBundlesActivity",
        RETRY,
        {
            "username": batch["username"],
            "bundles": [
                {name: value for name, value in result.items() if name != "usage"}
                for result in results
                if "error" not in result
            ],
        },
    )
    failures: list[Failure] = [result for result in results if "error" in result]
    used = [result["usage"] for result in results]
    remaining = [each["remaining"] for each in used if each["remaining"] is not None]
    return {
        "saved": saved,
        "failures": failures,
        "usage": {
            "requests": sum(each["requests"] for each in used),
            "remaining": min(remaining, default=None),
        },
    }
