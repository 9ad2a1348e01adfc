"""SaveBundlesActivity: bundles that lie in the cache but are not published yet."""

from __future__ import annotations

from activities.save import run_save_bundles

from tests.unit.fakes import FakeCache, bundle_of, listed


def test_every_bundle_is_saved_and_found_by_its_row_key():
    cache = FakeCache()
    bundles = [
        bundle_of(listed("a"), warnings=["readme_missing"]),
        bundle_of(listed("b")),
    ]

    saved = run_save_bundles(cache, "ada", bundles)

    assert bundles == list(
        cache.load_bundles("ada", [bundle["row_key"] for bundle in saved]).values()
    )
    assert [
        {
            "name": bundle["metadata"]["name"],
            "row_key": f"repo:{bundle['metadata']['name']}@{bundle['fingerprint']}",
            "fingerprint": bundle["fingerprint"],
            "fetched_at": bundle["fetched_at"],
            "warnings": bundle["warnings"],
        }
        for bundle in bundles
    ] == saved


def test_what_is_published_stays_as_it_is():
    cache = FakeCache()

    run_save_bundles(cache, "ada", [bundle_of(listed("a"))])

    assert cache.load_manifest("ada") is None


def test_a_batch_of_failures_alone_saves_nothing():
    assert [] == run_save_bundles(FakeCache(), "ada", [])
