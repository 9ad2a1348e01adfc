"""Rank a portfolio's repositories for a question, and write the answer.

Scores are made in `relevance.index`, answers in `answers.desk`; replies of a model are validated in
`answers.reply`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NotRequired, TypedDict, cast

from answers.desk import Answer, AnswerDesk, Asked, ModelHealth
from answers.evidence import MAX_EVIDENCE, ShownPlace
from answers.extractive import Result, difference, extract
from answers.model import Breaker, ChatModel, EmbeddingModel, ModelSettings
from answers.prompt import MAX_CITED
from answers.shown import shown_description, shown_text
from answers.suggestions import Suggester
from cache import Portfolio
from errors import AnswerFailed
from models import Bundle, PublishedBundle
from observability import Facts, logger
from relevance.embeddings import QuestionEmbedding, pack_embedding, text_to_embed
from relevance.index import MAX_MATCHES, Absent, Match, PortfolioIndex
from relevance.scoring import Weights
from relevance.terms import RepositoryTerms
from understanding.facts import PortfolioFacts
from understanding.model import Place, Told, Understood
from understanding.reading import FIND, Names, read
from understanding.sentences import listed
from understanding.telling import places_of, tell

MAX_QUESTION_EMBEDDINGS = 500  # kept in memory
QUESTION_EMBEDDING_TIMEOUT_S = 2.0  # a visitor waits; without it the ranking uses words alone
BUNDLE_EMBEDDING_TIMEOUT_S = 30.0
MAX_REASON_PLACES = 3
SUGGESTED_THRESHOLD = 0.5  # a suggested question has a better answer
UNNAMED = "words of the subject"  # in reasons, where no single word can be claimed
# Names of the signals in reasons, which people read.
SIGNAL_NAMES = {
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
    """How well one repository answers a question."""

    name: str
    score: float  # 0..1
    signals: dict[str, float]  # signal -> its part of the score; the parts add up to the score
    matched_terms: list[str]
    reasons: list[str]  # for people
    places: NotRequired[list[ShownPlace]]  # that a fact rests on; a ranking's are found by words


@dataclass(frozen=True, slots=True)
class Ranking:
    """A portfolio's repositories, ranked for one question."""

    portfolio: Portfolio
    question: str
    scores: list[RepoScore]  # best first
    # If nothing answers, the names of the repositories that come closest, best first; and what the
    # question names that none has.
    nearest: list[str]
    absent: list[Absent]
    understood: Understood = FIND
    corrections: Mapping[str, str] = field(default_factory=dict)  # misspelled word -> what it means
    told: Told | None = None  # what the facts answer; then `scores` are in the order asked for

    @property
    def no_match(self) -> bool:
        """Whether no repository answers the question; zero is an answer that none does."""
        return not self.scores and (self.told is None or self.told.fact.value == 0)

    @property
    def corrected(self) -> str:
        """The question, with its misspelled words as they were read."""
        text = self.question
        for written, meant in self.corrections.items():
            text = text.replace(written, meant)
        return text

    @property
    def difference(self) -> str:
        """A sentence that says what the question asks for and the portfolio does not have."""
        return self.told.text if self.told else difference(self.absent, len(self.portfolio.bundles))


def calculate_repo_scores(
    bundles: Sequence[Bundle] | PortfolioIndex,
    query: str,
    *,
    embedding: QuestionEmbedding | None = None,
    weights: Weights | None = None,
) -> list[RepoScore]:
    """Rank repositories by how well they answer `query`, best first, at most 50.

    Scores lie in 0..1 and can be compared between questions; `relevance.index` says how they are
    made. Equal scores keep name order. Empty if nothing answers. `embedding` adds repositories that
    are close in meaning; `weights` takes the place of the fitted ones. Pure.
    """
    index = bundles if isinstance(bundles, PortfolioIndex) else PortfolioIndex(bundles)
    return [_repo_score(match) for match in index.rank(query, embedding, weights).matches]


def understand(portfolio: Portfolio, question: str, now: datetime) -> Understood:
    """Read what a question asks of a portfolio. Pure."""
    return read(question, portfolio.memo(_names), now)


def answer_question(
    portfolio: Portfolio,
    question: str,
    understood: Understood,
    now: datetime,
    embedding: QuestionEmbedding | None = None,
) -> Ranking:
    """Tell what the facts of a portfolio answer, or else rank it for the question. Pure."""
    if understood.kind == "find":
        return rank(portfolio, question, embedding)
    found = portfolio.index.rank(understood.subject, embedding) if understood.subject else None
    names = [match.name for match in found.matches] if found else None
    facts = _facts(portfolio)
    told = tell(understood, facts, now, names, portfolio.pending)
    if told is None:
        return rank(portfolio, question, embedding)
    return Ranking(
        portfolio=portfolio,
        question=question,
        scores=[
            _told_score(name, reason, places_of(understood, told, facts.by_name[name.lower()]))
            for name, reason in told.results[:MAX_MATCHES]
        ],
        nearest=found.nearest if found else [],
        absent=found.absent if found else [],
        understood=understood,
        told=told,
    )


