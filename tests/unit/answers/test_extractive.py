"""Without a model, the answer is made of facts and the repositories' own words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from answers.extractive import NO_MATCH, Result, counted, difference, extract
from models import PublishedBundle
from relevance.index import Absent
from tests.unit.portfolios import make_bundle
from understanding.facts import PortfolioFacts


def located(**packages: str) -> dict[str, object]:
    """Return the keys of a bundle that has packages, each in a file."""
    files = list(dict.fromkeys(packages.values()))
    return {
        "dependencies": list(packages),
        "locations": {
            "files": files,
            "dependencies": {name: [files.index(path), 3] for name, path in packages.items()},
            "contexts": {},
            "readme": None,
            "paths": {},
        },
    }


def answer(
    question: str,
    bundles: Sequence[PublishedBundle],
    scores: Sequence[float] | None = None,
    signals: dict[str, float] | None = None,
) -> str:
    """Answer a question about these repositories, which are found in this order."""
    found = [
        Result(bundle["metadata"]["name"], score, signals or {"name": score}, ["hare"], "its name")
        for bundle, score in zip(bundles, scores or [0.9] * len(bundles), strict=True)
    ]
    text, named = extract(question, found, PortfolioFacts(bundles))
    assert all(bundle["metadata"]["name"] in text for bundle in named)
    return text


def flasks(count: int) -> list[PublishedBundle]:
    return [
        make_bundle(f"web-{letter}", f"Serves {letter}", **located(flask="requirements.txt"))
        for letter in "abcdefghijklmnop"[:count]
    ]


README = {"readme": 0.9}
OTHER = make_bundle("other", "Counts hares")


class TestTechnologies:
    def test_those_that_use_it_are_counted_and_the_first_are_named_with_their_evidence(self):
        assert (
            "Four repositories use Flask; web-a fits best: Serves a."
            " Flask shows in the package flask of requirements.txt."
            " Also web-b (requirements.txt): Serves b; web-c (requirements.txt): Serves c."
        ) == answer("something with flask", [*flasks(4), OTHER])

    def test_more_than_twelve_are_counted_in_digits(self):
        assert answer("flask", flasks(13)).startswith("13 repositories use Flask")

    def test_one_alone_is_the_only_one(self):
        assert (
            "web-a is the only repository that uses Flask: Serves a."
            " Flask shows in the package flask of requirements.txt."
        ) == answer("flask", [*flasks(1), OTHER])

    def test_the_only_repository_uses_it(self):
        assert answer("flask", flasks(1)).startswith("web-a uses Flask: Serves a.")

    def test_languages_count_by_their_share(self):
        bundles = [make_bundle(name, f"Is {name}", languages={"Rust": 9, "C": 1}) for name in "ab"]

        assert (
            "Two repositories use Rust; a fits best: Is a. Rust shows in 90 % of its code."
            " Also b (90 % of its code): Is b."
        ) == answer("rust", bundles)

    def test_a_name_or_a_description_shows_it_but_does_not_use_it(self):
        bundles = [make_bundle("hares", "A plugin for Flask"), OTHER]

        assert (
            "hares is the only repository that shows Flask: A plugin for Flask."
            " Flask shows in its description."
        ) == answer("flask", bundles)

    def test_a_readme_only_mentions_it(self):
        mentioning = make_bundle(
            "notes", "Takes notes", readme="# Notes\nUnlike Flask and Terraform, it is small."
        )

        assert answer("flask", [*flasks(2), mentioning]).endswith(" One more mentions it.")
        assert answer("terraform", [mentioning, OTHER], signals=README).startswith(
            "notes is the only repository that mentions Terraform: Takes notes."
        )

    def test_several_mention_it(self):
        bundles = [
            make_bundle(name, f"Is {name}", readme="# X\nUnlike Terraform, or Redis, small.")
            for name in "ab"
        ]

        assert answer("terraform", bundles, signals=README).startswith(
            "Two repositories mention Terraform; a fits best"
        )
        assert answer("terraform, redis", bundles).startswith(
            "Two repositories mention both Terraform and Redis; a fits best"
        )

    def test_a_readme_that_begins_with_it_is_about_it(self):
        text = "# X\nA small server for WebAssembly."
        bundles = [
            make_bundle(name, summary="A small server for WebAssembly.", readme=text)
            for name in "ab"
        ]
        found = [Result(name, 0.9, {"readme": 0.9}, ["webassembly"], "its README") for name in "ab"]

        for count, begin in ((2, "Two repositories are about"), (1, "a is about")):
            text, _ = extract("webassembly", found[:count], PortfolioFacts(bundles[:count]))
            assert text.startswith(f"{begin} WebAssembly")

    def test_one_that_is_not_even_mentioned_is_denied(self):
        assert answer("terraform", [OTHER]).startswith(
            "No repository shows Terraform; other comes closest"
        )

    def test_several_must_all_be_there(self):
        both = make_bundle(
            "both", "Is both", **located(flask="requirements.txt", redis="requirements.txt")
        )

        assert (
            "both is the only repository that uses both Flask and Redis: Is both."
            " Flask shows in the package flask of requirements.txt"
            " and Redis shows in the package redis of requirements.txt."
        ) == answer("flask and redis", [both, *flasks(2)])

    def test_without_one_that_has_them_all_the_nearest_is_named(self):
        assert (
            "No repository shows both Redis and Flask; web-a comes closest: Serves a."
            " Flask shows in the package flask of requirements.txt. Also web-b (Flask): Serves b."
        ) == answer("redis flask", [OTHER, *flasks(2)])

    def test_one_of_several_alternatives_is_enough(self):
        assert answer("flask or redis", flasks(2)).startswith(
            "Two repositories use Flask or Redis;"
        )

    @pytest.mark.parametrize("question", ["no flask", "flask chess", "without flask please"])
    def test_what_else_is_said_may_matter_more(self, question):
        assert answer(question, flasks(2)).startswith("web-a fits best: Serves a.")

    def test_an_ordinary_word_names_a_technology_if_nothing_else_is_asked_for(self):
        bundles = [make_bundle(name, f"Is {name}", languages={"Go": 9}) for name in "ab"]

        assert answer("go", bundles).startswith("Two repositories use Go")
        assert answer("go", [OTHER]).startswith("other fits best")
        assert answer("go hiking", bundles).startswith("a fits best")


class TestSubjects:
    @pytest.mark.parametrize(
        ("question", "said"),
        [
            ("chess", "chess"),
            ("anything about home automation", "home automation"),
            ("chatbot", "chatbots"),
            ("llm", "LLM"),
            ("calculator", "calculators"),
            ("amiga", "amiga"),
            ("embedded", "embedded"),
        ],
    )
    def test_those_that_are_about_it_are_counted(self, question, said):
        bundles = [make_bundle(name, f"Is {name}") for name in "ab"]

        assert (
            f"Two repositories are about {said}; a fits best: Is a."
            " It has “hare” in its name. Also b: Is b."
        ) == answer(question, bundles)

    def test_those_that_do_not_say_so_only_touch_on_it(self):
        first, second, third = (make_bundle(name, f"Is {name}") for name in "abc")
        signals = ({"name": 0.9}, {"topics": 0.9}, {"readme": 0.9})
        found = [
            Result(bundle["metadata"]["name"], 0.9, fields, ["chess"], "its README")
            for bundle, fields in zip((first, second, third), signals, strict=True)
        ]

        text, named = extract("chess", found, PortfolioFacts([first, second, third]))

        assert text.startswith("Two repositories are about chess; a fits best")
        assert text.endswith(" One more touches on it.")
        assert [first["metadata"]["name"], "b"] == [each["metadata"]["name"] for each in named]


class TestOthers:
    @pytest.mark.parametrize(
        ("scores", "text"),
        [
            ([0.9], "a fits best: Is a. It has “hare” in its name."),
            (
                [0.1],
                "Nothing fits well; a comes closest: Is a. It has “hare” in its name.",
            ),
            ([0.1, 0.09], "Nothing fits well; a comes closest: Is a. It has “hare” in its name."),
            ([0.9, 0.4], "a fits best: Is a. It has “hare” in its name. One more touches on it."),
            (
                [0.9, 0.8, 0.8, 0.8, 0.1],
                "a fits best: Is a. It has “hare” in its name. Also b: Is b; c: Is c."
                " One more fits as well, and one touches on it.",
            ),
            (
                [0.9] * 5,
                "a fits best: Is a. It has “hare” in its name. Also b: Is b; c: Is c."
                " Two more fit as well.",
            ),
        ],
        ids=["one", "doubtful", "several-doubtful", "one-far-below-the-best", "many", "all-good"],
    )
    def test_the_best_are_described_and_the_others_counted(self, scores, text):
        bundles = [make_bundle(name, f"Is {name}") for name in "abcde"[: len(scores)]]

        assert text == answer("keeps track of hares", bundles, scores)

    def test_what_nobody_can_claim_is_not_said(self):
        found = [Result("other", 0.9, {"meaning": 0.9}, [], "")]

        assert (
            "other fits best: Counts hares."
            == extract("bunnies", found, PortfolioFacts([OTHER]))[0]
        )

    def test_no_two_repositories_are_described_alike(self):
        bundles = [
            make_bundle("a", "Counts hares"),
            make_bundle("b", "Counts hares", languages={"Rust": 9, "C": 2, "Go": 1}),
            make_bundle("c", "Counts hares"),
        ]

        assert "Also b: written in Rust and C; c." in answer("keeps track of hares", bundles)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ({"summary": "It is a counter of hares. It is fast."}, "a counter of hares"),
            ({"summary": "This project is the counter."}, "the counter"),
            ({"summary": "tally is a counter"}, "a counter"),
            ({"summary": "Tallying is a pleasure"}, "Tallying is a pleasure"),
            (
                {
                    "languages": {"Python": 1},
                    **located(flask="a/requirements.txt", pip="a/requirements.txt"),
                },
                "written in Python, with Flask",
            ),
        ],
    )
    def test_a_repository_is_described_in_few_words(self, content, said):
        bundle = make_bundle("tally", **content)

        assert f"tally fits best: {said}." in answer("keeps track of hares", [bundle])

    def test_nothing_is_said_of_a_repository_of_which_nothing_is_known(self):
        assert answer("keeps track of hares", [make_bundle("tally")]).startswith(
            "tally fits best. "
        )


class TestDifference:
    @pytest.mark.parametrize(
        ("absent", "repositories", "sentence"),
        [
            ([], 9, NO_MATCH),
            ([Absent("Vue.js", {})], 9, "None of the 9 repositories shows Vue.js."),
            (
                [Absent("Vue.js", {"Angular": ["a", "b"]})],
                9,
                "None of the 9 repositories shows Vue.js; Angular in two repositories.",
            ),
            (
                [Absent("Vue.js", {"Angular": ["a"] * 13, "React": ["b"]}), Absent("chess", {})],
                20,
                "None of the 20 repositories shows Vue.js or chess;"
                " Angular in 13 repositories and React in one repository.",
            ),
            ([Absent("Rust", {})], 1, "The repository does not show Rust."),
        ],
        ids=["nothing-named", "nothing-instead", "instead", "several", "one-repository"],
    )
    def test_it_says_what_is_not_there_and_what_is(self, absent, repositories, sentence):
        assert sentence == difference(absent, repositories)

    def test_numbers_to_twelve_are_words(self):
        assert ["twelve repositories", "13 repositories"] == [counted(12), counted(13)]
