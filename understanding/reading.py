"""Read a question: find what it asks for, and the filters that it names.

The rules are composed. First the filters are read and taken out (`relevance.taxonomy` knows what they
name), then the operator decides the kind, and what is left is the subject for the ranking. Whatever
is left over and no subject makes the reading doubtful. Doubt means `find` with nothing set.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final, Literal

from relevance.spelling import Spelling, is_english
from relevance.subjects import subjects
from relevance.taxonomy import Entity, Mention, Phrase, normal_form, taxonomy
from relevance.text import SIGNS
from relevance.vocabulary import everyday_words, languages
from understanding import words
from understanding.model import WHAT_CAN_BE_ASKED, Flag, Kind, Period, Sort, Term, Understood

MAX_CHARS, MAX_WORDS = 300, 32  # longer questions are searches
MAX_SUBJECT_WORDS = 4
MIN_CORRECTED_CHARS = 5
FIND: Final = Understood()

TOKEN = re.compile(r"[^\s,;:!?()\[\]\"/|]+|,")
NOT_FIRST = re.compile(r"(?<=\s)[^\W\d_]+")
CONTRACTIONS = (
    (re.compile(r"\b(what|who|where|how|which|that|there|it|he|she|here)'s\b"), r"\1 is"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'(?:ve)\b"), " have"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(year|month|week)'s\b"), r"\1"),
    (re.compile(r"'s\b"), " s"),
    (re.compile(r"\bci/cd\b"), "ci"),
    (re.compile(r"(?<=\s)-(?=[^\W\d_])"), "without "),
    (re.compile(r"\bnon-(?=\w)"), "non "),
    (re.compile(r"\bdont\b"), "do not"),
    (re.compile(r"\bdoesnt\b"), "does not"),
    (re.compile(r"\bwhats\b"), "what is"),
)
# An ambiguous name of a technology is one behind these words, or before those.
BEFORE_NAMES = frozenset(
    """
    in with without using use uses used know knows not only no except and or vs versus , write wrote than
    compare is of known do done tried touched up his at any some much pure purely non contain contains
    need learn learned speak code between against excluding minus more start
    """.split()
)
AFTER_NAMES = frozenset(
    """
    projects project repos repo repositories repository experience code developer engineer programmer only skills
    versus vs
    but programs apps scripts
    """.split()
)
BEFORE_KINDS = frozenset("use uses using with without no not have".split())
FLAG_KINDS = frozenset(["ci", "testing"])  # they are read as flags


class Names:
    """The names of a portfolio's repositories, prepared for reading questions."""

    def __init__(self, repositories: Sequence[str]) -> None:
        self._names: dict[tuple[str, ...], str] = {}
        for name in repositories:
            parts = tuple(re.findall(r"[^\W_]+", name.lower()))
            for spelling in ((name.lower(),), parts, ("-".join(parts),)):
                if spelling and spelling != ("s",):
                    self._names.setdefault(spelling, name)
        self._longest = max(map(len, self._names), default=0)

    def at(self, tokens: Sequence[str], start: int) -> tuple[int, str] | None:
        """Return the end and the repository of the longest name that begins at a word."""
        for end in range(min(start + self._longest, len(tokens)), start, -1):
            if name := self._names.get(tuple(tokens[start:end])):
                return end, name
        return None


def read(question: str, names: Names, now: datetime) -> Understood:
    """Read a question about the portfolio that `names` belongs to."""
    if len(question) > MAX_CHARS:
        return FIND
    tokens = _tokens(question)
    if not 0 < len(tokens) <= MAX_WORDS:
        return FIND
    capitals = {word.lower() for word in NOT_FIRST.findall(question) if word.istitle()}
    tokens = [_operator(token, names) for token in tokens]
    understood = _read(tokens, names, now, capitals)
    if understood.kind == "find" and words.HINT.search(" ".join(tokens)):
        corrected = [_corrected(token, names) for token in tokens]
        if corrected != tokens:
            understood = _read(corrected, names, now, capitals)
    if understood.kind == "find":
        return FIND
    return replace(understood, read_as=understood.read_as or _in_words(understood))


def _read(
    tokens: Sequence[str], names: Names, now: datetime, capitals: Collection[str]
) -> Understood:
    draft = _Draft("", now.date())
    marked = [draft.marked_name(token, names) for token in tokens]
    draft.text = _as_persons(" ".join(marked), names, capitals)
    draft.is_asked = words.ASKS.search(words.POLITE.sub("", draft.text)) is not None
    draft.read_licence()
    draft.read_periods()
    draft.read_names(names)
    return draft.understood() or FIND