def rank(
    portfolio: Portfolio, question: str, embedding: QuestionEmbedding | None = None
) -> Ranking:
    """Rank a portfolio for a question. Pure."""
    ranked = portfolio.index.rank(question, embedding)
    return Ranking(
        portfolio=portfolio,
        question=question,
        scores=[_repo_score(match) for match in ranked.matches],
        nearest=ranked.nearest,
        absent=ranked.absent,
        corrections={
            written: meant
            for match in ranked.matches
            for written, meant in match.corrections.items()
        },
    )


class Assistant:
    """Ranks portfolios and writes answers, with the owner's models where they are set.

    Keeps what all requests share: answers, question embeddings and the state of the models.
    Not thread-safe: call it on the event loop's thread. `with_embeddings` may run on any thread.
    """

    def __init__(self, settings: ModelSettings) -> None:
        """Prepare the models without calling them."""
        self._chat_model = ChatModel(settings)
        self.desk = AnswerDesk(self._chat_model)
        self._embedding_model = EmbeddingModel(settings)
        # An embedding model that is down must not cost every visitor its timeout.
        self._embedding_breaker = Breaker()
        self._question_embeddings: OrderedDict[str, QuestionEmbedding] = OrderedDict()

    @property
    def embeds(self) -> bool:
        """Whether an embedding model is configured."""
        return self._embedding_model.is_configured

    async def rank(self, portfolio: Portfolio, question: str) -> Ranking:
        """Rank a portfolio for a question: by words and, with an embedding model, by meaning."""
        return rank(portfolio, question, await self._embed_question(question))

    async def answer_question(self, portfolio: Portfolio, question: str, now: datetime) -> Ranking:
        """Tell what the facts of a portfolio answer, or else rank it for the question."""
        understood = understand(portfolio, question, now)
        is_searched = understood.kind == "find" or understood.subject
        embedding = await self._embed_question(question) if is_searched else None
        return answer_question(portfolio, question, understood, now, embedding)

    async def answer(self, ranking: Ranking) -> Answer:
        """Write a few sentences that cite repositories, with the model or without one.

        Of a question for a fact, they state the fact.
        """
        by_name = ranking.portfolio.by_name()
        return await self.desk.answer(
            Asked(
                question=ranking.question,
                username=ranking.portfolio.username,
                version=ranking.portfolio.etag,
                ranked=[(by_name[score["name"]], score["score"]) for score in ranking.scores],
                without_model=lambda: _without_model(ranking),
                understood=ranking.understood,
                told=ranking.told,
            )
        )

    def model_health(self) -> ModelHealth:
        """Report how the model that writes answers does."""
        return self.desk.health()

    def with_embeddings(self, bundles: list[Bundle]) -> list[Bundle]:
        """Add embeddings to the bundles; return them unchanged without a model or if it fails."""
        model = self._embedding_model
        if not bundles or not model.is_configured:
            return bundles
        try:
            vectors = model.embed(
                [text_to_embed(bundle) for bundle in bundles], BUNDLE_EMBEDDING_TIMEOUT_S
            )
        except AnswerFailed as error:
            logger.warning("embedding.failed %s", Facts(model=model.name, error=str(error)))
            return bundles
        return [
            {**bundle, "embedding": cast(dict[str, str], pack_embedding(str(model.name), vector))}
            for bundle, vector in zip(bundles, vectors, strict=True)
        ]

    async def close(self) -> None:
        """Close the connections to the models; the next call opens new ones."""
        await self._chat_model.close()
        self._embedding_model.close()

    async def _embed_question(self, question: str) -> QuestionEmbedding | None:
        """Return the question's embedding, or None without a model or if it does not reply in time."""
        model = self._embedding_model
        if not model.is_configured:
            return None
        key = " ".join(question.lower().split())
        if key in self._question_embeddings:
            self._question_embeddings.move_to_end(key)
            return self._question_embeddings[key]
        if self._embedding_breaker.is_open:
            return None
        try:
            (vector,) = await asyncio.wait_for(
                asyncio.to_thread(model.embed, [question], QUESTION_EMBEDDING_TIMEOUT_S),
                QUESTION_EMBEDDING_TIMEOUT_S,
            )
        except (AnswerFailed, TimeoutError) as error:
            self._embedding_breaker.failed()
            logger.warning(
                "question_embedding.failed %s", Facts(model=model.name, error=type(error).__name__)
            )
            return None
        self._embedding_breaker.succeeded()
        embedding = QuestionEmbedding(str(model.name), tuple(vector))
        self._question_embeddings[key] = embedding
        while len(self._question_embeddings) > MAX_QUESTION_EMBEDDINGS:
            self._question_embeddings.popitem(last=False)
        return embedding


