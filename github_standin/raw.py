"""Files as `raw.githubusercontent.com` serves them: their bytes, with no quota of the API's.

The stand-in serves them below `/raw` of its own address, as GitHub Enterprise Server may.
"""

from __future__ import annotations

from github_standin.accounts import Accounts
from github_standin.git_objects import SUBMODULE, is_binary
from github_standin.messages import Response
from github_standin.portfolio import Repository

PREFIX = "/raw/"
HEADERS = {
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
}
NOT_FOUND = Response(404, b"404: Not Found", HEADERS)


def respond(accounts: Accounts, path: str) -> Response:
    """Serve the file at `/raw/{owner}/{repository}/{ref}/{path}`; `path` is already decoded."""
    owner, _, rest = path.removeprefix(PREFIX).partition("/")
    name, _, rest = rest.partition("/")
    repository = accounts.find(f"{owner}/{name}")
    if repository is None or repository.blocked:
        return NOT_FOUND
    content = _content(repository, rest)
    if content is None:
        return NOT_FOUND
    binary = {"content-type": "application/octet-stream"} if is_binary(content) else {}
    return Response(200, content, {**HEADERS, **binary, "cache-control": "max-age=300"})


def _content(repository: Repository, ref_and_path: str) -> bytes | None:
    branch = repository.default_branch
    names = [
        name for name in (branch, f"refs/heads/{branch}") if ref_and_path.startswith(f"{name}/")
    ]
    ref = names[0] if names else ref_and_path.partition("/")[0]
    tree = repository.tree_of(ref)
    entry = tree.get(ref_and_path[len(ref) + 1 :]) if tree else None
    if entry is None or entry["mode"] == SUBMODULE:
        return None
    return repository.content(entry["sha"])