@dataclass(slots=True)
class _Draft:
    """A question while it is read: its plain form, and what was taken out of it."""

    text: str
    today: date
    terms: list[Term] = field(default_factory=list)  # by the numbers of their marks
    others: dict[int, Term] = field(default_factory=dict)  # repositories named like a technology
    periods: list[Period] = field(default_factory=list)
    about: list[Term] = field(default_factory=list)
    not_: list[Term] = field(default_factory=list)
    only: Term | None = None
    flags: dict[Flag, bool] = field(default_factory=dict)
    licence: str | None = None
    sort: Sort | None = None
    limit: int | None = None
    meta: str = ""  # what is asked that repositories cannot show
    is_asked: bool = False
    is_doubtful: bool = False

    # --- What is marked
    def marked_name(self, token: str, names: Names) -> str:
        """Return the mark of a word that can only be a repository's name, since it has symbols."""
        found = None if token.isalnum() else names.at([token], 0)
        if found is None or taxonomy().entity(token):
            return token
        return self._mark("r", Term("repository", found[1], found[1]))

    def read_licence(self) -> None:
        for id, pattern in ((("", words.NO_LICENCE)), *words.LICENCES):
            if found := pattern.search(self.text):
                self.licence = id
                self._take(found.start(), found.end())
                return

    def read_periods(self) -> None:
        found = next(
            (found for found in words.PERIOD.finditer(self.text) if self._period(found)), None
        )
        if found:
            period = self._period(found)
            assert period is not None  # noqa: S101
            self._mark_period(found, period)
        elif found := words.BARE_YEAR.search(self.text):
            year = int(found["after"] or found["before"])
            if year <= self.today.year:
                whole = Period(date(year, 1, 1), date(year, 12, 31), "created", f"in {year}")
                self._mark_period(found, whole)

    def _mark_period(self, found: re.Match[str], period: Period) -> None:
        groups = found.groupdict()
        verb = groups.get("created") or groups.get("pushed") or ""
        before = f"{self.text[: found.start()]} {verb} " if verb else self.text[: found.start()]
        self.text = _plain(f"{before} §p0 {self.text[found.end() :]}")
        if words.STALE.search(self.text) and period.start and period.end is None:
            self.text = words.STALE.sub("", self.text)
            name = period.name.removeprefix("since ")
            period = Period(None, period.start - timedelta(1), "pushed", f"before {name}")
        self.periods.append(period)

    def _period(self, found: re.Match[str]) -> Period | None:
        if found["which"]:
            return self._relative(found)
        first = self._days(found["date"])
        last = self._days(found["end"]) if found["end"] else first
        if first is None or last is None or first[0] > self.today:
            return None
        relation = found["relation"] or ("between" if found["vague"] else "")
        if not relation and not found["created"] and not found["pushed"]:
            return None
        name = found["date"] if not found["end"] else f"{found['date']} and {found['end']}"
        name = _titled(name)
        by_verb: Literal["created", "pushed"] | None = (
            "created" if found["created"] else "pushed" if found["pushed"] else None
        )
        match relation:
            case "since":
                return Period(first[0], None, by_verb or "any", f"since {name}")
            case "after":
                return Period(last[1] + timedelta(1), None, by_verb or "any", f"after {name}")
            case "before" | "prior to":
                end = first[0] - timedelta(1)
                return Period(None, end, by_verb or "created", f"before {name}")
            case "until" | "by":
                return Period(None, last[1], by_verb or "created", f"until {name}")
        if found["on"]:
            return Period(first[0], None, by_verb or "any", f"since {name}")
        if found["end"]:
            return Period(first[0], last[1], by_verb or "created", f"between {name}")
        is_created = relation in ("from", "of")
        return Period(
            first[0], last[1], by_verb or ("created" if is_created else "any"), f"in {name}"
        )

    def _relative(self, found: re.Match[str]) -> Period | None:
        by_verb: Literal["created", "pushed", "any"] = (
            "created" if found["created"] else "pushed" if found["pushed"] else "any"
        )
        unit, which, today = found["unit"], found["which"], self.today
        name = " ".join(filter(None, [which, found["number"], unit]))
        if found["since"]:
            since = self._relative_since(which, unit, found["number"])
            return Period(since, None, by_verb, f"since {name}") if since else None
        if found["number"]:
            count = _number(found["number"])
            if which in ("this", "current", "the current"):
                return None
            return Period(
                self._ago(count, unit), None, by_verb, f"in {name}s" if count > 1 else f"in {name}"
            )
        if unit in ("week", "day") and which in ("last", "this"):
            return Period(self._ago(1, unit), None, by_verb, name)
        if which in ("this", "current", "the current"):
            start = date(today.year, 1 if unit == "year" else today.month, 1)
            return Period(start, None, by_verb, name)
        if which == "last":
            if unit == "year":
                year = today.year - 1
                return Period(date(year, 1, 1), date(year, 12, 31), by_verb, name)
            end = today.replace(day=1) - timedelta(1)
            return Period(end.replace(day=1), end, by_verb, name)
        return Period(
            self._months_ago(12) if unit == "year" else self._ago(1, unit),
            None,
            by_verb,
            f"in {name}",
        )

    def _relative_since(self, which: str, unit: str, number: str | None) -> date | None:
        first_of_year = date(self.today.year - (which == "last"), 1, 1)
        if number or which not in ("this", "last") or unit not in ("year", "month"):
            return None
        if unit == "year":
            return first_of_year
        first = self.today.replace(day=1)
        return first if which == "this" else (first - timedelta(1)).replace(day=1)

    def _ago(self, count: int, unit: str) -> date:
        match unit:
            case "year":  # the current one is one of them
                return date(max(self.today.year - count + 1, 1), 1, 1)
            case "month":
                return self._months_ago(count)
            case "week":
                return self.today - timedelta(weeks=count)
        return self.today - timedelta(count)

    def _months_ago(self, count: int) -> date:
        year, month = divmod(self.today.year * 12 + self.today.month - 1 - count, 12)
        return date(year, month + 1, min(self.today.day, monthrange(year, month + 1)[1]))

    def _days(self, text: str) -> tuple[date, date] | None:
        """Return the first and the last day of `2023`, `march 2023`, `march` or `2023-03-01`."""
        try:
            month_name, _, year_text = text.rpartition(" ")
            if text in words.MONTHS:
                month = words.MONTHS[text]
                year = self.today.year - (month > self.today.month)
            elif month_name:
                year, month = int(year_text), words.MONTHS[month_name]
            elif "-" in text:
                numbers = [int(part) for part in text.split("-")]
                if len(numbers) == 3:
                    return date(*numbers), date(*numbers)
                year, month = numbers
            else:
                return date(int(text), 1, 1), date(int(text), 12, 31)
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        except ValueError:
            return None

    def read_names(self, names: Names) -> None:
        """Mark technologies, kinds of them and repositories."""
        tokens = self.text.split()
        entities = {mention.start: mention for mention in _mentions(tokens)}
        kinds = {phrase.start: phrase for phrase in taxonomy().kinds_in(tokens)}
        result: list[str] = []
        position = 0
        while position < len(tokens):
            repository = None if tokens[position].startswith("§") else names.at(tokens, position)
            mention = entities.get(position)
            if mention and not _is_meant(mention, tokens, entities):
                mention = None
            phrase = kinds.get(position)
            if repository and (mention is None or repository[0] > mention.end):
                end, name = repository
                spanned = tokens[position:end]
                if not (end - position == 1 and tokens[position] in _own_words()):
                    result.append(
                        self._mark(
                            "r" if _is_safe(spanned) else "w", Term("repository", name, name)
                        )
                    )
                    position = end
                    continue
            if mention:
                spanned = tokens[position : mention.end]
                is_both = repository is not None and repository[0] == mention.end
                result.append(self._mark("b" if is_both else "e", _term(mention.entity)))
                if repository and is_both:
                    self.others[len(self.terms) - 1] = Term(
                        "repository", repository[1], repository[1]
                    )
                position = mention.end
                continue
            if phrase and _is_kind_meant(phrase, tokens):
                spanned = tokens[position : phrase.end]
                result.append(self._mark("k", Term("kind", phrase.id, " ".join(spanned))))
                position = phrase.end
                continue
            result.append(tokens[position])
            position += 1
        marked = words.APPS.sub(r"\1 projects", _plain(" ".join(result)))
        self.text = words.POLITE.sub("", words.THANKS.sub("", marked))

    def _mark(self, sign: str, term: Term) -> str:
        self.terms.append(term)
        return f"§{sign}{len(self.terms) - 1}"

    # --- What is read
    def understood(self) -> Understood | None:
        if whole := self._by_template(self.text):
            return whole
        self._read_filters()
        if self.is_doubtful:
            return None
        bare = words.IN_REPOSITORIES.sub("", _plain(self.text.replace("_", " ")))
        return (self._by_template(bare) if bare != self.text else None) or self._by_operator()

    def _by_template(self, text: str) -> Understood | None:
        """Read a question whose operator is a sentence of its own; filters have been taken out."""
        for form in dict.fromkeys([text, words.SHOW.sub("", text)]):
            for kind, pattern in words.TEMPLATES:
                found = pattern.fullmatch(form)
                if found and (about := self._about(kind, found)) is not None:
                    groups = found.groupdict()
                    self.meta = next(
                        (said for group, said in words.META.items() if groups.get(group)), ""
                    )
                    limit = groups.get("limit")
                    return self._told(kind, about, limit=_number(limit) if limit else None)
        return None

    def _about(self, kind: Kind, found: re.Match[str]) -> list[Term] | None:
        """Return what a template is about; None if that is not known."""
        groups = found.groupdict()
        about: list[Term] = []
        for group in ("role", "other_role"):
            if groups.get(group):
                role = _role(groups[group])
                if role is None:
                    return None
                about.append(role)
        for group in ("things", "things2", "things3", "things4"):
            about += self._terms(groups.get(group) or "")
        for group in ("repositories", "repositories2"):
            about += self._repositories(groups.get(group) or "")
        if kind == "compare" and len({term.id for term in about}) < 2:
            return None
        return about

    def _read_filters(self) -> None:
        self.text = words.FORKS.sub(r"forked project\1", self.text)
        while found := words.ONLY.search(self.text):
            term = self._terms(found["thing"] or found["thing2"])[0]
            if term.kind != "language" or self.only:
                self.is_doubtful = True
                return
            self.only = term
            self._take(found.start(), found.end())
        while found := words.NO_FLAGS.search(self.text):
            self._set_flags(found, value=False)
        while found := words.WITH_FLAGS.search(self.text):
            self._set_flags(found, value=True)
        while found := words.ARE_FLAGS.search(self.text):
            self._set_flags(found, value=True)
        while found := words.NOT.search(self.text):
            self.not_ += self._terms(found["things"])
            self._take(found.start(), found.end())
        if self.periods:
            self._place_period()

    def _place_period(self) -> None:
        """Take a period out if it belongs to repositories: "covid cases since 2020" does not."""
        before, _, _ = self.text.partition("§p0")
        last = before.split()[-1:] or [""]
        is_placed = (
            last[0] in ("", "_")
            or last[0].startswith("§")
            or last[0] in words.GLUE
            or re.fullmatch(words.NOUN, last[0]) is not None
            or re.search(rf"(?:{words.VERBS_OF_PERIODS})$", before.strip()) is not None
        )
        if not is_placed:
            self.is_doubtful = True
        elif words.VERB_OF_PERIOD.search(self.text):
            self.text = _plain(re.sub(rf"(?:{words.VERBS_OF_PERIODS}) §p0", "_", self.text))
        else:
            self.text = _plain(self.text.replace("§p0", "_"))

    def _set_flags(self, found: re.Match[str], *, value: bool) -> None:
        items = found["items"]
        for flag, pattern in words.FLAGS:
            if re.search(rf"\b{pattern}(?= |$)", items):
                if self.flags.get(flag, value) != value:
                    self.is_doubtful = True
                self.flags[flag] = value
        self._take(found.start(), found.end())

    def _by_operator(self) -> Understood | None:
        text = self.text
        if words.TOTAL.search(text):
            self.text = _plain(words.TOTAL.sub("", text))
            return self._count()
        if words.SHOWN_COUNT.search(text):
            text = self.text = words.SHOW.sub("", text)
        if words.COUNT.search(text) or words.COUNT_LAST.search(text):
            self.text = _plain(words.COUNT_LAST.sub(" ", words.COUNT.sub(" ", text)))
            return self._count()
        if activity := self._activity():
            return activity
        if words.ALL.search(text):
            self.text = _plain(words.ALL.sub(" ", text))
            return self._list(is_all=True)
        for sort, pattern in words.ORDER:
            if found := pattern.search(text):
                return self._superlative(sort, pattern, found)
        return self._list(is_all=False)

    def _activity(self) -> Understood | None:
        found = words.ACTIVITY.fullmatch(self.text)
        if not found:
            return None
        is_now = bool(found["now"] or found["now2"])
        verb = found["verb"] or ""
        period = self.periods[0] if self.periods else None
        is_whole = self.text in ("what is new", "anything new")
        if not period and not is_now and verb != "working" and not is_whole:
            return None
        is_creating = verb in words.CREATING
        is_new = verb == "" and re.search(r"\bnew\b", self.text) is not None
        if period:
            self.periods[0] = replace(
                period, field="created" if is_creating or is_new else "pushed"
            )
        if is_now or is_whole or (verb and not is_creating):
            self.sort = Sort("pushed", True)
        return self._told("list")

    def _superlative(
        self, sort: Sort | None, pattern: re.Pattern[str], found: re.Match[str]
    ) -> Understood | None:
        """Read what `found` orders. `sort`: None if the best are asked for."""
        is_one = words.ONE.search(self.text) is not None
        limit, is_top = self._take_limit(found), False
        self.text = _plain(pattern.sub(" ", self.text))  # twice: "the largest by lines of code"
        if sort and (top := words.TOP.search(self.text)):
            is_top = True
            limit = limit or (_number(top["limit"]) if top["limit"] else None)
            self.text = _plain(words.TOP.sub(" ", self.text))
        if limit:
            self.text = _plain(words.FIRST_NUMBER.sub(r"\1", self.text))
        has_noun = re.search(words.NOUN, self.text) is not None
        subject = self._subject(needs_known=True)
        if subject is None or self.is_doubtful:
            return None
        is_of_repositories = sort is not None and (sort.field in ("stars", "commits") or is_top)
        if not has_noun and (
            subject or not is_of_repositories or not (limit or self._has_filters())
        ):
            return None
        self.sort = sort
        self.limit = limit or (1 if is_one and sort else None)
        return self._told("superlative" if sort else "highlights", subject=subject)

    def _take_limit(self, found: re.Match[str]) -> int | None:
        """Return how many are asked for, by a number within or right behind an order."""
        if number := words.A_NUMBER.search(found[0]):
            return _number(number[0])
        behind = words.NUMBER_BEHIND.match(self.text, found.end())
        if behind is None:
            return None
        self.text = _plain(f"{self.text[: behind.start()]} {self.text[behind.end() :]}")
        return _number(behind["limit"])

    def _count(self) -> Understood | None:
        has_noun = re.search(words.NOUN, self.text) is not None
        subject = self._subject(needs_known=False)
        if (
            subject is None
            or self.is_doubtful
            or not (has_noun or (self._has_filters() and not subject))
        ):
            return None
        return self._told("count", subject=subject)

    def _list(self, *, is_all: bool) -> Understood | None:
        if recent := words.RECENT.search(self.text):
            self.sort = Sort("pushed", True)
            self.text = _plain(f"{self.text[: recent.start()]} {self.text[recent.end() :]}")
        has_noun = re.search(words.NOUN, self.text) is not None
        is_filtered = self._has_filters() or self.sort is not None
        subject = self._subject(needs_known=False)
        if subject is None or self.is_doubtful:
            return None
        if is_all:
            is_list = (has_noun and not subject) or (is_filtered and not subject)
        elif not is_filtered:
            is_list = False
        elif self.sort:
            is_list = has_noun and not subject
        else:
            is_list = self.is_asked or self._is_excluding(subject)
        if subject and not has_noun and not self._is_excluding(subject):
            return None
        return self._told("list", subject=subject) if is_list else None

    def _is_excluding(self, subject: str) -> bool:
        """Tell whether a question that names no repositories can only be about them."""
        if self.only or (self.about and self.not_):
            return not subject or bool(self.about)
        if not self.not_ or any(term.kind == "kind" for term in self.not_):
            return False
        # "animations without javascript" are rather a search, "chatbot without django" is none.
        is_made = all(term.kind == "technology" for term in self.not_)
        return not subject or (is_made and _is_known(subject.split()))

    def _has_filters(self) -> bool:
        return bool(
            self.about
            or self.not_
            or self.only
            or self.flags
            or self.licence is not None
            or self.periods
        )

    def _subject(self, *, needs_known: bool) -> str | None:
        """Take out what is positive, and return the rest if it may be a subject; None if not."""
        # Whatever stands before "about" or a positive filter is told apart by marks.
        for pattern in (words.WITH, words.BESIDE):
            while found := pattern.search(self.text):
                if re.search(r"\bor\b", found["things"]):
                    self.is_doubtful = True
                    return None
                self.about += self._terms(found["things"])
                self._take(found.start(), found.end())
        text = self.text
        nouns = list(re.finditer(rf"\b{words.NOUN}(?= |$)", text))
        tokens = text.split()
        content = [place for place, token in enumerate(tokens) if not self._is_glue(token)]
        if not content:
            return ""
        first, last = content[0], content[-1]
        spanned = tokens[first : last + 1]
        is_one = len(content) == len(spanned) or all(
            token in ("and", "for", "of", "the") for token in spanned if self._is_glue(token)
        )
        if not is_one or len(spanned) > MAX_SUBJECT_WORDS or not (nouns or self.not_):
            return None
        if any(token in words.NEVER_SUBJECT or token.startswith("§") for token in spanned):
            return None
        following = tokens[last + 1] if last + 1 < len(tokens) else ""
        preceding = tokens[first - 1] if first else ""
        is_before_noun = re.fullmatch(words.NOUN, following) is not None
        is_topic = preceding in ("about", "on", "for") or spanned[0] in ("about", "for")
        if spanned[0] in ("about", "for"):
            spanned = spanned[1:]
        if not spanned or not (is_before_noun or is_topic or (not nouns and self.not_)):
            return None
        subject = " ".join(spanned)
        return None if needs_known and not _is_known(spanned) else subject

    @staticmethod
    def _is_glue(token: str) -> bool:
        return token in words.GLUE or re.fullmatch(words.NOUN, token) is not None

    def _told(
        self, kind: Kind, about: Sequence[Term] = (), *, subject: str = "", limit: int | None = None
    ) -> Understood | None:
        in_order = sorted(self.about, key=self.terms.index)
        every = tuple(dict.fromkeys([*about, *in_order]))
        if set(every) & set(self.not_):
            return None
        return Understood(
            kind=kind,
            about=every,
            not_=tuple(dict.fromkeys(self.not_)),
            only=self.only,
            flags=tuple(self.flags.items()),
            licence=self.licence,
            period=self.periods[0] if self.periods else None,
            sort=self.sort,
            limit=limit or self.limit,
            subject=subject,
            read_as=self.meta,
        )

    def _terms(self, marks: str) -> list[Term]:
        return [self.terms[int(number)] for number in re.findall(r"§[a-z](\d+)", marks)]

    def _repositories(self, marks: str) -> list[Term]:
        numbers = map(int, re.findall(r"§[a-z](\d+)", marks))
        return [self.others.get(number, self.terms[number]) for number in numbers]

    def _take(self, start: int, end: int) -> None:
        self.text = _plain(f"{self.text[:start]} _ {self.text[end:]}")


