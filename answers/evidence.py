"""Show where a repository says what a result or an answer claims of it: a quote and its permalink."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import PurePosixPath
from typing import NamedTuple, TypedDict
from urllib.parse import quote as url_quoted

from answers.shown import shown_text
from models import Bundle, Component, PublishedBundle
from relevance.evidence import path_words_of, suffixes_of, texts_of
from relevance.fields import suffix_terms
from relevance.mentions import names_in, technology_of_package, technology_term, tokens
from relevance.taxonomy import taxonomy
from relevance.text import terms
from relevance.vocabulary import languages, vocabulary
from relevance.wording import lower_in_place

MAX_EVIDENCE, MAX_PARTS = 3, 3  # of a result
MAX_QUOTE_CHARS, MAX_CHARS_BEFORE = 160, 60
MAX_REPOSITORIES = 200  # whose texts a portfolio keeps in memory, 30 KB each
MIN_QUOTE_WORDS = 2  # of a quote, that a sentence must have to rest on it
# What GitHub counts and what a line of a file shows go before what the owner wrote on GitHub; names,
# which play with words, come last.
STRENGTH = (
    "languages", "dependencies", "context", "readme", "description", "topics", "file_types", "paths", "name",
)  # fmt: skip
# Files that GitHub shows as pages; only their source has lines.
RENDERED = frozenset(
    ".adoc .asciidoc .creole .ipynb .markdown .md .mdown .mdx .mediawiki .mkd .mkdn .org .pod .rdoc .rst"
    " .textile .wiki".split()
)


class Evidence(TypedDict):
    """A place that shows what is claimed of a repository."""

    term: str  # what is claimed, in the repository's own words
    signal: str  # where it stands: a field of the ranking, such as `readme` or `topics`
    path: str | None  # None: GitHub itself tells it
    line: int | None  # from 1
    quote: str  # plain text, at most MAX_QUOTE_CHARS
    url: str
    pinned: bool  # the URL names the commit that was read


class Part(TypedDict):
    """A part of a repository, with a context file of its own, that answers a question."""

    path: str
    name: str
    score: float  # 0..1: the share of the matched words that it shows
    url: str


class ShownPlace(NamedTuple):
    """A term and the place that shows it."""

    term: str
    signal: str
    path: str | None
    line: int | None
    quote: str


def links(bundle: Bundle, places: Iterable[ShownPlace]) -> list[Evidence]:
    """Return places as evidence, at most MAX_EVIDENCE, each with its address on GitHub."""
    evidence: list[Evidence] = []
    for term, signal, path, line, quote in places:
        shown = _excerpt(quote, 0, 0)
        if len(evidence) < MAX_EVIDENCE and shown:
            evidence.append(_evidence(bundle, ShownPlace(term, signal, path, line, shown)))
    return evidence


class Quotes:
    """The texts of one repository, to quote from. Looking a word up takes microseconds."""

    def __init__(self, bundle: Bundle) -> None:
        """Take the texts of a bundle."""
        self._bundle = bundle
        texts = sorted(_texts(bundle), key=lambda text: STRENGTH.index(text[1].signal))
        self._places = [place for _, place in texts]
        self._starts = [0, *accumulate(len(text) + 1 for text, _ in texts)]
        self._text = "\n".join(text for text, _ in texts)
        self._lower = lower_in_place(self._text)
        # Number of each signal's first text, and of the text behind its last.
        self._ranges: dict[str, tuple[int, int]] = {}
        for number, place in enumerate(self._places):
            first, _ = self._ranges.get(place.signal, (number, number))
            self._ranges[place.signal] = (first, number + 1)
        self._shown = cache(lambda number: shown_text(self._places[number].quote))
        self._standing_for = _standing_for(bundle)
        self._components = [
            (component, _component_text(component)) for component in bundle["components"]
        ]

    def evidence(self, words: Sequence[str], signals: Collection[str]) -> list[Evidence]:
        """Return what shows the words of a result, at most MAX_EVIDENCE.

        `words`: as the repository writes them, the most telling first; `signals`: where to look.
        The strongest place of each word comes first. A place that shows two words is given once.
        """
        chosen: dict[tuple[str, str | None, str], ShownPlace] = {}
        searches = deque(self._find(word, signals) for word in words)
        while searches and len(chosen) < MAX_EVIDENCE:
            search = searches.popleft()
            for place in search:
                key = (place.signal, place.path, place.quote)
                if key not in chosen:
                    chosen[key] = place
                    searches.append(search)
                    break
        return [_evidence(self._bundle, place) for place in chosen.values()]

    def parts(self, words: Sequence[str]) -> list[Part]:
        """Return the parts of the repository that show any of the words, best first."""
        scores = [
            (sum(_shows(text, word) for word in words) / len(words), component)
            for component, text in (self._components if words else ())
        ]
        best = sorted(
            (part for part in scores if part[0]), key=lambda part: (-part[0], part[1]["path"])
        )
        return [
            {
                "path": component["path"],
                "name": component["name"],
                "score": round(score, 4),
                "url": _address(self._bundle, "tree", component["path"]),
            }
            for score, component in best[:MAX_PARTS]
        ]

    def _find(self, word: str, signals: Collection[str]) -> Iterator[ShownPlace]:
        """Yield the first place of a word in each signal, the strongest signal first."""
        standing_for = [place for key in _keys(word) for place in self._standing_for.get(key, ())]
        for signal in STRENGTH:
            if signal not in signals:
                continue
            if place := self._first(signal, word):
                yield place
                continue
            for place in standing_for:
                if place.signal == signal:
                    yield place._replace(term=word)
                    break

    def _first(self, signal: str, word: str) -> ShownPlace | None:
        """Return the first text of a signal with a word; it may be several that stand apart."""
        first, end = self._ranges.get(signal, (0, 0))
        lower = lower_in_place(word)
        parts = lower.split()
        for needle in dict.fromkeys((lower, max(parts, key=len, default=lower))):
            place = self._starts[first]
            while (place := _find_whole(self._text, self._lower, needle, place)) >= 0:
                number = bisect_right(self._starts, place) - 1
                if number >= end:
                    break
                quote = self._quote(number, needle)
                if all(part in quote.lower() for part in parts):
                    return self._places[number]._replace(term=word, quote=quote)
                place = self._starts[number + 1]
        return None

    def _quote(self, number: int, needle: str) -> str:
        """Quote the first place of a text that is not left out as unsafe to show; else ""."""
        if self._places[number].signal == "dependencies":
            return self._places[number].quote
        shown = self._shown(number)
        start = _find_whole(shown, lower_in_place(shown), needle, 0)
        return _excerpt(shown, start, start + len(needle)) if start >= 0 else ""


class PortfolioQuotes:
    """The quotes of a portfolio's repositories; those of the last MAX_REPOSITORIES stay in memory."""

    def __init__(self, bundles: Sequence[PublishedBundle]) -> None:
        """Take nothing but the bundles: texts are gathered when a repository is first shown."""
        by_name = {bundle["metadata"]["name"]: bundle for bundle in bundles}
        self.of = lru_cache(MAX_REPOSITORIES)(lambda name: Quotes(by_name[name]))


