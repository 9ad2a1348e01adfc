"""EmbedBundlesActivity: add embeddings to saved bundles, where the owner has set a model for them."""

from __future__ import annotations

from typing import cast

import azure.durable_functions as df

from activities.failures import attempt
from ai_assistant import Assistant
from cache import GitHubCache
from clients import assistant, github_cache
from errors import CacheUnavailable
from models import EMBED_BUNDLES, EmbedInput
from observability import Facts, logger

bp = df.Blueprint()


@bp.activity_trigger(input_name="request", activity=EMBED_BUNDLES)
def embed_bundles(request: dict) -> int:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Embed the bundles of one batch. EmbedInput -> their number."""
    embedded = attempt(
        lambda: run_embed_bundles(assistant(), github_cache(), cast(EmbedInput, request))
    )
    return embedded if isinstance(embedded, int) else 0


def run_embed_bundles(assistant: Assistant, cache: GitHubCache, request: EmbedInput) -> int:
    """Embed saved bundles with one call of the model, and save them again; return their number.

    Bundles without embeddings are ranked by words alone, so failures are logged and not raised.
    """
    username = request["username"]
    try:
        bundles = list(cache.load_bundles(username, request["row_keys"]).values())
        embedded = [
            bundle for bundle in assistant.with_embeddings(bundles) if "embedding" in bundle
        ]
        for bundle in embedded:
            cache.save_bundle(username, bundle)
    except CacheUnavailable as error:
        logger.warning("embedding.not_saved %s", Facts(username=username, error=str(error)))
        return 0
    return len(embedded)
