"""repo_batch_orchestrator: one batch of repositories, fetched in parallel."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import azure.durable_functions as df

from models import (
    BATCH_ORCHESTRATOR,
    EMBED_BUNDLES,
    FETCH_BUNDLE,
    BatchInput,
    BatchResult,
    EmbedInput,
    FetchInput,
    total_usage,
)

bp = df.Blueprint()

# For activities that end unexpectedly, e.g. with their process. Expected failures are values.
RETRY = df.RetryOptions(first_retry_interval_in_milliseconds=1_000, max_number_of_attempts=3)


@bp.orchestration_trigger(context_name="context", orchestration=BATCH_ORCHESTRATOR)
def repo_batch_orchestrator(
    context: df.DurableOrchestrationContext,
) -> Generator[Any, Any, BatchResult]:
    """Fetch a batch of repositories in parallel; each activity saves what it fetched.

    A batch is an orchestration of its own, so that its history stays short however large the
    portfolio is. Input: BatchInput. Output: BatchResult.
    """
    batch: BatchInput = context.get_input()
    username = batch["username"]
    results: list[Any] = yield context.task_all(
        [
            context.call_activity_with_retry(
                FETCH_BUNDLE,
                RETRY,
                FetchInput(username=username, repo_name=name, listing_id=batch["listing_id"]),
            )
            for name in batch["names"]
        ]
    )
    saved = [result["saved"] for result in results if "error" not in result]
    if batch["embed"] and saved:
        row_keys = [bundle["row_key"] for bundle in saved]
        yield context.call_activity_with_retry(
            EMBED_BUNDLES, RETRY, EmbedInput(username=username, row_keys=row_keys)
        )
    return {
        "saved": saved,
        "failures": [result for result in results if "error" in result],
        "usage": total_usage(*(result["usage"] for result in results)),
    }
