"""Words with a meaning of their own in questions: numbers, nouns, orders, and what stands beside names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from understanding.model import SortField

# --- Numbers
NUMBERS: Final = {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"couple of": 2, "few": 3}
NUMBER: Final = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"

# --- Repositories
STRONG_NOUNS: Final = frozenset(
    "project projects repo repos repository repositories projekt projekte codebase codebases".split()
)
NOUN: Final = r"(?:projects?|repos?|repository|repositories|projekts?|codebases?)"
APPS: Final = frozenset("app apps application applications program programs".split())
THINGS: Final = frozenset("thing things work stuff pushes updates piece pieces".split())
SINGULAR_NOUNS: Final = frozenset(
    """
    project repo repository projekt codebase app application program script thing piece creation one library
    """.split()
)

# --- Verbs of persons: things do not know or prefer anything.
VERBS_OF_PERSONS: Final = frozenset(
    """
    know use used worked made built wrote written write created started prefer understand learn learned code
    program make build create start ever got able familiar experienced proficient comfortable skilled good
    better a an more
    """.split()
)
BLAND_VERBS: Final = frozenset("work working done do push pushed have like been last".split())

# --- Order: what an adjective sorts by, and whether "most" or "-est" of it is the highest value.
_ORDERS: Final[tuple[tuple[SortField, bool, str], ...]] = (
    ("created", True, "new young fresh"),
    ("pushed", True, "recent recently late touched updated"),
    ("created", False, "old early"),
    ("pushed", False, "stale dusty outdated forgotten neglected abandoned untouched inactive"),
    ("stars", True, "starred popular liked famous loved appreciated stargazed"),
    ("code", True, "big large heavy long huge bulky hefty massive extensive substantial"),
    ("code", False, "small tiny short light little compact minimal"),
    ("commits", True, "active busy"),
)
ADJECTIVES: Final[Mapping[str, tuple[SortField, bool]]] = {
    adjective: (field, descending)
    for field, descending, adjectives in _ORDERS
    for adjective in adjectives.split()
}
# What is counted: "the most stars", "by size".
_ASPECTS: Final[tuple[tuple[SortField, str], ...]] = (
    ("stars", "stars star stargazers popularity likes"),
    ("code", "code lines loc size length"),
    ("commits", "commits commit activity"),
    ("pushed", "recency date push update updates"),
    ("created", "age"),
)
ASPECTS: Final[Mapping[str, SortField]] = {
    aspect: field for field, aspects in _ASPECTS for aspect in aspects.split()
}
MOST: Final = frozenset("most highest top greatest".split())
LEAST: Final = frozenset("least fewest lowest".split())
BEST: Final = frozenset(
    """
    best top coolest greatest finest strongest nicest favourite favorite flagship impressive interesting important
    notable remarkable outstanding exciting noteworthy polished
    """.split()
)

ROLE_NOUNS: Final = frozenset(
    "developer engineer scientist administrator programmer designer architect analyst researcher tester".split()
)

# An ambiguous name of a technology is one behind these words, or before those.
BEFORE_NAMES: Final = frozenset(
    """
    in with without using use uses used know knows not only no except and or vs versus , write wrote than
    compare is of known do done tried touched up his at any some much pure purely non contain contains
    need learn learned speak code between against excluding minus more start mix combine best latest newest oldest
    biggest neither nor both into towards predominantly mostly mainly really
    """.split()
)
AFTER_NAMES: Final = frozenset(
    """
    projects project repos repo repositories repository experience code developer engineer programmer only skills
    versus vs but programs apps scripts app services service examples ones work stuff things tools code side anywhere
    here scripting programming coding codebase codebases knowledge
    """.split()
)
# An ordinary word behind these may be a repository's name: "what does lantern use".
BEFORE_REPOSITORIES: Final = frozenset("does did to like of behind than resembles".split())
# Adverbs that may stand anywhere, also within a phrase.
NO_ADVERBS: Final = frozenset(
    "family assembly supply reply apply anomaly butterfly monopoly daily weekly monthly yearly hourly quarterly "
    "friendly elderly only early july italy".split()
)
ADVERBS: Final = frozenset("even really actually simply basically honestly please".split())
AUXILIARIES: Final = frozenset("do does did has have is are was were can".split())
BEFORE_KINDS: Final = frozenset("used use uses using with without no not have".split())
# A period may stand behind these words: it is the repositories'.
BESIDE_PERIODS: Final = frozenset(
    """
    the a an of his is are was were do does did has have had there here in on at and , & i me show tell give list
    find all any which what please he that those these them public github own so far ever made built done
    written created build make wrote write coded worked work to see display been currently with one ones exist
    total activity popped you get got finish finished both anything everything whole it together each
    started just around every
    """.split()
)
NEVER_SUBJECT: Final = frozenset(
    """
    how many much when why who where without not no except only since before after until than more less most least
    , or should would could can it
    """.split()
)


def number_of(text: str) -> int:
    """Return the number that digits, "10+" or a word stand for."""
    return NUMBERS[text] if text in NUMBERS else int(text.rstrip("+"))


def forms_of(adjective: str, ending: str) -> tuple[str, ...]:
    """Return how an ending may be written behind an adjective: newest, biggest, tiniest, latest."""
    if adjective.endswith("y"):
        return (f"{adjective[:-1]}i{ending}",)
    if adjective.endswith("e"):
        return (adjective + ending[1:],)
    return adjective + ending, adjective + adjective[-1] + ending
