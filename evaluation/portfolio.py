"""A portfolio to measure a ranking with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.measures import Question
from models import Bundle


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPortfolio:
    """A portfolio and the questions about it.

    It is equal only to itself, so that an index can be kept for it by `functools.cache`.
    """

    name: str
    bundles: tuple[Bundle, ...]
    questions: tuple[Question, ...]
    # Repository -> whatever text of it is known, and all its paths, whether or not the product
    # reads them: claims are checked against these.
    texts: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, tuple[str, ...]]
