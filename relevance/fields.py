"""Extract the terms of a repository, and weight each by the fields that it occurs in.

A weight, 0..1, says how much an occurrence tells about the repository: a word of its name tells
more than one in the middle of its README.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from models import Bundle, Component, Section
from relevance.context import normalise_context
from relevance.mentions import (
    MAX_NAMED_CHARS,
    names_in,
    technologies_in,
    technology_of_package,
)
from relevance.packages import package_words
from relevance.text import bigrams, terms, without_emoji_codes
from relevance.vocabulary import languages, vocabulary

FIELDS = (
    "name", "topics", "description", "context", "languages", "dependencies", "file_types", "paths", "readme",
)  # fmt: skip
TermWeights = dict[str, dict[str, float]]  # term -> field -> weight, 0..1

# The name and each topic. The weight is divided by the number of terms to the power of the exponent:
# a word of a long name tells less.
NAME_WEIGHT, TOPIC_WEIGHT, NAME_LENGTH_EXPONENT = 0.95, 0.9, 0.12
# The description. In a text with more terms than is typical, each weighs less; this also holds for
# the texts of the context file.
DESCRIPTION_WEIGHT, TYPICAL_DESCRIPTION_TERMS, DESCRIPTION_LENGTH_EXPONENT = 0.8, 12, 0.25
# The context file, by the part that a text belongs to.
IDENTITY_WEIGHT, TECHNOLOGY_WEIGHT, SKILL_WEIGHT, COMPONENT_WEIGHT = 0.8, 0.85, 0.7, 0.55
NESTED_FACTOR = 0.85  # a part of a repository says a little less of it than the whole
PROSE_CHARS = 40  # a longer text of the context file consists of sentences, not of names
# A package by its name, and the technology that it is known to belong to.
DEPENDENCY_WEIGHT, PACKAGE_WEIGHT = 0.7, 0.9
NAMED_IN_README_WEIGHT = 0.45
NAME_SEPARATOR = re.compile(r"[-_. ]+")
# The root: files that the vocabulary knows by name or suffix, words of names, GitHub's workflows.
KNOWN_FILE_WEIGHT, KNOWN_SUFFIX_WEIGHT, FILE_NAME_WEIGHT, WORKFLOW_WEIGHT = 0.7, 0.4, 0.35, 0.35
# Files that nearly every root has say nothing of this one.
ROOT_NOISE = frozenset(
    ["readme", "license", "licence", "changelog", "contributing", "security", "notice"]
)
# Words of paths: a base weight, and a little more for each of up to five occurrences. In a tree with
# more words than is typical, each weighs less.
PATH_WEIGHT, PATH_WEIGHT_PER_COUNT, MAX_PATH_COUNT = 0.3, 0.07, 5
TYPICAL_PATH_TERMS, PATH_LENGTH_EXPONENT = 40, 0.3
# Languages, by their share of the code in bytes: (minimum share, weight), and the weight below.
LANGUAGE_WEIGHTS, MIN_LANGUAGE_WEIGHT = ((0.3, 0.9), (0.1, 0.7), (0.02, 0.45)), 0.2
# The language of a suffix, by the share of its files among the files with code.
FILE_TYPE_WEIGHTS, MIN_FILE_TYPE_WEIGHT = ((0.3, 0.7), (0.1, 0.5)), 0.3
# What the vocabulary knows of a suffix, by its number of files.
SUFFIX_WEIGHTS, MIN_SUFFIX_WEIGHT = ((10, 0.65), (3, 0.5)), 0.35
# The README: its first terms (lead), and all of it (body). As in BM25, the weight of a term grows
# with its count and saturates: at this count, half of the maximum is reached.
MAX_README_CHARS, MAX_BODY_TERMS, LEAD_TERMS = 12_000, 1_000, 60
LEAD_WEIGHT, LEAD_SATURATION = 0.75, 0.5
BODY_WEIGHT, BODY_SATURATION = 0.6, 3
TYPICAL_BODY_TERMS, BODY_LENGTH_EXPONENT, MAX_SHORT_BODY_FACTOR = 250, 0.5, 1.5


class _Collector:
    """Collects weights; of several occurrences in one field, the strongest counts."""

    def __init__(self) -> None:
        self.weights: TermWeights = {}

    def add(self, field: str, occurring: Iterable[str], weight: float) -> None:
        weight = min(weight, 1.0)
        for term in occurring:
            fields = self.weights.setdefault(term, {})
            fields[field] = max(fields.get(field, 0.0), weight)

    def add_sequence(self, field: str, ordered: Sequence[str], weight: float) -> None:
        """Add terms and their bigrams."""
        self.add(field, ordered, weight)
        self.add(field, bigrams(ordered), weight)


def content_weights(bundle: Bundle) -> TermWeights:
    """Weight every term of a repository's content; bigrams of adjacent terms are terms, too."""
    collector = _Collector()
    _add_context(collector, bundle["repoContext"])
    _add_languages(collector, bundle["languages"])
    for component in bundle["components"]:
        _add_component(collector, component)
    _add_dependencies(collector, bundle)
    _add_root_files(collector, bundle["files"])
    _add_file_types(collector, bundle["file_types"])
    _add_paths(collector, bundle["path_terms"])
    _add_readme(collector, bundle["sections"])
    return collector.weights


