"""Which requests are made for a listing and for a bundle."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.client import Quota, Response
from github_repo_manager import MAX_PAGES, GitHubRepoManager, RepositoryPage
from tests.unit.fakes import NOW, FakeGitHubClient, listed

SHA = "0123456789abcdef0123456789abcdef01234567"
GONE = RepositoryUnavailable("gone", "deleted")
BLOCKED = RepositoryUnavailable("blocked", "blocked")
DOWN = GitHubUnavailable("unreachable", "down")
LIMITED = RateLimited("limit", reset_at=None)


class Manager(GitHubRepoManager):
    """A manager whose client answers from a dictionary."""

    def __init__(self, answers: dict[str, Any], **options: Any) -> None:
        defaults = {
            "token": "ghp_t",
            "base_url": "http://github.test",
            "include_forks": False,
            "include_archived": True,
            "include_private": False,
        }
        super().__init__(**{**defaults, **options})
        self._client.close()
        self.client = self._client = FakeGitHubClient(answers)


def item(name: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    """An item of a listing."""
    return {**listed(name, **changes)["metadata"], "license": None, "id": number or name}


def list_all(manager: Manager, **options: Any) -> RepositoryPage:
    page = manager.list_repositories("ada", **options)
    assert page is not None
    return page


def names(page: RepositoryPage) -> list[str]:
    return [repository["metadata"]["name"] for repository in page.repositories]


def page_of(*items: Any, etag: str | None = '"e"', has_next: bool = False) -> Response:
    headers = {"link": '<http://github.test/next>; rel="next"'} if has_next else {}
    return Response(200, headers | ({"etag": etag} if etag else {}), list(items))


class TestListingPath:
    """https://docs.github.com/rest/repos/repos"""

    USER = "/users/ada/repos"

    @pytest.mark.parametrize(
        "options",
        [{}, {"include_private": True, "token": None}],
        ids=["public-only", "private-without-a-token"],
    )
    def test_public_repositories_are_listed_at_the_users_path(self, options):
        manager = Manager({self.USER: []}, **options)

        page = list_all(manager)

        assert ([self.USER], 1) == (manager.client.requested, page.requests)
        assert "owner" == manager.client.parameters[0]["type"]

    def test_the_tokens_owner_is_listed_at_a_path_that_shows_private_repositories(self):
        manager = Manager({"/user": {"login": "Ada"}, "/user/repos": []}, include_private=True)

        page = list_all(manager)

        assert (["/user", "/user/repos"], 2) == (manager.client.requested, page.requests)
        assert "owner" == manager.client.parameters[-1]["affiliation"]

    def test_an_organisation_is_listed_at_a_path_that_shows_members_private_repositories(self):
        manager = Manager(
            {
                "/user": {"login": "bob"},
                "/users/ada": {"type": "Organization"},
                "/orgs/ada/repos": [],
            },
            include_private=True,
        )

        page = list_all(manager)

        assert ("/orgs/ada/repos", 3) == (page.path, page.requests)
        assert "all" == manager.client.parameters[-1]["type"]

    @pytest.mark.parametrize(
        "own_account",
        [{"login": "bob"}, {}, RepositoryUnavailable("blocked", "apps have no account")],
        ids=["another-user", "no-login", "token-of-an-app"],
    )
    def test_somebody_else_is_listed_at_the_users_path(self, own_account):
        answers = {"/user": own_account, "/users/ada": {"type": "User"}, self.USER: []}

        assert self.USER == list_all(Manager(answers, include_private=True)).path

    def test_a_name_that_needs_it_is_quoted(self):
        manager = Manager({"/users/a%2Fb/repos": []})

        assert manager.list_repositories("a/b") is not None


