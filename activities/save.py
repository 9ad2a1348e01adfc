"""SaveBundlesActivity: save the bundles of a batch, unpublished. Idempotent."""

from __future__ import annotations

from typing import cast

import azure.durable_functions as df

from cache import GitHubCache
from clients import assistant, github_cache
from models import SAVE_BUNDLES, Bundle, SavedBundle, SaveInput

bp = df.Blueprint()


@bp.activity_trigger(input_name="request", activity=SAVE_BUNDLES)
def save_bundles(request: dict) -> list:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Embed and save the bundles of one batch. SaveInput -> list[SavedBundle]."""
    batch = cast(SaveInput, request)
    bundles = assistant().with_embeddings(batch["bundles"])
    return list(run_save_bundles(github_cache(), batch["username"], bundles))


def run_save_bundles(cache: GitHubCache, username: str, bundles: list[Bundle]) -> list[SavedBundle]:
    """Add bundles beside the published ones, and return where they lie."""
    row_keys = cache.save_bundles(username, bundles)
    return [
        {
            "name": bundle["metadata"]["name"],
            "row_key": row_keys[bundle["metadata"]["name"]],
            "fingerprint": bundle["fingerprint"],
            "fetched_at": bundle["fetched_at"],
            "warnings": bundle["warnings"],
        }
        for bundle in bundles
    ]
