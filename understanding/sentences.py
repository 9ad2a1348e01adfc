"""Write numbers, dates, sizes and lists as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from understanding.model import Flag, Term, Understood

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
IRREGULAR_PLURALS = {"repository": "repositories", "technology": "technologies"}
DAYS_IN_YEAR, DAYS_IN_MONTH = 365.2425, 30.436875
UNCOUNTABLE_ENDINGS = ("ss", "ics", "us", "is", "ops", "ies", "things")  # of kinds
MIN_PLURAL_CHARS = 5  # shorter words in -s are names: CMS, OS, SaaS
BYTES_IN_KB = 1_000
UNITS = ("KB", "MB", "GB", "TB")
AGENT_ENDINGS = ("er", "or", "ist", "ian", "analyst", "architect", "lead")


def counted(number: int, noun: str) -> str:
    """Write a number and its noun: `1 repository`, `1,200 stars`."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of one of the nouns that answers use."""
    return IRREGULAR_PLURALS.get(noun, f"{noun}s")


def day(moment: date) -> str:
    """Write a date: `12 November 2026`."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def size(count: int) -> str:
    """Write a number of bytes: `843 bytes`, `1.3 MB`."""
    if count < BYTES_IN_KB:
        return counted(count, "byte")
    number = float(count)
    for unit in UNITS:
        number /= BYTES_IN_KB
        # 999,999 bytes would otherwise round to 1000 KB.
        if round(number, 1) < BYTES_IN_KB or unit == UNITS[-1]:
            break
    return f"{number:,.0f} {unit}" if number >= 100 else f"{number:,.1f} {unit}"


def percent(share: float) -> str:
    """Write a share of 0..1: `34 %`; what is there never reads as nothing, nor a part as all."""
    number = 100 * share
    if 0 < number < 1:
        return "less than 1 %"
    if 99.5 <= number < 100:
        return "more than 99 %"
    return f"{number:.0f} %"


def span(first: date, last: date) -> str:
    """Write the time between two days: `6 years and 2 months`, `3 weeks`."""
    days = max(1, (last - first).days)
    months = int(days / DAYS_IN_MONTH + 0.03)  # 365 days are twelve months
    years, months = divmod(months, 12)
    if years:
        rest = f" and {counted(months, 'month')}" if months else ""
        return counted(years, "year") + rest
    if months:
        return counted(months, "month")
    return counted(days // 7, "week") if days >= 7 else counted(days, "day")


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join items: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def some_of(items: Sequence[str], most: int) -> str:
    """Join the first items, and count the others: `a, b and 4 more`."""
    if len(items) <= most + 1:  # one more takes no more room than its number
        return listed(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"


def work_of(role: str) -> str:
    """Name the work of a role: `backend work`, `the work of a data scientist`."""
    words = role.split()
    if words and words[-1].lower() in ("developer", "engineer", "programmer"):
        return f"{' '.join(words[:-1]) or 'software'} work"
    if role.lower().endswith(AGENT_ENDINGS):
        article = "an" if role[:1].lower() in "aeio" else "a"
        return f"the work of {article} {role}"
    return f"{role} work"


def ended(text: str) -> str:
    """End a sentence with a full stop unless it has an end."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…。！？" else f"{text}."


def conditions(understood: Understood, *, many: bool) -> str:
    """Say what a question asks of repositories: `contain Python and show no Django`.

    `many`: of several repositories; of one, "contains Python and shows no Django".
    """
    parts = [
        *_terms(understood.about, many, listed),
        *filter(None, [_one_of(understood.either, many)]),
        *_terms(understood.not_, many, _none_of),
    ]
    if understood.only:
        parts.append(f"{_verb('are', many)} written in {understood.only.name} alone")
    parts += _flagged(understood.flags, many)
    if understood.licence is not None:
        licence = f"the {understood.licence} licence" if understood.licence else "no licence"
        parts.append(f"{_verb('have', many)} {licence}")
    if understood.period:
        done = {"created": "created", "pushed": "last pushed to", "any": "created or pushed to"}
        verb = _verb("were", many)
        parts.append(f"{verb} {done[understood.period.field]} {understood.period.name}")
    if understood.subject:
        parts.append(f"{_verb('match', many)} “{understood.subject}”")
    return listed(parts)


def opposite(understood: Understood) -> str | None:
    """Say what one repository does if it does not do what is asked: `shows no Django`, if one word does."""
    bare = Understood()
    match understood:
        case Understood(about=(Term(kind="language" | "technology" | "kind" | "role"),)):
            turned = replace(understood, about=(), not_=understood.about)
            rest = replace(understood, about=())
        case Understood(about=(), either=(_, *_)):
            turned = replace(understood, either=(), not_=understood.either)
            rest = replace(understood, either=())
        case Understood(flags=((flag, holds),)):
            turned = replace(understood, flags=((flag, not holds),))
            rest = replace(understood, flags=())
        case _:
            return None
    plain = replace(bare, kind=rest.kind, sort=rest.sort, limit=rest.limit, read_as=rest.read_as)
    return conditions(turned, many=False) if rest == plain else None


def thing(term: Term) -> str:
    """Name what a repository shows: `Python`, `backend work`, `database technologies`."""
    if term.kind == "role":
        return work_of(term.name)
    if term.kind == "kind":
        name = term.name.removesuffix(" technologies").removesuffix(" technology")
        is_plural = name.endswith("s") and not name.endswith(UNCOUNTABLE_ENDINGS)
        if is_plural and len(name.split()[-1]) >= MIN_PLURAL_CHARS:
            name = name[:-1]
        return f"{name} technologies"
    return term.name


def _terms(
    terms: Sequence[Term], many: bool, joined: Callable[[Sequence[str]], str]
) -> Iterator[str]:
    """Say what is contained, what is shown, and what is named."""
    by_verb: dict[str, list[str]] = {}
    for term in terms:
        verb = {"language": "contain", "repository": "are"}.get(term.kind, "show")
        by_verb.setdefault(verb, []).append(thing(term))
    for verb, names in by_verb.items():
        yield f"{_verb(verb, many)} {joined(names)}"


def _one_of(terms: Sequence[Term], many: bool) -> str:
    """Say that one of several is enough: `show Docker or Kubernetes`."""
    return listed([*_terms(terms, many, _or)], "or")


def _or(names: Sequence[str]) -> str:
    return listed(names, "or")


def _none_of(names: Sequence[str]) -> str:
    return f"no {_or([name.removeprefix('the ') for name in names])}"


def _flagged(flags: Sequence[tuple[Flag, bool]], many: bool) -> Iterator[str]:
    shown = {"tests": "tests", "ci": "CI", "homepage": "a homepage"}
    adjectives = {"archived": "archived", "fork": "forks" if many else "a fork"}
    is_ = [
        f"{'' if holds else 'not '}{adjectives[flag]}"
        for flag, holds in flags
        if flag in adjectives
    ]
    has = [shown[flag] for flag, holds in flags if holds and flag in shown]
    has_not = [
        shown[flag].removeprefix("a ") for flag, holds in flags if not holds and flag in shown
    ]
    if is_:
        yield f"{_verb('are', many)} {listed(is_)}"
    if has:
        yield f"{_verb('have', many)} {listed(has)}"
    if has_not:
        yield f"{_verb('have', many)} no {listed(has_not, 'or')}"


def _verb(verb: str, many: bool) -> str:
    if many:
        return verb
    irregular = {"are": "is", "have": "has", "were": "was", "match": "matches"}
    return irregular.get(verb, f"{verb}s")
