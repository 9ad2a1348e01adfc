"""FetchRepoContextBundleActivity: fetch one repository and save it, unpublished."""

from __future__ import annotations

import json
from typing import cast

import azure.durable_functions as df

from activities.failures import attempt, failure
from cache import GitHubCache
from clients import github_cache, github_repo_manager
from errors import CacheUnavailable, GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_repo_manager import GitHubRepoManager
from models import (
    FETCH_BUNDLE,
    Bundle,
    Failure,
    FetchedBundle,
    FetchInput,
    RequestUsage,
    SavedBundle,
    no_usage,
    total_usage,
)
from observability import Facts, logger
from relevance.terms import analyse, pack_terms

bp = df.Blueprint()

# Histories are read at every replay, so they carry the result in short.
MAX_CONTEXT_CHARS, MAX_TEXT_CHARS, MAX_ENTRIES, MAX_KEY_CHARS = 500, 100, 10, 40


@bp.activity_trigger(input_name="request", activity=FETCH_BUNDLE)
def fetch_repo_context_bundle(request: dict) -> dict:  # type: ignore[type-arg]  # the worker resolves plain types only
    """Fetch and save one repository. FetchInput -> FetchedBundle or Failure."""
    name = request["repo_name"]
    try:
        return dict(
            attempt(
                lambda: fetch_bundle(
                    github_repo_manager(), github_cache(), cast(FetchInput, request)
                ),
                name,
            )
        )
    except Exception:  # noqa: BLE001 - what one repository's content meets must not stop the others
        logger.exception("refresh.step_broken %s", Facts(repository=name))
        return dict(failure(GitHubUnavailable("internal", "a bug; the log has it"), name))


def fetch_bundle(
    manager: GitHubRepoManager, cache: GitHubCache, request: FetchInput
) -> FetchedBundle | Failure:
    """Fetch a repository as the listing describes it, analyse it, and save it beside the others.

    If the listing was replaced meanwhile, GitHub is asked how it lists the repository now. Nobody
    sees the saved bundle before it is published, so a second run of this activity does no harm.
    """
    username, name = request["username"], request["repo_name"]
    usage = no_usage()
    try:
        listed = cache.listed_repositories(username, request.get("listing_id", "")).get(name)
        if listed is None:
            listed = manager.get_repository(username, name)
            if not manager.includes(listed["metadata"]):  # e.g. private since it was listed
                raise RepositoryUnavailable("gone", f"{username}/{name} is excluded by now")
            usage["requests"] += 1
        fetched = manager.fetch_bundle(username, listed)
        usage = total_usage(usage, fetched.usage)
        bundle: Bundle = {**fetched.bundle, "terms": pack_terms(analyse(fetched.bundle))}
        saved = cache.save_bundle(username, bundle)
    except (GitHubError, CacheUnavailable) as error:
        return failure(error, name, usage)
    return in_short(bundle, saved, usage)


def in_short(bundle: Bundle, saved: SavedBundle, usage: RequestUsage) -> FetchedBundle:
    """Shorten a bundle to about a kilobyte."""
    metadata, context = bundle["metadata"], bundle["repoContext"]
    return {
        "metadata": {
            "name": metadata["name"],
            "full_name": metadata["full_name"],
            "html_url": metadata["html_url"],
            "description": (metadata["description"] or "")[:MAX_TEXT_CHARS] or None,
            "pushed_at": metadata["pushed_at"],
        },
        "repoContext": context if len(json.dumps(context)) <= MAX_CONTEXT_CHARS else {},
        "file_types": _first(bundle["file_types"]),
        "languages": _first(bundle["languages"]),
        "saved": saved,
        "usage": usage,
    }


def _first(counts: dict[str, int]) -> dict[str, int]:
    return {key[:MAX_KEY_CHARS]: count for key, count in list(counts.items())[:MAX_ENTRIES]}
