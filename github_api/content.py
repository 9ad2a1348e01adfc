"""Read a repository's content in one of three ways, all of which give the same bytes.

- With a token: a GraphQL query beside a recursive tree (REST), then one more query for the files
  that only the tree shows.
- Without a token: a tree, then the files from the raw host, which has no quota. The languages are
  computed from the tree.
- By REST alone, where the others are not to be had: languages and tree, then the files.

Files are named by their hash or by the commit, so a push in between cannot mix two versions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from bundles import ReadLimits, Selection, Tree, WantedBlobs, languages_of, revision
from errors import GitHubError, GitHubUnavailable, RateLimited
from github_api.breaker import Breaker
from github_api.client import GitHubClient
from github_api.graphql import (
    REPOSITORY_QUERY,
    REPOSITORY_QUERY_WITHOUT_FILES,
    Summary,
    blobs_query,
    read_files,
    read_summary,
)
from github_api.limits import Calls
from github_api.parallel import run_all
from github_api.parsing import blob_content, blob_sha, file_tree, json_object

# How much the ways read: one query takes many files, of the others each is a request.
QUERY_LIMITS = ReadLimits(ahead=True)
RAW_LIMITS = ReadLimits(contexts=3)
REST_LIMITS = ReadLimits(contexts=3, files=4)
MAX_ROUNDS = 8  # of reading what the files before have led to; two do for nearly all
# GraphQL cuts longer texts, near 500 KB.
MAX_TEXT_BYTES = 500_000
# A GitHub without GraphQL, or with an old one, will not have it soon.
UNSUPPORTED_PAUSE = timedelta(hours=1)
# After these the REST API is asked instead; other errors concern it as well.
REPLACED_BY_REST = ("unreachable", "bad_response", "overloaded", "unsupported")


FilesToRead = Mapping[str, tuple[str, int]]  # sha -> path, bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What was fetched of a repository."""

    tree: Tree
    wanted: WantedBlobs
    languages: Mapping[str, Any]  # language -> bytes
    blobs: dict[str, bytes]  # sha -> content of every wanted blob
    commits: int | None  # None if GraphQL was not asked


@dataclass(frozen=True, slots=True)
class Target:
    """The repository to read, and the requests that it takes."""

    owner: str
    name: str
    full_name: str
    branch: str
    calls: Calls

    @property
    def root(self) -> str:
        """Its path in the REST API."""
        return f"/repos/{quote(self.owner)}/{quote(self.name)}"


