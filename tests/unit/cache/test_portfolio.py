"""A published version of a portfolio."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from cache import Portfolio
from tests.unit.fakes import bundle_of, listed


def entry(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "row_key": f"repo:{name}@1",
        "metadata": listed(name, stargazers_count=7)["metadata"],
        "warnings": [],
        "stale": None,
        **changes,
    }


def portfolio(*entries: dict[str, Any]) -> Portfolio:
    manifest: Any = {
        "username": "Ada",
        "refreshed_at": "2026-01-02T03:04:05Z",
        "entries": list(entries),
    }
    rows = {f"repo:{name}@1": bundle_of(listed(name), warnings=["old"]) for name in ("a", "b")}
    return Portfolio.of(manifest, "etag", rows)


def test_it_knows_whose_it_is_and_when_it_was_made():
    made = portfolio()

    assert ("Ada", "etag", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == (
        made.username,
        made.etag,
        made.refreshed_at,
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


def test_entries_without_a_row_are_left_out_and_rows_without_an_entry_too():
    assert ["a"] == list(portfolio(entry("a"), entry("missing")).by_name())


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