def _tokens(question: str) -> list[str]:
    text = unicodedata.normalize("NFC", question.translate(SIGNS)).lower()
    text = text.replace("‘", "'").replace("§", " ").replace("_ ", " ")
    for pattern, replacement in CONTRACTIONS:
        text = pattern.sub(replacement, text)
    stripped = (token.lstrip("'’*`-").rstrip(".'’*`-") for token in TOKEN.findall(text))
    return [token for token in stripped if token]


def _as_persons(text: str, names: Names, capitals: Collection[str]) -> str:
    """Write every person as `he`, and what belongs to one as `his`."""
    text = words.PERSONS.sub("his", words.PLACE.sub("", text))
    text = words.PERSON.sub("he", text)
    text = words.HIMSELF.sub("himself", text)
    text = words.NAME.sub(lambda found: _as_person(found, names, capitals), text)
    text = words.WORK.sub(r"\1 projects", text)
    return words.POSSESSIVE.sub(r"\1 his ", text)


def _as_person(found: re.Match[str], names: Names, capitals: Collection[str]) -> str:
    """Write a person's name as `he`, unless it may be the name of something else."""
    name = found["name"]
    is_thing = any(not mention.is_ambiguous for mention in taxonomy().entities_in([name]))
    if is_thing or names.at([name], 0):
        return found[0]
    # "what does encryption do" asks for no person.
    is_person = name in capitals or (
        found["next"] in words.VERBS_OF_PERSONS and name not in everyday_words()
    )
    return f"{found['verb']} he" if is_person else found[0]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else words.NUMBERS[text]


