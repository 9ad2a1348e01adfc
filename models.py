"""What crosses Durable, the cache and HTTP: JSON primitives only, dates ISO-8601 UTC with a `Z`."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

# Warnings of a repository of which GitHub shows nothing, however often it is asked: it has no commit
# (409), or is blocked (403, 451).
LASTING = frozenset({"empty", "blocked"})


class Metadata(TypedDict):
    """A repository as the listing gives it: no further request is needed."""

    name: str
    full_name: str
    html_url: str
    description: str | None
    homepage: str | None
    topics: list[str]
    language: str | None
    license: str | None  # SPDX id
    default_branch: str | None
    stargazers_count: int
    forks_count: int
    open_issues_count: int
    size: int  # KB
    fork: bool
    archived: bool
    is_template: bool
    visibility: str
    created_at: str
    updated_at: str
    pushed_at: str | None


class Revision(TypedDict):
    """What the content was read at. Both None: the repository is empty.

    `commit` is None where GitHub named the tree alone.
    """

    commit: str | None
    tree: str | None


class Bundle(TypedDict):
    """All that we know of one repository."""

    metadata: Metadata
    languages: dict[str, int]  # language -> bytes
    repoContext: dict[
        str, Any
    ]  # `.repo-context.json` as found; {} if absent, malformed or not an object
    file_types: dict[str, int]  # lower-case last suffix -> files, over the whole tree
    files: list[str]  # names in the root
    path_terms: dict[str, int]  # telling words of paths -> count, the 200 best
    dependencies: list[str]
    readme: str  # at most 64 KB of UTF-8
    revision: Revision
    fingerprint: str
    fetched_at: str
    warnings: list[str]  # short codes
    embedding: NotRequired[dict[str, str]]  # relevance.meaning.Embedding; added when it is saved


class Usage(TypedDict):
    """What a step took of the token's budget."""

    requests: int
    remaining: int | None  # of this hour, as GitHub said last


class FetchedBundle(Bundle, total=False):
    """What FetchRepoContextBundleActivity answers: a bundle, and what it took to get it."""

    usage: Usage


class Listed(TypedDict):
    """One repository of a listing."""

    metadata: Metadata
    fingerprint: str  # equal to the bundle's: no need to fetch


class Listing(TypedDict):
    """A username's repositories, as the last listing said.

    Kept in the cache, so that a thousand metadatas do not travel through orchestration histories.
    """

    listing_id: str  # hash of `repositories`
    scope: str  # what was asked for; ETags of another scope mean nothing
    path: str  # where it was asked for
    etags: list[str]  # of each page, in order: the next listing asks conditionally with them
    repositories: list[Listed]
    excluded: int  # forks, archived and private ones that the settings leave out


class ManifestEntry(TypedDict):
    """One repository of a published portfolio: where its bundle lies, and the metadata of today."""

    name: str
    row_key: str
    fingerprint: str
    metadata: Metadata
    fetched_at: str
    warnings: list[str]
    stale: str | None  # why the last refresh could not renew it; None: it is current


class Manifest(TypedDict):
    """The one row that says what a portfolio is. Swapping it is what publishing means."""

    username: str
    refreshed_at: str
    started_at: str
    excluded: int
    entries: list[ManifestEntry]  # by name, case folded
    # Listed, but not there when asked for: name -> fingerprint, not asked for again until it changes
    gone: dict[str, str]


class RefreshInput(TypedDict, total=False):
    """Input of repo_context_orchestrator."""

    username: str
    force: bool  # fetch unchanged repositories too
    changed: bool  # look only at what webhooks have named, where a listing is known


class Failure(TypedDict):
    """An expected failure, as a value: `task_all` never sees an exception because of it."""

    repo_name: str | None  # None: the listing itself failed
    error: str  # code of the errors.GitHubError
    message: str
    passes: bool  # asking again may help
    retry_at: str | None  # but not before this moment; None: GitHub names none
    usage: Usage


class Plan(TypedDict):
    """What GetRepoNamesActivity found: the work of this refresh."""

    listing_id: str
    total: int
    names: list[str]  # to fetch; the others are unchanged
    batch_size: int
    batches_per_minute: int  # 0: no pacing
    deliveries: list[str]  # of webhooks, which this refresh answers
    usage: Usage


class FetchInput(TypedDict):
    """Input of FetchRepoContextBundleActivity, which answers with a FetchedBundle or a Failure."""

    username: str
    repo_name: str
    listing_id: str


class BatchInput(TypedDict):
    """Input of repo_batch_orchestrator."""

    username: str
    listing_id: str
    names: list[str]


class Saved(TypedDict):
    """A bundle that lies in the cache, not yet published."""

    name: str
    row_key: str
    fingerprint: str
    fetched_at: str
    warnings: list[str]


class BatchResult(TypedDict):
    """What became of one batch."""

    saved: list[Saved]
    failures: list[Failure]
    usage: Usage


class PushInput(TypedDict):
    """Input of repo_push_orchestrator."""

    username: str
    collect_until: str  # webhooks that come before this moment are one refresh


class PublishInput(TypedDict):
    """Input of PublishPortfolioActivity."""

    username: str
    started_at: str
    saved: list[Saved]
    failures: list[Failure]
    deliveries: list[str]
