"""Read the time that a question names: "since 2023", "in the last two years"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, Literal

from understanding.model import Period
from understanding.words import NUMBER, number_of

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DATE: Final = rf"(?:(?:{'|'.join(MONTHS)}) )?(?:199\d|20\d\d)(?:-\d\d(?:-\d\d)?)?"
_MONTH: Final = rf"(?:{'|'.join(name for name in MONTHS if name != 'may')})"
CREATED: Final = (
    r"created|create|started|start|made|make|built|build|begun|began|"
    r"launched|written|wrote|new|opened"
)
PUSHED: Final = (
    r"pushed to|pushed|push to|push|updated|update|changed|change|"
    r"touched|modified|worked on|work on|"
    r"working on|done|active|happened|up to|do|maintained|worked|doing"
)
PERIOD: Final = re.compile(
    rf"\b(?:(?P<created>{CREATED})|(?P<pushed>{PUSHED}))?\b ?"
    r"(?:(?:(?:from )?(?P<relation>since|before|after|until|in|during|"
    r"from|of|by|prior to) )?(?P<vague>between |from )?"
    rf"(?P<date>{_DATE}|(?<=(?:since|efore|after|until) ){_MONTH})"
    rf"(?: (?:and|to|until|-|till) (?P<end>{_DATE}))?(?P<on>(?: on| onwards)?)"
    r"|(?:(?:in|during|over|within|from|for|of) )?(?P<since>since )?"
    r"(?P<which>this|last|the last|past|the past|current|the current) "
    rf"(?:(?P<number>{NUMBER}) )?(?P<unit>year|month|week|day)s?)"
    rf"(?= |$)"
)
BARE_YEAR: Final = re.compile(
    r"(?:(?<=projects )|(?<=repos )|(?<=repositories ))(?P<after>20\d\d)(?= |$)"
    r"|(?<!\S)(?P<before>20\d\d)(?= (?:project|repo|repositor|codebase))"
)

Field = Literal["created", "pushed", "any"]


def find_period(text: str, today: date) -> tuple[re.Match[str], Period] | None:
    """Find the first period that a plain text names, and where it stands. None lies in the future."""
    for found in PERIOD.finditer(text):
        period = _relative(found, today) if found["which"] else _absolute(found, today)
        if period:
            return found, period
    if found_year := BARE_YEAR.search(text):
        year = int(found_year["after"] or found_year["before"])
        if year <= today.year:
            whole = Period(date(year, 1, 1), date(year, 12, 31), "created", f"in {year}")
            return found_year, whole
    return None


def verb_of(found: re.Match[str]) -> str:
    """Return the verb that stands before a period, and tells what happened in it."""
    groups = found.groupdict()
    return groups.get("created") or groups.get("pushed") or ""


def before(period: Period) -> Period | None:
    """Return the time before a period that has not ended: what was not touched since."""
    if period.start is None or period.end is not None:
        return None
    name = period.name.removeprefix("since ")
    return Period(None, period.start - timedelta(1), "pushed", f"before {name}")


def _absolute(found: re.Match[str], today: date) -> Period | None:
    first = _days(found["date"], today)
    last = _days(found["end"], today) if found["end"] else first
    if first is None or last is None or first[0] > today:
        return None
    relation = found["relation"] or ("between" if found["vague"] else "")
    if not relation and not found["created"] and not found["pushed"]:
        return None
    name = _titled(found["date"] if not found["end"] else f"{found['date']} and {found['end']}")
    by_verb = _by_verb(found)
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
    by_relation: Field = "created" if relation in ("from", "of") else "any"
    return Period(first[0], last[1], by_verb or by_relation, f"in {name}")


def _relative(found: re.Match[str], today: date) -> Period | None:
    by_verb = _by_verb(found) or "any"
    unit, which, number = found["unit"], found["which"].removeprefix("the "), found["number"]
    name = " ".join(filter(None, [found["which"], number, unit]))
    if found["since"]:
        since = None if number else _since(which, unit, today)
        return Period(since, None, by_verb, f"since {name}") if since else None
    if number:
        count = number_of(number)
        start = _ago(count, unit, today)
        said = f"in {name}s" if count > 1 else f"in {name}"
        return None if which in ("this", "current") else Period(start, None, by_verb, said)
    if unit in ("week", "day") and found["which"] in ("last", "this"):
        return Period(_ago(1, unit, today), None, by_verb, name)
    if which in ("this", "current"):
        start = date(today.year, 1 if unit == "year" else today.month, 1)
        return Period(start, None, by_verb, name)
    if found["which"] == "last":
        if unit == "year":
            year = today.year - 1
            return Period(date(year, 1, 1), date(year, 12, 31), by_verb, name)
        end = today.replace(day=1) - timedelta(1)
        return Period(end.replace(day=1), end, by_verb, name)
    start = _months_ago(12, today) if unit == "year" else _ago(1, unit, today)
    return Period(start, None, by_verb, f"in {name}")


def _by_verb(found: re.Match[str]) -> Field | None:
    return "created" if found["created"] else "pushed" if found["pushed"] else None


def _since(which: str, unit: str, today: date) -> date | None:
    if which not in ("this", "last") or unit not in ("year", "month"):
        return None
    if unit == "year":
        return date(today.year - (which == "last"), 1, 1)
    first = today.replace(day=1)
    return first if which == "this" else (first - timedelta(1)).replace(day=1)


def _ago(count: int, unit: str, today: date) -> date:
    match unit:
        case "year":  # the current one is one of them
            return date(max(today.year - count + 1, 1), 1, 1)
        case "month":
            return _months_ago(count, today)
        case "week":
            return today - timedelta(weeks=count)
    return today - timedelta(count)


def _months_ago(count: int, today: date) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _days(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last day of `2023`, `march 2023`, `march` or `2023-03-01`."""
    try:
        month_name, _, year_text = text.rpartition(" ")
        if text in MONTHS:
            month = MONTHS[text]
            year = today.year - (month > today.month)
        elif month_name:
            year, month = int(year_text), MONTHS[month_name]
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


def _titled(name: str) -> str:
    return " ".join(part if part == "and" else part.capitalize() for part in name.split())