def _titled(name: str) -> str:
    return " ".join(part if part == "and" else part.capitalize() for part in name.split())


def _mentions(tokens: Sequence[str]) -> Iterator[Mention]:
    """Yield the technologies that words name, between marks; no brands, and no words of our own."""
    known = taxonomy()
    start = 0
    for place in [*(n for n, token in enumerate(tokens) if token[0] in "§_,"), len(tokens)]:
        for mention in known.entities_in(tokens[start:place]):
            spanned = tokens[start + mention.start : start + mention.end]
            if "brand" not in mention.entity.kinds and not _is_own(spanned):
                yield replace(mention, start=start + mention.start, end=start + mention.end)
        start = place + 1


def _is_meant(mention: Mention, tokens: Sequence[str], mentions: dict[int, Mention]) -> bool:
    spelling = " ".join(tokens[mention.start : mention.end])
    if not mention.is_ambiguous:
        return True
    before = tokens[mention.start - 1] if mention.start else ""
    after = tokens[mention.end] if mention.end < len(tokens) else ""
    if before in BEFORE_NAMES and before != "":
        return True
    if after in AFTER_NAMES:
        return True
    following = mentions.get(mention.end + 1)
    if following is None or after not in ("and", "or", ",", "vs", "versus"):
        return False
    return not following.is_ambiguous or spelling not in everyday_words()


