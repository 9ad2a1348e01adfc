"""Which pages of a listing are asked for, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from errors import GitHubUnavailable, RepositoryUnavailable
from github_api.client import Response
from github_api.limits import Calls
from github_api.listing import MAX_PAGES, MAX_REREADINGS, Pages, listing_path
from tests.unit.fakes import FakeGitHubClient

PATH = "/users/ada/repos"


class TestListingPath:
    """https://docs.github.com/rest/repos/repos"""

    def path(self, answers: dict[str, Any], *, has_token: bool = True, private: bool = True) -> str:
        self.client = FakeGitHubClient(answers)
        self.client.has_token = has_token
        return listing_path(self.client, "ada", Calls(), include_private=private)

    @pytest.mark.parametrize(
        ("has_token", "private"), [(True, False), (False, True)], ids=["public-only", "no-token"]
    )
    def test_public_repositories_are_listed_at_the_users_path(self, has_token, private):
        assert self.path({}, has_token=has_token, private=private) == PATH
        assert [] == self.client.requested

    def test_the_tokens_owner_is_listed_at_a_path_that_shows_private_repositories(self):
        answers = {"/user": {"login": "Ada"}, "/users/ada": {"type": "User"}}

        assert "/user/repos" == self.path(answers)

    def test_an_organisation_is_listed_at_a_path_that_shows_members_private_repositories(self):
        answers = {"/user": {"login": "bob"}, "/users/ada": {"type": "Organization"}}

        assert "/orgs/ada/repos" == self.path(answers)
        assert 2 == len(self.client.requested)

    @pytest.mark.parametrize(
        "own_account",
        [
            {"login": "bob"},
            {},
            RepositoryUnavailable("gone", "404"),
            GitHubUnavailable("token_refused", "Resource not accessible by integration"),
        ],
        ids=["another-user", "no-login", "404", "token-of-an-app"],
    )
    def test_somebody_else_is_listed_at_the_users_path(self, own_account):
        assert self.path({"/user": own_account, "/users/ada": {"type": "User"}}) == PATH

    def test_an_outage_is_raised(self):
        down = GitHubUnavailable("unreachable", "down")

        with pytest.raises(GitHubUnavailable):
            self.path({"/user": down, "/users/ada": {"type": "User"}})

    def test_a_name_that_needs_it_is_quoted(self):
        client = FakeGitHubClient({})

        path = listing_path(client, "a/b", Calls(), include_private=False)

        assert "/users/a%2Fb/repos" == path


