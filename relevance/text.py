"""Analyse text: split it into words and reduce these to terms.

Questions and repositories are analysed the same way, so that their terms can be compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from relevance.vocabulary import Phrase, vocabulary, without_symbols

# Names that contain symbols stay whole. Other words end at symbols.
NAMES_WITH_SYMBOLS = re.compile(
    r"ci/cd|\bc\+\+|\b[cf]#|asp\.net|\.net\b|\b(?:node|next|vue|react|express|three|nuxt|d3|socket)\.js\b"
    r"|objective-c\b",
    re.IGNORECASE,
)
EMOJI_CODE = re.compile(
    r"(?<![\w:]):[a-z0-9_+-]*[a-z][a-z0-9_+-]*:(?![\w:])|:[+-]1:", re.IGNORECASE
)
WORD = r"[^\W_]+"
TOKEN = re.compile(WORD)
# A word, or several that hyphens join.
HYPHENATED = re.compile(rf"{WORD}(?:-{WORD})*")
# Han, Hiragana, Katakana and Hangul letters. Their words are not told apart by blanks, or their
# endings are written to them.
CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c"
    "\uac00-\ud7fb\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
IS_CJK = re.compile(f"[{CJK}]")
# Letters that Japanese and Chinese write endings and little words with.
GRAMMAR = re.compile("[\u3041-\u309f的了吗呢吧着是在和与及]")
LAST_MARK = 0x1F000  # no script beyond has combining marks
VARIATION_SELECTORS = range(0xFE00, 0xFE10)  # of emoji
# Signs of which a text may have others: hyphens, apostrophes, full-width letters, soft hyphens.
SIGNS = {
    **{ord(sign): "-" for sign in "\u2010\u2011"},
    **{ord(sign): "'" for sign in "\u2019\u02bc"},
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0xAD: None,
}
# A letter before or after an apostrophe is no word: d'accord, we'd. In "C's", the first one is.
ELISION = re.compile(r"(?<!\w)[^\W\d_]'(?!s\b)(?=[^\W_])|(?<=\w)'[^\W\d_](?!\w)")
# Without the hyphen, both words of "to-do" are stop words.
TO_DO = re.compile(r"\bto do(?=s\b| (?:apps?|items?|lists?|managers?|trackers?)\b)", re.IGNORECASE)
# In a name of several words, the pairs that one of these begins or ends are compounds: wi-fi-scanner,
# to-do-list, add-on-store.
PREFIXES = frozenset(["auto", "e", "hi", "hyper", "micro", "multi", "wi", "x"])
PARTICLES = frozenset(["do", "dos", "off", "on", "ons", "out", "up", "ups"])
# Every term of a name takes weight from the others, so only compounds with a short word are joined.
MAX_SHORT_CHARS = 4
# The capital letters of any alphabet are written as A, the others as a.
CAMEL_CASE_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
# Accents of Latin and Greek letters; vowel signs of Hebrew and Arabic, which are seldom written.
ACCENTS = re.compile(
    "(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+|[\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652]+"
)
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ё": "е"}
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
MIN_PLAIN_CHARS = 4  # shorter words become other words without their accents: "für" is no fur
# Names of technologies that are ordinary words when prose has them in lower case.
ORDINARY_WORDS = frozenset(["go", "cd", "node", "less", "make", "rest", "spring", "express"])

STOP_WORDS = frozenset(
    """
    a about above after all also am an and another any anyone anything are as at available be because been being below
    between both but by can could created did do does doing done don down each ever every exist few find for
    found from further get give good got had has have having he her here hers him his how i if in into is it its
    just kind know knows let like ll look looking lot made main make makes making many may me mine more most
    much my need no nor not of off on once one only or other our out over part please projects project re repo
    repos repositories repository s same see she should show showcase showing shows so some something somewhere
    stuff such t tell than that the their them then there these they thing things this those through to too under
    until up us use used uses using ve very via want was way we were what when where which while who whose why
    will wish with without work worked working works would yet you your
    demonstrate demonstrates portfolio code coded built build builds building involve involves involved contain
    contains containing developer engineer person guy somebody someone skill skills ran runs familiar expertise
    experience experienced background hands already actually really still deal deals dealing concerning regarding
    around together across help helps helping allow allows allowing able today currently
    hello hi hey dear thanks thank sorry ask asking maybe perhaps possible possibly curious wonder wondering interested
    """.split()
)

# Plurals that share no stem with their singular.
SINGULARS = dict(
    pair.split("/")
    for pair in """
    alumni/alumnus analyses/analysis antennae/antenna appendices/appendix automata/automaton axes/axis
    bacteria/bacterium buses/bus cacti/cactus calves/calf children/child crises/crisis criteria/criterion
    curricula/curriculum diagnoses/diagnosis feet/foot formulae/formula fungi/fungus gases/gas geese/goose
    halves/half helices/helix hypotheses/hypothesis indices/index knives/knife larvae/larva leaves/leaf
    lenses/lens loaves/loaf matrices/matrix men/man mice/mouse nuclei/nucleus oases/oasis oxen/ox
    parentheses/parenthesis phenomena/phenomenon quizzes/quiz radii/radius scarves/scarf schemata/schema
    shelves/shelf simplices/simplex spectra/spectrum syntheses/synthesis teeth/tooth theses/thesis
    thieves/thief vertices/vertex viruses/virus vortices/vortex wives/wife wolves/wolf women/woman
    """.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, or a phrase of the vocabulary."""

    written: str
    term: str | None  # None: a stop word or a number
    parts: tuple[str, ...] = ()  # terms of the words that a compound name consists of
    # Terms of other spellings: without accents, or as one word with the word that a hyphen joins to it.
    spellings: tuple[str, ...] = ()