def _is_kind_meant(phrase: Phrase, tokens: Sequence[str]) -> bool:
    """Tell whether a kind is one that something uses or does not: "frontend projects" are a subject."""
    near = tokens[max(phrase.start - 2, 0) : phrase.start]
    before = [token for token in near if token not in ("a", "an", "any")]
    spanned = tokens[phrase.start : phrase.end]
    return (
        phrase.id not in FLAG_KINDS
        and bool(before)
        and before[-1] in BEFORE_KINDS
        and not _is_own(spanned)
    )


def _is_safe(spanned: Sequence[str]) -> bool:
    """Tell whether a repository's name is none of ordinary words."""
    return (
        not all(word in everyday_words() or is_english(word) for word in spanned)
        or len(spanned) > 1
    )


def _is_own(spanned: Sequence[str]) -> bool:
    return all(word in _own_words() for word in spanned)


@cache
def _own_words() -> frozenset[str]:
    """Return the words that rules consist of; no single one of them names anything."""
    return frozenset(words.GLUE | words.OWN)


def _term(entity: Entity) -> Term:
    if {"language", "markup"} & set(entity.kinds):
        for form in entity.forms:
            if name := _languages().get(form):
                return Term("language", name, name)
    return Term("technology", entity.id, entity.name)


@cache
def _languages() -> dict[str, str]:
    """Return linguist's names of languages, by their normal forms."""
    return {normal_form(language.name): language.name for language in languages().values()}


