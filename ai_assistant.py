"""Which repositories answer a question, and the answer in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypedDict

from answers.desk import Answer, AnswerDesk
from answers.model import Breaker, ModelSettings, embed, has_model
from answers.suggestions import subjects, suggestions
from cache import Portfolio
from errors import AnswerFailed
from observability import Facts, logger
from relevance.index import Match, Meaning, PortfolioIndex

MOST_MEANINGS = 500
MEANING_TIMEOUT_S = 2.0  # a visitor waits: without it the ranking goes by words
SIGNAL_WORDS = {
    "name": "name",
    "topics": "topics",
    "description": "description",
    "context": "context file",
    "languages": "languages",
    "dependencies": "dependencies",
    "file_types": "file types",
    "paths": "file and folder names",
    "readme": "README",
}


class RepoScore(TypedDict):
    """How one repository answers a question."""

    name: str
    score: float  # 0..1
    signals: dict[str, float]  # where the score was earned; sums up to it
    matched_terms: list[str]
    reasons: list[str]  # for people


def build_index(bundles: Sequence[Mapping[str, Any]]) -> PortfolioIndex:
    """Prepare a portfolio for many questions."""
    return PortfolioIndex(bundles)


def calculate_repo_scores(
    bundles: Sequence[Mapping[str, Any]] | PortfolioIndex,
    query: str,
    *,
    meaning: Meaning | None = None,
) -> list[RepoScore]:
    """Rank repositories by how well they answer `query`, best first, at most 50.

    Scores lie in 0..1 and mean the same for every question: the share of what was asked for that
    the repository has, weighted by how telling each word is. Equal scores keep name order. Empty:
    nothing answers. `meaning` adds what is near without the same words. Pure.
    """
    index = bundles if isinstance(bundles, PortfolioIndex) else build_index(bundles)
    return [
        {
            "name": match.name,
            "score": match.score,
            "signals": match.signals,
            "matched_terms": list(match.terms),
            "reasons": [_reason(match)],
        }
        for match in index.matches(query, meaning)
    ]


def _reason(match: Match) -> str:
    places = [SIGNAL_WORDS[field] for field in match.signals if field in SIGNAL_WORDS][:3]
    if not places:
        return "close in meaning"
    *first, last = places
    where = f"{', '.join(first)} and {last}" if first else last
    words = [
        f"{match.through[term]} (for {term})" if term in match.through else term
        for term in match.terms
    ]
    return f"{', '.join(words)} in its {where}"


def nearest_repos(portfolio: Portfolio, query: str) -> list[str]:
    """Names of what comes nearest to a question that nothing answers, best first."""
    return portfolio.memo("index", build_index).nearest(query)


async def meaning_of(question: str, settings: ModelSettings) -> Meaning | None:
    """The question's direction; None without a model, or when it does not deliver in time."""
    model = settings.openai_embedding_model
    if not (has_model(settings) and model):
        return None
    key = (model, " ".join(question.lower().split()))
    if key not in _meanings and _meaning_breaker.is_open:
        return None
    if key not in _meanings:
        try:
            (vector,) = await asyncio.wait_for(
                asyncio.to_thread(embed, [question], settings, MEANING_TIMEOUT_S), MEANING_TIMEOUT_S
            )
        except (AnswerFailed, TimeoutError) as error:
            _meaning_breaker.failed()
            logger.warning("meaning.failed %s", Facts(model=model, error=type(error).__name__))
            return None
        _meaning_breaker.succeeded()
        while len(_meanings) >= MOST_MEANINGS:
            _meanings.pop(next(iter(_meanings)))
        _meanings[key] = Meaning(model, tuple(vector))
    return _meanings[key]


_meanings: dict[tuple[str, str], Meaning] = {}  # of the last questions
_meaning_breaker = (
    Breaker()
)  # a model of embeddings that is down must not cost every visitor its timeout


def is_no_match(scores: Sequence[RepoScore]) -> bool:
    """Whether nothing in the portfolio answers."""
    return not scores


@cache
def answer_desk() -> AnswerDesk:
    """The answers of this process."""
    return AnswerDesk()


async def answer(
    question: str, portfolio: Portfolio, scores: Sequence[RepoScore], *, settings: ModelSettings
) -> Answer:
    """A few sentences that cite repositories: the model's, if there is one and it delivers in time,
    else an extractive answer."""
    by_name = portfolio.by_name()
    ranked = [(by_name[each["name"]], each["score"]) for each in scores]
    return await answer_desk().answer(
        question, portfolio.username, portfolio.etag, ranked, settings
    )


def suggest(question: str, portfolio: Portfolio, scores: Sequence[RepoScore]) -> list[str]:
    """Three questions that the portfolio can answer, to ask next."""
    known = portfolio.memo("subjects", subjects)
    index = portfolio.memo("index", build_index)
    top = portfolio.by_name()[scores[0]["name"]] if scores else None
    return suggestions(question, index, known, top)
