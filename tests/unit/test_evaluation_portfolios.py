"""Portfolios to measure with are loaded from the project's folders and from recorded ones."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from evaluation.judged_set import PORTFOLIOS, load_portfolio, questions
from evaluation.measures import Question
from evaluation.recorded import recorded_bundle, recorded_portfolios

README = "# Shop\n\nSells books.\n"
PACKAGE = '{"dependencies": {"express": "4"}}'


def recorded(**changes: Any) -> dict[str, Any]:
    """Make a repository as it is recorded."""
    return {
        "name": "shop",
        "owner": "bea",
        "default_branch": "main",
        "tree_sha": "aa" * 20,
        "commits": 3,
        "created_at": "2023-01-01T02:00:00+02:00",
        "pushed_at": "2024-01-01T00:00:00Z",
        "description": None,
        "topics": ["books"],
        "license": {"spdx_id": "MIT"},
        "languages": {"CSS": 10, "JavaScript": 90},
        "size_kb": 5,
        "archived": False,
        "fork": False,
        "stars": 7,
        "forks": 2,
        "open_issues": 1,
        "truncated": False,
        "paths": [
            ["README.md", "120000", "01" * 20, 14],
            ["docs/README.md", "100644", "02" * 20, len(README)],
            ["server/package.json", "100644", "03" * 20, len(PACKAGE)],
            ["lib", "160000", "04" * 20, 0],
        ],
        "trees": {"docs": "05" * 20, "server": "06" * 20},
        "texts": {
            "README.md": "docs/README.md",
            "docs/README.md": README,
            "server/package.json": PACKAGE,
        },
        **changes,
    }


class TestOwn:
    def test_the_questions_of_every_portfolio_are_read(self):
        assert all(questions(username) for username in PORTFOLIOS)

    def test_a_folder_is_fetched_as_a_refresh_does(self, tmp_path):
        folder = tmp_path / "cyd"
        folder.mkdir()
        (folder / "notes.toml").write_text(
            'description = "Notes"\n[files]\n"README.md" = "# Notes"\n"a.bin" = { base64 = "AAEC" }\n'
            '"n.md" = { link = "README.md" }\n'
        )
        (folder / "other.toml").write_text("fork = true\n")
        judged = [Question("notes", {"notes": 3})]

        portfolio = load_portfolio(folder, judged)

        assert "cyd" == portfolio.name
        assert ["notes"] == [bundle["metadata"]["name"] for bundle in portfolio.bundles]
        assert tuple(judged) == portfolio.questions
        assert ("# Notes",) == portfolio.texts["notes"]
        assert ("README.md", "a.bin", "n.md") == portfolio.paths["notes"]


class TestRecorded:
    def test_a_bundle_is_built_from_paths_and_texts(self):
        bundle = recorded_bundle(recorded())

        metadata = bundle["metadata"]
        assert ("shop", "bea/shop", "MIT", 7) == (
            metadata["name"], metadata["full_name"], metadata["license"], metadata["stargazers_count"],
        )  # fmt: skip
        assert ("JavaScript", "2023-01-01T00:00:00Z") == (
            metadata["language"], metadata["created_at"],
        )  # fmt: skip
        assert ["express"] == bundle["dependencies"]
        assert {"JavaScript": 90, "CSS": 10} == bundle["languages"]
        assert 3 == bundle["commits"]

    def test_links_are_followed_in_rounds(self):
        assert README == recorded_bundle(recorded())["readme"]

    def test_a_file_without_a_recorded_text_is_empty(self):
        bundle = recorded_bundle(recorded(texts={}, languages={}))

        assert ("", []) == (bundle["readme"], bundle["dependencies"])
        assert bundle["metadata"]["language"] is None

    def test_a_folder_holds_portfolios_and_their_queries(self, tmp_path):
        queries = [
            {"user": "bea", "query": "books", "relevance": {"shop": 3}, "no_answer": False},
            {
                "user": "bea", "query": "how many boks?", "relevance": {"shop": 3}, "no_answer": False,
                "tags": ["count", "typo"], "expect": {"intent": "count", "value": 1},
            },
            {
                "user": "bea", "query": "java", "relevance": {}, "no_answer": True, "tags": ["absent"],
            },
            {"user": "cyd", "query": "x", "relevance": {"y": 1}, "no_answer": False, "tags": ["word"]},
        ]  # fmt: skip
        (tmp_path / "queries.json").write_text(json.dumps({"queries": queries}))
        with gzip.open(tmp_path / "bea.json.gz", "wt") as file:
            json.dump({"user": "bea", "repos": [recorded()]}, file)

        (portfolio,) = recorded_portfolios(tmp_path)

        assert "bea" == portfolio.name
        assert (
            Question("books", {"shop": 3}, "untagged"),
            Question("how many boks?", {"shop": 3}, "typo", asks_fact=True),
            Question("java", {}, "none"),
        ) == portfolio.questions
        assert README in portfolio.texts["shop"]
        assert "server/package.json" in portfolio.paths["shop"]

    def test_a_folder_without_queries_is_none_of_ours(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            recorded_portfolios(tmp_path)
