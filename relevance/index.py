"""BM25F over the fields of a portfolio's repositories, calibrated to 0..1.

BM25F weighs a term by the field it stands in before it saturates, so that many mentions in a README
do not outdo one in the name: Robertson & Zaragoza, *The Probabilistic Relevance Framework* (2009),
§3.6.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relevance.context import normalise_context
from relevance.text import STOP_WORDS, stem, terms, vocabulary

# field -> weight of a mention, share of length that counts against it (BM25's b)
FIELDS: dict[str, tuple[float, float]] = {
    "name": (6.0, 0.3),
    "topics": (5.0, 0.3),
    "description": (4.0, 0.4),
    "context": (3.0, 0.5),
    "languages": (3.0, 0.0),
    "dependencies": (2.5, 0.5),
    "file_types": (1.5, 0.0),
    "paths": (1.5, 0.6),
    "readme": (1.0, 0.75),
}
SATURATION = 1.2  # BM25's k1
WIDER = 0.5  # what a narrower technology counts in a question for a wider one
TYPO = 0.8  # what a corrected word counts
SHORTEST_TYPO = 6  # letters: shorter words have too many neighbours
README_CHARS = 12_000  # what a README says, it says in its beginning
MATCHES_AT = 0.1  # a repository below this score does not answer the question

# GitHub linguist counts bytes of programming and markup; prose and data are not what one works in.
# https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml
SUFFIX_LANGUAGES = {
    ".py": "python", ".ipynb": "jupyter notebook python", ".js": "javascript", ".jsx": "javascript react",
    ".ts": "typescript", ".tsx": "typescript react", ".go": "golang", ".rs": "rust", ".rb": "ruby",
    ".java": "java", ".kt": "kotlin", ".kts": "kotlin", ".swift": "swift", ".cs": "csharp", ".fs": "fsharp",
    ".cpp": "cplusplus", ".cc": "cplusplus", ".hpp": "cplusplus", ".c": "c language", ".php": "php", ".scala": "scala",
    ".tf": "terraform", ".bicep": "bicep", ".ps1": "powershell", ".sh": "shell", ".sql": "sql", ".vue": "vuejs",
    ".svelte": "svelte", ".dart": "dart flutter", ".ex": "elixir", ".exs": "elixir", ".hs": "haskell",
    ".lua": "lua", ".r": "rlang", ".jl": "julia", ".proto": "protobuf grpc", ".graphql": "graphql",
    ".css": "css", ".scss": "css sass", ".html": "html", ".gd": "godot gdscript", ".ino": "arduino",
    ".csproj": "dotnet csharp", ".sol": "solidity", ".zig": "zig", ".pl": "perl", ".m": "objectivec",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """How one repository answers one question."""

    name: str
    score: float  # 0..1
    signals: dict[str, float]  # field -> its part of the score
    terms: tuple[str, ...]  # of the question, as asked, that matched


class PortfolioIndex:
    """The repositories of one portfolio, ready for questions. Built once, never changed."""

    def __init__(self, bundles: Sequence[Mapping[str, Any]]) -> None:
        """Read every bundle's texts; milliseconds per repository."""
        ordered = sorted(bundles, key=lambda bundle: str(bundle["metadata"]["name"]).lower())
        self.names = [str(bundle["metadata"]["name"]) for bundle in ordered]
        lengths: dict[str, list[int]] = {field: [] for field in FIELDS}
        counts: list[dict[str, Counter[str]]] = []
        for bundle in ordered:
            texts = _fields(bundle)
            counted = {field: Counter(texts[field]) for field in FIELDS}
            counts.append(counted)
            for field in FIELDS:
                lengths[field].append(counted[field].total())
        means = {
            field: sum(each) / len(each) or 1.0 if each else 1.0 for field, each in lengths.items()
        }
        # term -> repository -> field -> weighted frequency
        self._postings: dict[str, dict[int, dict[str, float]]] = defaultdict(dict)
        for number, counted in enumerate(counts):
            for field, (weight, share) in FIELDS.items():
                length = 1 - share + share * lengths[field][number] / means[field]
                for term, count in counted[field].items():
                    fields = self._postings[term].setdefault(number, {})
                    fields[field] = weight * count / length

    def matches(self, question: str) -> list[Match]:
        """The repositories that answer, best first; equal scores by name. Empty if none does."""
        asked = self._asked(question)
        if not asked:
            return []
        total = sum(weight for _, weight, _ in asked)
        found: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        matched: dict[int, list[str]] = defaultdict(list)
        for word, weight, alternatives in asked:
            best: dict[int, tuple[float, dict[str, float]]] = {}
            for term, factor in alternatives:
                for number, fields in self._postings.get(term, {}).items():
                    frequency = sum(fields.values())
                    # 0..1: how much this repository says of it, soon saturated
                    value = factor * frequency / (SATURATION + frequency)
                    if value > best.get(number, (0.0, {}))[0]:
                        best[number] = (value, fields)
            for number, (value, fields) in best.items():
                matched[number].append(word)
                frequency = sum(fields.values())
                for field, part in fields.items():
                    found[number][field] += weight / total * value * part / frequency
        results = [
            Match(
                name=self.names[number],
                score=round(min(1.0, sum(signals.values())), 4),
                signals={
                    field: round(part, 4) for field, part in sorted(signals.items(), key=_largest)
                },
                terms=tuple(dict.fromkeys(matched[number])),
            )
            for number, signals in found.items()
        ]
        answering = [match for match in results if match.score >= MATCHES_AT]
        return sorted(answering, key=lambda match: (-match.score, match.name.lower()))

    def _asked(self, question: str) -> list[tuple[str, float, list[tuple[str, float]]]]:
        """The question's words: as asked, how telling (idf), and the terms that answer it."""
        asked: dict[str, tuple[str, float, list[tuple[str, float]]]] = {}
        for word in _words(question):
            for term in terms(word):
                alternatives = self._alternatives(term)
                holders = {n for each, _ in alternatives for n in self._postings.get(each, ())}
                size = len(self.names)
                # The rarer, the more telling; a word that no repository holds counts as much as the
                # rarest.
                idf = math.log(1 + (size - len(holders) + 0.5) / (len(holders) + 0.5))
                asked.setdefault(term, (word.lower(), max(idf, 0.1), alternatives))
        return list(asked.values())

    def _alternatives(self, term: str) -> list[tuple[str, float]]:
        words = vocabulary()
        wider = [(each, WIDER) for each in words.wider.get(term, ()) if each in self._postings]
        if term in self._postings or wider:
            return [(term, 1.0), *wider]
        near = self._nearest(term)
        return (
            [(near, TYPO), *((each, TYPO * WIDER) for each in words.wider.get(near, ()))]
            if near
            else []
        )

    def _nearest(self, term: str) -> str | None:
        """The one term that a misspelt word means; a known technology is never misspelt."""
        known = vocabulary().known
        if len(term) < SHORTEST_TYPO or term in known:
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 1 if len(term) < 8 else 2
        candidates = [
            each for each in {*self._postings, *known} if each[:1] == term[:1] and len(each) >= 4
        ]
        best = process.extractOne(
            term, sorted(candidates), scorer=OSA.distance, score_cutoff=allowed
        )
        return best[0] if best else None


