"""Write an answer from the repositories' own words, without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from answers.plain import PROMPT_INJECTION, plain_text
from models import Bundle, PublishedBundle
from relevance.index import Absent

NO_MATCH = "Nothing in this portfolio answers that. Try a technology, a language or a topic."
MAX_NAMED = 3
MIN_SHARE_OF_BEST = 0.5  # repositories with a lower share of the best score are only counted
MAX_SUMMARY_CHARS = 300
CLEAR_SCORE = 0.2  # of five such repositories, four are not what was asked for
SENTENCE_ENDS = ".!?…。！？"

ELEMENTS = (
    "a|abbr|address|area|article|aside|audio|b|base|bdi|bdo|blockquote|body|br|button|canvas|caption|center|cite|code"
    "|col|colgroup|data|datalist|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer"
    "|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark"
    "|marquee|math|menu|meta|meter|nav|noscript|object|ol|optgroup|option|output|p|param|picture|pre|progress|q|rp|rt"
    "|ruby|s|samp|script|search|section|select|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table"
    "|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
# Elements, anything with attributes, comments, and what is never closed; but not types: `List<T>`.
MARKUP = re.compile(
    rf"(?<!\w(?=<[A-Z]>))</?(?:{ELEMENTS})(?:[\s/][^<>]{{0,500}})?>"
    r"|<[/!?]?[a-z][^<>=]{0,500}=[^<>]{0,500}>|<!--.{0,500}?-->|<(?=[a-z/!?])(?![\w:.,&\[\]* -]{1,80}>)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\b(?:https?|ftp|data|javascript):\S+", re.IGNORECASE)

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
RankedBundles = Sequence[tuple[PublishedBundle, float]]  # bundles and scores, best first


def extract(ranked: RankedBundles) -> tuple[str, list[PublishedBundle]]:
    """Write a few sentences about at least one bundle; return them and the bundles that they name."""
    _, best_score = ranked[0]
    first, *others = [
        bundle for bundle, score in ranked[:MAX_NAMED] if score >= MIN_SHARE_OF_BEST * best_score
    ]
    name = first["metadata"]["name"]
    begin = (
        f"{name} fits best"
        if best_score >= CLEAR_SCORE
        else f"Nothing fits well; {name} comes closest"
    )
    sentences = [f"{begin}: {about(first)}"]
    if others:
        named = [f"{bundle['metadata']['name']} ({about(bundle).rstrip('.')})" for bundle in others]
        sentences.append(f"Also {'; '.join(named)}.")
    remaining = len(ranked) - 1 - len(others)
    if remaining:
        noun = "repository touches" if remaining == 1 else "repositories touch"
        sentences.append(f"{remaining} more {noun} on it.")
    return " ".join(sentences), [first, *others]


def difference(absent: Sequence[Absent], repositories: int) -> str:
    """Say what a portfolio of so many repositories does not have, and what it has instead."""
    if not absent:
        return NO_MATCH
    names = " or ".join(each.name for each in absent)
    instead = " and ".join(
        f"{name} in {_counted(len(holders))}"
        for each in absent
        for name, holders in each.instead.items()
    )
    of_all = (
        "The repository does not show"
        if repositories == 1
        else (f"None of the {repositories} repositories shows")
    )
    return f"{of_all} {names}; {instead}." if instead else f"{of_all} {names}."


def about(bundle: Bundle) -> str:
    """Describe a repository in one sentence: by its summary, description or languages."""
    described = plain_text(bundle["metadata"]["description"] or "")
    said = (shown_text(bundle["summary"]) or described).strip()
    if said := said[:MAX_SUMMARY_CHARS]:
        return said if said[-1] in SENTENCE_ENDS else f"{said}."
    languages = " and ".join(list(bundle["languages"])[:2])
    return f"written in {languages}." if languages else "it says no more about itself."


def shown_text(summary: str) -> str:
    """Return plain text without what a browser or a model could follow."""
    summary = MARKUP.sub(" ", ADDRESS.sub(" ", summary))  # a blank keeps what is left apart
    sentences = re.split(r"(?<=[.!?]) ", " ".join(summary.split()))
    return " ".join(sentence for sentence in sentences if not PROMPT_INJECTION.search(sentence))


def _counted(count: int) -> str:
    noun = "repository" if count == 1 else "repositories"
    return f"{NUMBERS[count] if count < len(NUMBERS) else count} {noun}"
