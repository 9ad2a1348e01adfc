"""Words, what they mean, and how sure a repository is of them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ai_assistant import calculate_repo_scores
from relevance.difficulty import difficulty
from relevance.embeddings import EmbeddingIndex, QuestionEmbedding, pack_embedding
from relevance.fields import term_weights
from relevance.index import MAX_MATCHES, PortfolioIndex
from relevance.text import strip_markdown, terms
from relevance.vocabulary import languages, vocabulary
from tests.unit.portfolios import make_bundle as bundle


def names(bundles: list[dict[str, Any]], question: str) -> list[str]:
    return [each["name"] for each in calculate_repo_scores(bundles, question)]


class TestWords:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("k8s", "Kubernetes"),
            ("C++", "cpp"),
            ("C#", "csharp"),
            (".NET", "dotnet"),
            ("Node.js", "nodejs"),
            ("CI/CD", "continuous integration"),
            ("web assembly", "WebAssembly"),
            ("visualisation", "visualization"),
            ("Postgres", "PostgreSQL"),
            ("language models", "LLM"),
            ("golang", "Go"),
            ("GitHub Actions", "github-actions"),
        ],
    )
    def test_two_spellings_are_one_term(self, one, other):
        assert terms(one)[0] == terms(other)[0]

    @pytest.mark.parametrize(
        ("one", "other"),
        [("java", "javascript"), ("go", "google"), ("c", "c++"), ("embedded", "embeddings")],
    )
    def test_two_technologies_stay_two(self, one, other):
        assert not set(terms(one)) & set(terms(other))

    def test_a_name_is_taken_apart_but_stays_findable_whole(self):
        assert {"orchardmanag", "orchard"} <= set(terms("OrchardManager"))
        assert "javascript" in terms("JavaScript")
        assert "java" not in terms("JavaScript")

    def test_an_everyday_word_in_a_sentence_is_no_technology(self):
        assert "golang" not in terms("then go to the shop", prose=True)
        assert "golang" in terms("written in Go", prose=True)

    def test_markup_is_not_read(self):
        text = strip_markdown("# Hi\n```sh\npip install django\n```\n<!-- rails -->[a](http://flask.dev)")

        assert not {"django", "rails", "flask"} & set(terms(text))
        assert "a" in text


class TestTables:
    @pytest.mark.parametrize(
        ("suffix", "language", "kind"),
        [
            (".md", "Markdown", "prose"),
            (".php", "PHP", "programming"),
            (".m", "Objective-C", "programming"),
            (".ts", "TypeScript", "programming"),
            (".json", "JSON", "data"),
            ("dockerfile", "Dockerfile", "programming"),
        ],
    )
    def test_suffixes_are_classed_as_linguist_classes_them(self, suffix, language, kind):
        assert (language, kind) == languages()[suffix]

    def test_prose_is_not_what_one_works_in(self):
        found = term_weights(bundle("x", file_types={".md": 40, ".py": 2}))

        assert "markdown" not in found
        assert found["python"]["file_types"] == 0.7

    def test_every_line_of_the_data_file_can_be_reached(self):
        known = vocabulary()

        for name, others in known.expansions.items():
            assert [name] == terms(name)[:1], name
            assert all(other in known.terms for other, _ in others)
        for phrases in known.phrases.values():
            for words, term in phrases:
                assert term == terms(" ".join(words))[0]


class TestQuestions:
    def test_a_kind_answers_a_question_for_the_whole(self):
        found = names([bundle("a", "Terraform modules"), bundle("b", "A poem")], "IaC")

        assert ["a"] == found

    def test_what_stands_for_the_word_is_named(self):
        (found,) = calculate_repo_scores([bundle("a", "Terraform modules"), bundle("b")], "IaC")

        assert ["IaC"] == found["matched_terms"]
        assert ["terraform (for IaC) in its description"] == found["reasons"]

    def test_one_of_several_is_enough(self):
        tools = [bundle("gulp-x", "A gulp plugin"), bundle("grunt-x", "A grunt plugin")]

        scores = calculate_repo_scores([*tools, bundle("z", "A poem")], "gulp or grunt plugins")

        assert {"gulp-x", "grunt-x"} == {each["name"] for each in scores}
        assert scores[-1]["score"] > 0.7

    @pytest.mark.parametrize("question", ["kubernets", "kuberntes operator", "Kubernetse"])
    def test_a_typo_is_understood(self, question):
        assert ["a"] == names([bundle("a", "An operator for Kubernetes"), bundle("b")], question)

    @pytest.mark.parametrize(
        ("question", "description"),
        [("java", "JavaScript in the browser"), ("go", "A Google clone"), ("rust", "A trust fund")],
    )
    def test_a_technology_is_never_taken_for_another(self, question, description):
        assert [] == names([bundle("a", description), bundle("b", "A poem")], question)

    def test_a_word_that_every_project_could_claim_does_not_answer_for_the_rest(self):
        portfolio = [bundle("a", "A plugin for gulp"), bundle("b", "Poems"), bundle("c", "Songs")]

        assert [] == names(portfolio, "wordpress plugin")

    def test_a_name_that_begins_with_the_word_answers(self):
        assert "slugify" == names([bundle("slugify"), bundle("b"), bundle("c")], "slug")[0]

    def test_words_that_stand_beside_each_other_count_more(self):
        apart = bundle("apart", "A child of nature, in process")
        beside = bundle("beside", "Starts a child process")

        assert "beside" == names([apart, beside, bundle("c")], "child process")[0]

    def test_no_answer_names_the_nearest(self):
        portfolio = [bundle("a", "Terraform modules for the cloud"), bundle("b", "Poems")]
        index = PortfolioIndex(portfolio)

        assert [] == calculate_repo_scores(index, "erlang modules for telephone exchanges")
        assert ["a"] == index.rank("haskell modules for the cloud").nearest[:1]

    @pytest.mark.parametrize("question", ["", "   ", "the of and", "?!", "show me", "{}%s"])
    def test_a_question_without_words_has_no_answer(self, question):
        assert [] == names([bundle("a", "Terraform")], question)

    def test_results_are_bounded(self):
        many = [bundle(f"r{number}", "Terraform") for number in range(MAX_MATCHES + 20)]

        assert MAX_MATCHES == len(names(many, "terraform"))

    def test_signals_add_up_to_the_score(self):
        portfolio = [bundle("django-x", "A Django app", topics=["web"]), bundle("b")]

        (found,) = calculate_repo_scores(portfolio, "django web app")

        assert found["score"] == pytest.approx(sum(found["signals"].values()), abs=0.01)
        assert ["django", "web", "app"] == found["matched_terms"]
        assert found["reasons"][0].startswith("django, web, app in its ")

    def test_the_same_words_have_the_same_score_in_any_order(self):
        index = PortfolioIndex([bundle("a", "Terraform for Azure"), bundle("b", "Azure")])

        one, other = (
            calculate_repo_scores(index, question)[0]["score"]
            for question in ("terraform azure", "azure terraform")
        )
        assert one == pytest.approx(other, abs=0.13)  # what stands beside each other adds a little


class TestMeaning:
    DIRECTIONS = (
        [1.0, 0, 0],
        [0.9, 0.1, 0],
        [0, 1.0, 0],
        [0, 0.9, 0.2],
        [0, 0, 1.0],
        [0.1, 0, 1.0],
    )

    def portfolio(self) -> list[dict[str, Any]]:
        return [
            bundle(f"r{number}", embedding=pack_embedding("m", direction))
            for number, direction in enumerate(self.DIRECTIONS)
        ]

    def test_what_is_near_is_found_without_the_words(self):
        far = [bundle(f"far{n}", embedding=pack_embedding("m", [0, 1, n / 20])) for n in range(20)]
        index = PortfolioIndex([*far, bundle("near", embedding=pack_embedding("m", [1.0, 0, 0]))])

        (found,) = index.rank("felines", QuestionEmbedding("m", (1.0, 0.0, 0.0))).matches

        assert [] == index.rank("felines").matches
        assert ("near", ()) == (found.name, found.terms)
        assert {"meaning": found.score} == found.signals

    def test_nearness_moves_what_the_words_leave_equal(self):
        portfolio = [{**each, "repoContext": {}} for each in self.portfolio()]
        for each in portfolio:
            each["metadata"]["description"] = "about cats"

        found = (
            PortfolioIndex(portfolio).rank("cats", QuestionEmbedding("m", (0.0, 1.0, 0.1))).matches
        )

        assert {"r2", "r3"} == {each.name for each in found[:2]}
        assert found[0].signals["meaning"] > 0
        assert found[0].score <= 1.0

    def test_another_models_directions_are_not_compared(self):
        meanings = EmbeddingIndex(self.portfolio())

        assert {} == meanings.closeness(QuestionEmbedding("other", (1.0, 0.0, 0.0)))
        assert {} == meanings.closeness(QuestionEmbedding("m", (1.0, 0.0)))

    def test_few_repositories_tell_nothing_unusual(self):
        assert {} == EmbeddingIndex(self.portfolio()[:4]).closeness(
            QuestionEmbedding("m", (1.0, 0.0, 0.0))
        )

    def test_a_vector_is_kept_in_a_byte_a_coordinate(self):
        kept = pack_embedding("m", [3.0, 4.0])

        assert [76, 102] == list(base64.b64decode(kept["vector"]))


class TestDifficulty:
    def test_an_empty_repository_is_for_beginners_and_nothing_is_known(self):
        assert {"level": "beginner", "score": 0, "confidence": 0.0, "reasons": []} == difficulty(
            bundle("a")
        )

    def test_much_that_is_demanding_is_for_experts(self):
        found = difficulty(
            bundle(
                "a",
                "A distributed compiler for WebAssembly on Kubernetes",
                topics=["cryptography"],
                languages={"Rust": 900_000, "Go": 500_000, "C++": 400_000, "Shell": 90_000},
                dependencies=[f"d{number}" for number in range(40)],
                files=["tests", ".github", "Dockerfile"],
                repoContext={
                    "project_identity": {"name": "a"},
                    "metadata": {"difficulty_rating": "Expert"},
                },
            )
        )

        assert "expert" == found["level"]
        assert 75 <= found["score"] <= 100
        assert "its context file calls it expert" in found["reasons"]
        assert "40 dependencies" in found["reasons"]

    @pytest.mark.parametrize("level", [None, 7, [], "", "  ", "unheard of"])
    def test_a_declared_level_that_means_nothing_changes_nothing(self, level):
        context = {"project_identity": {"name": "a"}, "skill_manifest": {"competency_level": level}}

        assert (
            difficulty(bundle("a"))["score"]
            == difficulty(bundle("a", repoContext=context))["score"]
        )

    def test_the_author_is_heard_but_not_alone(self):
        context = {
            "project_identity": {"name": "a"},
            "skill_manifest": {"competency_level": "Advanced"},
        }

        assert 25 <= difficulty(bundle("a", repoContext=context))["score"] <= 49