def _words(question: str) -> list[str]:
    """The words as a visitor typed them, so that they can be shown."""
    return [
        word.strip(".,;:!?\"'()[]") for word in question.split() if word.lower() not in STOP_WORDS
    ]


def _fields(bundle: Mapping[str, Any]) -> dict[str, list[str]]:
    metadata = bundle["metadata"]
    context = normalise_context(bundle["repoContext"])
    languages = list(bundle["languages"].items())
    total = sum(size for _, size in languages) or 1
    return {
        "name": terms(metadata["name"]),
        "topics": [term for topic in metadata["topics"] for term in [*terms(topic), stem(topic)]],
        "description": terms(metadata["description"] or ""),
        "context": terms(
            " . ".join(
                [
                    *context.identity,
                    *context.technologies,
                    *context.skills,
                    *context.components,
                    *context.topics,
                ]
            )
        ),
        # A language of a few bytes is there by accident.
        "languages": [
            term
            for name, size in languages
            if size / total >= 0.01
            for term in terms(name) * (3 if size / total >= 0.3 else 1)
        ],
        "dependencies": [term for name in bundle["dependencies"] for term in terms(name)],
        "file_types": [
            term
            for suffix in bundle["file_types"]
            for term in terms(SUFFIX_LANGUAGES.get(suffix, ""))
        ],
        "paths": [
            term for word in [*bundle["path_terms"], *bundle["files"]] for term in terms(word)
        ],
        "readme": terms(bundle["readme"][:README_CHARS]),
    }


def _largest(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]
