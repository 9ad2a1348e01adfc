"""Find what a searched question names: technologies, or a subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relevance.mentions import tokens
from relevance.spelling import is_english
from relevance.subjects import subjects
from relevance.taxonomy import Mention, taxonomy
from relevance.text import words
from relevance.vocabulary import everyday_words, vocabulary
from understanding.facts import PortfolioFacts
from understanding.model import Term

MAX_SUBJECT_WORDS = 4
ALTERNATIVE = re.compile(r"\bor\b|\w/\w", re.IGNORECASE)
NEGATED = re.compile(r"\b(?:no|not|non|never|without|except)\b|n't\b", re.IGNORECASE)
# Subjects that have no plural: chess, home automation, weather.
UNCOUNTABLE = re.compile(
    r"(?:s|ing|tion|ment|ware|ity|logy|nomy|graphy|try|tory|cy|ance|ence|audio|music|weather|food|health|data|control"
    r"|money|nature|travel|art|math|research)$"
)
AGENT = re.compile(r"(?:bot|app|er|or)$")  # chatbot, webapp
MAX_ABBREVIATION_CHARS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question names, if it says nothing else."""

    technologies: tuple[Term, ...] = ()  # languages among them
    subject: str = ""  # as people write it in a sentence
    is_either: bool = False  # one of the technologies is enough


NOTHING_NAMED = Asked()


def asked_by(question: str, facts: PortfolioFacts) -> Asked:
    """Find the technologies or the subject that a question consists of.

    A question that also says something else names nothing: nobody knows what matters in it.
    """
    if NEGATED.search(question):
        return NOTHING_NAMED
    written = tokens(question)
    content = _content_of(written)
    named = [
        mention
        for mention in taxonomy().entities_in(written)
        if "brand" not in mention.entity.kinds and _is_meant(mention, written, content, facts)
    ]
    covered = {place for mention in named for place in range(mention.start, mention.end)}
    if named and content <= covered:
        terms = {
            mention.entity.id: Term("technology", mention.entity.id, mention.entity.name)
            for mention in named
        }
        return Asked(tuple(terms.values()), is_either=ALTERNATIVE.search(question) is not None)
    return NOTHING_NAMED if covered else Asked(subject=_subject(written, content))


def _content_of(written: Sequence[str]) -> set[int]:
    """Return the places of the words that any project could not claim."""
    weak = vocabulary().weak
    return {
        place
        for place, token in enumerate(written)
        if any(word.term and word.term not in weak for word in words(token))
    }


def _is_meant(
    mention: Mention, written: Sequence[str], content: set[int], facts: PortfolioFacts
) -> bool:
    """Tell whether words name a technology. An ordinary word does if nothing else is asked for."""
    places = set(range(mention.start, mention.end))
    if not mention.is_ambiguous:
        return True
    if " ".join(written[mention.start : mention.end]).lower() in everyday_words():
        return content <= places and _is_used(mention.entity.id, facts)
    return _is_used(mention.entity.id, facts)


def _is_used(id: str, facts: PortfolioFacts) -> bool:
    """Tell whether any repository uses a technology."""
    term = Term("technology", id, id)
    return any(facts.shows(repository, term) for repository in facts.repositories)


def _subject(written: Sequence[str], content: set[int]) -> str:
    """Return the words of a question that name a known subject as a whole; "" if they do not."""
    if not content:
        return ""
    spanned = written[min(content) : max(content) + 1]
    is_known = any(
        (place.start, place.end) == (0, len(spanned)) for place in subjects().find(spanned)
    )
    if not is_known or len(spanned) > MAX_SUBJECT_WORDS:
        return ""
    return in_sentence(" ".join(spanned))


def in_sentence(subject: str) -> str:
    """Write a subject as a sentence needs it: chess, chatbots, LLM."""
    last = subject.split()[-1]
    if UNCOUNTABLE.search(subject):
        return subject
    if len(subject) <= MAX_ABBREVIATION_CHARS and not is_english(subject):
        return subject.upper()
    if not is_english(last) and not AGENT.search(last):
        return subject  # the name of something: Amiga
    plural = re.sub(r"y$", "ie", re.sub(r"([xz]|[cs]h)$", r"\1e", subject)) + "s"
    return plural if is_english(plural.split()[-1]) or AGENT.search(last) else subject
