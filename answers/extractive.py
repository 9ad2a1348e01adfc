"""Write an answer from the repositories' own words, without a model."""

from __future__ import annotations

from collections.abc import Sequence

from answers.plain import plain_text
from models import Bundle, PublishedBundle

NO_MATCH = "Nothing in this portfolio answers that. Try a technology, a language or a topic."
MAX_NAMED = 3
MIN_SHARE_OF_BEST = 0.5  # repositories with a lower share of the best score are only counted
MAX_SUMMARY_CHARS = 300
SENTENCE_ENDS = ".!?…。！？"

RankedBundles = Sequence[tuple[PublishedBundle, float]]  # bundles and scores, best first


def extract(ranked: RankedBundles) -> tuple[str, list[PublishedBundle]]:
    """Write a few sentences; return them and the bundles that they name."""
    if not ranked:
        return NO_MATCH, []
    _, best_score = ranked[0]
    first, *others = [
        bundle for bundle, score in ranked[:MAX_NAMED] if score >= MIN_SHARE_OF_BEST * best_score
    ]
    sentences = [f"{first['metadata']['name']} fits best: {about(first)}"]
    if others:
        named = [f"{bundle['metadata']['name']} ({about(bundle).rstrip('.')})" for bundle in others]
        sentences.append(f"Also {'; '.join(named)}.")
    remaining = len(ranked) - 1 - len(others)
    if remaining:
        noun = "repository touches" if remaining == 1 else "repositories touch"
        sentences.append(f"{remaining} more {noun} on it.")
    return " ".join(sentences), [first, *others]


def about(bundle: Bundle) -> str:
    """Describe a repository in one sentence: by its summary, description or languages."""
    said = plain_text(bundle["summary"] or bundle["metadata"]["description"] or "").strip()
    if said := said[:MAX_SUMMARY_CHARS]:
        return said if said[-1] in SENTENCE_ENDS else f"{said}."
    languages = " and ".join(list(bundle["languages"])[:2])
    return f"written in {languages}." if languages else "it says no more about itself."
