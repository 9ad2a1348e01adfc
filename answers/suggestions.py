"""Suggest questions that a portfolio can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from models import Bundle
from relevance.context import technologies_of
from relevance.index import PortfolioIndex
from relevance.text import terms

MAX_SUGGESTIONS = 3
MAX_SUBJECTS = 40
MAX_TECHNOLOGIES = 8  # of one context file; the first ones matter most
MIN_SUBJECT_CHARS, MAX_SUBJECT_CHARS = 2, 30
TEMPLATES = ("Which projects use {}?", "What is there about {}?", "Show me something with {}")


def subjects(bundles: Sequence[Bundle]) -> list[str]:
    """Return the topics, technologies and main languages of a portfolio, most frequent first."""
    name_counts: Counter[str] = Counter()
    for bundle in bundles:
        technologies = technologies_of(bundle["repoContext"])[:MAX_TECHNOLOGIES]
        names = [*bundle["metadata"]["topics"], *technologies, *_main_language(bundle)]
        spelled = dict.fromkeys(str(name).replace("-", " ").strip() for name in names)
        name_counts.update(list(spelled))  # each name once per repository
    counts: Counter[tuple[str, ...]] = Counter()
    spellings: dict[tuple[str, ...], str] = {}  # the first one of each subject
    for name, count in name_counts.items():
        subject = tuple(terms(name)) if _is_showable(name) else ()
        if subject:
            counts[subject] += count
            spellings.setdefault(subject, name)
    return [spellings[subject] for subject, _ in counts.most_common(MAX_SUBJECTS)]


def suggestions(
    question: str, index: PortfolioIndex, known_subjects: Sequence[str], best: Bundle | None
) -> list[str]:
    """Suggest three questions about other subjects than `question`, each with an answer.

    Subjects of `best`, the first result, come first.
    """
    used_terms = set(terms(question))
    nearby = [] if best is None else subjects([best])
    suggested: list[str] = []
    for subject in dict.fromkeys([*nearby, *known_subjects]):
        subject_terms = set(terms(subject))
        if subject_terms & used_terms or not index.has_answer(subject):
            continue
        used_terms |= subject_terms
        suggested.append(TEMPLATES[len(suggested) % len(TEMPLATES)].format(subject))
        if len(suggested) == MAX_SUGGESTIONS:
            break
    return suggested


def _main_language(bundle: Bundle) -> list[str]:
    """Return the main language; the listing has it while the content is not read yet."""
    main = next(iter(bundle["languages"]), bundle["metadata"]["language"])
    return [main] if main else []


def _is_showable(name: str) -> bool:
    has_fitting_length = MIN_SUBJECT_CHARS <= len(name) <= MAX_SUBJECT_CHARS
    return has_fitting_length and name.isprintable() and "<" not in name