@lru_cache(maxsize=1_024)
def _role(text: str) -> Term | None:
    """Return the role of people that a text names as a whole."""
    written = text.split()
    while written and written[0] in words.ROLE_ADJECTIVES:
        written = written[1:]
    for ending in ([], ["developer"], ["engineer"]):
        if role := _role_named([*written, *ending]):
            return role
    return None


def _role_named(written: Sequence[str]) -> Term | None:
    for place in subjects().find(written):
        names = place.subject.names
        is_role = any(name.split()[-1] in words.ROLE_NOUNS for name in names)
        if is_role and (place.start, place.end) == (0, len(written)):
            return Term("role", names[0], names[0])
    return None


def _is_known(spanned: Sequence[str]) -> bool:
    """Tell whether words are a kind of technologies, or a subject, as a whole."""
    return taxonomy().kind(spanned) is not None or any(
        (place.start, place.end) == (0, len(spanned)) for place in subjects().find(spanned)
    )


@lru_cache(maxsize=4_096)
def _operator_of(token: str) -> str:
    if len(token) < 4 or not token.isalpha() or token in _own_words() or token in everyday_words():
        return token
    if not token.isascii() or is_english(token) or taxonomy().entity(token):
        return token
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    best = process.extractOne(token, words.OPERATORS, scorer=OSA.distance, score_cutoff=1)
    if best is None:
        return token
    word = str(best[0])
    if len(token) < MIN_CORRECTED_CHARS and sorted(word) != sorted(token):
        return token
    return word


