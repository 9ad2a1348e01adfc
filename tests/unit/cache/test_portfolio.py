"""A published version of a portfolio."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from cache import Portfolio
from cache.portfolio import Content
from tests.unit.cache.storage import make_bundle
from tests.unit.fakes import listed


def entry(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "row_key": f"repo:{name}@1",
        "row_etag": "e",
        "fingerprint": "f",
        "metadata": listed(name, stargazers_count=7)["metadata"],
        "fetched_at": "2026-01-01T00:00:00Z",
        "warnings": [],
        "stale": None,
        **changes,
    }


def pending(name: str, **changes: Any) -> dict[str, Any]:
    """Make the entry of a repository that has not been read."""
    facts = {"row_key": None, "row_etag": None, "fingerprint": "", "fetched_at": None, **changes}
    return entry(name, **facts, warnings=["content_pending"])


def portfolio(*entries: dict[str, Any], finished: bool = True) -> Portfolio:
    """Make a portfolio of which the rows of `a` and `b` are there."""
    manifest: Any = {
        "username": "Ada",
        "refreshed_at": "2026-01-02T03:04:05Z",
        "finished": finished,
        "entries": list(entries),
    }
    contents = {
        f"repo:{name}@1": Content.of(make_bundle(name, f"# {name}", warnings=["old"]))
        for name in ("a", "b")
    }
    return Portfolio.of(manifest, "etag", contents)


def test_it_knows_whose_it_is_and_when_it_was_made():
    made = portfolio(finished=False)

    assert ("Ada", "etag", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), False) == (
        made.username,
        made.etag,
        made.refreshed_at,
        made.finished,
    )


def test_bundles_have_the_manifests_metadata_and_warnings():
    (bundle,) = portfolio(entry("a", warnings=["blocked"], stale="blocked")).bundles

    assert (7, ["blocked"], True, "blocked") == (
        bundle["metadata"]["stargazers_count"],
        bundle["warnings"],
        bundle["stale"],
        bundle["stale_reason"],
    )


def test_a_current_bundle_is_not_stale():
    (bundle,) = portfolio(entry("a")).bundles

    assert (False, None) == (bundle["stale"], bundle["stale_reason"])


def test_a_bundle_has_every_key_in_one_order_and_no_terms():
    made = portfolio(entry("a"), pending("new"), entry("missing"))
    bundle = make_bundle("a")
    del bundle["terms"]

    keys = [*bundle, "stale", "stale_reason"]

    assert {frozenset(keys)} == {frozenset(published) for published in made.bundles}


def test_a_repository_that_has_not_been_read_is_shown_as_the_listing_describes_it():
    made = portfolio(entry("a"), pending("new", stale="unreachable"))

    new = made.by_name()["new"]

    assert (7, "", {}, ["content_pending"], True, "unreachable") == (
        new["metadata"]["stargazers_count"],
        new["readme"],
        new["languages"],
        new["warnings"],
        new["stale"],
        new["stale_reason"],
    )
    assert (1, 0, "partial") == (made.pending, made.lost, made.state)


def test_a_repository_whose_row_is_missing_is_pending_and_counted_as_lost():
    made = portfolio(entry("a"), entry("missing", warnings=["readme_missing"]), pending("new"))

    assert ["content_pending"] == made.by_name()["missing"]["warnings"]
    assert (2, 1, "partial") == (made.pending, made.lost, made.state)
    assert ["repo:a@1"] == list(made.contents())


def test_a_portfolio_whose_content_is_there_is_complete():
    made = portfolio(entry("a"), entry("b"))

    assert (0, 0, "complete") == (made.pending, made.lost, made.state)


def test_the_index_knows_the_content_and_what_the_listing_says():
    made = portfolio(
        entry("a"), pending("b", metadata=listed("b", description="Kafka pipelines")["metadata"])
    )

    assert ["b"] == [match.name for match in made.index.rank("kafka").matches]
    assert len(made.bundles) == len(made.index.analysed)


def test_the_next_version_takes_over_contents_with_their_terms():
    before = portfolio(entry("a"), entry("b"))
    manifest: Any = {
        "username": "Ada",
        "refreshed_at": "2026-01-03T00:00:00Z",
        "finished": True,
        "entries": [entry("b", warnings=["new"], stale="unreachable")],
    }

    after = Portfolio.of(manifest, "etag2", before.contents())

    (bundle,) = after.bundles
    assert ("# b", ["new"], True) == (bundle["readme"], bundle["warnings"], bundle["stale"])
    assert before.index.analysed[1] is after.index.analysed[0]


def test_what_is_computed_from_the_bundles_is_computed_once_per_version():
    computed = []

    def count(bundles: Any) -> int:
        computed.append(1)
        return len(bundles)

    made = portfolio(entry("a"), entry("b"))
    with ThreadPoolExecutor(8) as visitors:
        assert [2] * 8 == list(visitors.map(lambda _: made.memo(count), range(8)))

    assert [1] == computed
    assert 1 == portfolio(entry("a")).memo(count)