class Listing(FakeGitHubClient):
    """A listing of numbered repositories that a test changes; `per_page` on each page.

    After the request whose number is a key of `changes`, the listing becomes its value.
    """

    def __init__(self, numbers: Sequence[int], per_page: int = 2) -> None:
        super().__init__({})
        self.numbers = list(numbers)
        self.per_page = per_page
        self.names_last_page = True
        self.has_etags = True
        self.changes: dict[int, Sequence[int]] = {}
        self.statuses: list[tuple[int, int]] = []  # page, status

    def get(
        self,
        path: str,
        calls: Calls,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self.limits.start("core", calls)
        self.parameters.append(dict(parameters or {}))
        page = int(self.parameters[-1]["page"])
        first = (page - 1) * self.per_page
        shown = self.numbers[first : first + self.per_page]
        links = []
        last = -(-len(self.numbers) // self.per_page)
        if page < last:
            links.append(f'<http://github.test/user/1/repos?page={page + 1}&sort=x>; rel="next"')
            if self.names_last_page:
                links.append(
                    f'<http://github.test/user/1/repos?per_page=2&page={last}>; rel="last"'
                )
        etag = f'"{shown}{links}"'
        unchanged = (headers or {}).get("If-None-Match") == etag
        self.statuses.append((page, 304 if unchanged else 200))
        if len(self.statuses) in self.changes:
            self.numbers = list(self.changes[len(self.statuses)])
        found = {"etag": etag} if self.has_etags else {}
        if unchanged:
            return Response(304, found, None)
        items = [{"id": number, "name": f"N{number}"} for number in shown]
        return Response(200, {**found, "link": ", ".join(links)}, items)


def read(client: Listing, *, expected: int = 1, known: Sequence[int] = ()) -> Pages:
    pages = Pages(client, PATH, Calls())
    pages.read(expected, [f"n{number}" for number in known])
    return pages


def numbers(pages: Pages) -> list[int]:
    return [item["id"] for item in pages.items]


class TestPages:
    def test_the_newest_come_first_so_that_a_new_one_changes_the_first_page(self):
        client = Listing([1])
        read(client)

        asked = client.parameters[0]
        assert ("created", "desc", "100") == (asked["sort"], asked["direction"], asked["per_page"])

    @pytest.mark.parametrize(
        ("path", "key", "value"),
        [
            (PATH, "type", "owner"),
            ("/orgs/ada/repos", "type", "all"),
            ("/user/repos", "affiliation", "owner"),
        ],
    )
    def test_the_listing_has_what_belongs_to_the_account(self, path, key, value):
        client = Listing([1])
        Pages(client, path, Calls()).read(1, ())

        assert value == client.parameters[0][key]

    @pytest.mark.parametrize("names_last_page", [True, False])
    @pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
    def test_every_page_is_read_once(self, count, names_last_page):
        client = Listing(range(count))
        client.names_last_page = names_last_page

        pages = read(client)

        assert list(range(count)) == numbers(pages)
        assert [(page, 200) for page in range(1, max(1, -(-count // 2)) + 1)] == client.statuses
        assert len(client.statuses) == len(pages.etags)

    def test_a_listing_that_grows_meanwhile_is_read_to_its_end(self):
        client = Listing(range(4))
        client.changes = {1: range(6)}

        assert list(range(6)) == numbers(read(client))

    @pytest.mark.parametrize("names_last_page", [True, False])
    def test_a_listing_without_an_end_is_cut(self, names_last_page):
        client = Listing(range(MAX_PAGES + 9), per_page=1)
        client.names_last_page = names_last_page

        assert MAX_PAGES == len(numbers(read(client)))

    def test_one_without_etags_makes_the_next_listing_unconditional(self):
        client = Listing(range(4))
        client.has_etags = False

        assert [] == read(client).etags

    def test_one_that_appears_on_two_pages_is_listed_once(self):
        client = Listing([3, 2, 1])
        client.changes = {1: [4, 3, 2, 1]}

        assert [3, 2, 1] == numbers(read(client))

    @pytest.mark.parametrize("body", [{}, [7], None])
    def test_another_shape_is_a_bad_response(self, body):
        client: Any = FakeGitHubClient({PATH: Response(200, {}, body)})

        with pytest.raises(GitHubUnavailable) as raised:
            numbers(read(client))

        assert "bad_response" == raised.value.code

    def test_304_without_a_condition_is_a_bad_response(self):
        pages = Pages(FakeGitHubClient({PATH: Response(304, {}, None)}), PATH, Calls())

        with pytest.raises(GitHubUnavailable, match="304"):
            pages.read(1, ())


class TestConditionalReading:
    def test_pages_that_did_not_change_are_not_read(self):
        client = Listing(range(5))
        etags = read(client).etags
        client.statuses.clear()

        assert not Pages(client, PATH, Calls()).have_changed(etags)
        assert [(1, 304), (2, 304), (3, 304)] == client.statuses

    def test_those_that_changed_are_read_once_and_the_others_once_more(self):
        client = Listing([5, 4, 3, 2, 1])
        etags = read(client).etags
        client.statuses.clear()
        client.numbers = [5, 4, 3, 2]

        pages = Pages(client, PATH, Calls())
        assert pages.have_changed(etags)
        pages.read(len(etags), ())

        assert [5, 4, 3, 2] == numbers(pages)
        assert [(1, 200), (2, 200), (3, 200)] == client.statuses
        assert 2 == len(pages.etags)

    def test_a_new_repository_changes_the_first_page(self):
        client = Listing([3, 2, 1])
        etags = read(client).etags
        client.numbers = [4, 3, 2, 1]

        pages = Pages(client, PATH, Calls())
        assert pages.have_changed(etags)
        pages.read(len(etags), ())

        assert [4, 3, 2, 1] == numbers(pages)


class TestShiftedPages:
    def test_a_repository_that_slipped_to_an_earlier_page_is_found(self):
        client = Listing([5, 4, 3, 2, 1])
        client.changes = {1: [4, 3, 2, 1]}  # 3 moves to the first page, which was read

        assert [5, 4, 2, 1] == numbers(read(client))

        client = Listing([5, 4, 3, 2, 1])
        client.changes = {1: [4, 3, 2, 1]}
        assert [4, 3, 2, 1] == numbers(read(client, known=[5, 4, 3, 2, 1]))

    def test_pages_that_lack_nothing_are_not_asked_for_again(self):
        client = Listing([3, 2, 1])

        read(client, known=[2, 3])

        assert [(1, 200), (2, 200)] == client.statuses

    def test_a_repository_that_was_deleted_costs_conditional_requests_only(self):
        client = Listing([3, 2, 1])

        assert [3, 2, 1] == numbers(read(client, known=[4]))
        assert [(1, 200), (2, 200), (1, 304), (2, 304)] == client.statuses

    def test_one_page_cannot_shift(self):
        client = Listing([2, 1])

        read(client, known=[4])

        assert [(1, 200)] == client.statuses

    def test_a_listing_that_keeps_changing_is_read_again_twice(self):
        client = Listing([9, 8, 7, 6])
        client.changes = {
            request: [10 + request, 9 + request, 8 + request, 7 + request]
            for request in range(1, 20)
        }

        read(client, known=[99])

        assert 2 * (1 + MAX_REREADINGS) == len(client.statuses)