def _operator(token: str, names: Names) -> str:
    return token if names.at([token], 0) else _operator_of(token)


@cache
def _spelling() -> Spelling:
    return Spelling(())


@lru_cache(maxsize=4_096)
def _corrected_word(token: str) -> str:
    if not token.isascii() or not token.isalpha() or token in _own_words():
        return token
    return (_spelling().correct(token) or token).lower()


def _corrected(token: str, names: Names) -> str:
    return token if names.at([token], 0) else _corrected_word(token)


# --- The reading in plain words
ORDERS_IN_WORDS: Final = {
    Sort("pushed", True): "most recently pushed",
    Sort("pushed", False): "least recently pushed",
    Sort("created", True): "newest",
    Sort("created", False): "oldest",
    Sort("stars", True): "most starred",
    Sort("stars", False): "least starred",
    Sort("code", True): "biggest",
    Sort("code", False): "smallest",
    Sort("commits", True): "most active",
    Sort("commits", False): "least active",
}
FLAGS_IN_WORDS: Final[dict[tuple[Flag, bool], str]] = {
    ("tests", True): "have tests",
    ("tests", False): "have no tests",
    ("ci", True): "have CI",
    ("ci", False): "have no CI",
    ("homepage", True): "have a website",
    ("homepage", False): "have no website",
    ("archived", True): "are archived",
    ("archived", False): "are not archived",
    ("fork", True): "are forks",
    ("fork", False): "are no forks",
}