def evidence_of(
    bundle: Bundle, words: Sequence[str], signals: Collection[str] = STRENGTH
) -> list[Evidence]:
    """Return what shows words of one repository; `Quotes` is for more than one question."""
    return Quotes(bundle).evidence(words, signals)


def evidence_for_sentence(
    text: str,
    repositories: Iterable[str],
    evidence_by_name: Mapping[str, Sequence[Evidence]],
) -> list[Evidence]:
    """Return the evidence of a sentence's repositories that it rests on, at most MAX_EVIDENCE.

    It has the term, or at least MIN_QUOTE_WORDS words of the quote.
    """
    said = set(terms(text, prose=True))
    return [
        item
        for name in repositories
        for item in evidence_by_name.get(name, ())
        if said.issuperset(terms(item["term"]) or [""])
        or len(said.intersection(terms(item["quote"], prose=True))) >= MIN_QUOTE_WORDS
    ][:MAX_EVIDENCE]


def _texts(bundle: Bundle) -> Iterator[tuple[str, ShownPlace]]:
    """Yield the texts of a repository, each on one line, with the places where they stand."""
    metadata = bundle["metadata"]
    examples = {
        languages()[suffix].name: place.path
        for suffix, place in suffixes_of(bundle)
        if suffix in languages()
    }
    for language in bundle["languages"] or filter(None, [metadata["language"]]):
        yield language, ShownPlace("", "languages", examples.get(language), None, language)
    for text, place in texts_of(bundle):
        said = _line(place.quote)
        if said.lower() != metadata["name"].lower():  # a title says no more than the name
            yield _line(text), ShownPlace("", place.signal, place.path, place.line, said)
    paths = (*(place.path for _, place in path_words_of(bundle)), *bundle["files"])
    for path in dict.fromkeys(paths):
        yield path, ShownPlace("", "paths", path, None, path)
    listed = [("description", metadata["description"] or ""), ("name", metadata["name"])]
    for signal, text in (*listed, *(("topics", topic) for topic in metadata["topics"])):
        yield _line(text), ShownPlace("", signal, None, None, _line(text))


