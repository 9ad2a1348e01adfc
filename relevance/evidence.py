"""What a repository says of itself: how sure each of its words is, and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from relevance.context import normalise_context
from relevance.text import terms
from relevance.vocabulary import languages, vocabulary

# Where a word may stand.
SIGNALS = (
    "name", "topics", "description", "context", "languages", "dependencies", "file_types", "paths", "readme",
)  # fmt: skip
Evidence = dict[str, dict[str, float]]  # term -> signal -> strength, 0..1

NAME, TOPIC, DESCRIPTION = 0.95, 0.9, 0.8
DEPENDENCY, FILE, WORKFLOW = 0.7, 0.7, 0.35
IDENTITY, TECHNOLOGIES, SKILLS, COMPONENTS = 0.8, 0.85, 0.7, 0.55
LEAD, BODY = 0.75, 0.6  # of a README: its first words, and all of it
LEAD_TERMS, BODY_TERMS, USUAL_TERMS = 60, 1_000, 250
DESCRIPTION_TERMS = 12  # in a longer one each counts less
USUAL_PATH_TERMS = 40
README_CHARS = 12_000


def evidence(bundle: Mapping[str, Any]) -> Evidence:
    """Every term of a repository, and pairs of terms that stand beside each other, as `a b`."""
    found: Evidence = {}
    metadata = bundle["metadata"]

    def note(signal: str, term: str, strength: float) -> None:
        signals = found.setdefault(term, {})
        signals[signal] = max(signals.get(signal, 0.0), min(strength, 1.0))

    def note_all(signal: str, some: Iterable[str], strength: float) -> None:
        for term in some:
            note(signal, term, strength)

    name = terms(str(metadata["name"]))
    note_all("name", [*name, *_pairs(name)], NAME / max(1, len(name)) ** 0.12)
    for topic in metadata["topics"]:
        words = terms(str(topic))
        note_all("topics", [*words, *_pairs(words)], TOPIC / max(1, len(words)) ** 0.12)
    described = terms(metadata["description"] or "", prose=True)
    share = min(1.0, DESCRIPTION_TERMS / max(1, len(described))) ** 0.25
    note_all("description", [*described, *_pairs(described)], DESCRIPTION * share)
    _note_context(note_all, bundle["repoContext"])
    _note_languages(note_all, bundle["languages"])
    for dependency in bundle["dependencies"]:
        note_all("dependencies", terms(str(dependency)), DEPENDENCY)
    _note_files(note_all, bundle)
    # Where every word occurs, none says much.
    share = min(1.0, USUAL_PATH_TERMS / max(1, len(bundle["path_terms"]))) ** 0.3
    for word, count in bundle["path_terms"].items():
        note_all("paths", terms(str(word)), share * (0.3 + 0.07 * min(5, count)))
    _note_readme(note_all, str(bundle["readme"]))
    return found


def _note_context(note_all: Any, raw: Any) -> None:
    context = normalise_context(raw)
    for texts, strength in (
        (context.identity, IDENTITY),
        (context.technologies, TECHNOLOGIES),
        (context.topics, TECHNOLOGIES),
        (context.skills, SKILLS),
        (context.components, COMPONENTS),
    ):
        for text in texts:
            words = terms(text, prose=len(text) > 40)
            share = min(1.0, DESCRIPTION_TERMS / max(1, len(words))) ** 0.25
            note_all("context", [*words, *_pairs(words)], strength * share)


def _note_languages(note_all: Any, sizes: Mapping[str, int]) -> None:
    total = sum(sizes.values()) or 1
    for name, size in sizes.items():
        share = size / total
        strength = 0.9 if share >= 0.3 else 0.7 if share >= 0.1 else 0.45 if share >= 0.02 else 0.2
        note_all("languages", terms(name), strength)


def _note_files(note_all: Any, bundle: Mapping[str, Any]) -> None:
    words = vocabulary()
    for file in bundle["files"]:
        lower = str(file).lower()
        note_all("paths", words.files.get(lower, ()), FILE)
        note_all("paths", words.suffixes.get(PurePosixPath(lower).suffix, ()), 0.4)
        if lower == ".github":
            note_all("paths", ("githubactions", "cicd"), WORKFLOW)
        note_all("paths", terms(str(file)), 0.35)
    classes = {suffix: languages().get(suffix, ("", "")) for suffix in bundle["file_types"]}
    code = {
        suffix: count
        for suffix, count in bundle["file_types"].items()
        if classes[suffix][1] in ("programming", "markup")
    }
    total = sum(code.values()) or 1
    for suffix, count in code.items():
        share = count / total
        strength = 0.7 if share >= 0.3 else 0.5 if share >= 0.1 else 0.3
        note_all("file_types", terms(classes[suffix][0]), strength)
    for suffix, count in bundle["file_types"].items():
        strength = 0.65 if count >= 10 else 0.5 if count >= 3 else 0.35
        note_all("file_types", words.suffixes.get(suffix, ()), strength)


def _note_readme(note_all: Any, readme: str) -> None:
    found = terms(readable(readme[:README_CHARS]), prose=True)[:BODY_TERMS]
    lead = found[:LEAD_TERMS]
    for term, count in Counter([*lead, *_pairs(lead)]).items():
        note_all("readme", (term,), LEAD * count / (count + 0.5))
    # In a long text a mention says less.
    share = min(1.5, (USUAL_TERMS / max(1, len(found))) ** 0.5)
    for term, count in Counter([*found, *_pairs(found)]).items():
        weighted = count * share
        note_all("readme", (term,), BODY * weighted / (weighted + 3))


def readable(markdown: str) -> str:
    """The sentences of a README: no code, badges, images, addresses or comments."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", " ", markdown, flags=re.DOTALL)
    text = re.sub(r"^(```|~~~).*?^\1", " ", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<[^>\n]{1,500}>", " ", text)
    text = re.sub(r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?", " ", text)
    text = re.sub(r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    return re.sub(r"\bhttps?://\S+", " ", text)


def _pairs(found: list[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(found)]
