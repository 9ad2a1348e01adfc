"""This app's ranking, as the evaluation sees it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ai_assistant import UNNAMED, RepoScore, calculate_repo_scores
from evaluation.fitting import Ranking
from evaluation.measures import Claim, Result
from evaluation.portfolio import JudgedPortfolio
from evaluation.weights import fit_weights, index_of

PLACES = " in its "  # between what a reason claims and where that stands
SHOWN_AS = re.compile(r"(?P<shown>.+) \(for (?P<term>.+?)(?:; read as (?P<meant>.+))?\)")


def fit_product(portfolios: Sequence[JudgedPortfolio]) -> Ranking:
    """Return this app's ranking, with weights fitted on these portfolios."""
    weights = fit_weights(portfolios)

    def rank(portfolio: JudgedPortfolio, question: str) -> list[Result]:
        """Rank a portfolio as the app does without an embedding model."""
        scores = calculate_repo_scores(index_of(portfolio), question, weights=weights)
        return [Result(score["name"], score["score"], claims_of(score)) for score in scores]

    return rank


def claims_of(score: RepoScore) -> tuple[Claim, ...]:
    """Return what a result's matched terms and reasons claim, each term once."""
    # A matched term is the repository's word, which a reason may say to stand for the visitor's.
    claims = {term: Claim(term) for term in score["matched_terms"]}
    for reason in score["reasons"]:
        claimed, _, _ = reason.rpartition(PLACES)
        for item in filter(None, claimed.removesuffix(UNNAMED).split(", ")):
            if pair := SHOWN_AS.fullmatch(item):
                claims[item] = Claim(pair["term"], pair["shown"], pair["meant"])
            else:
                claims.setdefault(item, Claim(item))
    return tuple(claims.values())
