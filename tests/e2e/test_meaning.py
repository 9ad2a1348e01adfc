"""Embeddings, with the owner's model: made by the refresh, for repositories that have changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.model_server import API_KEY, Embedder
from tools.host_process import USERNAME, HostProcess, refreshed

pytestmark = pytest.mark.server


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    """An embedding model that replies."""
    server = Embedder()
    yield server
    server.close()


@pytest.fixture
def with_model(embedder: Embedder) -> dict[str, str]:
    """Settings of the embedding model."""
    return {
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_BASE_URL": embedder.url,
        "OPENAI_EMBEDDING_MODEL": "directions",
    }


def best_of(host: HostProcess, question: str) -> str:
    """Return the name of the best repository, without asking for an answer."""
    results = host.get(f"/api/query?q={question}&answer=false").json["results"]
    return str(results[0]["name"])


def test_a_question_finds_what_means_the_same_and_is_embedded_once(start_app, embedder, with_model):
    host = start_app(**with_model)
    refreshed(host)
    embedder.requests.clear()

    for question in ("apiary", "%20Apiary"):
        (result,) = host.get(f"/api/query?q={question}&answer=false").json["results"]
        assert ("beehive-sensor", ["close in meaning"]) == (result["name"], result["reasons"])

    assert [["apiary"]] == embedder.texts


def test_only_changed_repositories_are_embedded_and_visitors_do_not_see_it(
    start_app, github, embedder, with_model
):
    host = start_app(**with_model)
    refreshed(host)
    assert 31 == sum(len(texts) for texts in embedder.texts)
    embedder.requests.clear()
    github.standin.users[USERNAME].repositories["tally"].push({"a.py": "x"}, "2026-11-01T00:00:00Z")

    refreshed(host)

    assert [1] == [len(texts) for texts in embedder.texts]
    assert b"embedding" not in host.get(f"/api/portfolios/{USERNAME}/repos/tally").body


def test_a_failing_model_costs_only_the_embeddings_and_is_not_called_for_every_question(
    start_app, embedder, with_model
):
    embedder.status = 500
    host = start_app(**with_model)

    progress = refreshed(host)
    embedder.requests.clear()

    assert ("completed", 31, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert "skyhook" == best_of(host, "kubernetes")
    for question in ("terraform", "django", "rust", "kotlin"):
        best_of(host, question)
    assert 3 == len(embedder.requests)


def test_without_a_model_nothing_is_embedded(start_app, embedder, with_model):
    host = start_app(**{**with_model, "OPENAI_EMBEDDING_MODEL": ""})
    refreshed(host)
    host.get("/api/query?q=apiary&answer=false")

    assert [] == embedder.requests