def _standing_for(bundle: Bundle) -> dict[str, list[ShownPlace]]:
    """Return what stands for a technology: packages, languages and files; and packages by name."""
    found: dict[str, list[ShownPlace]] = {}
    for _, place in texts_of(bundle):
        if place.signal == "dependencies":
            technology = technology_of_package(place.quote, place.path)
            shown = ShownPlace("", place.signal, place.path, place.line, place.quote)
            for key in (place.quote.lower(), technology):
                if key:
                    found.setdefault(key, []).append(shown)
    for suffix, place in suffixes_of(bundle):
        names = [languages()[suffix].name] if suffix in languages() else []
        shown = ShownPlace("", place.signal, place.path, None, place.path[-MAX_QUOTE_CHARS:])
        known = suffix_terms(suffix)
        for key in (suffix, *known, *_named((*names, *known))):
            found.setdefault(key, []).append(shown)
    for file in bundle["files"]:
        shown = ShownPlace("", "paths", file, None, file[-MAX_QUOTE_CHARS:])
        for key in _named(vocabulary().file_terms.get(file.lower(), ())):
            found.setdefault(key, []).append(shown)
    return found


@lru_cache(maxsize=4_096)
def _keys(word: str) -> tuple[str, ...]:
    """Return what a word may be looked up by: itself, its term, or the technology that it names."""
    written, own = tokens(word), terms(word)
    return (
        word.lower(),
        *(own if len(own) == 1 else ()),
        *(
            technology_term(mention.entity.id)
            for mention in taxonomy().entities_in(written)
            if mention.end - mention.start == len(written)
        ),
    )


def _named(names: Iterable[str]) -> list[str]:
    return [technology for name in names for technology in names_in(name)]


def _component_text(component: Component) -> str:
    texts = (component["name"], component["description"], component["path"])
    more = (*component["technologies"], *component["skills"], *component["topics"])
    return "\n".join(map(_line, (*texts, *more)))


def _shows(text: str, word: str) -> bool:
    lower = lower_in_place(text)
    return all(_find_whole(text, lower, part, 0) >= 0 for part in lower_in_place(word).split())


def _find_whole(text: str, lower: str, needle: str, start: int) -> int:
    """Return where a word next stands by itself, or as part of a name such as `HotelBooking`; else -1."""
    while (start := lower.find(needle, start)) >= 0:
        end = start + len(needle)
        before, after = text[start - 1 : start], text[end : end + 1]
        is_part = text[start].isupper() and (
            before.islower() or text[start + 1 : start + 2].islower()
        )
        begins = is_part or before.isdecimal() or not before.isalnum()
        is_plural = after == "s" and not text[end + 1 : end + 2].isalnum()
        ends = is_plural or not (after.isalnum() or after in ("+", "#"))
        if begins and (ends or (text[end - 1].islower() and after.isupper())):
            return start
        start += 1
    return -1


def _excerpt(text: str, start: int, end: int) -> str:
    """Cut a text around a word to MAX_QUOTE_CHARS, between words; "" if the word is longer."""
    if len(text) <= MAX_QUOTE_CHARS:
        return text
    begin = max(0, min(start - MAX_CHARS_BEFORE, len(text) - MAX_QUOTE_CHARS))
    if begin:
        blank = text.find(" ", begin - 1, start)
        begin = blank + 1 if blank >= 0 else begin
    stop = begin + MAX_QUOTE_CHARS
    if stop < len(text) and not text[stop].isspace():
        blank = text.rfind(" ", max(begin, end), stop)
        stop = blank if blank >= 0 else stop
    return text[begin:stop].strip() if end <= stop else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _evidence(bundle: Bundle, place: ShownPlace) -> Evidence:
    commit = bundle["revision"]["commit"]
    url = bundle["metadata"]["html_url"]
    if place.path is not None:
        url = _address(bundle, "blob", place.path)
        if place.line and commit:
            is_rendered = PurePosixPath(place.path.lower()).suffix in RENDERED
            url += f"{'?plain=1' if is_rendered else ''}#L{place.line}"
    return {
        "term": place.term,
        "signal": place.signal,
        "path": place.path,
        "line": place.line,
        "quote": place.quote,
        "url": url,
        "pinned": place.path is not None and commit is not None,
    }


def _address(bundle: Bundle, kind: str, path: str) -> str:
    """Return the address of a file (`blob`) or folder (`tree`) at the commit that was read."""
    metadata = bundle["metadata"]
    revision = bundle["revision"]["commit"] or metadata["default_branch"] or "HEAD"
    return f"{metadata['html_url']}/{kind}/{url_quoted(revision)}/{url_quoted(path)}"
