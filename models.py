"""Everything that crosses Durable and the cache, and the progress of a refresh.

JSON primitives only; dates are ISO-8601 UTC. `web/openapi.json` describes what crosses HTTP.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, TypedDict

# Names in the task hub. Renaming one breaks the orchestrations that are running.
REFRESH_ORCHESTRATOR = "repo_context_orchestrator"
BATCH_ORCHESTRATOR = "repo_batch_orchestrator"
PUSH_ORCHESTRATOR = "repo_push_orchestrator"
GET_REPO_NAMES = "GetRepoNamesActivity"
FETCH_BUNDLE = "FetchRepoContextBundleActivity"
EMBED_BUNDLES = "EmbedBundlesActivity"
PUBLISH_PORTFOLIO = "PublishPortfolioActivity"
START_REFRESH = "StartRefreshActivity"

# Warnings of repositories without visible content: no commit yet (409), or blocked (403, 451).
# Fetching them again changes nothing until the listing says that they changed.
PERMANENT_WARNINGS = frozenset({"empty", "blocked"})
# Warning of a repository that is published as the listing describes it, without its content.
CONTENT_PENDING = "content_pending"


def iso_utc(moment: datetime) -> str:
    """Format a timezone-aware moment as ISO-8601 UTC, e.g. `2026-01-31T12:00:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Metadata(TypedDict):
    """A repository as GitHub's listing describes it. Costs no further request."""

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
    """The commit and tree that a bundle's content was read at.

    `commit` is None if GitHub named only the tree; both are None for an empty repository.
    """

    commit: str | None
    tree: str | None


class PackedTerms(TypedDict):
    """The terms of a repository's content, `relevance.terms.RepositoryTerms`, as JSON."""

    analysis_version: int  # terms of another version are made anew from the bundle
    terms: list[str]  # sorted
    weights: str  # base64 of little-endian 32-bit floats, one a term
    field_weights: str  # base64 of bytes, one for each term and field


class Section(TypedDict):
    """What a README says below one heading, as plain text: a passage is one line."""

    title: str  # "" before the first heading
    line: int  # of the heading in the file, from 1
    lines: list[int]  # where each passage begins
    passages: list[str]


class Component(TypedDict):
    """A part of a repository that has a `.repo-context.json` of its own."""

    path: str  # its folder
    name: str
    description: str  # what it is; "" if its file does not say
    technologies: list[str]
    skills: list[str]
    topics: list[str]  # subjects, outcomes and inner parts


class Locations(TypedDict):
    """Where the words of a bundle stand in the repository, as far as it was read."""

    readme: str | None  # path of the README
    files: list[str]  # paths of the other files; the pairs below have a number of this list first
    dependencies: dict[str, list[int]]  # name -> [file, line]; line 0: unknown
    contexts: dict[str, list[int]]  # text of a context file -> [file, line]
    paths: dict[str, str]  # path word, or suffix of a file type -> a path with it


def no_locations() -> Locations:
    """The locations of a bundle without content."""
    return {"readme": None, "files": [], "dependencies": {}, "contexts": {}, "paths": {}}


class Bundle(TypedDict):
    """Everything that is known of one repository."""

    metadata: Metadata
    languages: dict[str, int]  # language -> bytes
    # `.repo-context.json` as found; {} if absent, malformed or not an object
    repoContext: dict[str, Any]
    file_types: dict[str, int]  # lower-case last suffix -> number of files in the whole tree
    files: list[str]  # names in the root
    path_terms: dict[str, int]  # telling words of paths -> count, the 200 most frequent
    dependencies: list[str]  # names from package files, in lower case, the most telling first
    readme: str  # at most 64 KB of UTF-8
    summary: str  # the first real sentence about the project, as plain text; "" if there is none
    sections: list[Section]  # what the README says, without code, badges and the like
    components: list[Component]  # its nested contexts
    locations: Locations
    commits: int | None  # on the default branch; None where GitHub was not asked
    revision: Revision
    fingerprint: str
    fetched_at: str
    warnings: list[str]  # codes, see the `bundles` package
    terms: NotRequired[PackedTerms]  # of the content; made when the repository is fetched
    embedding: NotRequired[dict[str, str]]  # relevance.embeddings.Embedding


class PublishedBundle(Bundle):
    """A bundle of a published portfolio, as readers get it from the cache."""

    stale: bool  # the last refresh could not renew it
    stale_reason: str | None  # code of the error, or a permanent warning


class RequestUsage(TypedDict):
    """GitHub requests that a step made, and the quotas as GitHub last reported them."""

    requests: int  # of the REST API
    queries: int  # of the GraphQL API
    raw_files: int  # of the raw host, which has no quota
    remaining: int | None  # REST requests, of this hour's quota
    points_remaining: int | None  # GraphQL points, of this hour's quota


def no_usage() -> RequestUsage:
    """The usage of a step that asked GitHub for nothing."""
    return {
        "requests": 0,
        "queries": 0,
        "raw_files": 0,
        "remaining": None,
        "points_remaining": None,
    }


def total_usage(*usages: RequestUsage) -> RequestUsage:
    """Add up usages; of the quotas, the lowest is the newest."""
    remaining = [usage["remaining"] for usage in usages if usage["remaining"] is not None]
    points = [
        usage["points_remaining"] for usage in usages if usage["points_remaining"] is not None
    ]
    return {
        "requests": sum(usage["requests"] for usage in usages),
        "queries": sum(usage["queries"] for usage in usages),
        "raw_files": sum(usage["raw_files"] for usage in usages),
        "remaining": min(remaining, default=None),
        "points_remaining": min(points, default=None),
    }


class FetchedBundle(TypedDict):
    """Output of FetchRepoContextBundleActivity: what it saved, in short, and the requests it took."""

    metadata: dict[str, str | None]  # name, full_name, html_url, description, pushed_at
    repoContext: dict[str, Any]  # {} if it is long
    file_types: dict[str, int]  # the most frequent
    languages: dict[str, int]  # the largest
    saved: SavedBundle
    usage: RequestUsage


class ListedRepository(TypedDict):
    """One repository of a listing."""

    metadata: Metadata
    fingerprint: str  # equal to the bundle's: its content need not be fetched


class Listing(TypedDict):
    """A user's repositories as GitHub last listed them.

    Kept in the cache, so that the metadata of a thousand repositories does not travel through
    orchestration histories.
    """

    listing_id: str  # hash of `repositories`
    scope: str  # hash of the settings it depends on; ETags of another scope must not be used
    path: str  # API path that was listed
    etags: list[str]  # of each page, in order; the next listing is conditional on them
    repositories: list[ListedRepository]
    excluded: int  # forks, archived and private repositories that the settings leave out


class ManifestEntry(TypedDict):
    """One repository of a published portfolio: the row of its bundle, and its current metadata."""

    name: str
    row_key: str | None  # None: its content has not been read yet
    row_etag: str | None  # of that row when it was published; another one means a damaged row
    fingerprint: str  # "" without a row
    metadata: Metadata
    fetched_at: str | None
    warnings: list[str]
    stale: str | None  # why the last refresh could not renew the bundle; None if it is current


class Manifest(TypedDict):
    """The row that names the bundles of a published portfolio. Publishing swaps it."""

    username: str
    refreshed_at: str
    started_at: str  # of the last refresh that ended
    # False from first sight until the first refresh ends. Later refreshes do not change it back.
    finished: bool
    excluded: int
    entries: list[ManifestEntry]  # by name, ignoring case
    # Listed repositories that answered 404: name -> fingerprint. Not fetched until it changes.
    gone: dict[str, str]


class RefreshHealth(TypedDict):
    """How the last refresh began, for health and for visitors whose requests would start another."""

    error: RefreshError | None  # why it got no listing; None if it did
    failures: int  # refreshes in a row that got no listing
    next_try_at: str | None  # before this moment, visitors start no refresh
    token_expires_at: str | None


class RefreshInput(TypedDict, total=False):
    """Input of repo_context_orchestrator."""

    username: str
    force: bool  # fetch unchanged repositories too
    changed: bool  # list only the repositories that webhooks named, if there is an earlier listing
    last_try: bool  # the refresh ends if this fails; the orchestrator says so to its activity


class Failure(TypedDict):
    """An expected failure as a value, so that it never fails a whole `task_all`."""

    repo_name: str | None  # None: the listing failed
    error: str  # `code` of the errors.GitHubError
    message: str
    retryable: bool
    retry_at: str | None  # earliest moment for the retry; None if GitHub names none
    usage: RequestUsage


class RefreshPlan(TypedDict):
    """Output of GetRepoNamesActivity: the work of one refresh."""

    listing_id: str
    total: int
    names: list[str]  # repositories to fetch; the others are unchanged
    batch_size: int
    requests_per_minute: int  # of each API; 0: no pacing
    embed: bool  # bundles get embeddings
    deliveries: list[str]  # row keys of the webhooks that this refresh answers
    usage: RequestUsage


class FetchInput(TypedDict):
    """Input of FetchRepoContextBundleActivity, which returns a FetchedBundle or a Failure."""

    username: str
    repo_name: str
    listing_id: str


class BatchInput(TypedDict):
    """Input of repo_batch_orchestrator."""

    username: str
    listing_id: str
    names: list[str]
    embed: bool


class EmbedInput(TypedDict):
    """Input of EmbedBundlesActivity, which adds embeddings to saved bundles."""

    username: str
    row_keys: list[str]


class SavedBundle(TypedDict):
    """A bundle that lies in the cache but is not published yet."""

    name: str
    row_key: str
    fingerprint: str
    fetched_at: str
    warnings: list[str]


class BatchResult(TypedDict):
    """Output of repo_batch_orchestrator."""

    saved: list[SavedBundle]
    failures: list[Failure]
    usage: RequestUsage


class PushInput(TypedDict):
    """Input of repo_push_orchestrator."""

    username: str
    collect_until: str  # one refresh answers all webhooks that arrive before this moment


class PublishInput(TypedDict):
    """Input of PublishPortfolioActivity, which returns list[Bundle] at the end of a refresh.

    `saved` and `failed` are those since the last publishing of this refresh.
    """

    username: str
    listing_id: str
    started_at: str
    saved: list[SavedBundle]
    failed: dict[str, list[str]]  # code of the error -> names of repositories
    deliveries: list[str]
    ended: (
        bool  # the refresh ends: what it did not list disappears, what it could not renew is stale
    )


class RefreshError(TypedDict):
    """Why a refresh waits or has failed."""

    code: str
    message: str


class RefreshProgress(TypedDict):
    """How far a refresh is: the orchestration's custom status and `GET /refresh/{username}`.

    `done` of `total` repositories need no more work: `unchanged` of them needed none, `failed` of
    them could not be fetched. A repository that is gone is done.
    """

    state: Literal["idle", "queued", "running", "waiting", "completed", "failed"]
    total: int
    done: int
    failed: int
    unchanged: int
    requests: int  # made of GitHub's REST and GraphQL APIs
    requests_remaining: int | None  # REST requests, of this hour's quota
    points_remaining: int | None  # GraphQL points, of this hour's quota
    started_at: str | None
    finished_at: str | None
    waiting_until: NotRequired[str]
    error: NotRequired[RefreshError]


def new_progress() -> RefreshProgress:
    """Progress before anything happened."""
    return {
        "state": "idle",
        "total": 0,
        "done": 0,
        "failed": 0,
        "unchanged": 0,
        "requests": 0,
        "requests_remaining": None,
        "points_remaining": None,
        "started_at": None,
        "finished_at": None,
    }
