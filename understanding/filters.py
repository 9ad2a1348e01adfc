"""Read the filters that a question names: not, without, only; tests, CI, forks; the licence, the period."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from understanding import periods
from understanding.draft import Draft
from understanding.model import Flag
from understanding.tokens import plain
from understanding.word_classes import OWN
from understanding.words import BESIDE_PERIODS, NOUN, STRONG_NOUNS

TECHNOLOGY: Final = r"§[eb]\d+"
THING: Final = r"§[ekb]\d+"  # a technology or a kind of them
AND: Final = r"(?: , (?:and|or|nor)| ,| and| or| nor| &)"
ARTICLE: Final = r"(?:(?:the|a|an|any|some|all|both|much|of|his) )*"
# A verb that a period belongs to, though it stands apart: "untouched since 2020".
STALE: Final = re.compile(
    r"\b(?:(?:that |which )?(?:(?:have|has|are|were) )?not (?:been )?"
    r"(?:updated|pushed(?: to)?|changed|touched|active)|(?:left )?untouched|"
    r"unchanged) (?=§p)"
)
VERBS_OF_PERIODS: Final = rf"(?:{periods.CREATED}|{periods.PUSHED})"
# The verb belongs to the period: "repositories that were created in 2023".
VERB_OF_PERIOD: Final = re.compile(
    rf"(?:{NOUN}|§\w+|_) (?:(?:that|which) )?(?:(?:were|was|are|is|he|has|have|did|do|does|been) )*"
    rf"(?:{VERBS_OF_PERIODS}) §p0"
)

# --- Licences
_LICENCE_NAMES: Final = (
    ("MIT", r"mit"),
    ("Apache-2.0", r"apache(?:[ -]?2(?:\.0)?)?"),
    ("AGPL-3.0", r"(?:gnu )?agpl(?:[ -]?v?3(?:\.0)?)?"),
    ("LGPL-3.0", r"(?:gnu )?lgpl(?:[ -]?v?3(?:\.0)?)?"),
    ("GPL-2.0", r"(?:gnu )?gpl[ -]?v?2(?:\.0)?"),
    ("GPL-3.0", r"(?:gnu )?gpl(?:[ -]?v?3(?:\.0)?)?"),
    ("BSD-2-Clause", r"bsd[ -]2(?:[ -]clause)?"),
    ("BSD-3-Clause", r"bsd(?:[ -]3(?:[ -]clause)?)?"),
    ("MPL-2.0", r"(?:mpl|mozilla public)(?:[ -]?2(?:\.0)?)?"),
    ("ISC", r"isc"),
    ("Unlicense", r"(?:the )?unlicense"),
    ("CC0-1.0", r"cc0(?:-1\.0)?"),
)
_WITH: Final = (
    r"(?:(?:that|which) )?(?:(?:use|uses|using|with|under|have|has|"
    r"are|is|in|of|licensed under|released under) )?(?:(?:the|a|"
    r"an) )?"
)
_NONE: Final = (
    r"(?:skip|skipping|forgo|without|with no|have no|has no|no|not have|lack|lacking|missing)"
)
LICENCES: Final = tuple(
    (
        id,
        re.compile(
            rf"\b{_WITH}{name} (?:licen[sc]ed?|software licen[sc]e)\b"
            rf"|\b(?:licensed|released|licenced) under (?:the )?{name}(?: licen[sc]e)?(?= |$)"
            rf"|\bunder (?:the |an? )?{name}(?= |$)(?! or\b)|\b(?!apache|m(?:oz|pl)|isc){name}(?= {NOUN})"
        ),
    )
    for id, name in _LICENCE_NAMES
)
NO_LICENCE: Final = re.compile(
    rf"\b(?:that |which )?(?:(?:do|does) )?{_NONE} (?:a |any )?licen[sc]es?\b|"
    rf"\bunlicensed(?= {NOUN})"
)

# --- Filters
FLAGS: Final[tuple[tuple[Flag, str], ...]] = (
    (
        "tests",
        r"(?:(?:unit|automated|integration|automatic) )?(?:tests|testing|"
        r"test suites?|test coverage)",
    ),
    ("ci", r"(?:a )?(?:ci|cicd|continuous integration)(?: pipelines?)?"),
    (
        "homepage",
        r"(?:a )?(?:live demos?|demos?|live websites?|websites?|home ?pages?|demo sites?|live sites?)",
    ),
    ("archived", r"(?:archived|archives)(?: ones| projects| repos| repositories)?"),
    ("fork", r"(?:forks?|forked)(?: ones| projects| repos| repositories)?"),
)
_FLAG: Final = "|".join(words for _, words in FLAGS)
_FLAG_ITEM: Final = rf"(?:both )?(?:{_FLAG})"
NO_FLAGS: Final = re.compile(
    r"(?:\b(?:but|and|that|which|,) )*\b(?:do not have|does not have|"
    r"are not|is not|without|with no|have no|has no|no|lack|lacks|"
    r"lacking|"
    r"missing|not|nothing|non|excluding|except(?: for)?|besides|minus|(?:if (?:he|i|we) )?ignor(?:e|es|ing)|"
    r"not counting|(?:if (?:i|we|he) )?(?:skip|leave out)|skipping|omit|omitting|"
    r"(?:leave|leaves|leaving|drop) out|drop) "
    r"(?:(?:any|the|a|his|all|that is|which is) )*"
    rf"(?P<items>{_FLAG_ITEM}(?:{AND} (?:any |a )?{_FLAG_ITEM})*)(?= |$)"
)
WITH_FLAGS: Final = re.compile(
    r"(?:\b(?:and|but|that|which|,) )*\b(?:with|have|has|had|having|any|and|"
    r"include|includes|including|contain|contains|offer|offers|provide|provides|come with|got) (?:(?:any|the|"
    r"a|some|good|both) )?"
    rf"(?P<items>(?:{'|'.join(words for _, words in FLAGS[:3])})"
    rf"(?:{AND} (?:have |has |with |a |also )*(?:{'|'.join(words for _, words in FLAGS[:3])}"
    r"))*)(?: set up| setup| in place| enabled| working)?(?= |$)"
)
# "Forks aside", "leave the forks out".
OUT_FLAGS: Final = re.compile(
    r"(?:\b(?:and|but|with|,) )*\b(?:leav(?:e|es|ing) |tak(?:e|ing) )?(?:(?:the|all|any|his) )?"
    rf"(?P<items>{_FLAG_ITEM}) (?:aside|excluded|ignored|omitted|(?:left |taken )?out(?! of\b))(?= |$)"
)
ARE_FLAGS: Final = re.compile(
    r"\b(?:(?:that|which) )?(?:(?:are|is|been|were) )?(?P<items>archived|"
    r"forks|forked)(?: only)?(?= |$)"
)

FORKS: Final = re.compile(r"\bfork(s?)$")
WRITTEN: Final = (
    r"(?:using|use|uses|used|with|in|contain|contains|containing|"
    r"include|includes|need|needs|needing|"
    r"(?:written|made|built|done|coded|implemented|developed|programmed|"
    r"based|run|running|runs|rely|relies) (?:with|in|on|using|of|"
    r"from)|"
    r"(?:is|are|was|were)(?: written| made| built| coded)?(?: in|"
    r" with)?|have|has|having|involve|involving|showing|require|"
    r"requires)"
)
NOT: Final = re.compile(
    r"(?:\b(?:but|and|that|which|,|are|is|were) )*\b(?:without|except"
    r"(?: for)?|excluding|besides|minus|other than|aside from|apart from|"
    r"free of|non|"
    r"with no|have no|has no|no|nothing with|(?:(?:do|does|did|are|"
    rf"is|was|were) )?not(?: {WRITTEN}| on| for)?|neither|use neither|avoid|avoids|avoiding|lacking|"
    r"instead of) "
    rf"{ARTICLE}(?P<things>{THING}(?:{AND} {ARTICLE}(?:without |not )?{THING})*)"
    r"(?: ones| code|(?= |$))"
)
ONLY: Final = re.compile(
    r"(?:\b(?:that|which) )?(?:\b(?:are|is|use|uses|written|made|"
    r"built|using) )?\b(?:only|purely|pure|exclusively|solely|entirely|"
    r"nothing but|100 ?%|just) "
    rf"(?:(?:{WRITTEN}) )?(?:the )?(?P<thing>{TECHNOLOGY})(?: code)?(?= |$)"
    rf"|(?:\b(?:that|which) )?(?:\b{WRITTEN} )?(?P<thing2>{TECHNOLOGY})[ -]only(?= |$)"
)
# "How much is just HTML" asks for a share.
OF_SHARE: Final = re.compile(
    r"(?:how|is (?:it|this|that|the)|what (?:share|part|percentage|fraction|portion))\b(?! many)"
)


def read_licence(draft: Draft) -> None:
    """Take the licence out of the text."""
    for id, pattern in (("", NO_LICENCE), *LICENCES):
        if found := pattern.search(draft.text):
            draft.licence = id
            draft.take(found.start(), found.end())
            return


def mark_period(draft: Draft, today: date) -> None:
    """Mark the first period that the text names."""
    found = periods.find_period(draft.text, today)
    if found is None:
        return
    place, draft.period = found
    start, end = draft.text[: place.start()], draft.text[place.end() :]
    text = plain(f"{start} {periods.verb_of(place)} §p0 {end}")
    stale = periods.before(draft.period) if STALE.search(text) else None
    if stale:
        draft.period, text = stale, STALE.sub("", text)
    draft.text = text


def read_filters(draft: Draft) -> None:
    """Take every filter but what must be there out of the text."""
    draft.text = FORKS.sub(r"forked project\1", draft.text)
    while not OF_SHARE.match(draft.text) and (found := ONLY.search(draft.text)):
        term = draft.terms_in(found["thing"] or found["thing2"])[0]
        if term.kind != "language" or draft.only:
            draft.is_doubtful = True
            return
        draft.only = term
        draft.take(found.start(), found.end())
    for pattern, value in (
        (OUT_FLAGS, False),
        (NO_FLAGS, False),
        (WITH_FLAGS, True),
        (ARE_FLAGS, True),
    ):
        while found := pattern.search(draft.text):
            _set_flags(draft, found, value=value)
    while found := NOT.search(draft.text):
        draft.not_ += draft.terms_in(found["things"])
        draft.take(found.start(), found.end())
    if draft.period:
        _place_period(draft)


def _set_flags(draft: Draft, found: re.Match[str], *, value: bool) -> None:
    items = found["items"]
    for flag, pattern in FLAGS:
        if re.search(rf"\b{pattern}(?= |$)", items):
            if draft.flags.get(flag, value) != value:
                draft.is_doubtful = True
            draft.flags[flag] = value
    noun = " projects" if STRONG_NOUNS & set(items.split()) else ""
    draft.text = plain(f"{draft.text[: found.start()]} _{noun} {draft.text[found.end() :]}")


def _place_period(draft: Draft) -> None:
    """Take the period out if it belongs to repositories: "covid cases since 2020" does not."""
    before, _, _ = draft.text.partition("§p0")
    last = before.split()[-1] if before.split() else "_"
    is_placed = (
        last[0] in "_§"
        or last in BESIDE_PERIODS
        or last in OWN
        or re.search(rf"(?:{VERBS_OF_PERIODS}|\bhe [a-z]+)$", before.strip()) is not None
    )
    if not is_placed:
        draft.is_doubtful = True
    elif VERB_OF_PERIOD.search(draft.text):
        draft.text = plain(re.sub(rf"(?:{VERBS_OF_PERIODS}) §p0", "_", draft.text))
    else:
        draft.text = plain(draft.text.replace("§p0", "_"))
