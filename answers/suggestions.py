"""What a visitor may ask next: questions that this portfolio can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from relevance.context import normalise_context
from relevance.index import PortfolioIndex
from relevance.text import terms

MOST = 3
CANDIDATES = 40
SHORTEST, LONGEST = 2, 30  # letters of a subject
PATTERNS = ("Which projects use {}?", "What is there about {}?", "Show me something with {}")


def subjects(bundles: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the portfolio is about, most frequent first: topics, technologies, main languages."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for bundle in bundles:
        context = normalise_context(bundle["repoContext"])
        said = [*bundle["metadata"]["topics"], *context.technologies[:8]]
        said += list(bundle["languages"])[:1]
        for text in dict.fromkeys(str(each).replace("-", " ").strip() for each in said):
            key = " ".join(terms(text))
            if key and SHORTEST <= len(text) <= LONGEST and text.isprintable() and "<" not in text:
                counts[key] += 1
                written.setdefault(key, text)
    return [written[key] for key, _ in counts.most_common(CANDIDATES)]


def suggestions(
    question: str, index: PortfolioIndex, known: Sequence[str], top: Mapping[str, Any] | None
) -> list[str]:
    """Three questions about other things than `question`, each with an answer; what the first result
    (`top`) is about comes first."""
    asked = set(terms(question))
    near = [] if top is None else subjects([top])
    found: list[str] = []
    for subject in dict.fromkeys([*near, *known]):
        words = set(terms(subject))
        if words & asked or not index.rank(subject).matches:
            continue
        asked |= words
        found.append(PATTERNS[len(found) % len(PATTERNS)].format(subject))
        if len(found) == MOST:
            break
    return found