class TestListRepositories:
    PATH = "/users/ada/repos"

    def test_repositories_are_sorted_by_name_ignoring_case(self):
        manager = Manager({self.PATH: page_of(item("b"), item("C"), item("a"))})

        assert ["a", "b", "C"] == names(list_all(manager))

    def test_a_repository_that_appears_on_two_pages_is_listed_once(self):
        pages = [page_of(item("a", 1), item("b", 2), has_next=True), page_of(item("b", 2))]
        manager = Manager({self.PATH: iter(pages)})

        page = list_all(manager)

        assert (["a", "b"], 2, ['"e"', '"e"']) == (names(page), page.requests, page.etags)

    def test_a_page_without_an_etag_makes_the_next_listing_unconditional(self):
        assert [] == list_all(Manager({self.PATH: page_of(etag=None)})).etags

    def test_a_listing_without_an_end_is_cut(self):
        manager = Manager({self.PATH: page_of(item("a"), has_next=True)})

        assert MAX_PAGES == list_all(manager).requests

    def test_an_unchanged_listing_is_none(self):
        manager = Manager({self.PATH: Response(304, {}, None)})

        assert manager.list_repositories("ada", path=self.PATH, etags=["1", "2"]) is None
        assert ["1", "2"] == [asked["page"] for asked in manager.client.parameters]

    def test_a_changed_page_lists_everything_again_and_all_requests_count(self):
        pages = [Response(304, {}, None), page_of(item("b")), page_of(item("a"))]
        manager = Manager({self.PATH: iter(pages)})

        page = list_all(manager, path=self.PATH, etags=["1", "2", "3"])

        assert (["a"], 3) == (names(page), page.requests)

    @pytest.mark.parametrize("etags", [[], ["1"]])
    def test_without_a_known_path_it_is_looked_up(self, etags):
        manager = Manager({self.PATH: page_of()})

        assert self.PATH == list_all(manager, etags=etags).path

    @pytest.mark.parametrize(
        ("options", "included"),
        [
            ({}, ["archived", "plain"]),
            ({"include_forks": True}, ["archived", "fork", "plain"]),
            ({"include_archived": False}, ["plain"]),
            ({"include_private": True, "token": None}, ["archived", "plain", "private"]),
        ],
        ids=["default", "forks", "no-archived", "private"],
    )
    def test_the_settings_decide_what_is_included(self, options, included):
        answers = {
            self.PATH: page_of(
                item("plain"),
                item("fork", fork=True),
                item("archived", archived=True),
                item("private", visibility="private"),
            )
        }

        page = list_all(Manager(answers, **options))

        assert (included, 4 - len(included)) == (names(page), page.excluded)

    @pytest.mark.parametrize("body", [{}, [7], None])
    def test_a_listing_of_another_shape_is_a_bad_response(self, body):
        manager = Manager({self.PATH: Response(200, {}, body)})

        with pytest.raises(GitHubUnavailable) as raised:
            manager.list_repositories("ada")

        assert "bad_response" == raised.value.code


class TestGetRepository:
    def test_one_request_tells_what_the_listing_would(self):
        manager = Manager({"/repos/ada/a": item("a")})

        assert listed("a") == manager.get_repository("ada", "a")

    def test_the_case_of_its_name_does_not_matter(self):
        assert listed("a") == Manager({"/repos/ADA/A": item("a")}).get_repository("ADA", "A")

    def test_a_repository_of_another_name_is_gone(self):
        manager = Manager({"/repos/ada/a": item("renamed")})

        with pytest.raises(RepositoryUnavailable, match="ada/a has another name by now"):
            manager.get_repository("ada", "a")


def content(**changes: Any) -> dict[str, Any]:
    """GitHub's answers about the repository `ada/a`, which consists of a README."""
    readme = {"path": "README.md", "mode": "100644", "type": "blob", "sha": SHA, "size": 3}
    url = f"http://github.test/repos/ada/a/git/trees/{SHA}"
    return {
        "/repos/ada/a/languages": {"Go": 7},
        "/repos/ada/a/git/trees/main": {"sha": SHA, "url": url, "tree": [readme]},
        f"/repos/ada/a/git/blobs/{SHA}": {"content": base64.b64encode(b"# a").decode()},
        **changes,
    }


