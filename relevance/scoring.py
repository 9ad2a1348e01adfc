"""Make a score of signals: the probability that a visitor would call a repository relevant.

    score = 1 ÷ (1 + e^-(intercept + Σ weight × signal))

The weights of this logistic regression are fitted by judged questions (`evaluation/weights.py`) and
stored with what they were fitted on in `data/weights.toml`.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "weights.toml"


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a repository, each 0..1."""

    words: float  # share of what the question asks for, by how telling it is
    named: float  # the same of the technologies, kinds and subjects that it names
    phrase: float  # how much of it stands there in the question's order
    letters: float  # how near the letters of both are, `relevance.trigrams`


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts."""

    intercept: float
    words: float
    named: float
    phrase: float
    letters: float

    def score(self, signals: Signals) -> float:
        """Return the probability that a repository with these signals is relevant."""
        return 1 / (1 + math.exp(-self.intercept - sum(self.parts(signals).values())))

    def parts(self, signals: Signals) -> dict[str, float]:
        """Return what each signal adds to the logarithm of the odds."""
        return {
            "words": self.words * signals.words + self.named * signals.named
            + self.phrase * signals.phrase,
            "letters": self.letters * signals.letters,
        }  # fmt: skip


@cache
def fitted_weights() -> Weights:
    """Load `weights.toml`, once per process."""
    return Weights(**tomllib.loads(DATA.read_text(encoding="utf-8"))["weights"])
