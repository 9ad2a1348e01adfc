"""The forms in which a model can be asked: servers and models support different parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from answers.prompt import REPLY_SCHEMA

MAX_ANSWER_TOKENS = 500
REASONING_FACTOR = 4  # reasoning models count their thoughts as tokens of the answer
# After this, the best form is tried again: if another one works, or if none does.
FORM_LIFETIME_S, REFUSED_LIFETIME_S = 3_600.0, 60.0
JSON_SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "strict": True, "schema": REPLY_SCHEMA},
}
FORMATS: dict[str, dict[str, Any]] = {
    "json_schema": JSON_SCHEMA,
    "json_object": {"type": "json_object"},
}


@dataclass(frozen=True, slots=True)
class Form:
    """The optional parameters of a request."""

    format: Literal["json_schema", "json_object", "text"] = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens", ""] = "max_tokens"
    has_temperature: bool = True

    def parameters(self, *, reasons: bool) -> dict[str, Any]:
        """Return the parameters; `reasons`: the model needs room for its thoughts."""
        is_long = reasons or self.limit == "max_completion_tokens"
        tokens = MAX_ANSWER_TOKENS * (REASONING_FACTOR if is_long else 1)
        return {
            **({"response_format": FORMATS[self.format]} if self.format in FORMATS else {}),
            **({self.limit: tokens} if self.limit else {}),
            **({"temperature": 0} if self.has_temperature else {}),
        }

    def without(self, parameter: str) -> Form | None:
        """Return the form to try if `parameter` is refused, or if nobody says which one is.

        None if there is no other form.
        """
        match parameter:
            case "temperature" if self.has_temperature:
                return replace(self, has_temperature=False)
            case "max_tokens" if self.limit == "max_tokens":
                # Models that refuse it reason, and reasoning models refuse a temperature, too.
                return replace(self, limit="max_completion_tokens", has_temperature=False)
            case "max_completion_tokens" if self.limit == "max_completion_tokens":
                return replace(self, limit="")
            case "response_format" if self.format != "text":
                return replace(
                    self, format="json_object" if self.format == "json_schema" else "text"
                )
        following = GUESSES.index(self) + 1 if self in GUESSES else len(GUESSES) - 1
        return GUESSES[following] if following < len(GUESSES) else None


# What to try where the server does not say what it refuses, most likely first.
BEST = Form()
GUESSES = (
    BEST,
    Form("json_object"),
    Form("json_schema", "max_completion_tokens", has_temperature=False),
    Form("text", "max_tokens", has_temperature=False),
    Form("text", "", has_temperature=False),
)


@dataclass(slots=True)
class KnownForms:
    """What is known of the forms that a model accepts, learned from visitors' own requests."""

    _worked: Form | None = None
    _refused: set[Form] = field(default_factory=set)
    _forget_at: float = 0.0

    def first(self, now: float) -> Form:
        """Return the form to begin a request with: one that works, or the best one to find out."""
        if now >= self._forget_at:
            # One request finds out for all whether the server has changed.
            self._forget_at = now + (FORM_LIFETIME_S if self._worked else REFUSED_LIFETIME_S)
            self._refused.clear()
            return BEST
        return self._worked or BEST

    def next(self, tried: Sequence[Form], parameter: str) -> Form | None:
        """Return the form to try after the refusal of the last one tried; None if none is left.

        Every form is tried once, but one that has worked is not given up for good: its refusal may
        be about the request.
        """
        if tried[-1] != self._worked:
            self._refused.add(tried[-1])
            if self._worked and self._worked not in tried:
                return self._worked
        following = tried[-1].without(parameter)
        while following in self._refused or following in tried:
            following = following.without("") if following else None
        return following

    def succeeded(self, form: Form, now: float) -> None:
        """Remember a form that works."""
        if self._worked != form:
            self._forget_at = now + FORM_LIFETIME_S
        self._worked = form
