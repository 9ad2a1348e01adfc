"""An answer made of what the repositories say of themselves; needs no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answers.plain import plain_text

NOTHING = "Nothing in this portfolio answers that. Try a technology, a language or a topic."
MOST_NAMED = 3


def extract(
    ranked: Sequence[tuple[Mapping[str, Any], float]],
) -> tuple[str, list[Mapping[str, Any]]]:
    """A few sentences, and the bundles that they name. `ranked`: bundles and scores, best first."""
    if not ranked:
        return NOTHING, []
    best = ranked[0][1]
    first, *others = [bundle for bundle, score in ranked[:MOST_NAMED] if score >= best / 2]
    sentences = [f"{first['metadata']['name']} fits best: {about(first)}"]
    if others:
        told = "; ".join(f"{_name(each)} ({about(each).rstrip('.')})" for each in others)
        sentences.append(f"Also {told}.")
    rest = len(ranked) - 1 - len(others)
    if rest:
        noun = "repository touches" if rest == 1 else "repositories touch"
        sentences.append(f"{rest} more {noun} on it.")
    return " ".join(sentences), [first, *others]


def about(bundle: Mapping[str, Any]) -> str:
    """One sentence on a repository, in its own words."""
    description = plain_text(bundle["metadata"]["description"] or "").strip()[:300]
    if description:
        return description if description[-1] in ".!?" else f"{description}."
    for paragraph in bundle["readme"].split("\n\n"):
        text = plain_text(paragraph).strip()
        if not paragraph.lstrip().startswith("#") and len(text) > 30:
            return text[:200].rsplit(". ", 1)[0].rstrip(".") + "."
    languages = " and ".join(list(bundle["languages"])[:2])
    return f"written in {languages}." if languages else "it says no more about itself."


def _name(bundle: Mapping[str, Any]) -> str:
    return str(bundle["metadata"]["name"])
