"""Read a question: find what it asks for, and the filters that it names.

Reading is composed. Technologies, repositories and persons become marks, filters are taken out, and every
word that is left is looked up in the classes of `word_tables.py`. A short table of rules over classes decides
the kind (`operators.py`, `selections.py`). A word that no rule accounts for makes the reading doubtful, unless
it may be passed over (`tolerance.py`). Doubt means `find` with nothing set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from understanding import words
from understanding.clauses import asking_clauses, with_names
from understanding.draft import Draft
from understanding.entities import Names, mark_entities, mark_roles, marked_symbols
from understanding.filters import mark_period, read_filters, read_licence
from understanding.misspellings import corrected
from understanding.model import Kind, Sort, Term, Understood
from understanding.operators import (
    LOOSE_RULES,
    ROLE_RULES,
    RULES,
    SHORT_RULES,
    Word,
    by_rules,
    is_adverb,
    is_asking,
    named,
    topic_of,
    words_of,
)
from understanding.selections import read_selection
from understanding.tokens import capitals_in, plain, tokens_of, with_persons, without_politeness
from understanding.tolerance import tolerated
from understanding.wording import in_words

MAX_CHARS, MAX_WORDS = 300, 32  # longer questions are searches
MAX_SHORT_WORDS = 4
# Neither reasons, nor users, nor instructions are told.
ASKING_OTHERWISE: Final = re.compile(
    r"why\b|who (?:else )?(?:use|uses|used|needs|likes|would)\b|who (?:is|was) his\b|how long (?:do|does|did) his\b|"
    r"how (?:to|(?:do|can|should) i) (?!get|contact|reach|ask|hire|book|search|use\b|write to|talk)"
)
LAST: Final = re.compile(
    r"\b(?:when|what year)\b.*\b(?:last|latest|recently)\b|\blast (?:time|push|commit|update|change|release)\b|"
    r"\bhow (?:recent|recently|long ago)\b|\bstill\b"
)
FIRST: Final = re.compile(
    r"\bsince (?:when|(?:what|which) year)\b|\bfirst time\b|\bhow far back\b|"
    r"\b(?:when|(?:what|which) year|at what point)\b.*"
    r"\b(?:first|start|started|begin|began|begun|pick|picked|learn|learned|learnt|get into|got into|created|born)\b"
)
MAIN: Final = frozenset("main primary go-to preferred dominant number_one first".split())
# What must be there, behind what is asked; one thing alone.
NEEDED: Final = re.compile(
    r" (?:(?:in|among|of|for|across) (?:(?:all|the|his) )?(?:projects|repos|repositories) (?:with|using|in)|"
    r"(?:(?:in|among|of|for|across) (?:(?:all|the|his) )?(?:projects|repos|repositories|those|ones) )?"
    r"(?:that|which) (?:use|uses|used|contain|have|need|are in|are written in)) (?P<thing>§e\d+)(?: (?:_|,|and))*$"
)
TOLD_OF_SOME: Final = frozenset(["compare", "share", "languages", "role", "profile"])
# "Is mailsift safe to use?", "can pixelloom export PDFs?": what a repository is like is searched for.
OF_REPOSITORY: Final = re.compile(
    r"(?:is|are|can|does|do|will|should|how (?:do|does|can|many|often)) §[rwb]\d+ "
)
# "How do they manage state?" asks what code does.
OF_CODE: Final = re.compile(r"how (?:do|does|did) he \S+ \S")
RECENTLY: Final = frozenset(["recently", "lately"])
FIND: Final = Understood()

__all__ = ["FIND", "Names", "read"]


def read(question: str, names: Names, now: datetime) -> Understood:
    """Read a question about the portfolio that `names` belongs to."""
    if len(question) > MAX_CHARS:
        return FIND
    understood = _read(question, names, now) or _read_clause(question, names, now)
    return replace(understood, read_as=in_words(understood)) if understood else FIND


def _read(question: str, names: Names, now: datetime) -> Understood | None:
    """Read a question as a whole; None if it is a search."""
    tokens = tokens_of(question)
    if not 0 < len(tokens) <= MAX_WORDS:
        return None
    draft = _drafted(tokens, names, now, question)
    understood = _told_of(draft, _by_classes)
    if understood is None or understood.subject:
        spelt = corrected(tokens, names)
        if spelt != tokens:
            draft = _drafted(spelt, names, now, question)
            understood = _told_of(draft, _by_classes)
    return understood or _told_of(draft, _tolerantly)


def _read_clause(question: str, names: Names, now: datetime) -> Understood | None:
    """Read the clause that asks; what introduces it may only name what it refers to."""
    for clause, others in asking_clauses(question):
        drafts = [_drafted(tokens_of(other), names, now, other) for other in others]
        if any(draft.has_filters() or draft.is_doubtful for draft in drafts):
            continue
        terms = [term.name for draft in drafts for term in draft.terms]
        asked = with_names(clause, terms) if terms else clause
        understood = _read(asked, names, now) if asked else None
        if understood and not understood.subject:
            return understood
    return None


def _drafted(tokens: Sequence[str], names: Names, now: datetime, written: str) -> Draft:
    """Mark what a question names, and take its filters out."""
    capitals = capitals_in(written)
    draft = Draft(
        "", has_question_mark=written.rstrip().endswith("?"), is_one_word=len(tokens) == 1
    )
    marked = " ".join(marked_symbols(tokens, names, draft))
    draft.text = plain(with_persons(marked, names, capitals))
    draft.is_asked = is_asking(without_politeness(draft.text))
    read_licence(draft)
    mark_period(draft, now.date())
    mark_entities(draft, names, capitals)
    draft.text = without_politeness(draft.text)
    read_filters(draft)
    return draft


def _told_of(draft: Draft, way: Callable[[Draft], Understood | None]) -> Understood | None:
    """Read a draft in a way; None if it is a search."""
    if draft.is_doubtful or not draft.text or ASKING_OTHERWISE.match(draft.text):
        return None
    understood = _of_some(draft, way) or way(draft)
    return _with_filters(understood, draft) if understood else None


def _of_some(draft: Draft, way: Callable[[Draft], Understood | None]) -> Understood | None:
    """Read "compare Go and Rust in repositories with Docker": what is compared is not what must be there."""
    found = NEEDED.search(draft.text)
    if found is None:
        return None
    understood = way(replace(draft, text=draft.text[: found.start()]))
    if understood is None or understood.kind not in TOLD_OF_SOME:
        return None
    return replace(understood, either=tuple(draft.terms_in(found["thing"])))


def _by_classes(draft: Draft) -> Understood | None:
    """Read a draft all words of which are known."""
    tokens = draft.text.split()
    question = words_of(tokens, draft)
    return _by_known(draft, question, _roles(draft, question, tokens)) or _shortly(draft, tokens)


def _tolerantly(draft: Draft) -> Understood | None:
    """Read a draft in which ordinary words are passed over."""
    if OF_REPOSITORY.match(draft.text) or OF_CODE.match(draft.text):
        return None
    tokens = [token for token in draft.text.split() if not is_adverb(token) or token in RECENTLY]
    question = words_of(tokens, draft)
    roles = _roles(draft, question, tokens)
    return _by_known(draft, tolerated(question) or [], tolerated(roles) or [])


def _roles(draft: Draft, question: Sequence[Word], tokens: Sequence[str]) -> list[Word]:
    """Return the words with the roles of people marked, if the question may be about them."""
    may_be = any(named(question, sort) for sort in ("person", "compare", "comparative", "title"))
    return words_of(mark_roles(draft, tokens), draft) if may_be else []


def _by_known(draft: Draft, question: Sequence[Word], roles: Sequence[Word]) -> Understood | None:
    if topic := topic_of(question):
        is_of_code = topic != "teamwork" and OF_CODE.match(draft.text)
        return None if is_of_code else Understood("meta", topic=topic)
    if question and (found := by_rules(RULES, question, draft)):
        return _told(*found, question)
    if roles and (found := by_rules(ROLE_RULES, roles, draft)):
        return _told(*found, roles)
    if not question:
        return None
    return read_selection(draft, question) or _loosely(draft, question)


def _loosely(draft: Draft, question: Sequence[Word]) -> Understood | None:
    """Read a question about this portfolio whose words are all known, though not beside one another."""
    if not any(named(question, sort) for sort in ("person", "noun", "repository")):
        return None
    found = by_rules(LOOSE_RULES, question, draft)
    return _told(*found, question) if found else None


def _shortly(draft: Draft, tokens: Sequence[str]) -> Understood | None:
    """Read a repository's name, and "frontend dev?", which is a search without the question mark."""
    if draft.is_one_word and tokens[0].startswith("§r"):
        return Understood("describe", about=tuple(draft.terms_in(tokens[0])))
    if not draft.has_question_mark or len(tokens) > MAX_SHORT_WORDS:
        return None
    question = words_of(mark_roles(draft, tokens), draft)
    found = by_rules(SHORT_RULES, question, draft)
    return _told(*found, question) if found else None


