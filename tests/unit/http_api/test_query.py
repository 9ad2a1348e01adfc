"""`/query` and `/ai` answer questions from the cache."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import InvalidRequest, UnknownPortfolio
from http_api.query import respond_ai, respond_query
from tests.unit.http_api.fakes import (
    behind_the_answers,
    bundle,
    get,
    json_of,
    pending_bundle,
    portfolio,
    post,
)


async def test_a_question_gets_ranked_results_and_an_answer_with_citations(client, cache):
    cache.publish(portfolio())

    response = await respond_query(get(q="kubernetes"), client)

    body = json_of(response)
    assert 200 == response.status_code
    assert ("kubernetes", "Ada", False) == (body["query"], body["username"], body["no_match"])
    assert "skyhook" == body["results"][0]["name"]
    assert "extractive" == body["answer"]["source"]
    assert {"name": "skyhook", "url": "https://github.com/Ada/skyhook"} in (
        body["answer"]["citations"]
    )
    assert isinstance(body["suggestions"], list)
    assert (3, False) == (body["portfolio"]["repos"], body["portfolio"]["stale"])
    assert body["took_ms"] > 0
    assert "nearest" not in body


async def test_a_post_is_answered_like_a_get(client, cache):
    cache.publish(portfolio())

    by_get = json_of(await respond_query(get(q="kubernetes", username="ADA"), client))
    by_post = json_of(await respond_query(post({"q": "kubernetes", "username": "ADA"}), client))

    assert {**by_get, "took_ms": 0} == {**by_post, "took_ms": 0}


async def test_the_limit_bounds_the_results(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_query(get(q="kubernetes or django", limit="1"), client))

    assert 1 == len(body["results"])


async def test_without_an_answer_there_are_no_suggestions_either(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_query(get(q="kubernetes", answer="false"), client))

    assert not {"answer", "suggestions"} & set(body)


async def test_a_question_that_no_repository_answers_gets_the_nearest(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_query(get(q="blockchain"), client))

    assert (True, []) == (body["no_match"], body["results"])
    assert isinstance(body["nearest"], list)
    assert "None of the 3 repositories shows blockchain." == body["difference"]
    assert [] == body["answer"]["citations"]


async def test_a_stale_portfolio_answers_while_its_refresh_starts(client, cache):
    cache.publish(portfolio(age=timedelta(days=2)))

    body = json_of(await respond_query(get(q="kubernetes"), client))

    assert ("skyhook", True) == (body["results"][0]["name"], body["portfolio"]["stale"])
    await behind_the_answers()
    assert 1 == len(client.started)


async def test_a_partial_portfolio_answers_from_what_the_listing_says(client, cache):
    unread = pending_bundle("skyhook", description="Canary releases for Kubernetes")
    cache.publish(portfolio(unread, bundle("orchard"), finished=False))

    response = await respond_query(get(q="kubernetes"), client)

    body = json_of(response)
    assert (200, "skyhook") == (response.status_code, body["results"][0]["name"])
    assert ("partial", 1) == (body["portfolio"]["state"], body["portfolio"]["pending"])


async def test_existing_sites_get_the_answer_with_the_scores_of_its_citations(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_ai(post({"query": "kubernetes"}), client))

    assert {"response", "repositories_used", "total_repositories", "query"} == set(body)
    assert ("kubernetes", 3) == (body["query"], body["total_repositories"])
    assert "skyhook" in body["response"]
    (used, *_) = body["repositories_used"]
    assert "skyhook" == used["name"]
    assert 0 < used["relevance_score"] <= 1


@pytest.mark.parametrize(
    ("respond", "request_"),
    [(respond_query, get(q="x")), (respond_ai, post({"query": "x"}))],
    ids=["query", "ai"],
)
async def test_before_the_first_refresh_both_routes_start_it_and_answer_202(
    client, respond, request_
):
    response = await respond(request_, client)

    assert (202, "refreshing") == (response.status_code, json_of(response)["state"])
    assert 1 == len(client.started)


@pytest.mark.parametrize(
    ("respond", "request_", "error"),
    [
        (respond_query, get(), InvalidRequest),
        (respond_ai, post({}), InvalidRequest),
        (respond_query, get(q="x", username="mallory"), UnknownPortfolio),
        (respond_ai, post({"query": "x", "username": "mallory"}), UnknownPortfolio),
    ],
)
async def test_a_request_that_cannot_be_answered_starts_nothing(client, respond, request_, error):
    with pytest.raises(error):
        await respond(request_, client)
    assert [] == client.started


async def test_a_question_for_a_fact_says_how_it_was_read_and_states_the_fact(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_query(get(q="how many repositories are there?"), client))

    assert "count" == body["understood"]["kind"]
    assert body["understood"]["read_as"]
    assert (3, 3) == (body["fact"]["value"], body["fact"]["of"])
    assert 3 == len(body["results"])
    assert "3" in body["answer"]["text"]


async def test_a_search_has_no_fact(client, cache):
    cache.publish(portfolio())

    body = json_of(await respond_query(get(q="kubernetes"), client))

    assert ("find", "") == (body["understood"]["kind"], body["understood"]["read_as"])
    assert "fact" not in body


async def test_a_visitor_may_have_the_words_searched_for_instead(client, cache):
    cache.publish(portfolio())

    body = json_of(
        await respond_query(get(q="how many repositories are there?", read="false"), client)
    )

    assert "find" == body["understood"]["kind"]
    assert "fact" not in body


async def test_another_value_than_true_or_false_is_refused(client, cache):
    with pytest.raises(InvalidRequest) as caught:
        await respond_query(get(q="kubernetes", read="maybe"), client)

    assert {"read"} == caught.value.problems.keys()
