"""Look up the classes of words and phrases.

Rules speak of classes alone (`operators.py`), so a new wording needs a word in `word_tables.py`, not a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from understanding.word_tables import TABLE, TOPICS
from understanding.words import (
    ADJECTIVES,
    ASPECTS,
    BEST,
    LEAST,
    MOST,
    NUMBERS,
    forms_of,
)

PERSONS: Final = frozenset(["he", "his", "him", "himself"])


def _classes() -> dict[tuple[str, ...], frozenset[str]]:
    """Return the classes of every word and phrase."""
    found: dict[tuple[str, ...], set[str]] = {}
    for name, table in (*TABLE.items(), *TOPICS.items()):
        for phrase in table.split():
            written = (phrase,) if phrase == "_" else tuple(phrase.split("_"))
            found.setdefault(written, set()).add(name)
            if PERSONS & set(written):
                found[written].add("person")
    for adjective in ADJECTIVES:
        found.setdefault((adjective,), set()).add("adjective")
        for form in forms_of(adjective, "est"):
            found.setdefault((form,), set()).add("superlative")
        for form in forms_of(adjective, "er"):
            found.setdefault((form,), set()).add("comparative")
    for name, listed in (("aspect", ASPECTS), ("most", MOST), ("least", LEAST), ("best", BEST)):
        for word in listed:
            found.setdefault((word,), set()).add(name)
    for number in NUMBERS:
        found.setdefault(tuple(number.split()), set()).add("number")
    return {phrase: frozenset(names) for phrase, names in found.items()}


CLASSES_OF: Final[Mapping[tuple[str, ...], frozenset[str]]] = _classes()
EVERY_CLASS: Final = frozenset[str]().union(*CLASSES_OF.values()) - {"than"}
LONGEST: Final = max(map(len, CLASSES_OF))
# No single one of these words names a technology or a repository.
OWN: Final = frozenset(
    {word for phrase in CLASSES_OF for word in phrase}
    | set(
        "how archived fork forks tests test ci license licence without not only except since before after until "
        "why no week month portfolio".split()
    )
) - {"go"}