class TestFetchBundle:
    def test_languages_and_tree_come_first_then_the_blobs(self):
        manager = Manager(content())

        fetched = manager.fetch_bundle("ada", listed("a"))

        assert ({"Go": 7}, "# a", 3) == (
            fetched.bundle["languages"],
            fetched.bundle["readme"],
            fetched.requests,
        )
        assert list(content()) == manager.client.requested

    @pytest.mark.parametrize(
        ("branch", "path"), [(None, "HEAD"), ("", "HEAD"), ("feature/x", "feature%2Fx")]
    )
    def test_the_default_branch_is_part_of_the_path(self, branch, path):
        answers = content()
        answers[f"/repos/ada/a/git/trees/{path}"] = answers["/repos/ada/a/git/trees/main"]

        fetched = Manager(answers).fetch_bundle("ada", listed("a", default_branch=branch))

        assert "# a" == fetched.bundle["readme"]

    @pytest.mark.parametrize("code", ["empty", "blocked"])
    def test_a_repository_without_content_shows_its_metadata(self, code):
        unavailable = RepositoryUnavailable(code, code)
        answers = content(**{"/repos/ada/a/git/trees/main": unavailable})

        fetched = Manager(answers).fetch_bundle("ada", listed("a"))

        assert ([code], listed("a")["metadata"], 2) == (
            fetched.bundle["warnings"],
            fetched.bundle["metadata"],
            fetched.requests,
        )

    @pytest.mark.parametrize(
        ("languages", "tree", "raised_error"),
        [
            pytest.param(GONE, LIMITED, LIMITED, id="limit-before-gone"),
            pytest.param(LIMITED, DOWN, LIMITED, id="limit-before-outage"),
            pytest.param(GONE, DOWN, DOWN, id="outage-before-gone"),
            pytest.param(BLOCKED, GONE, BLOCKED, id="first-of-a-kind"),
        ],
    )
    def test_of_several_errors_the_one_that_affects_the_most_counts(
        self, languages, tree, raised_error
    ):
        answers = content(
            **{"/repos/ada/a/languages": languages, "/repos/ada/a/git/trees/main": tree}
        )
        manager = Manager(answers)

        if raised_error is BLOCKED:
            assert ["blocked"] == manager.fetch_bundle("ada", listed("a")).bundle["warnings"]
            return
        with pytest.raises(type(raised_error)) as raised:
            manager.fetch_bundle("ada", listed("a"))
        assert raised_error is raised.value
        assert 2 == raised.value.requests

    def test_an_error_in_the_second_round_counts_all_requests(self):
        manager = Manager(content(**{f"/repos/ada/a/git/blobs/{SHA}": DOWN}))

        with pytest.raises(GitHubUnavailable) as raised:
            manager.fetch_bundle("ada", listed("a"))

        assert 3 == raised.value.requests

    def test_a_rubbish_answer_about_languages_is_a_bad_response(self):
        manager = Manager(content(**{"/repos/ada/a/languages": []}))

        with pytest.raises(GitHubUnavailable, match="GitHub's languages is not an object"):
            manager.fetch_bundle("ada", listed("a"))


class TestReserve:
    RESET_AT = NOW + timedelta(minutes=5)

    def fetch(self, quota: Quota | None) -> Any:
        manager = Manager(content())
        manager.client.quota = quota
        return manager.fetch_bundle("ada", listed("a"))

    @pytest.mark.parametrize(
        "quota",
        [
            pytest.param(None, id="unknown"),
            pytest.param(Quota(5000, 101, RESET_AT), id="above-the-reserve"),
            pytest.param(Quota(5000, 0, NOW), id="a-new-hour-has-begun"),
        ],
    )
    def test_it_is_not_reached(self, quota):
        assert 3 == self.fetch(quota).requests

    @pytest.mark.parametrize("remaining", [100, 0])
    def test_once_it_is_reached_no_request_is_made_before_the_reset(self, remaining):
        with pytest.raises(RateLimited, match="reserved") as raised:
            self.fetch(Quota(5000, remaining, self.RESET_AT))

        assert (0, self.RESET_AT) == (raised.value.requests, raised.value.reset_at)


class TestSequentialWay:
    def test_it_gives_every_bundle_by_name_and_leaves_out_what_is_gone(self):
        answers = content(**{"/users/ada/repos": [item("gone"), item("a")]})

        (bundle,) = Manager(answers).get_all_repos_with_context("ada")

        assert ("a", "# a") == (bundle["metadata"]["name"], bundle["readme"])

    def test_an_outage_is_raised(self):
        answers = content(**{"/users/ada/repos": [item("a")], "/repos/ada/a/languages": DOWN})

        with pytest.raises(GitHubUnavailable):
            Manager(answers).get_all_repos_with_context("ada")


def test_the_quota_is_the_clients():
    manager = Manager({})
    manager.client.quota = Quota(5000, 7, NOW)

    assert manager.client.quota == manager.quota
