"""Listings and bundles, and the requests that they report."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from errors import GitHubUnavailable, RateLimited, RepositoryUnavailable
from github_api.client import Response
from github_api.content import ContentReader
from github_repo_manager import GitHubRepoManager, RepositoryPage
from models import RequestUsage
from tests.unit.fakes import NOW, FakeGitHubClient, listed

SHA = "0123456789abcdef0123456789abcdef01234567"
TREE = "f" * 40
GONE = RepositoryUnavailable("gone", "deleted")
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
        self._contents = ContentReader(self._client)


def item(name: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    """An item of a listing."""
    return {**listed(name, **changes)["metadata"], "license": None, "id": number or name}


def list_all(manager: Manager, **options: Any) -> RepositoryPage:
    page = manager.list_repositories("ada", **options)
    assert page is not None
    return page


def names(page: RepositoryPage) -> list[str]:
    return [repository["metadata"]["name"] for repository in page.repositories]


def page_of(*items: Any) -> Response:
    return Response(200, {"etag": '"e"'}, list(items))


def quota_headers(remaining: int) -> dict[str, str]:
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(NOW.timestamp()) + 600),
    }


def requests_of(usage: RequestUsage) -> tuple[int, int, int]:
    return usage["requests"], usage["queries"], usage["raw_files"]


class TestListRepositories:
    PATH = "/users/ada/repos"

    def test_repositories_are_sorted_by_name_ignoring_case(self):
        manager = Manager({self.PATH: page_of(item("b"), item("C"), item("a"))})

        page = list_all(manager)

        assert ["a", "b", "C"] == names(page)
        assert (self.PATH, ['"e"'], (1, 0, 0)) == (page.path, page.etags, requests_of(page.usage))

    def test_an_unchanged_listing_is_none(self):
        manager = Manager({self.PATH: Response(304, {}, None)})

        assert manager.list_repositories("ada", path=self.PATH, etags=["1", "2"]) is None

    def test_a_changed_one_is_listed_again_and_all_requests_count(self):
        pages = [Response(304, {}, None), page_of(item("b")), page_of(item("a"))]
        manager = Manager({self.PATH: iter(pages)})

        page = list_all(manager, path=self.PATH, etags=["1", "2"])

        assert (["a", "b"], (3, 0, 0)) == (names(page), requests_of(page.usage))

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
            ({"include_private": True}, ["archived", "plain", "private"]),
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

    def test_an_error_reports_the_requests_before_it(self):
        link = {"link": '<http://github.test/?page=3>; rel="last"'}
        manager = Manager({self.PATH: iter([Response(200, link, []), DOWN, page_of()])})

        with pytest.raises(GitHubUnavailable) as raised:
            manager.list_repositories("ada")

        assert (3, 0, 0) == requests_of(raised.value.usage)


class TestGetRepository:
    def test_one_request_tells_what_the_listing_would(self):
        manager = Manager({"/repos/ada/a": item("a")})

        assert listed("a") == manager.get_repository("ada", "a")

    def test_the_case_of_its_name_does_not_matter(self):
        assert listed("a") == Manager({"/repos/ADA/A": item("a")}).get_repository("ADA", "A")

    def test_a_repository_of_another_name_is_gone(self):
        manager = Manager({"/repos/ada/a": item("renamed")})

        with pytest.raises(RepositoryUnavailable, match="another name by now") as raised:
            manager.get_repository("ada", "a")

        assert (1, 0, 0) == requests_of(raised.value.usage)


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
    def test_it_has_the_content_and_the_requests_it_took(self):
        fetched = Manager(content()).fetch_bundle("ada", listed("a"))

        assert ({"Go": 7}, "# a", (3, 0, 0)) == (
            fetched.bundle["languages"],
            fetched.bundle["readme"],
            requests_of(fetched.usage),
        )
        assert fetched.bundle["commits"] is None

    def test_graphql_tells_the_number_of_commits(self):
        target = {"oid": SHA, "tree": {"oid": TREE}, "history": {"totalCount": 12}}
        repository = {
            "nameWithOwner": "ada/a",
            "defaultBranchRef": {"target": target},
            "languages": {"pageInfo": {"hasNextPage": False}, "edges": []},
        }
        answers = content(**{"/graphql": {"data": {"repository": repository}}})

        fetched = Manager(answers).fetch_bundle("ada", listed("a"))

        assert (12, (2, 2, 0)) == (fetched.bundle["commits"], requests_of(fetched.usage))

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

        assert ([code], listed("a")["metadata"], (2, 0, 0)) == (
            fetched.bundle["warnings"],
            fetched.bundle["metadata"],
            requests_of(fetched.usage),
        )

    @pytest.mark.parametrize(
        ("languages", "tree", "raised_error"),
        [
            pytest.param(GONE, LIMITED, LIMITED, id="limit-before-gone"),
            pytest.param(LIMITED, DOWN, LIMITED, id="limit-before-outage"),
            pytest.param(GONE, DOWN, DOWN, id="outage-before-gone"),
        ],
    )
    def test_of_several_errors_the_one_that_affects_the_most_counts(
        self, languages, tree, raised_error
    ):
        answers = content(
            **{"/repos/ada/a/languages": languages, "/repos/ada/a/git/trees/main": tree}
        )

        with pytest.raises(type(raised_error)) as raised:
            Manager(answers).fetch_bundle("ada", listed("a"))

        assert raised_error is raised.value
        assert (2, 0, 0) == requests_of(raised.value.usage)

    def test_an_error_in_the_second_round_counts_all_requests(self):
        manager = Manager(content(**{f"/repos/ada/a/git/blobs/{SHA}": DOWN}))

        with pytest.raises(GitHubUnavailable) as raised:
            manager.fetch_bundle("ada", listed("a"))

        assert (3, 0, 0) == requests_of(raised.value.usage)

    def test_a_rubbish_answer_about_languages_is_a_bad_response(self):
        manager = Manager(content(**{"/repos/ada/a/languages": []}))

        with pytest.raises(GitHubUnavailable, match="GitHub's languages is not an object"):
            manager.fetch_bundle("ada", listed("a"))


class TestReserve:
    @pytest.mark.parametrize(
        ("core", "graphql"), [(100, 4000), (4000, 100)], ids=["requests", "points"]
    )
    def test_once_it_is_reached_no_request_is_made(self, core, graphql):
        manager = Manager(content(**{"/graphql": {}}))
        manager.client.limits.update("core", quota_headers(core))
        manager.client.limits.update("graphql", quota_headers(graphql))

        with pytest.raises(RateLimited, match="reserved") as raised:
            manager.fetch_bundle("ada", listed("a"))

        assert ((0, 0, 0), []) == (requests_of(raised.value.usage), manager.client.requested)
        assert NOW + timedelta(seconds=601) == raised.value.reset_at
        assert (core, graphql) == (
            raised.value.usage["remaining"],
            raised.value.usage["points_remaining"],
        )

    def test_listings_may_use_it(self):
        manager = Manager({"/users/ada/repos": page_of(), "/repos/ada/a": item("a")})
        manager.client.limits.update("core", quota_headers(2))

        list_all(manager)
        manager.get_repository("ada", "a")
        with pytest.raises(RateLimited):
            manager.get_repository("ada", "a")


class TestSequentialWay:
    def test_it_gives_every_bundle_by_name_and_leaves_out_what_is_gone(self):
        answers = content(**{"/users/ada/repos": [item("gone"), item("a")]})

        (bundle,) = Manager(answers).get_all_repos_with_context("ada")

        assert ("a", "# a") == (bundle["metadata"]["name"], bundle["readme"])

    def test_an_outage_is_raised(self):
        answers = content(**{"/users/ada/repos": [item("a")], "/repos/ada/a/languages": DOWN})

        with pytest.raises(GitHubUnavailable):
            Manager(answers).get_all_repos_with_context("ada")


def test_usage_is_reported_with_what_is_left_of_the_quotas():
    manager = Manager({})
    nothing = {"requests": 0, "queries": 0, "raw_files": 0}
    assert {**nothing, "remaining": None, "points_remaining": None} == manager.usage()

    manager.client.limits.update("core", quota_headers(7))
    manager.client.limits.update("graphql", quota_headers(8))

    expected = {**nothing, "requests": 2, "remaining": 7, "points_remaining": 8}
    assert expected == manager.usage(requests=2)
    assert manager.quota
    assert manager.points
    assert (7, 8) == (manager.quota.remaining, manager.points.remaining)


def test_the_day_on_which_the_token_expires_is_the_clients():
    manager = Manager({})
    assert manager.token_expires_at is None

    manager.client.token_expires_at = NOW

    assert manager.token_expires_at == NOW