class ContentReader:
    """Reads repositories' content, and remembers which ways work. Thread-safe.

    Raises RepositoryUnavailable, RateLimited and GitHubUnavailable, nothing else.
    """

    def __init__(self, client: GitHubClient) -> None:
        self._client = client
        self._graphql = Breaker(client.now)
        self._raw = Breaker(client.now)

    def read(self, target: Target) -> Content:
        """Read a repository: two round trips, or one where the query holds every wanted file."""
        limits, calls = self._client.limits, target.calls
        limits.check("core", keep_reserve=calls.keep_reserve)
        if self._client.has_token:
            if self._graphql.allows():
                limits.check("graphql", keep_reserve=calls.keep_reserve)
                return self._read_by_query(target)
        elif self._client.has_raw_files:
            return self._read_raw(target)
        return self._read_by_rest(target)

    def read_in_turn(self, target: Target) -> Content:
        """Read a repository by REST, one request after another."""
        languages = self._languages(target)
        tree = self._tree(target, target.branch)
        wanted, blobs = _read_files(
            tree, ReadLimits(), lambda files: {sha: self._blob(target, sha) for sha in files}
        )
        return Content(tree, wanted, languages, blobs, commits=None)

    def _read_by_rest(self, target: Target) -> Content:
        languages, tree = run_all(
            self._client.executor,
            partial(self._languages, target),
            partial(self._tree, target, target.branch),
        )
        wanted, blobs = _read_files(tree, REST_LIMITS, partial(self._blobs, target))
        return Content(tree, wanted, languages, blobs, commits=None)

    def _read_by_query(self, target: Target) -> Content:
        tree, summary = run_all(
            self._client.executor,
            partial(self._tree, target, target.branch),
            partial(self._summary, target),
        )
        if summary is None:
            languages, (wanted, blobs) = run_all(
                self._client.executor,
                partial(self._languages, target),
                partial(_read_files, tree, REST_LIMITS, partial(self._blobs, target)),
            )
            return Content(tree, wanted, languages, blobs, commits=None)
        if tree.sha not in (summary.commit, summary.tree):
            # A push came between the two requests, or the listing's branch is out of date.
            tree = self._tree(target, summary.commit)
        languages = summary.languages
        if languages is None:
            languages = self._languages(target)
        wanted, blobs = _read_files(
            tree,
            QUERY_LIMITS,
            partial(self._queried_or_rest, target, summary.files.unreadable),
            summary.files.contents,
        )
        return Content(tree, wanted, languages, blobs, summary.commits)

    def _read_raw(self, target: Target) -> Content:
        tree = self._tree(target, target.branch)
        commit = revision(tree)["commit"] or target.branch
        wanted, blobs = _read_files(tree, RAW_LIMITS, partial(self._raw_files, target, commit))
        return Content(tree, wanted, languages_of(tree.entries), blobs, commits=None)

    def _summary(self, target: Target) -> Summary | None:
        """Query a repository; None if GraphQL cannot tell, but REST may."""
        variables = {"owner": target.owner, "name": target.name}
        for text in (REPOSITORY_QUERY, REPOSITORY_QUERY_WITHOUT_FILES):
            try:
                answer = self._client.query(text, variables, target.calls)
                summary = read_summary(answer, target.full_name)
            except GitHubUnavailable as error:
                if error.code not in REPLACED_BY_REST:
                    raise
                if error.code == "unsupported":
                    self._graphql.pause(UNSUPPORTED_PAUSE)
                else:
                    self._graphql.failed()
                if error.code != "overloaded":
                    return None
            else:
                if text == REPOSITORY_QUERY:
                    self._graphql.succeeded()
                return summary
        return None

    def _queried_or_rest(
        self, target: Target, unreadable: Collection[str], files: FilesToRead
    ) -> dict[str, bytes]:
        """Get files by one query; by REST those that GraphQL does not give as they are."""
        by_rest = [
            sha for sha, (_, size) in files.items() if sha in unreadable or size > MAX_TEXT_BYTES
        ]
        by_query = [sha for sha in files if sha not in by_rest]
        *blobs, queried = run_all(
            self._client.executor,
            *(partial(self._blob, target, sha) for sha in by_rest),
            partial(self._queried_files, target, by_query),
        )
        contents = {**dict(zip(by_rest, blobs, strict=True)), **queried}
        return contents | self._blobs(target, [sha for sha in files if sha not in contents])

    def _queried_files(self, target: Target, shas: Sequence[str]) -> dict[str, bytes]:
        """Query files by their hash; leaves out those that GraphQL does not give as they are."""
        if not shas:
            return {}
        variables = {"owner": target.owner, "name": target.name}
        variables |= {f"b{number}": sha for number, sha in enumerate(shas)}
        try:
            answer = self._client.query(blobs_query(len(shas)), variables, target.calls)
        except GitHubUnavailable as error:
            if error.code not in REPLACED_BY_REST:
                raise
            return {}
        return read_files(answer).contents

    def _raw_files(self, target: Target, commit: str, files: FilesToRead) -> dict[str, bytes]:
        blobs = run_all(
            self._client.executor,
            *(
                partial(self._raw_file, target, commit, sha, path, size)
                for sha, (path, size) in files.items()
            ),
        )
        return dict(zip(files, blobs, strict=True))

    def _raw_file(self, target: Target, commit: str, sha: str, path: str, size: int) -> bytes:
        """Get a file from the raw host, or by REST where that fails."""
        failure: GitHubError | None = None
        if self._raw.allows():
            address = f"{target.full_name}/{commit}/{path}"
            try:
                content = self._client.raw_file(address, size, target.calls)
                if blob_sha(content) == sha:
                    self._raw.succeeded()
                    return content
                failure = GitHubUnavailable("bad_response", f"{address} has other content")
            except GitHubError as error:
                failure = error
            if not isinstance(failure, RateLimited):
                self._raw.failed()
        try:
            return self._blob(target, sha)
        except RateLimited as error:
            # What the raw host lacks now may be there before the quota is.
            raise failure or error from error

    def _tree(self, target: Target, revision_name: str) -> Tree:
        path = f"{target.root}/git/trees/{quote(revision_name, safe='')}"
        answer = self._client.get(path, target.calls, {"recursive": "1"})
        return file_tree(answer.body, target.full_name)

    def _languages(self, target: Target) -> dict[str, Any]:
        answer = self._client.get(f"{target.root}/languages", target.calls)
        return json_object(answer.body, "languages")

    def _blobs(self, target: Target, shas: Collection[str]) -> dict[str, bytes]:
        blobs = run_all(self._client.executor, *(partial(self._blob, target, sha) for sha in shas))
        return dict(zip(shas, blobs, strict=True))

    def _blob(self, target: Target, sha: str) -> bytes:
        return blob_content(self._client.get(f"{target.root}/git/blobs/{sha}", target.calls).body)


def _read_files(
    tree: Tree,
    limits: ReadLimits,
    fetch: Callable[[FilesToRead], Mapping[str, bytes]],
    read: Mapping[str, bytes] | None = None,
) -> tuple[WantedBlobs, dict[str, bytes]]:
    """Fetch what is wanted of a tree, and what that leads to. `read`: what is there already."""
    selection, contents = Selection(tree, limits), dict(read or {})
    for _ in range(MAX_ROUNDS):
        wanted = selection.wanted(contents)
        missing = {sha: file for sha, file in wanted.files.items() if sha not in contents}
        if not missing:
            break
        contents |= fetch(missing)
    return wanted, contents
