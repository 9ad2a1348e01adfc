"""Embeddings, where the owner sets a model: computed in the refresh, for what has changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.model_server import Embedder
from tools.host_process import USERNAME, refreshed

pytestmark = pytest.mark.server


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    running = Embedder()
    yield running
    running.close()


@pytest.fixture
def with_model(embedder: Embedder) -> dict[str, str]:
    return {
        "OPENAI_API_KEY": "sk-of-the-test",
        "OPENAI_BASE_URL": embedder.url,
        "OPENAI_EMBEDDING_MODEL": "directions",
    }


def test_a_question_finds_what_means_the_same_in_other_words(start_app, embedder, with_model):
    host = start_app(**with_model)
    refreshed(host)

    found = host.get("/api/query?q=apiary&answer=false").json

    assert ["beehive-sensor"] == [each["name"] for each in found["results"]]
    assert ["close in meaning"] == found["results"][0]["reasons"]
    asked = len(embedder.asked)
    host.get("/api/query?q=%20Apiary&answer=false")
    assert asked == len(embedder.asked)  # the same question costs nothing twice
    assert b"embedding" not in host.get(f"/api/portfolios/{USERNAME}/repos/tally").body


def test_only_what_has_changed_is_embedded(start_app, github, embedder, with_model):
    host = start_app(**with_model)
    refreshed(host)
    assert 31 == sum(len(texts) for texts in embedder.asked)
    embedder.asked.clear()
    github.standin.users[USERNAME].repositories["tally"].push({"a.py": "x"}, "2026-11-01T00:00:00Z")

    refreshed(host)

    assert [1] == [len(texts) for texts in embedder.asked]


def test_a_model_that_fails_costs_only_the_embeddings(start_app, embedder, with_model):
    embedder.status = 500
    host = start_app(**with_model)

    progress = refreshed(host)

    assert ("completed", 31, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert "skyhook" == host.get("/api/query?q=kubernetes").json["results"][0]["name"]
    asked = len(embedder.asked)
    for question in ("terraform", "django", "rust", "kotlin"):
        host.get(f"/api/query?q={question}&answer=false")
    assert 2 == len(embedder.asked) - asked  # then it is left alone for a while


def test_without_a_model_nobody_is_asked(start_app, embedder, with_model):
    host = start_app(**{**with_model, "OPENAI_EMBEDDING_MODEL": ""})
    refreshed(host)
    host.get("/api/query?q=apiary&answer=false")

    assert [] == embedder.asked