def _told(kind: Kind, about: Sequence[Term], question: Sequence[Word]) -> Understood:
    is_limited = kind == "languages" or (kind == "highlights" and bool(named(question, "noun")))
    numbers = named(question, "number") if is_limited else []
    limit = words.number_of(numbers[0].text) if len(numbers) == 1 else None
    if kind == "languages" and not numbers and _is_of_one(question):
        limit = 1
    terms = tuple(dict.fromkeys(about))
    if kind == "has" and len(terms) > 1 and named(question, "or"):
        return Understood(kind, either=terms)
    sort = _end_of_timeline(question) if kind == "timeline" else None
    return Understood(kind, about=terms, limit=limit, sort=sort)


def _is_of_one(question: Sequence[Word]) -> bool:
    """Tell whether one language is asked for: "strongest language"."""
    return any(
        word.text in ("language", "programming language")
        and any(
            before.classes & {"superlative", "best", "most"} or before.text in MAIN
            for before in question[:place]
        )
        for place, word in enumerate(question)
    )


def _end_of_timeline(question: Sequence[Word]) -> Sort | None:
    """Return the order whose first repository answers: "when last", "since when"; None for "how long"."""
    text = " ".join(word.text for word in question)
    if LAST.search(text):
        return Sort("pushed", True)
    return Sort("created", False) if FIRST.search(text) else None


def _with_filters(understood: Understood, draft: Draft) -> Understood | None:
    """Add what was taken out of the text; None if the same must be there and must not."""
    terms: set[Term] = {*understood.about, *understood.either}
    if terms & set(draft.not_):
        return None
    return replace(
        understood,
        about=tuple(dict.fromkeys(understood.about)),
        not_=tuple(dict.fromkeys(draft.not_)),
        only=draft.only,
        flags=tuple(draft.flags.items()),
        licence=draft.licence,
        period=draft.period,
    )