def listing_weights(bundle: Bundle) -> TermWeights:
    """Weight every term that GitHub's listing tells of a repository, without any of its content.

    The main language counts only if the languages of the content are not known.
    """
    metadata = bundle["metadata"]
    collector = _Collector()
    names = [("name", metadata["name"], NAME_WEIGHT)]
    names += [("topics", topic, TOPIC_WEIGHT) for topic in metadata["topics"]]
    for field, name, weight in names:
        name_terms = terms(str(name))
        divisor = max(1, len(name_terms)) ** NAME_LENGTH_EXPONENT
        collector.add_sequence(field, name_terms, weight / divisor)
        parts = NAME_SEPARATOR.sub(" ", str(name))
        # A topic names something; a repository's name plays with words.
        named = names_in(parts) if field == "topics" else technologies_in(parts.lower())
        collector.add(field, named, weight / divisor)
    description = terms(without_emoji_codes(metadata["description"] or ""), prose=True)
    weight = DESCRIPTION_WEIGHT * _description_length_factor(description)
    collector.add_sequence("description", description, weight)
    named = technologies_in(metadata["description"] or "")
    collector.add("description", named, DESCRIPTION_WEIGHT)
    if metadata["language"] and not bundle["languages"]:
        _add_languages(collector, {metadata["language"]: 1})
    return collector.weights


def suffix_terms(suffix: str) -> set[str]:
    """Return the terms that files with a suffix stand for: of their language, and beyond it."""
    language = languages().get(suffix)
    return {*(terms(language.name) if language else ()), *vocabulary().suffix_terms.get(suffix, ())}


def combined_weight(weights: Iterable[float]) -> float:
    """Combine the weights of a term's fields as independent evidence: 1 - Π(1 - weight)."""
    return 1 - math.prod(1 - weight for weight in weights)


def _add_context(collector: _Collector, raw: Any) -> None:
    context = normalise_context(raw)
    for texts, weight in (
        (context.identity, IDENTITY_WEIGHT),
        (context.technologies, TECHNOLOGY_WEIGHT),
        (context.topics, TECHNOLOGY_WEIGHT),
        (context.skills, SKILL_WEIGHT),
        (context.components, COMPONENT_WEIGHT),
    ):
        for text in texts:
            text_terms = terms(text, prose=len(text) > PROSE_CHARS)
            factor = _description_length_factor(text_terms)
            collector.add_sequence("context", text_terms, weight * factor)
            collector.add("context", _named(text), weight)


def _add_component(collector: _Collector, component: Component) -> None:
    """Add a nested context. Its folder's name is among the words of paths."""
    for texts, weight in (
        ([component["name"], component["description"]], IDENTITY_WEIGHT),
        (component["technologies"], TECHNOLOGY_WEIGHT),
        (component["skills"], SKILL_WEIGHT),
        (component["topics"], SKILL_WEIGHT),
    ):
        for text in texts:
            text_terms = terms(text, prose=len(text) > PROSE_CHARS)
            factor = NESTED_FACTOR * _description_length_factor(text_terms)
            collector.add_sequence("context", text_terms, weight * factor)
            collector.add("context", _named(text), NESTED_FACTOR * weight)


def _add_dependencies(collector: _Collector, bundle: Bundle) -> None:
    locations = bundle["locations"]
    for name in bundle["dependencies"]:
        place = locations["dependencies"].get(name)
        path = locations["files"][place[0]] if place else ""
        collector.add("dependencies", terms(package_words(name, path)), DEPENDENCY_WEIGHT)
        if technology := technology_of_package(name, path):
            collector.add("dependencies", [technology], PACKAGE_WEIGHT)


