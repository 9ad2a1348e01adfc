"""What a result claims stands in the repository, and the link leads there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ai_assistant import calculate_repo_scores
from answers.evidence import (
    MAX_EVIDENCE,
    MAX_QUOTE_CHARS,
    STRENGTH,
    Evidence,
    PortfolioQuotes,
    Quotes,
    ShownPlace,
    evidence_for_sentence,
    evidence_of,
    links,
)
from bundles.text import read_text
from evaluation.judged_set import PORTFOLIOS, load_portfolio, questions
from github_standin.portfolio import load_user
from models import Bundle, no_locations
from relevance.fields import FIELDS
from relevance.index import PortfolioIndex
from relevance.mentions import names_in, technology_of_package
from relevance.text import terms
from relevance.vocabulary import languages, vocabulary
from tests.unit.bundles.test_cases import CASES, repository_files
from tests.unit.bundles.trees import bundle_of_files
from tests.unit.portfolios import make_bundle
from tools.host_process import SAMPLES

PASSAGE_LINES = 12  # a quote may begin in the midst of a passage
COMMIT = "0123456789abcdef0123456789abcdef01234567"
AT_COMMIT = f"https://github.com/ada/orchard/blob/{COMMIT}/"
README = """# Orchard

Counts apples in a tree.

## Watering

