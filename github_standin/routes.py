"""The routes of GitHub's REST API that the app uses, answered from repositories in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from github_standin import json_shapes
from github_standin.accounts import Accounts
from github_standin.messages import (
    ACCESS_BLOCKED,
    NOT_FOUND,
    SSO_REQUIRED,
    Request,
    Response,
    refusal,
    sso_header,
)
from github_standin.portfolio import Repository, User

SORT_KEYS: dict[str, Callable[[Repository], str]] = {
    "full_name": lambda repository: repository.full_name.lower(),
    "created": lambda repository: repository.created_at,
    "updated": lambda repository: repository.updated_at,
    "pushed": lambda repository: repository.pushed_at,
}
DEFAULT_SORT = "full_name"
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 30, 100


class Refused(Exception):
    """The request gets `response` instead of what it asks for."""

    def __init__(self, response: Response) -> None:
        super().__init__(response)
        self.response = response


class Routes:
    """Responds to requests."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        repository = r"/repos/([^/]+/[^/]+)"
        self._handlers: list[tuple[str, Callable[..., Response]]] = [
            (r"/user", self._own_account),
            (r"/user/repos", self._own_repositories),
            (r"/users/([^/]+)", self._account),
            (r"/users/([^/]+)/repos", self._repositories),
            (r"/orgs/([^/]+)/repos", self._organisation_repositories),
            (r"/user/(\d+)/repos", self._repositories_by_id),
            (repository, self._repository),
            (repository + "/languages", self._languages),
            (repository + "/git/trees/(.+)", self._tree),
            (repository + "/git/blobs/([0-9a-f]+)", self._blob),
        ]

    def respond(self, request: Request) -> Response:
        """Call the handler of the request's path."""
        try:
            for pattern, handler in self._handlers:
                if match := re.fullmatch(pattern, request.path):
                    return handler(request, *match.groups())
        except Refused as refused:
            return refused.response
        return NOT_FOUND

    def _own_account(self, request: Request) -> Response:
        return _account(request, self._viewer(request))

    def _account(self, request: Request, login: str) -> Response:
        return _account(request, self._user(login))

    def _own_repositories(self, request: Request) -> Response:
        viewer = self._viewer(request)
        return _page(request, viewer.repositories.values(), "/user/repos")

    def _repositories(self, request: Request, login: str) -> Response:
        user = self._user(login)
        public = [repository for repository in user.repositories.values() if not repository.private]
        return _page(request, public, f"/user/{json_shapes.account_id(user.login)}/repos")

    def _repositories_by_id(self, request: Request, account_id: str) -> Response:
        """Serve the links in a listing's `Link` header, which name the account by its number."""
        for user in self._accounts.users.values():
            if json_shapes.account_id(user.login) == int(account_id):
                return self._repositories(request, user.login)
        raise Refused(NOT_FOUND)

    def _organisation_repositories(self, request: Request, login: str) -> Response:
        user = self._user(login)
        if not user.organisation:
            raise Refused(NOT_FOUND)
        visible = [
            repository
            for repository in user.repositories.values()
            if request.viewer.may_know(repository, user)
        ]
        address = f"/organizations/{json_shapes.account_id(user.login)}/repos"
        return _page(request, visible, address)

    def _repository(self, request: Request, full_name: str) -> Response:
        repository = self._find(request, full_name)
        return Response(200, json_shapes.full_repository(repository, request.base_url))

    def _languages(self, request: Request, full_name: str) -> Response:
        return Response(200, self._find(request, full_name).languages)

    def _tree(self, request: Request, full_name: str, ref: str) -> Response:
        repository = self._find(request, full_name)
        if not repository.files:
            raise Refused(refusal(409, "Git Repository is empty."))
        tree_sha, entries = repository.tree
        if ref in (tree_sha, repository.commit):
            sha = ref
        elif ref in (repository.default_branch, "HEAD"):
            sha = repository.commit
        elif ref in repository.past_trees:
            sha, (_, entries) = ref, repository.past_trees[ref]
        else:
            raise Refused(NOT_FOUND)
        if "recursive" not in request.parameters:
            entries = [entry for entry in entries if "/" not in entry["path"]]
        return Response(200, json_shapes.git_tree(repository, sha, entries, request.base_url))

    def _blob(self, request: Request, full_name: str, sha: str) -> Response:
        repository = self._find(request, full_name)
        content = repository.content(sha)
        if content is None:
            raise Refused(NOT_FOUND)
        return Response(200, json_shapes.blob(repository, sha, content, request.base_url))

    def _viewer(self, request: Request) -> User:
        """Find the token's owner. Raises Refused."""
        viewer = self._accounts.users.get(request.viewer.login.lower())
        if viewer is None:
            raise Refused(refusal(401, "Requires authentication"))
        return viewer

    def _user(self, login: str) -> User:
        """Find an account. Raises Refused."""
        user = self._accounts.users.get(login.lower())
        if user is None:
            raise Refused(NOT_FOUND)
        return user

    def _find(self, request: Request, full_name: str) -> Repository:
        """Find a repository that the viewer may read. Raises Refused."""
        new_name = self._accounts.renamed.get(full_name.lower())
        if new_name is not None:
            rest = request.path.removeprefix(f"/repos/{full_name}")
            raise Refused(_moved(f"{request.base_url}/repos/{new_name}{rest}"))
        repository = self._accounts.find(full_name, request.viewer)
        if repository is None:
            raise Refused(NOT_FOUND)
        if repository.blocked:
            raise Refused(_blocked(repository))
        if request.viewer.needs_sso(repository):
            error = json_shapes.basic_error(403, SSO_REQUIRED)
            raise Refused(Response(403, error, sso_header(repository.owner)))
        return repository


def _account(request: Request, user: User) -> Response:
    return Response(200, json_shapes.public_user(user, request.base_url))


def _page(request: Request, repositories: Iterable[Repository], address: str) -> Response:
    """Respond with one page of a listing and links to the others, which are at `address`.

    https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    sort = request.parameters.get("sort", DEFAULT_SORT)
    sort = sort if sort in SORT_KEYS else DEFAULT_SORT
    default_direction = "asc" if sort == DEFAULT_SORT else "desc"
    is_descending = request.parameters.get("direction", default_direction) == "desc"
    ordered = sorted(repositories, key=SORT_KEYS[sort], reverse=is_descending)

    size = min(MAX_PAGE_SIZE, request.positive_number("per_page", DEFAULT_PAGE_SIZE))
    page = request.positive_number("page", 1)
    last_page = max(1, -(-len(ordered) // size))
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": page - 1, "first": 1}
    if page < last_page:
        links |= {"next": page + 1, "last": last_page}
    link = ", ".join(
        f'<{request.base_url}{address}?{urlencode({**request.parameters, "page": str(target)})}>; rel="{name}"'
        for name, target in links.items()
    )
    listed = [
        json_shapes.minimal_repository(repository, request.base_url)
        for repository in ordered[(page - 1) * size : page * size]
    ]
    return Response(200, listed, {"link": link} if link else {})


def _moved(url: str) -> Response:
    documentation = json_shapes.DOCUMENTATION_URL
    body = {"message": "Moved Permanently", "url": url, "documentation_url": documentation}
    return Response(301, body, {"location": url})


def _blocked(repository: Repository) -> Response:
    error = json_shapes.basic_error(403, ACCESS_BLOCKED)
    block = {"reason": "tos", "created_at": repository.created_at}
    return Response(403, {**error, "block": block})
