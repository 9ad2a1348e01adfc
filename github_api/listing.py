"""Read the pages of a listing, the first one alone and the others at the same time."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from errors import GitHubUnavailable, RepositoryUnavailable
from github_api.client import GitHubClient, Response
from github_api.limits import Calls
from github_api.parallel import run_all
from github_api.parsing import json_object

PER_PAGE = 100
MAX_PAGES = 100  # ten thousand repositories; a listing that goes on after that is broken
MAX_REREADINGS = 2  # of a listing that changes while it is read
LAST_PAGE = re.compile(r'[?&]page=(\d{1,6})[^>]*>; rel="last"')


def listing_path(
    client: GitHubClient, username: str, calls: Calls, *, include_private: bool
) -> str:
    """Return the API path of a user's listing.

    GitHub lists private repositories only to their owner and to members of their organisation, at
    paths of their own. Two requests tell which one it is.
    """
    account_path = f"/users/{quote(username, safe='')}"
    if not (include_private and client.has_token):
        return f"{account_path}/repos"
    account, own_login = run_all(
        client.executor,
        partial(client.get, account_path, calls),
        partial(_own_login, client, calls),
    )
    if str(own_login).lower() == username.lower():
        return "/user/repos"
    if json_object(account.body, "account").get("type") == "Organization":
        return f"/orgs/{quote(username, safe='')}/repos"
    return f"{account_path}/repos"


def _own_login(client: GitHubClient, calls: Calls) -> Any:
    """Return the login of the token's owner; None for a GitHub App's token, which has none."""
    try:
        return json_object(client.get("/user", calls).body, "user").get("login")
    except RepositoryUnavailable:
        return None
    except GitHubUnavailable as error:
        if error.code != "token_refused":
            raise
        return None


class Pages:
    """The pages of one listing. Raises GitHubError."""

    def __init__(self, client: GitHubClient, path: str, calls: Calls) -> None:
        self._client = client
        self._path = path
        self._calls = calls
        self._responses: dict[int, Response] = {}  # by number, from 1

    @property
    def etags(self) -> list[str]:
        """The ETag of each page; empty if a page has none."""
        etags = [self._responses[page].headers.get("etag", "") for page in sorted(self._responses)]
        return etags if all(etags) else []

    @property
    def items(self) -> list[dict[str, Any]]:
        """The listed repositories, as GitHub describes them.

        Repositories created or deleted while we page shift the others, so one may appear twice.
        """
        by_id = {
            str(item.get("id")): item
            for _, response in sorted(self._responses.items())
            for item in (json_object(item, "repository") for item in response.body)
        }
        return list(by_id.values())

    def have_changed(self, etags: Sequence[str]) -> bool:
        """Ask for the pages of an earlier reading, and keep those that changed."""
        conditions = dict(enumerate(etags, start=1))
        changed = {
            page: response
            for page, response in self._ask(conditions).items()
            if response.status != 304
        }
        self._responses |= changed
        return bool(changed)

    def read(self, expected: int, known: Collection[str]) -> None:
        """Read the pages that are not there yet: `expected` at least, and those that follow.

        A repository deleted meanwhile shifts the others to pages that were read before. So pages
        that lack some of the `known` names are asked for again until they do not change.
        """
        self._read_missing(expected)
        for _ in range(MAX_REREADINGS):
            if len(self._responses) == 1 or not self._lacks(known):
                break
            etags = [
                self._responses[page].headers.get("etag", "") for page in sorted(self._responses)
            ]
            if not self.have_changed(etags):
                break
            self._read_missing(1)

    def _read_missing(self, expected: int) -> None:
        self._ask_missing(expected)
        self._ask_missing(min(MAX_PAGES, _last_page(self._responses[1])))
        while (number := max(self._responses)) < MAX_PAGES and 'rel="next"' in self._responses[
            number
        ].headers.get("link", ""):
            self._ask_missing(number + 1)
        while (number := max(self._responses)) > 1 and not self._responses[number].body:
            del self._responses[number]

    def _ask_missing(self, up_to: int) -> None:
        numbers = [page for page in range(1, up_to + 1) if page not in self._responses]
        self._responses |= self._ask(dict.fromkeys(numbers, ""))

    def _ask(self, etags: Mapping[int, str]) -> dict[int, Response]:
        """Ask for pages at the same time; an empty ETag makes a request unconditional."""
        responses = run_all(
            self._client.executor,
            *(partial(self._page, page, etag) for page, etag in etags.items()),
        )
        return dict(zip(etags, responses, strict=True))

    def _page(self, page: int, etag: str) -> Response:
        # Newest first, so that a new repository changes the first page.
        parameters = {"per_page": str(PER_PAGE), "page": str(page)}
        parameters |= {"sort": "created", "direction": "desc"}
        match self._path.split("/")[1]:
            case "user":
                parameters["affiliation"] = "owner"
            case "orgs":
                parameters["type"] = "all"
            case _:
                parameters["type"] = "owner"
        conditions = {"If-None-Match": etag} if etag else None
        response = self._client.get(self._path, self._calls, parameters, conditions)
        if response.status != 304 and not isinstance(response.body, list):
            raise GitHubUnavailable("bad_response", f"GitHub's listing {self._path} is not a list")
        if response.status == 304 and not etag:
            raise GitHubUnavailable(
                "bad_response", "GitHub answered 304 to an unconditional listing"
            )
        return response

    def _lacks(self, known: Collection[str]) -> bool:
        names = {str(item.get("name")).lower() for item in self.items}
        return any(name.lower() not in names for name in known)


def _last_page(response: Response) -> int:
    """Return the number of the last page, where GitHub names it; else 1."""
    match = LAST_PAGE.search(response.headers.get("link", ""))
    return int(match[1]) if match else 1
