"""Tell whether an answer states a fact, and no number or date beside it.

Numbers are compared, not what they are said of: a model could still say a given number of the wrong
thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from understanding.model import Told
from understanding.sentences import MONTHS

NONE = re.compile(r"\b(?:0|zero|no|none|nothing|neither)\b", re.IGNORECASE)
ONE = re.compile(r"\b(?:1|one|single|only)\b", re.IGNORECASE)
NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
).split()
# Words that say a number, or about one. "One" is a pronoun more often.
WORD_VALUES: dict[str, float] = {
    **{word: float(number) for number, word in enumerate(NUMBER_WORDS, 2)},
    **{"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0},
    **{"ninety": 90.0, "hundred": 100.0, "hundreds": 100.0, "thousand": 1e3, "thousands": 1e3},
    **{"million": 1e6, "millions": 1e6, "dozen": 12.0, "dozens": 12.0, "half": 0.5, "quarter": 0.25, "twice": 2.0},
}  # fmt: skip
WORDS = re.compile(rf"\b(?:{'|'.join(WORD_VALUES)})\b", re.IGNORECASE)

_MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in MONTHS) + r"|Sept\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
DATES = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}-\d{2})(?:T[\d:.]+Z?)?\b"
    r"|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"  # nobody knows which is the month
    rf"|\b{_DAY}[\s-]+(?:of\s+)?({_MONTH})(?:,?[\s-]+(\d{{4}}))?\b"
    rf"|\b({_MONTH})\s+{_DAY}\b(?:,?\s+(\d{{4}}))?\b"
    rf"|\b({_MONTH}),?[\s-]+(?:of\s+)?(\d{{4}})\b",
    re.IGNORECASE,
)
# Not the digits of names: `ESP32`, `utf-8`, `v2.1`.
NUMBERS = re.compile(
    r"(?<![\w.,])(?<![A-Za-z]-)(\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(\s?(?:%|per\s?cent))?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Said:
    """The numbers and dates of a text."""

    numbers: list[frozenset[float]] = field(default_factory=list)  # each with all its readings
    percentages: list[frozenset[float]] = field(default_factory=list)  # those of `numbers` with %
    days: set[date] = field(default_factory=set)
    parts_of_dates: set[tuple[int | None, int, int | None]] = field(default_factory=set)  # y, m, d
    has_unclear_date: bool = False


def states(told: Told, text: str) -> bool:
    """Tell whether a text states the value of the fact and no other number or date.

    Other numbers and dates may stand in the fact, in the reasons of its repositories, and in the
    answer that was assembled from them. Of a list, the text names what that answer names.
    """
    fact = told.fact
    names = [name for name, _ in told.results]
    sources = [fact.value, fact.also, fact.rule, fact.of, told.text, len(told.results)]
    sources += [reason for _, reason in told.results]
    leaves = [leaf for source in [*sources, names] for leaf in _leaves(source)]
    named = [leaf for leaf in _leaves([fact.value, fact.also]) if isinstance(leaf, str)]
    said = _said(_without([*names, *named], text))
    allowed = _said(" ; ".join(map(_written, leaves)))
    if isinstance(fact.value, list):
        allowed.numbers.append(frozenset([float(len(fact.value))]))
    return _states_value(told, text, said) and _adds_nothing(said, allowed)


def _states_value(told: Told, text: str, said: _Said) -> bool:
    value, unit = told.fact.value, told.fact.unit
    match value:
        case None | bool():
            return True
        case int() | float() if value == 0:
            return bool(NONE.search(text))
        case int() | float():
            numbers = said.percentages if unit == "%" else said.numbers
            is_one = value == 1 and unit != "%" and bool(ONE.search(text))
            return is_one or any(value in readings for readings in numbers)
        case str():
            return _states_text(value, text, said)
        case list():
            leaders = [leader for row in value if (leader := _leader(row))]
            named = [leader for leader in leaders if _states_text(leader, told.text, None)]
            return all(_states_text(leader, text, said) for leader in named or leaders)
    return False


def _states_text(value: str, text: str, said: _Said | None) -> bool:
    if day := _day(value):
        return day in (said or _said(text)).days
    return bool(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE))


def _leader(row: object) -> str:
    """Return the name of a row: its first value."""
    first = next(iter(row.values()), "") if isinstance(row, dict) else row
    return first if isinstance(first, str) else ""


def _adds_nothing(said: _Said, allowed: _Said) -> bool:
    numbers = frozenset[float]().union(*allowed.numbers, (day.year for day in allowed.days))
    return (
        not said.has_unclear_date
        and all(readings & numbers for readings in said.numbers)
        and all(
            any(_is_part(part, day) for day in allowed.days) or part in allowed.parts_of_dates
            for part in said.parts_of_dates
        )
        and said.days <= allowed.days
    )


def _is_part(part: tuple[int | None, int, int | None], day: date) -> bool:
    year, month, day_of_month = part
    return month == day.month and year in (None, day.year) and day_of_month in (None, day.day)


def _said(text: str) -> _Said:
    said = _Said()
    for found in DATES.finditer(text):
        _add_date(said, found)
    rest = DATES.sub(" ; ", text)
    for number in NUMBERS.finditer(rest):
        readings = frozenset(_readings(number[1]))
        said.numbers.append(readings)
        if number[2]:
            said.percentages.append(readings)
    said.numbers += [frozenset([WORD_VALUES[word.lower()]]) for word in WORDS.findall(rest)]
    return said


def _add_date(said: _Said, found: re.Match[str]) -> None:
    iso, day_1, month_1, year_1, month_2, day_2, year_2, month_3, year_3 = found.groups()
    if iso:
        if day := _day(iso):
            said.days.add(day)
        else:
            said.has_unclear_date = True
        return
    named = month_1 or month_2 or month_3
    if not named:
        said.has_unclear_date = True
        return
    month = next(
        number for number, name in enumerate(MONTHS, 1) if name[:3].lower() == named[:3].lower()
    )
    year, day_of_month = year_1 or year_2 or year_3, day_1 or day_2
    if year and day_of_month:
        if day := _day(f"{year}-{month:02}-{int(day_of_month):02}"):
            said.days.add(day)
        else:
            said.has_unclear_date = True
        return
    said.parts_of_dates.add(
        (int(year) if year else None, month, int(day_of_month) if day_of_month else None)
    )


def _readings(number: str) -> Iterator[float]:
    """Yield what a number may mean: `1,234` is 1234 or 1.234, as people write it."""
    digits = re.sub(r"['’ \u00a0\u202f]", "", number)
    yield float(
        re.sub(r"[.,]", "", digits)
        if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits)
        else _decimal(digits)
    )
    yield float(_decimal(digits))


def _decimal(digits: str) -> str:
    whole, _, part = re.sub(",", ".", digits).rpartition(".")
    return f"{whole.replace('.', '')}.{part}" if whole else part


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _without(names: list[str], text: str) -> str:
    """Blank out names, whose digits are no numbers."""
    for name in sorted(set(names), key=len, reverse=True):
        if re.fullmatch(r"\S*(?:\d\S*[^\W\d]|[^\W\d]\S*\d)\S*", name):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return text


def _leaves(value: Any) -> Iterator[str | float]:
    match value:
        case None | bool():
            return
        case str() | int() | float():
            yield value
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _leaves(item)
        case dict():
            for item in value.values():
                yield from _leaves(item)


def _written(leaf: str | float) -> str:
    return leaf if isinstance(leaf, str) else f"{leaf:f}".rstrip("0").rstrip(".")
