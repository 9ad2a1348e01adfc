"""A portfolio's contents in few rows."""

from __future__ import annotations

import random
from array import array
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache import GitHubCache
from cache.portfolio import Content
from cache.rows import MAX_PACKED_BYTES, MAX_PROPERTY_BYTES, Corrupt
from cache.snapshot import MAX_SNAPSHOT_ROWS, is_whole, read_snapshot, snapshot_rows
from relevance.fields import FIELDS
from relevance.terms import RepositoryTerms
from tests.unit.cache.storage import MemoryTable, make_bundle, publish

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
floats = st.floats(0, 1, width=32)


@st.composite
def repository_terms(draw: Any) -> RepositoryTerms:
    drawn = draw(st.sets(st.text("ab \né", min_size=1, max_size=3), max_size=12))
    singles, bigrams = (
        sorted(term for term in drawn if (" " in term) is is_bigram) for is_bigram in (False, True)
    )
    terms = [*singles, *bigrams]
    weights = draw(st.lists(floats, min_size=len(terms), max_size=len(terms)))
    size = len(terms) * len(FIELDS)
    field_weights = draw(st.binary(min_size=size, max_size=size))
    return RepositoryTerms(tuple(terms), array("f", weights), field_weights)


contents = st.dictionaries(
    texts,
    st.builds(
        Content,
        st.fixed_dictionaries(
            {"readme": texts, "languages": st.dictionaries(texts, st.integers())}
        ),
        st.none() | repository_terms(),
    ),
    max_size=5,
)


def noise(size: int, seed: int = 1) -> str:
    return random.Random(seed).randbytes(size // 2 + 1).hex()[:size]


def content(readme: str = "") -> Content:
    return Content({"readme": readme}, None)


class TestRows:
    @given(contents)
    def test_what_is_written_comes_back(self, written):
        assert written == read_snapshot(snapshot_rows("ada", written))

    def test_a_large_portfolio_has_several_rows_each_within_the_tables_limits(self):
        written = {f"repo:r{number}": content(noise(500_000, number)) for number in range(8)}

        rows = snapshot_rows("Ada", written)

        assert [f"snapshot:{number:02}" for number in range(len(rows))] == [
            row["RowKey"] for row in rows
        ]
        assert {"ada"} == {row["PartitionKey"] for row in rows}
        assert 1 < len(rows) <= MAX_SNAPSHOT_ROWS
        for row in rows:
            values = [value for value in row.values() if isinstance(value, bytes)]
            assert sum(map(len, values)) <= MAX_PACKED_BYTES
            assert all(len(value) <= MAX_PROPERTY_BYTES for value in values)
        assert written == read_snapshot(rows)

    @pytest.mark.parametrize("limit", ["rows", "unpacked"])
    def test_a_portfolio_that_does_not_fit_loses_the_longest_readmes_first(
        self, monkeypatch, limit
    ):
        written = {f"repo:r{number}": content(noise(1_000 * number, number)) for number in range(9)}
        if limit == "rows":
            monkeypatch.setattr("cache.snapshot.MAX_PACKED_BYTES", 4_000)
            monkeypatch.setattr("cache.snapshot.MAX_SNAPSHOT_ROWS", 2)
        else:
            monkeypatch.setattr("cache.snapshot.MAX_SNAPSHOT_BYTES", 10_000)

        rows = snapshot_rows("ada", written)

        kept = read_snapshot(rows)
        assert {f"repo:r{number}" for number in range(4)} == set(kept)
        assert kept.items() <= written.items()
        assert len(rows) <= 2

    def test_of_another_analysis_the_contents_are_kept_and_the_terms_are_not(self, monkeypatch):
        terms = RepositoryTerms(("a",), array("f", [1]), bytes(len(FIELDS)))
        rows = snapshot_rows("ada", {"repo:a": Content({"readme": "# a"}, terms)})

        monkeypatch.setattr("cache.snapshot.ANALYSIS_VERSION", -1)

        assert {"repo:a": content("# a")} == read_snapshot(rows)


class TestDamage:
    """Whatever happens to the rows of a snapshot, it is recognised."""

    @pytest.fixture(autouse=True)
    def small_rows(self, monkeypatch) -> None:
        monkeypatch.setattr("cache.snapshot.MAX_PACKED_BYTES", 1_000)
        monkeypatch.setattr("cache.rows.MAX_PROPERTY_BYTES", 100)

    def contents(self, seed: int = 0) -> dict[str, Content]:
        return {f"repo:r{number}": content(noise(1_000, seed + number)) for number in range(8)}

    def rows(self) -> list[dict[str, Any]]:
        rows = snapshot_rows("ada", self.contents())
        assert len(rows) >= 3
        return rows

    def test_no_rows_are_no_snapshot(self):
        assert not is_whole([])

    @pytest.mark.parametrize("missing", [0, 1, -1], ids=["first", "second", "last"])
    def test_a_part_is_missing(self, missing):
        rows = self.rows()
        del rows[missing]

        assert not is_whole(rows)
        with pytest.raises(Corrupt):
            read_snapshot(rows)

    def test_a_part_of_an_earlier_snapshot_is_left_over(self):
        rows = self.rows()

        with pytest.raises(Corrupt):
            read_snapshot([*rows, {**rows[0], "RowKey": f"snapshot:{len(rows):02}"}])

    def test_parts_of_two_snapshots(self):
        other = snapshot_rows("ada", {**self.contents(), "repo:new": content()})

        with pytest.raises(Corrupt):
            read_snapshot([*self.rows()[:1], *other[1:]])

    def test_parts_of_two_snapshots_of_the_same_rows(self):
        other = snapshot_rows("ada", self.contents(seed=100))

        with pytest.raises(Corrupt):
            read_snapshot([*self.rows()[:1], *other[1:]])

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"v00": b"rubbish"}, id="rubbish"),
            pytest.param({"v00": "text"}, id="text"),
            pytest.param({"v00": None}, id="null"),
            pytest.param({"digest": None}, id="no-digest"),
            pytest.param({"parts": 1}, id="count"),
        ],
    )
    def test_a_part_has_changed(self, change):
        rows = self.rows()

        with pytest.raises(Corrupt):
            read_snapshot([rows[0], {**rows[1], **change}, *rows[2:]])

    def test_a_part_is_cut_short(self):
        rows = self.rows()
        del rows[-1][max(key for key in rows[-1] if key.startswith("v"))]

        with pytest.raises(Corrupt):
            read_snapshot(rows)

    def test_a_version_of_the_app_with_another_format_wrote_it(self, monkeypatch):
        rows = self.rows()
        monkeypatch.setattr("cache.snapshot.SNAPSHOT_FORMAT", 99)

        with pytest.raises(Corrupt, match="format 1 instead of 99"):
            read_snapshot(rows)

    def test_it_is_larger_than_we_would_write(self, monkeypatch):
        rows = self.rows()
        monkeypatch.setattr("cache.snapshot.MAX_SNAPSHOT_BYTES", 1_000)

        with pytest.raises(Corrupt, match="too large"):
            read_snapshot(rows)

    @given(st.data())
    @settings(suppress_health_check=[HealthCheck.differing_executors])
    def test_any_byte_has_changed(self, data):
        terms = RepositoryTerms(("a", "b"), array("f", [1, 0.5]), bytes(2 * len(FIELDS)))
        (row,) = snapshot_rows("ada", {"repo:a": Content({"readme": "# a"}, terms)})
        position = data.draw(st.integers(0, len(row["v00"]) - 1))
        changed = bytearray(row["v00"])
        changed[position] ^= data.draw(st.integers(1, 255))

        try:
            read = read_snapshot([{**row, "v00": bytes(changed)}])
        except Corrupt:
            return
        assert read == {"repo:a": Content({"readme": "# a"}, terms)}


