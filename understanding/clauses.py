"""Find the clause of a question that asks: "I'm hiring for mobile, is he a mobile developer?" """

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

MAX_CLAUSES = 4
BORDER: Final = re.compile(r"[.;!?]+\s+|,\s+|\s[-–—]+\s|:\s+")
# People speak of themselves or of somebody before they ask; a list of words does not.
INTRODUCING: Final = re.compile(
    r"\b(?:i|i'm|im|i've|i'd|we|we're|we've|we'd|my|our|us|not sure|no idea|hello|hi|hey|thanks|thank|please|"
    r"got|given|judging|going by|looking|based on|this|these|he|she|they|you|curious|serious|honest|just|"
    r"\w+[ -]wise)\b",
    re.IGNORECASE,
)
PRONOUN: Final = re.compile(r"\b(?:both|either|that one|those|them|that|it)\b", re.IGNORECASE)


def asking_clauses(question: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield every clause that may be the one that asks, with the others, which introduce it."""
    clauses = [clause.strip() for clause in BORDER.split(question) if clause.strip()]
    if not 1 < len(clauses) <= MAX_CLAUSES:
        return
    for place, clause in enumerate(clauses):
        others = [*clauses[:place], *clauses[place + 1 :]]
        if all(INTRODUCING.search(other) for other in others):
            yield clause, others


def with_names(clause: str, names: Sequence[str]) -> str | None:
    """Write names for the pronoun of a clause; None if it has none."""
    return PRONOUN.sub(" and ".join(names), clause, count=1) if PRONOUN.search(clause) else None