def terms(text: str, *, prose: bool = False) -> list[str]:
    """Return the terms of a text, in order; other spellings precede a word, its parts follow it.

    Terms are lower case, stemmed and in their canonical spelling. Stop words are left out.
    """
    result: list[str] = []
    previous: tuple[str, ...] = ()
    for word in _split(text, prose, joins_all=prose):
        # Both words of a compound have its joined spelling: once is enough.
        result += (spelling for spelling in word.spellings if spelling not in previous)
        previous = word.spellings
        if word.term is not None:
            result.append(word.term)
        result += word.parts
    return result


def bigrams(ordered_terms: Sequence[str]) -> list[str]:
    """Return every pair of adjacent terms as `a b`."""
    return [f"{first} {second}" for first, second in pairwise(ordered_terms)]


def words(text: str, *, prose: bool = False) -> Iterator[Word]:
    """Split a text into words. `prose`: it consists of sentences, where "go" is a verb."""
    return _split(text, prose, joins_all=True)


def normalised(text: str) -> str:
    """Return a text in Unicode's NFC, with one sign for each kind of hyphen and apostrophe."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(SIGNS))
    if "'" in text:
        text = ELISION.sub(" ", text)
    return TO_DO.sub("to-do", text)


def without_emoji_codes(text: str) -> str:
    """Leave out `:rocket:` and the like, which GitHub shows as pictures."""
    return EMOJI_CODE.sub(" ", text)


def _split(text: str, prose: bool, joins_all: bool) -> Iterator[Word]:
    phrases = vocabulary().phrases
    tokens, compounds = _tokens(NAMES_WITH_SYMBOLS.sub(_spell_out, normalised(text)))
    position = 0
    while position < len(tokens):
        token = tokens[position]
        phrase = _phrase_at(tokens, position, phrases.get(token.lower(), ()))
        if phrase:
            written = tokens[position : position + len(phrase.tokens)]
            parts = tuple(part for token in written if (part := _word(token).term))
            yield Word(" ".join(written), phrase.term, parts)
            position += len(written)
            continue
        compound = compounds.get(position)
        if compound and compound.is_whole:
            yield compound.word
            position += 2
            continue
        if not (prose and _is_ordinary(token)):
            word = _word(token)
            compound = compound or compounds.get(position - 1)
            if compound and word.term and (joins_all or compound.has_short_word):
                word = replace(word, spellings=(*word.spellings, str(compound.word.term)))
            yield word
        position += 1


def _spell_out(name: re.Match[str]) -> str:
    return f" {without_symbols(name[0].lower())} "


@dataclass(frozen=True, slots=True)
class _Compound:
    """Two words that a hyphen joins."""

    word: Word  # as one word
    is_whole: bool  # its words mean something else: to-do, add-on
    has_short_word: bool  # so that it may well be written as one word


def _tokens(text: str) -> tuple[list[str], dict[int, _Compound]]:
    """Split a text into tokens, and find the compounds, by the position of their first word."""
    tokens: list[str] = []
    compounds: dict[int, _Compound] = {}
    for found in (HYPHENATED if text.isascii() else _any_script()).findall(text):
        if not found.isascii() and IS_CJK.match(found):
            tokens += [first + second for first, second in pairwise(found)] or [found]
            continue
        if "-" not in found:
            tokens.append(found)
            continue
        parts = found.split("-")
        for number, (first, second) in enumerate(pairwise(parts)):
            is_joined = len(parts) == 2 or first.lower() in PREFIXES or second.lower() in PARTICLES
            if is_joined and (compound := _compound(first, second)):
                compounds[len(tokens) + number] = compound
        tokens += parts
    return tokens, compounds


@cache
def _any_script() -> re.Pattern[str]:
    """Compile the pattern of tokens in any script: combining marks belong to the letter before them."""
    codes = {
        code
        for code in range(LAST_MARK)
        if unicodedata.category(chr(code)) in ("Mn", "Mc") and code not in VARIATION_SELECTORS
    }
    starts = sorted(code for code in codes if code - 1 not in codes)
    ends = sorted(code for code in codes if code + 1 not in codes)
    marks = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
    word = rf"[^\W_{CJK}](?:[^\W_{CJK}]+|[{marks}]+)*"
    return re.compile(rf"[{CJK}]+|{word}(?:-{word})*")


@lru_cache(maxsize=16_384)
def _compound(first: str, second: str) -> _Compound | None:
    joined = _term(first + second)
    if joined is None:
        return None
    part = _word(first).term
    is_whole = second.lower() in STOP_WORDS or second.lower() in PARTICLES
    has_short_word = min(len(first), len(second)) <= MAX_SHORT_CHARS
    word = Word(f"{first}-{second}", joined, (part,) if part else ())
    return _Compound(word, is_whole, has_short_word)


def _is_ordinary(token: str) -> bool:
    """Tell whether a word of a sentence is no name, though it could be one."""
    return token in ORDINARY_WORDS or (len(token) == 1 and token.islower())


def _phrase_at(tokens: Sequence[str], position: int, candidates: Sequence[Phrase]) -> Phrase | None:
    """Return the longest candidate that the tokens from `position` spell."""
    for phrase in candidates:
        written = tokens[position : position + len(phrase.tokens)]
        if tuple(token.lower() for token in written) == phrase.tokens:
            return phrase
    return None


@lru_cache(maxsize=65_536)
def _word(token: str) -> Word:
    spellings = () if token.isascii() else tuple(_other_spellings(token))
    is_split = token.lower() not in vocabulary().unsplit
    parts = _camel_case_parts(token) if is_split else []
    if len(parts) < 2:
        return Word(token, _term(token), (), spellings)
    part_terms = dict.fromkeys(
        term for part in parts for term in (_term(part), *_other_spellings(part)) if term
    )
    return Word(token, _term(token), tuple(part_terms), spellings)


def _camel_case_parts(token: str) -> list[str]:
    shape = token
    if not token.isascii():
        shape = "".join(
            letter if letter.isdecimal() else "A" if letter.isupper() else "a" for letter in token
        )
    return [token[part.start() : part.end()] for part in CAMEL_CASE_PART.finditer(shape)]


def _other_spellings(word: str) -> Iterator[str]:
    """Yield the terms of how people write a word without its accents: cafe, Muenchen."""
    if word.isascii():
        return
    lower = word.lower()
    plain = _without_accents(lower)
    if plain != lower and len(plain) >= MIN_PLAIN_CHARS and (term := _term(plain)):
        yield term
    spelt_out = _without_accents(lower.translate(TWO_LETTERS))
    if spelt_out not in (lower, plain) and (term := _term(spelt_out)):
        yield term


def _without_accents(lower: str) -> str:
    decomposed = unicodedata.normalize("NFD", lower.translate(PLAIN_LETTERS))
    return unicodedata.normalize("NFC", ACCENTS.sub("", decomposed))


def _term(word: str) -> str | None:
    lower = word.lower()
    if not lower.isascii():
        lower = unicodedata.normalize("NFC", lower)
    if lower in STOP_WORDS or lower.isdecimal():
        return None
    return vocabulary().term(SINGULARS.get(lower, lower))
