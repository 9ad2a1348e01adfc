"""EmbedBundlesActivity: embeddings of the bundles that a batch has saved."""

from __future__ import annotations

from typing import Any, cast

import pytest

from activities.embed import run_embed_bundles
from ai_assistant import Assistant
from errors import CacheUnavailable
from models import Bundle
from tests.unit.fakes import FakeCache, bundle_of, listed


class FakeAssistant(Assistant):
    """Embeds every bundle but those named in `failing`."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.calls: list[list[str]] = []

    def with_embeddings(self, bundles: Any) -> list[Bundle]:
        names = [bundle["metadata"]["name"] for bundle in bundles]
        self.calls.append(names)
        return [
            bundle
            if bundle["metadata"]["name"] in self.failing
            else cast(Bundle, {**bundle, "embedding": {"model": "m", "vector": "v"}})
            for bundle in bundles
        ]


@pytest.fixture
def cache() -> FakeCache:
    """Three saved bundles, one of them of another batch."""
    cache = FakeCache()
    for name in ("a", "b", "c"):
        cache.save_bundle("ada", bundle_of(listed(name), readme=f"# {name}"))
    return cache


def keys(cache: FakeCache, *names: str) -> list[str]:
    return [row_key for row_key in cache.bundles["ada"] if row_key[len("repo:")] in names]


def embed(cache: FakeCache, assistant: Assistant, *names: str) -> int:
    request: Any = {"username": "ada", "row_keys": keys(cache, *names)}
    return run_embed_bundles(assistant, cache, request)


def test_the_bundles_of_a_batch_are_embedded_with_one_call_and_saved_in_their_rows(cache):
    assistant = FakeAssistant()
    before = list(cache.bundles["ada"])

    assert 2 == embed(cache, assistant, "a", "b")

    assert [["a", "b"]] == assistant.calls
    assert before == list(cache.bundles["ada"])
    assert [True, True, False] == [
        "embedding" in bundle for bundle in cache.bundles["ada"].values()
    ]
    assert ["# a", "# b", "# c"] == [bundle["readme"] for bundle in cache.bundles["ada"].values()]


def test_a_bundle_that_got_no_embedding_is_not_written_again(cache):
    etags = dict(cache.row_etags)

    assert 1 == embed(cache, FakeAssistant("a"), "a", "b")

    (key,) = keys(cache, "a")
    assert etags["ada", key] == cache.row_etags["ada", key]


def test_without_storage_the_bundles_are_ranked_by_words_alone(cache, monkeypatch, caplog):
    def refuse(*_: Any) -> None:
        raise CacheUnavailable("the table storage does not answer")

    monkeypatch.setattr(cache, "save_bundle", refuse)

    assert 0 == embed(cache, FakeAssistant(), "a", "b")

    assert ["embedding.not_saved %s"] == [record.msg for record in caplog.records]