A rubber hose between two rows.
"""


def orchard(commit: str | None = COMMIT, **content: Any) -> Bundle:
    locations = {
        **no_locations(),
        "readme": "docs/READ ME.md",
        "files": ["go.mod", "press/.repo-context.json"],
        "dependencies": {"github.com/ada/picker": [0, 4], "zstd": [0, 0]},
        "contexts": {"Juice extraction": [1, 7]},
        "paths": {"ladder": "tools/apple#ladder.go", ".tf": "infra/main.tf", ".go": "cmd/main.go"},
    }
    return make_bundle(
        "orchard",
        "Juice, apples and C++",
        **{
            "topics": ["juice", "fruit"],
            "readme": README,
            "languages": {"Go": 9},
            "files": ["Dockerfile"],
            "locations": locations,
            "revision": {"commit": commit, "tree": None},
            **content,
        },
    )


def shown(bundle: Bundle, *words: str) -> list[tuple[str, str, str | None, int | None, str]]:
    return [
        (item["term"], item["signal"], item["path"], item["line"], item["quote"])
        for item in evidence_of(bundle, words)
    ]


class TestEvidence:
    @pytest.mark.parametrize(
        ("word", "signal", "path", "line", "quote"),
        [
            ("picker", "dependencies", "go.mod", 4, "github.com/ada/picker"),
            ("github.com/ada/picker", "dependencies", "go.mod", 4, "github.com/ada/picker"),
            ("zstd", "dependencies", "go.mod", None, "zstd"),
            ("Juice", "context", "press/.repo-context.json", 7, "Juice extraction"),
            ("apple", "readme", "docs/READ ME.md", 3, "Counts apples in a tree."),
            ("Watering", "readme", "docs/READ ME.md", 5, "Watering"),
            ("hose rows", "readme", "docs/READ ME.md", 7, "A rubber hose between two rows."),
            ("C++", "description", None, None, "Juice, apples and C++"),
            ("fruit", "topics", None, None, "fruit"),
            ("Go", "languages", "cmd/main.go", None, "Go"),
            ("Terraform", "file_types", "infra/main.tf", None, "infra/main.tf"),
            (".tf", "file_types", "infra/main.tf", None, "infra/main.tf"),
            ("ladder", "paths", "tools/apple#ladder.go", None, "tools/apple#ladder.go"),
            ("Docker", "paths", "Dockerfile", None, "Dockerfile"),
            ("orchard", "name", None, None, "orchard"),
        ],
    )
    def test_a_word_is_quoted_from_where_it_stands(self, word, signal, path, line, quote):
        assert (word, signal, path, line, quote) == shown(orchard(), word)[0]

    @pytest.mark.parametrize("word", ["ada", "C", "pple", "zebra", "hose zebra", "Counts hose"])
    def test_what_does_not_stand_there_is_not_quoted(self, word):
        assert [] == shown(orchard(), word)

    def test_the_strongest_place_of_each_word_comes_first(self):
        assert [
            ("juice", "context"),
            ("ladder", "paths"),
            ("juice", "description"),
        ] == [item[:2] for item in shown(orchard(), "juice", "ladder")]

    def test_a_place_that_shows_two_words_is_given_once(self):
        assert [
            ("rubber", "readme"),
            ("apples", "readme"),
            ("apples", "description"),
        ] == [item[:2] for item in shown(orchard(), "rubber", "hose", "apples")]

    def test_only_the_signals_of_the_result_are_looked_at(self):
        found = Quotes(orchard()).evidence(["juice"], {"topics": 0.4})

        assert ["topics"] == [item["signal"] for item in found]

    def test_a_listed_language_counts_while_the_content_is_pending(self):
        bundle = make_bundle("a")
        bundle["metadata"]["language"] = "Go"

        assert [("Go", "languages", None, None, "Go")] == shown(bundle, "Go")

    def test_every_field_of_the_ranking_has_its_strength(self):
        assert set(FIELDS) == set(STRENGTH)


class TestQuote:
    def test_a_long_text_is_cut_between_words_around_the_word(self):
        text = f"{'one two three ' * 30}needle {'four five six ' * 30}"
        ((*_, quote),) = shown(orchard(readme=text), "needle")

        assert len(quote) <= MAX_QUOTE_CHARS
        assert " needle " in quote
        assert set(quote.split()) <= set(text.split())

    @pytest.mark.parametrize("text", ["needle " + "x" * 300, "x" * 300 + " needle"])
    def test_a_word_at_either_end_is_kept(self, text):
        ((*_, quote),) = shown(orchard(readme=text), "needle")

        assert "needle" in quote
        assert len(quote) <= MAX_QUOTE_CHARS

    def test_a_word_that_does_not_fit_is_not_quoted(self):
        assert [] == shown(orchard(readme="x" * 200), "x" * 200)

    def test_what_a_browser_could_follow_is_not_quoted(self):
        readme = "Pears see https://evil.example/x now."

        assert [("pears", "readme", "docs/READ ME.md", 1, "Pears see now.")] == shown(
            orchard(readme=readme), "pears"
        )
        assert [] == shown(orchard(readme=readme), "praise")


class TestUrl:
    @pytest.mark.parametrize(
        ("word", "url"),
        [
            ("picker", f"{AT_COMMIT}go.mod#L4"),
            ("zstd", f"{AT_COMMIT}go.mod"),
            ("watering", f"{AT_COMMIT}docs/READ%20ME.md?plain=1#L5"),
            ("ladder", f"{AT_COMMIT}tools/apple%23ladder.go"),
        ],
    )
    def test_a_link_names_the_commit_and_the_line(self, word, url):
        (item, *_) = evidence_of(orchard(), [word])

        assert (url, True) == (item["url"], item["pinned"])

    def test_without_a_commit_it_leads_to_the_file_on_the_default_branch(self):
        bundle = orchard(commit=None)
        bundle["metadata"]["default_branch"] = "feature/#1"
        (item,) = evidence_of(bundle, ["picker"])

        assert "https://github.com/ada/orchard/blob/feature/%231/go.mod" == item["url"]
        assert (False, 4) == (item["pinned"], item["line"])

    def test_what_github_tells_leads_to_the_repository(self):
        (item,) = evidence_of(orchard(), ["fruit"])

        assert ("https://github.com/ada/orchard", False) == (item["url"], item["pinned"])


class TestParts:
    def monorepo(self) -> Bundle:
        empty = {"description": "", "technologies": [], "skills": [], "topics": []}
        return orchard(
            components=[
                {**empty, "path": "b", "name": "Press", "skills": ["Apple juice"]},
                {**empty, "path": "a b", "name": "Pump", "technologies": ["Go"]},
                {**empty, "path": "c", "name": "Cart", "description": "Carries apples"},
                {**empty, "path": "d", "name": "Apples", "topics": ["cider"]},
                {**empty, "path": "e", "name": "Shed"},
            ]
        )

    def test_parts_that_show_more_of_the_words_come_first(self):
        parts = Quotes(self.monorepo()).parts(["apple", "juice"])

        assert [("b", "Press", 1.0), ("c", "Cart", 0.5), ("d", "Apples", 0.5)] == [
            (part["path"], part["name"], part["score"]) for part in parts
        ]

    def test_a_part_links_to_its_folder(self):
        (part,) = Quotes(self.monorepo()).parts(["Go"])

        assert f"https://github.com/ada/orchard/tree/{COMMIT}/a%20b" == part["url"]

    @pytest.mark.parametrize("words", [[], ["zebra"]])
    def test_without_a_match_there_are_no_parts(self, words):
        assert [] == Quotes(self.monorepo()).parts(words)


def test_places_of_facts_become_links():
    places = [
        ShownPlace("Go", "dependencies", "go.mod", 4, "github.com/ada/picker"),
        ShownPlace("Go", "languages", None, None, "Go"),
        ShownPlace("Go", "context", None, None, ""),
        ShownPlace("apples", "readme", "README.md", 3, "apples " * 50),
        ShownPlace("Go", "topics", None, None, "go"),
    ]
    found = links(orchard(), places)

    assert ["dependencies", "languages", "readme"] == [item["signal"] for item in found]
    assert f"{AT_COMMIT}README.md?plain=1#L3" == found[2]["url"]
    assert len(found[2]["quote"]) <= MAX_QUOTE_CHARS


def test_a_sentence_rests_on_evidence_with_its_words():
    evidence = {"orchard": evidence_of(orchard(), ["rubber", "picker", "juice"])}

    def resting_on(text: str, *names: str) -> list[str]:
        return [item["term"] for item in evidence_for_sentence(text, names, evidence)]

    assert ["picker"] == resting_on("It depends on a picker.", "orchard")
    assert ["rubber"] == resting_on("A hose lies between its rows.", "orchard")
    assert [] == resting_on("It depends on a ladder.", "orchard")
    assert [] == resting_on("It depends on a picker.", "meadow")


def stands_for(term: str, item: Evidence) -> bool:
    """Tell whether a quote has the words of a term, or something that the term is known by."""
    quote = item["quote"].lower()
    if all(word in quote for word in term.lower().split()):
        return True
    known = vocabulary()
    if item["signal"] == "dependencies":
        shown_names = [technology_of_package(item["quote"], str(item["path"]))]
    else:
        suffix = f".{quote.rpartition('.')[2]}"
        language = [languages()[suffix].name] if suffix in languages() else []
        stems = (*known.suffix_terms.get(suffix, ()), *known.file_terms.get(quote, ()))
        shown_names = [name for text in (*language, *stems) for name in names_in(text)]
        shown_names += stems
    return not {*names_in(term), *terms(term)}.isdisjoint(filter(None, shown_names))


@pytest.mark.parametrize("username", PORTFOLIOS)
def test_every_quote_of_a_sample_portfolio_is_true_and_stands_where_it_says(username):
    folder = SAMPLES.parent / username
    portfolio, user = load_portfolio(folder, questions(username)), load_user(folder)
    bundles = {bundle["metadata"]["name"]: bundle for bundle in portfolio.bundles}
    quotes = {name: Quotes(bundle) for name, bundle in bundles.items()}
    index = PortfolioIndex(portfolio.bundles)
    wrong, items = [], 0
    for question in portfolio.questions:
        for score in calculate_repo_scores(index, question.text):
            name, words = score["name"], score["matched_terms"]
            found = quotes[name].evidence(words, score["signals"])
            commit = bundles[name]["revision"]["commit"] or "-"
            items += len(found)
            is_right = len(found) <= MAX_EVIDENCE and all(
                item["term"] in words
                and item["signal"] in score["signals"]
                and len(item["quote"]) <= MAX_QUOTE_CHARS
                and stands_for(item["term"], item)
                and item["pinned"] == (commit in item["url"])
                and stands_at_its_line(item, user.repositories[name].files)
                for item in found
            )
            if not is_right or bool(words) != bool(found):
                wrong.append((question.text, name, words, found))

    assert [] == wrong
    assert items > 100


def test_every_package_of_the_cases_is_quoted_from_its_line():
    packages, wrong = 0, []
    for folder in sorted((CASES / "packages").iterdir()):
        files = repository_files(folder)
        bundle = bundle_of_files(files)
        quotes = Quotes(bundle)
        for name in bundle["locations"]["dependencies"]:
            found = quotes.evidence([name], ["dependencies"])
            packages += 1
            quoted = [item["quote"].lower() for item in found]
            if [name.lower()] != quoted or not stands_at_its_line(found[0], files):
                wrong.append((folder.name, name, found))

    assert [] == wrong
    assert packages > 100


def stands_at_its_line(item: Evidence, files: Any) -> bool:
    """Tell whether a passage begins, or a package is named, near its line; true without a line."""
    if item["line"] is None:
        return True
    _, content = files[item["path"]]
    lines = read_text(content).content.lower().splitlines()[item["line"] - 1 :]
    words = re.findall(r"\w+", item["quote"].lower())
    is_package = item["signal"] == "dependencies"
    if "${" in lines[0]:
        return True  # of a Dockerfile: what the variable stands for is written elsewhere
    return words[-1] in lines[0] if is_package else words[0] in " ".join(lines[:PASSAGE_LINES])


def test_texts_are_gathered_once_for_a_portfolio():
    quotes = PortfolioQuotes([make_bundle("orchard")])

    assert quotes.of("orchard") is quotes.of("orchard")