def _in_words(understood: Understood) -> str:
    """Say a reading in plain words: "the newest repository that uses Docker and not Flask"."""
    named = _listed([term.name for term in understood.about])
    rest = replace(understood, about=())
    match understood.kind:
        case "count":
            return f"the number of {_repositories(understood, is_one=False)}"
        case "superlative" | "list" | "highlights":
            is_one = understood.limit == 1
            return (
                ("the " if understood.sort or is_one else "")
                + ("the highlights among " if understood.kind == "highlights" else "")
                + _repositories(understood, is_one=is_one)
            )
        case "languages":
            said = "the languages used most"
        case "share":
            said = f"the share of {named} in the code"
        case "compare":
            said = f"{named}, compared"
        case "has":
            said = f"whether any repository shows {named}"
        case "timeline":
            said = f"when {named or 'the code'} was worked on"
        case "describe":
            said = f"what {named} is"
        case "built_with":
            said = f"what {named} is built with" if named else "the technologies used"
        case "similar":
            said = f"what is similar to {named}"
        case "role":
            said = f"what speaks for a {named}"
        case "meta":
            return WHAT_CAN_BE_ASKED
        case _:
            said = "a summary of this portfolio"
    filters = _repositories(rest, is_one=False)
    return said if filters == "repositories" else f"{said}, in {filters}"


def _repositories(understood: Understood, *, is_one: bool) -> str:
    """Say which repositories a reading is about."""
    order = ORDERS_IN_WORDS[understood.sort] if understood.sort else ""
    number = str(understood.limit) if understood.limit and not is_one else ""
    noun = "repository" if is_one else "repositories"
    said = " ".join(filter(None, [number, order, noun]))
    if understood.subject:
        said += f" about {understood.subject}"
    used = _listed([term.name for term in understood.about])
    unused = _listed([term.name for term in understood.not_], "or")
    clauses = []
    if understood.only:
        clauses.append(f"{'is' if is_one else 'are'} only {understood.only.name}")
    if used:
        clauses.append(
            f"{'uses' if is_one else 'use'} {used}" + (f" and not {unused}" if unused else "")
        )
    elif unused:
        clauses.append(f"{'does' if is_one else 'do'} not use {unused}")
    for flag in understood.flags:
        clause = FLAGS_IN_WORDS[flag]
        if is_one:
            clause = re.sub(r"^have", "has", re.sub(r"^are forks", "is a fork", clause))
            clause = re.sub(r"^are no forks", "is no fork", clause)
            clause = re.sub(r"^are", "is", clause)
        clauses.append(clause)
    if understood.licence is not None:
        have = "has" if is_one else "have"
        clauses.append(
            f"{have} the licence {understood.licence}"
            if understood.licence
            else f"{have} no licence"
        )
    if period := understood.period:
        verb = {"created": "created", "pushed": "pushed to", "any": "worked on"}[period.field]
        clauses.append(f"{'was' if is_one else 'were'} {verb} {period.name}")
    return f"{said} that {_listed(clauses)}" if clauses else said


def _listed(items: Sequence[str], conjunction: str = "and") -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
