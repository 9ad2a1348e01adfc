"""`GET /portfolios/{username}` and its repositories."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import UnknownPortfolio, UnknownRepository
from http_api.portfolios import respond_portfolio, respond_repository
from tests.unit.http_api.fakes import (
    behind_the_answers,
    bundle,
    get,
    json_of,
    pending_bundle,
    portfolio,
)


def ask(username: str = "ada", **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return get(f"/portfolios/{username}", route={"username": username}, headers=named)


def ask_for(repository: str, username: str = "ada"):
    return get(
        f"/portfolios/{username}/repos/{repository}",
        route={"username": username, "repo": repository},
    )


async def test_a_portfolio_has_facts_facets_and_repositories(client, cache):
    cache.publish(portfolio())

    response = await respond_portfolio(ask(), client)

    body = json_of(response)
    assert 200 == response.status_code
    assert ("Ada", 3, False) == (body["username"], body["repos"], body["stale"])
    assert {"Go": 1, "Python": 1, "HTML": 1} == body["facets"]["languages"]
    assert ["skyhook", "orchard", "notes"] == [
        repository["metadata"]["name"] for repository in body["repositories"]
    ]
    assert "public, max-age=60, stale-while-revalidate=86400" == response.headers["Cache-Control"]


async def test_a_caller_with_this_version_gets_a_304(client, cache):
    cache.publish(portfolio())
    etag = (await respond_portfolio(ask(), client)).headers["ETag"]

    response = await respond_portfolio(ask(If_None_Match=etag), client)

    assert (304, b"") == (response.status_code, response.get_body())
    assert etag == response.headers["ETag"]


async def test_a_portfolio_that_became_stale_is_a_new_version(client, cache):
    cache.publish(portfolio())
    fresh = await respond_portfolio(ask(), client)
    cache.publish(portfolio(age=timedelta(days=2)))

    stale = await respond_portfolio(ask(If_None_Match=fresh.headers["ETag"]), client)

    assert 200 == stale.status_code
    assert json_of(stale)["stale"]
    await behind_the_answers()
    assert 1 == len(client.started)


async def test_a_partial_portfolio_says_what_is_pending_and_grows_in_every_cache(client, cache):
    cache.publish(portfolio(bundle("a"), pending_bundle("b"), etag="1"))
    partial = await respond_portfolio(ask(), client)
    cache.publish(portfolio(bundle("a"), bundle("b"), etag="2"))

    complete = await respond_portfolio(ask(If_None_Match=partial.headers["ETag"]), client)

    body = json_of(partial)
    assert ("partial", 1, 2) == (body["state"], body["pending"], body["repos"])
    assert "no-cache" == partial.headers["Cache-Control"]
    assert (200, "complete", 0) == (
        complete.status_code,
        json_of(complete)["state"],
        json_of(complete)["pending"],
    )
    assert "max-age=60" in complete.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("respond", "request_"),
    [(respond_portfolio, ask()), (respond_repository, ask_for("skyhook"))],
    ids=["portfolio", "repository"],
)
async def test_before_the_first_refresh_both_routes_start_it_and_answer_202(
    client, respond, request_
):
    response = await respond(request_, client)

    assert 202 == response.status_code
    assert response.headers["Location"].endswith("/refresh/Ada")
    assert 1 == len(client.started)


async def test_a_repository_is_found_in_any_case_and_with_its_readme(client, cache):
    cache.publish(portfolio())

    response = await respond_repository(ask_for("SkyHook"), client)

    assert ("skyhook", "# skyhook") == (
        json_of(response)["metadata"]["name"],
        json_of(response)["readme"],
    )


async def test_a_repository_that_the_portfolio_lacks_is_unknown(client, cache):
    cache.publish(portfolio())

    with pytest.raises(UnknownRepository, match=r"of `Ada` contains no repository `x{100}`;"):
        await respond_repository(ask_for("x" * 500), client)


async def test_a_username_that_is_not_served_is_unknown_and_starts_nothing(client):
    for respond, request in (
        (respond_portfolio, ask("mallory")),
        (respond_repository, ask_for("skyhook", "mallory")),
    ):
        with pytest.raises(UnknownPortfolio, match="`mallory`"):
            await respond(request, client)
    assert [] == client.started