class TestSaving:
    """GitHubCache.save_snapshot."""

    @pytest.fixture
    def table(self) -> MemoryTable:
        return MemoryTable()

    @pytest.fixture
    def cache(self, table) -> GitHubCache:
        return GitHubCache(table)

    def save(self, cache: GitHubCache) -> None:
        portfolio = cache.renew_portfolio("ada")
        assert portfolio is not None
        cache.save_snapshot(portfolio)

    def test_the_same_contents_are_written_once(self, cache, table):
        publish(cache, make_bundle("a"), make_bundle("b"))
        self.save(cache)
        manifest, etag = cache.load_manifest("ada")
        cache.publish("ada", {**manifest, "started_at": "s2"}, if_etag=etag)
        cache.renew_portfolio("ada")
        table.count()

        self.save(cache)

        assert ["get manifest", "query snapshot:"] == table.count()

    @pytest.mark.parametrize("damage", ["missing", "another", "left-over"])
    def test_a_damaged_snapshot_is_written_again(self, cache, table, damage, monkeypatch):
        monkeypatch.setattr("cache.snapshot.MAX_PACKED_BYTES", 100)
        publish(cache, make_bundle("a", noise(300)))
        self.save(cache)
        parts = table.row_keys("snapshot:")
        assert len(parts) >= 3
        last = table.rows["ada", parts[-1]]
        if damage == "missing":
            del table.rows["ada", parts[-1]]
        elif damage == "another":
            last["digest"] = "another"
        else:
            left_over = f"snapshot:{len(parts):02}"
            table.rows["ada", left_over] = type(last)({**last, "RowKey": left_over})
            table.rows["ada", left_over].metadata = last.metadata

        self.save(cache)

        assert parts == table.row_keys("snapshot:")
        assert is_whole([table.rows["ada", row_key] for row_key in parts])

    def test_a_smaller_snapshot_leaves_no_parts_of_the_one_before(self, cache, table, monkeypatch):
        monkeypatch.setattr("cache.snapshot.MAX_PACKED_BYTES", 100)
        publish(cache, make_bundle("a", noise(600)))
        self.save(cache)
        before = table.row_keys("snapshot:")
        publish(cache, make_bundle("a", fingerprint="f2"), started_at="s2")

        self.save(cache)

        after = table.row_keys("snapshot:")
        assert after == before[: len(after)]
        assert len(after) < len(before)
        (content,) = read_snapshot([table.rows["ada", row_key] for row_key in after]).values()
        assert "" == content.fields["readme"]

    def test_pending_repositories_are_not_in_it(self, cache, table):
        publish(cache, make_bundle("a"), pending=[make_bundle("b")])

        self.save(cache)

        rows = [table.rows["ada", row_key] for row_key in table.row_keys("snapshot:")]
        assert table.row_keys("repo:") == list(read_snapshot(rows))