def _add_languages(collector: _Collector, sizes: Mapping[str, int]) -> None:
    total = sum(sizes.values()) or 1
    for name, size in sizes.items():
        weight = _graded(size / total, LANGUAGE_WEIGHTS, MIN_LANGUAGE_WEIGHT)
        collector.add("languages", [*terms(name), *names_in(name)], weight)
        if name == "Jupyter Notebook":  # its cells are Python, with few exceptions
            collector.add("languages", [*terms("Python"), *names_in("Python")], weight)


def _add_root_files(collector: _Collector, files: Sequence[str]) -> None:
    known = vocabulary()
    for file in files:
        lower = str(file).lower()
        suffix = PurePosixPath(lower).suffix
        collector.add("paths", _with_names(known.file_terms.get(lower, ())), KNOWN_FILE_WEIGHT)
        collector.add("paths", _with_names(known.suffix_terms.get(suffix, ())), KNOWN_SUFFIX_WEIGHT)
        if lower == ".github":
            collector.add("paths", _with_names(("githubactions", "cicd")), WORKFLOW_WEIGHT)
        if lower.split(".")[0] not in ROOT_NOISE:
            collector.add("paths", terms(str(file)), FILE_NAME_WEIGHT)


def _add_file_types(collector: _Collector, counts: Mapping[str, int]) -> None:
    # Markdown is prose: a repository with many such files is not about Markdown.
    code = {
        suffix: count
        for suffix, count in counts.items()
        if suffix in languages() and languages()[suffix].type in ("programming", "markup")
    }
    total = sum(code.values()) or 1
    for suffix, count in code.items():
        weight = _graded(count / total, FILE_TYPE_WEIGHTS, MIN_FILE_TYPE_WEIGHT)
        name = languages()[suffix].name
        collector.add("file_types", [*terms(name), *names_in(name)], weight)
    for suffix, count in counts.items():
        weight = _graded(count, SUFFIX_WEIGHTS, MIN_SUFFIX_WEIGHT)
        known = _with_names(vocabulary().suffix_terms.get(suffix, ()))
        collector.add("file_types", known, weight)


def _add_paths(collector: _Collector, counts: Mapping[str, int]) -> None:
    factor = _length_factor(len(counts), TYPICAL_PATH_TERMS, PATH_LENGTH_EXPONENT)
    for word, count in counts.items():
        weight = PATH_WEIGHT + PATH_WEIGHT_PER_COUNT * min(MAX_PATH_COUNT, count)
        collector.add("paths", terms(str(word)), factor * weight)


def _add_readme(collector: _Collector, sections: Sequence[Section]) -> None:
    texts = [text for section in sections for text in (section["title"], *section["passages"])]
    body = terms("\n".join(texts)[:MAX_README_CHARS], prose=True)[:MAX_BODY_TERMS]
    named = technologies_in(" . ".join(texts)[:MAX_NAMED_CHARS])
    collector.add("readme", named, NAMED_IN_README_WEIGHT)
    lead = body[:LEAD_TERMS]
    for term, count in Counter([*lead, *bigrams(lead)]).items():
        collector.add("readme", (term,), LEAD_WEIGHT * count / (count + LEAD_SATURATION))
    factor = _length_factor(
        len(body), TYPICAL_BODY_TERMS, BODY_LENGTH_EXPONENT, maximum=MAX_SHORT_BODY_FACTOR
    )
    for term, count in Counter([*body, *bigrams(body)]).items():
        frequency = count * factor
        weight = BODY_WEIGHT * frequency / (frequency + BODY_SATURATION)
        collector.add("readme", (term,), weight)


def _with_names(known: Sequence[str]) -> list[str]:
    """Return terms, and those of the technologies that they name."""
    return [*known, *(name for term in known for name in names_in(term))]


def _named(text: str) -> list[str]:
    """Return the technologies that a text of a context file names: sentences, or a name alone."""
    return technologies_in(text) if len(text) > PROSE_CHARS else names_in(text)


def _description_length_factor(text_terms: Sequence[str]) -> float:
    return _length_factor(len(text_terms), TYPICAL_DESCRIPTION_TERMS, DESCRIPTION_LENGTH_EXPONENT)


def _length_factor(length: int, typical: int, exponent: float, maximum: float = 1.0) -> float:
    """Normalise for length: the longer a text, the less each of its terms weighs."""
    return min(maximum, math.pow(typical / max(1, length), exponent))


def _graded(value: float, grades: Sequence[tuple[float, float]], lowest: float) -> float:
    """Return the weight of the first grade that `value` reaches, or the lowest weight."""
    return next((weight for minimum, weight in grades if value >= minimum), lowest)
