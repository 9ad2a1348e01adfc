"""The GraphQL queries, and what their answers mean.

GitHub answers 200 also to queries that failed, with `errors` beside as much of the data as there
is: https://docs.github.com/graphql/guides/using-graphql-clients
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bundles import LIKELY_PATHS, WORKFLOWS
from errors import GitHubError, GitHubUnavailable, RepositoryUnavailable
from github_api.client import graphql_errors
from github_api.parsing import blob_sha
from github_api.refusals import token_refused

MAX_LANGUAGES = 100  # GitHub's maximum for one page
_FILE = "fragment File on Blob{oid text isTruncated}"
_REPOSITORY = (
    "query Repository($owner:String!,$name:String!){repository(owner:$owner,name:$name){nameWithOwner "
    "defaultBranchRef{target{oid ...on Commit{tree{oid} history{totalCount}}}} "
    f"languages(first:{MAX_LANGUAGES},orderBy:{{field:SIZE,direction:DESC}})"
    "{pageInfo{hasNextPage} edges{size node{name}}}"
)
_LIKELY_FILES = "".join(
    f' f{number}:object(expression:"HEAD:{path}"){{...File}}'
    for number, path in enumerate(LIKELY_PATHS)
)
_WORKFLOWS = (
    f' w:object(expression:"HEAD:{WORKFLOWS}"){{...on Tree{{entries{{object{{...File}}}}}}}}'
)
REPOSITORY_QUERY = f"{_REPOSITORY}{_LIKELY_FILES}{_WORKFLOWS}}}}}{_FILE}"
# Asked if GitHub could not answer the other one in time.
REPOSITORY_QUERY_WITHOUT_FILES = f"{_REPOSITORY}}}}}"


@cache
def blobs_query(count: int) -> str:
    """Return the query for `count` files by their shas, the variables `b0`, `b1` and so on."""
    variables = "".join(f",$b{number}:GitObjectID!" for number in range(count))
    blobs = "".join(f" b{number}:object(oid:$b{number}){{...File}}" for number in range(count))
    return (
        f"query Files($owner:String!,$name:String!{variables})"
        f"{{repository(owner:$owner,name:$name){{nameWithOwner{blobs}}}}}{_FILE}"
    )


@dataclass(frozen=True, slots=True)
class Files:
    """Files of a GraphQL answer by their sha."""

    contents: dict[str, bytes]
    # Binary, cut, or not UTF-8: GraphQL's text is not the file.
    unreadable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """What GraphQL tells of a repository."""

    commit: str
    tree: str
    commits: int
    languages: dict[str, int] | None  # None: more than one page holds
    files: Files


def read_summary(answer: Mapping[str, Any], full_name: str) -> Summary:
    """Read the answer to a query for a repository; use it also beside errors if it is whole.

    Raises RepositoryUnavailable, or GitHubUnavailable with the code `token_refused`, `unsupported`,
    `overloaded` or `bad_response`.
    """
    repository = _repository(answer)
    name = repository.get("nameWithOwner")
    if isinstance(name, str) and name.lower() != full_name.lower():
        raise RepositoryUnavailable("gone", f"{full_name} has another name by now")
    errors = graphql_errors(answer)
    if repository.get("defaultBranchRef", ...) is None and not any(
        "defaultBranchRef" in str(error.get("path")) for error in errors
    ):
        raise RepositoryUnavailable("empty", f"{full_name}: the repository is empty")
    try:
        head = repository["defaultBranchRef"]["target"]
        commit, tree, commits = head["oid"], head["tree"]["oid"], head["history"]["totalCount"]
    except (KeyError, TypeError):
        raise _failure(errors, answer, full_name) from None
    if not (isinstance(commit, str) and isinstance(tree, str) and type(commits) is int):
        raise _failure(errors, answer, full_name)
    return Summary(commit, tree, commits, _languages(repository), read_files(answer))


def read_files(answer: Mapping[str, Any]) -> Files:
    """Read the files of an answer."""
    contents: dict[str, bytes] = {}
    unreadable: set[str] = set()
    for blob in _objects(_repository(answer)):
        if not (isinstance(blob, dict) and isinstance(sha := blob.get("oid"), str)):
            continue
        text = blob.get("text")
        # GitHub cuts long texts and replaces what is not UTF-8, so the hash has the last word.
        content = text.encode(errors="surrogatepass") if isinstance(text, str) else b""
        if blob.get("isTruncated") is False and blob_sha(content) == sha:
            contents[sha] = content
        else:
            unreadable.add(sha)
    return Files(contents, frozenset(unreadable))


def _objects(repository: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the objects of an answer: files, and the files of folders."""
    for value in repository.values():
        entries = value.get("entries") if isinstance(value, dict) else None
        if isinstance(entries, list):
            yield from (entry.get("object") for entry in entries if isinstance(entry, dict))
        else:
            yield value


def _repository(answer: Mapping[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    repository = data.get("repository") if isinstance(data, dict) else None
    return repository if isinstance(repository, dict) else {}


def _languages(repository: Mapping[str, Any]) -> dict[str, int] | None:
    try:
        languages = repository["languages"]
        if languages["pageInfo"]["hasNextPage"] is not False:
            return None
        return {str(edge["node"]["name"]): int(edge["size"]) for edge in languages["edges"]}
    except (KeyError, TypeError, ValueError):
        return None


def _failure(
    errors: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], full_name: str
) -> GitHubError:
    """Return the error that an answer without the repository stands for."""
    for error in errors:
        message = str(error.get("message", ""))
        extensions = error.get("extensions")
        about_sign_on = isinstance(extensions, dict) and extensions.get("saml_failure") is True
        if "access blocked" in message.lower():
            return RepositoryUnavailable("blocked", f"{full_name}: GitHub has blocked it")
        if about_sign_on or error.get("type") in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            return token_refused(message)
        if error.get("type") == "NOT_FOUND" and not _repository(answer):
            return RepositoryUnavailable("gone", f"{full_name}: deleted, renamed or private")
    if answer.get("data") is None and any(
        "locations" in error and "type" not in error for error in errors
    ):
        return GitHubUnavailable("unsupported", "this GitHub does not know the GraphQL query")
    if errors:
        return GitHubUnavailable("overloaded", "GitHub could not answer the GraphQL query")
    return GitHubUnavailable("bad_response", "GitHub's GraphQL answer lacks the repository")