def suggest(ranking: Ranking) -> list[str]:
    """Suggest at most three questions to ask next, all of which the portfolio answers."""
    portfolio = ranking.portfolio
    facts = _facts(portfolio)

    def check(question: str) -> Understood | None:
        now = portfolio.refreshed_at  # none of them asks for a time
        understood = understand(portfolio, question, now)
        answered = answer_question(portfolio, question, understood, now)
        is_clear = answered.scores and answered.scores[0]["score"] >= SUGGESTED_THRESHOLD
        return understood if is_clear else None

    best = [score["name"] for score in ranking.scores[:MAX_CITED]]
    suggester = portfolio.memo(_suggester, facts)
    return suggester.suggest(ranking.corrected, ranking.understood, best, check)


def _suggester(_: Sequence[PublishedBundle], facts: PortfolioFacts) -> Suggester:
    return Suggester(facts)


def _without_model(ranking: Ranking) -> tuple[str, list[PublishedBundle]]:
    """Write an answer without a model, and return it with the repositories that it cites."""
    if ranking.told:
        by_name = ranking.portfolio.by_name()
        return ranking.told.text, [by_name[score["name"]] for score in ranking.scores[:MAX_CITED]]
    if not ranking.scores:
        return ranking.difference, []
    results = [
        Result(
            name=score["name"],
            score=score["score"],
            signals=score["signals"],
            matched_terms=score["matched_terms"],
            places=_places(score["signals"]),
        )
        for score in ranking.scores
    ]
    portfolio = ranking.portfolio
    facts = _facts(portfolio)
    return extract(ranking.corrected, results, facts)


def _names(bundles: Sequence[PublishedBundle]) -> Names:
    return Names([bundle["metadata"]["name"] for bundle in bundles])


def _facts(portfolio: Portfolio) -> PortfolioFacts:
    index = portfolio.index
    return portfolio.memo(_facts_of, index.analysed, index.listed)


def _facts_of(
    bundles: Sequence[PublishedBundle],
    analysed: Sequence[RepositoryTerms],
    listed_terms: Sequence[RepositoryTerms],
) -> PortfolioFacts:
    plain = [_plain(bundle) for bundle in bundles]
    # Where a description is not shown as it stands, what is left out of it shows nothing.
    known = [
        terms if shown["metadata"]["description"] == bundle["metadata"]["description"] else None
        for bundle, shown, terms in zip(bundles, plain, listed_terms, strict=True)
    ]
    return PortfolioFacts(plain, analysed, known)


def _plain(bundle: PublishedBundle) -> PublishedBundle:
    """Leave of a repository's own words only what says what it is, as plain text."""
    metadata = bundle["metadata"]
    description = shown_description(metadata["description"] or "") or None
    return {
        **bundle,
        "summary": shown_description(bundle["summary"]),
        "metadata": {**metadata, "description": description},
    }


def _told_score(name: str, reason: str, places: Iterable[Place]) -> RepoScore:
    """Describe a repository that a fact rests on: no ranking, so no doubt and no signals."""
    return {
        "name": name,
        "score": 1.0,
        "signals": {},
        "matched_terms": [],
        "reasons": [reason],
        "places": [
            ShownPlace(each.term, each.signal, each.path, each.line, shown_text(each.quote))
            for each in islice(places, MAX_EVIDENCE)
        ],
    }


def _repo_score(match: Match) -> RepoScore:
    return {
        "name": match.name,
        "score": match.score,
        "signals": match.signals,
        # What the repository shows, which may stand for another word of the question.
        "matched_terms": list(
            dict.fromkeys(match.expansions.get(word, word) for word in match.terms)
        ),
        "reasons": [_reason(match)],
    }


def _reason(match: Match) -> str:
    places = _places(match.signals)
    if not places:
        return "close in meaning"
    words = [_claim(match, word) for word in match.terms]
    return f"{', '.join(words) or UNNAMED} in {places}"


def _places(signals: Mapping[str, float]) -> str:
    """Name the places that signals stand for: `its name, topics and README`; "" if for none."""
    places = [SIGNAL_NAMES[signal] for signal in signals if signal in SIGNAL_NAMES]
    return f"its {listed(places[:MAX_REASON_PLACES])}" if places else ""


def _claim(match: Match, word: str) -> str:
    """Say which word of the repository stands for a word of the question."""
    found, meant = match.expansions.get(word, word), match.corrections.get(word)
    if found == word:
        return word
    is_clear = meant is None or _letters(found) == _letters(meant)
    return f"{found} (for {word})" if is_clear else f"{found} (for {word}; read as {meant})"


def _letters(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())
