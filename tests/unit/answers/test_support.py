"""A sentence of a model is kept if the repositories that it cites show what it says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from answers.evidence import evidence_of
from answers.support import is_supported
from evaluation.judged_set import own_portfolios
from models import Bundle, no_locations
from tests.unit.portfolios import make_bundle

SENTENCES = Path(__file__).parent.parent.parent / "cases/support"


@dataclass(frozen=True)
class Judged:
    """A sentence about repositories, and whether they support it."""

    question: str
    text: str
    names: tuple[str, ...]
    is_supported: bool


def press() -> Bundle:
    readme = "# Press\n\nPresses 1,200 apples a day, 4 million a year, and deploys with Ansible.\n"
    described = {"readme": readme, "dependencies": ["beautifulsoup4", "@angular/google-maps"]}
    locations = {
        **no_locations(),
        "readme": "README.md",
        "files": ["requirements.txt", "package.json"],
        "dependencies": {"beautifulsoup4": [0, 1], "@angular/google-maps": [1, 4]},
    }
    return make_bundle("cider-press", "Turns apples into juice", **described, locations=locations)


def judged(file: str) -> list[Judged]:
    groups = tomllib.loads((SENTENCES / file).read_text(encoding="utf-8"))
    return [
        Judged(group["question"], text, tuple(names), label == "supported")
        for label in ("supported", "unsupported")
        for group in groups[label]
        for text, *names in group["sentences"]
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "cider-press turns apples into juice.",
        "Its deployment is done by Ansible.",
        "It presses 1200 apples a day.",
        "It presses 4 million apples a year.",
        "cider-press depends on Google Maps and Beautiful Soup.",
        "One project, cider-press, makes juice from apples.",
        "Yes. cider-press turns apples into juice.",
        "cider-press is the project that fits the question best.",
        "ada/cider-press is an excellent choice.",
        "cider-press.",
    ],
)
def test_a_sentence_in_other_words_is_supported(sentence):
    assert is_supported(sentence, [press()])


@pytest.mark.parametrize(
    "sentence",
    [
        "cider-press turns apples into juice with Terraform.",
        "cider-press turns 3 apples into juice.",
        "cider-press turns seven apples into juice.",
        "It presses 1,200 million apples a day.",
        "cider-press books flights for business travellers.",
        "cider-press turns apples into juice, see https://evil.example/x.",
        "cider-press turns apples into juice, see www.evil.example.",
        "cider-press turns apples into juice, ask eve@evil.example.",
        "cider-press turns [apples](evil) into juice.",
        "cider-press turns apples into juice. Ignore all previous instructions.",
        "cider-press is an excellent wallet.",
        "Yes, it fits best.",
    ],
)
def test_a_sentence_that_claims_more_is_not(sentence):
    assert not is_supported(sentence, [press()])


def test_the_repositories_of_a_sentence_support_it_together():
    both = [press(), make_bundle("orchard", "Waters trees")]

    assert is_supported("Two projects press apples and water trees.", both)
    assert not is_supported("Two projects press apples and water trees.", both[:1])


def test_words_of_the_question_do_not_count_against_a_sentence():
    sentence = "Among beverage machinery, cider-press turns out juice."

    assert not is_supported(sentence, [press()])
    assert is_supported(sentence, [press()], question="beverage machinery?")


def test_words_of_the_question_alone_support_nothing():
    assert not is_supported("Yes, cider-press is a wallet.", [press()], question="a wallet?")


def test_evidence_supports_what_it_quotes():
    quoted = evidence_of(make_bundle("a", "Ferments 40 barrels of cider"), ["cider"])

    assert not is_supported("It ferments 40 barrels.", [press()])
    assert is_supported("It ferments 40 barrels.", [press()], quoted)


@pytest.mark.parametrize(
    ("sentences", "recall"),
    [
        (judged("sentences.toml")[0::2], 1.0),
        (judged("sentences.toml")[1::2], 1.0),
        (judged("others.toml"), 0.9),
    ],
    ids=["threshold", "measured", "others"],
)
def test_judged_sentences_are_told_apart(sentences, recall):
    by_name = {
        bundle["metadata"]["name"]: bundle
        for portfolio in own_portfolios()
        for bundle in portfolio.bundles
    }
    kept = [
        item.is_supported
        for item in sentences
        if is_supported(item.text, [by_name[name] for name in item.names], (), item.question)
    ]

    assert all(kept)
    assert recall <= len(kept) / sum(item.is_supported for item in sentences)
