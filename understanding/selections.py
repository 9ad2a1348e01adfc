"""Read questions for a set of repositories: how many, the most of something, a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from understanding import words
from understanding.draft import Draft
from understanding.entities import is_known
from understanding.model import Kind, Sort, Term, Understood
from understanding.operators import Word, named
from understanding.orders import LAST_PUSHED, has_order, order_at

MAX_SUBJECT_WORDS = 4
NO_WORD: Final = Word("", frozenset())
# What a question for a set may consist of, beside its subject.
PLAIN: Final = frozenset(
    "glue filler noun list ask any all technology kind build use else touching".split()
)
DOUBTFUL: Final = frozenset(
    "would could should must might may can will it how where when why i".split()
)
MODAL: Final = frozenset("would could can will i".split())


@dataclass(slots=True)
class Selection:
    """A question for a set of repositories, while it is read."""

    draft: Draft
    words: list[Word]
    sort: Sort | None = None
    limit: int | None = None
    is_best: bool = False
    about: list[Term] = field(default_factory=list)
    either: list[Term] = field(default_factory=list)
    has_person: bool = field(init=False)

    def __post_init__(self) -> None:
        self.has_person = bool(named(self.words, "person"))


def read_selection(draft: Draft, question: Sequence[Word]) -> Understood | None:
    """Read a question for a set of repositories; None if it is none, or doubtful."""
    return (
        _activity(draft, question)
        or _count(Selection(draft, list(question)))
        or _ordered(Selection(draft, list(question)))
        or _list(Selection(draft, list(question)))
    )


# --- What is worked on
def _activity(draft: Draft, question: Sequence[Word]) -> Understood | None:
    """Read "what has he been working on lately", "anything new since march"."""
    if _is_last_push(draft, question):
        return Understood("superlative", sort=LAST_PUSHED, limit=1)
    allowed = {"glue", "filler", "ask", "any", "doing", "now", "person", "technology", "most"}
    first = question[0].classes
    is_new = any(
        word.text in ("new", "changed", "happened", "happening", "going on") for word in question
    )
    has_person = bool(named(question, "person"))
    if (
        not first & {"ask", "any"}
        or not all(word.classes & allowed for word in question)
        or not (is_new or (has_person and named(question, "doing")))
    ):
        return None
    verbs = [word for word in named(question, "doing") if has_person]
    technologies = named(question, "technology")
    is_creating = any("creating" in word.classes for word in verbs)
    is_now = bool(named(question, "now"))
    is_whole = not has_person and len(question) == 2 and question[-1].text == "new"
    is_going_on = any(word.text in ("working", "doing", "up") for word in verbs)
    if technologies and not (has_person and "ask" in first):
        return None
    if not (draft.period or is_now or is_whole or (is_going_on and not technologies)):
        return None
    if draft.period:
        is_of_creation = is_creating or (not verbs and any(word.text == "new" for word in question))
        draft.period = replace(draft.period, field="created" if is_of_creation else "pushed")
    chosen = Selection(draft, list(question))
    chosen.about = draft.terms_in(" ".join(word.text for word in technologies))
    if is_now or is_whole or (verbs and not is_creating):
        is_newest = is_creating and bool(named(question, "most"))
        chosen.sort = Sort("created", True) if is_newest else LAST_PUSHED
    return _understood("list", chosen)


def _is_last_push(draft: Draft, question: Sequence[Word]) -> bool:
    """Tell whether "what did he push to last" is asked."""
    return (
        question[-1].text == "last"
        and "ask" in question[0].classes
        and bool(named(question, "person") and named(question[-3:], "doing"))
        and not draft.period
    )


# --- How many
def _count(chosen: Selection) -> Understood | None:
    if not _is_counting(chosen.words) or has_order(chosen.words):
        return None
    has_noun = _has_noun(chosen)
    is_compared = any({"count", "than"} <= word.classes for word in chosen.words) and bool(
        named(chosen.words, "number")
    )
    chosen.words = [
        word
        for word in chosen.words
        if not ("count" in word.classes and (is_compared or "than" not in word.classes))
        and not (is_compared and "number" in word.classes)
    ]
    subject = _take_subject(chosen)
    if subject is None:
        return None
    is_of_repositories = has_noun or (_is_filtered(chosen) and not subject)
    return _understood("count", chosen, subject) if is_of_repositories else None


def _is_counting(question: Sequence[Word]) -> bool:
    """Tell whether a number is asked for: "how many", "more than five"."""
    counts = [place for place, word in enumerate(question) if "count" in word.classes]
    return any(
        "than" not in question[place].classes
        or ("number" in question[place + 1].classes if place + 1 < len(question) else False)
        for place in counts
    )


# --- The most of something
def _ordered(chosen: Selection) -> Understood | None:
    is_one = _is_one(chosen.words)
    _take_orders(chosen)
    if not (chosen.sort or chosen.is_best):
        return None
    _take_limit(chosen)
    has_noun = _has_noun(chosen)
    subject = _take_subject(chosen)
    if subject is None or (subject and not is_known(subject.split())):
        return None
    is_ranked = chosen.sort is not None and (
        chosen.sort.field in ("stars", "commits") or chosen.is_best
    )
    if not has_noun and (subject or not is_ranked or not (chosen.limit or _is_filtered(chosen))):
        return None
    if chosen.sort and is_one and not chosen.limit:
        chosen.limit = 1
    return _understood("superlative" if chosen.sort else "highlights", chosen, subject)


def _take_orders(chosen: Selection) -> None:
    """Take every order out of the question; the first that sorts decides."""
    position = 0
    while position < len(chosen.words):
        order = order_at(chosen.words, position)
        if order is None:
            position += 1
            continue
        end, sort = order
        chosen.is_best = chosen.is_best or sort is None
        chosen.sort = chosen.sort or sort
        if [word.text for word in chosen.words[end : end + 1]] == ["first"]:  # "newest first"
            end += 1
        numbers = named(chosen.words[position:end], "number")
        chosen.words[position:end] = numbers


def _is_one(question: Sequence[Word]) -> bool:
    """Tell whether one repository is asked for, not several."""
    if any(word.text in words.SINGULAR_NOUNS for word in question):
        return True
    has_noun = any(word.classes & {"noun", "weak noun"} for word in question)
    verbs = {"is", "has", "was", "what is", "what was", "got"}
    return (
        "ask" in question[0].classes
        and any(word.text in verbs for word in question)
        and (not has_noun or question[0].text != "which" or question[1].text == "of")
    )


def _take_limit(chosen: Selection) -> None:
    numbers = named(chosen.words, "number")
    if len(numbers) == 1 and numbers[0].text not in ("one", "few"):
        chosen.limit = words.number_of(numbers[0].text)
    chosen.words = [word for word in chosen.words if word not in numbers or len(numbers) > 1]


# --- Lists
def _list(chosen: Selection) -> Understood | None:
    is_all = bool(named(chosen.words[:3], "all") and chosen.words[0].classes & {"list", "all"})
    _take_recent(chosen)
    has_noun = _has_noun(chosen)
    subject = _take_subject(chosen)
    if subject is None:
        return None
    is_asked = chosen.draft.is_asked
    has_noun = has_noun or bool(named(chosen.words, "any"))
    if is_all:
        is_list = not subject and (has_noun or _is_filtered(chosen))
    elif chosen.sort:  # by "recent"
        is_list = has_noun and not subject
    else:
        is_list = (chosen.draft.has_filters() or bool(chosen.either)) and (
            is_asked
            or has_noun
            or _is_excluding(chosen, subject)
            or (bool(chosen.either) and chosen.draft.has_filters() and not subject)
        )
    if subject and not has_noun and not _is_excluding(chosen, subject):
        return None
    return _understood("list", chosen, subject) if is_list else None


def _take_recent(chosen: Selection) -> None:
    """Take "recently updated" out; it sorts."""
    for place, word in enumerate(chosen.words):
        if word.text in ("recent", "recently", "lately", "of late"):
            behind = chosen.words[place + 1 : place + 2]
            chosen.sort = LAST_PUSHED
            if named(behind, "creating"):
                chosen.sort = Sort("created", True)
            has_verb = bool(named(behind, "touching"))
            del chosen.words[place : place + (2 if has_verb else 1)]
            return


def _is_excluding(chosen: Selection, subject: str) -> bool:
    """Tell whether a question that names no repositories can only be about them."""
    draft = chosen.draft
    if draft.only or (chosen.about and draft.not_):
        return not subject or bool(chosen.about)
    if not draft.not_ or any(term.kind == "kind" for term in draft.not_):
        return False
    # "animations without javascript" are rather a search, "chatbot without django" is none.
    is_made = all(term.kind == "technology" for term in draft.not_)
    words_of_subject = subject.split()
    return not subject or (
        is_made and (words_of_subject[-1] in words.APPS or is_known(words_of_subject))
    )


# --- What all of them have
def _has_noun(chosen: Selection) -> bool:
    """Tell whether a question names repositories. Things and apps are some if a person made them."""
    if named(chosen.words, "noun"):
        return True
    return any(_is_noun(chosen, place) for place in range(len(chosen.words)))


def _is_noun(chosen: Selection, place: int) -> bool:
    """Tell whether a thing or an app is a repository: somebody made it, or it is "recent work"."""
    word = chosen.words[place]
    before = chosen.words[place - 1] if place else NO_WORD
    return "weak noun" in word.classes and (
        chosen.has_person
        or "technology" in before.classes
        or (chosen.draft.is_asked and word.text in words.APPS)
        or ((chosen.sort is not None or chosen.is_best) and word.text in words.THINGS)
    )


def _is_filtered(chosen: Selection) -> bool:
    return chosen.draft.has_filters() or bool(chosen.about or chosen.either)


def _take_subject(chosen: Selection) -> str | None:
    """Take out what must be there, and return the rest if it may be a subject; None if not."""
    _take_alternatives(chosen)
    question = chosen.words
    marks = " ".join(word.text for word in question if word.classes & {"technology", "kind"})
    chosen.about = chosen.draft.terms_in(marks)
    is_plain = [
        _is_noun(chosen, place) or (bool(word.classes & PLAIN) and not _is_doubtful(chosen, word))
        for place, word in enumerate(question)
    ]
    content = [place for place, known in enumerate(is_plain) if not known]
    if not content:
        return ""
    first = content[0]
    last = _end_of_known(question, first, content[-1])
    spanned = question[first : last + 1]
    has_noun = _has_noun(chosen)
    if len(content) != len(spanned) and any(
        place <= content[-1]
        and is_plain[place]
        and question[place].text not in ("and", "for", "of", "the")
        for place in range(first, last + 1)
    ):
        return None
    tokens = " ".join(word.text for word in spanned).split()
    is_topic = tokens[0] in ("about", "for") or (
        first > 0 and question[first - 1].text in ("about", "on", "for")
    )
    if tokens[0] in ("about", "for"):
        tokens = tokens[1:]
    following = question[last + 1] if last + 1 < len(question) else NO_WORD
    is_before_noun = bool(following.classes & {"noun", "weak noun"})
    if (
        not tokens
        or len(tokens) > MAX_SUBJECT_WORDS
        or any(token in words.NEVER_SUBJECT or token.startswith("§") for token in tokens)
        or not (is_before_noun or is_topic or (not has_noun and chosen.draft.not_))
    ):
        return None
    return " ".join(tokens)


def _end_of_known(question: Sequence[Word], first: int, last: int) -> int:
    """Return where a known subject ends that goes on with plain words: "infrastructure as code"."""
    for end in range(min(first + MAX_SUBJECT_WORDS, len(question)) - 1, last, -1):
        spanned = question[first : end + 1]
        if not named(spanned, "noun") and is_known(" ".join(word.text for word in spanned).split()):
            return end
    return last


def _is_doubtful(chosen: Selection, word: Word) -> bool:
    """Tell whether a word asks for something else: "would he call archived" does not."""
    if word.text == "it":
        return word in chosen.words[:3] and not named(chosen.words, "count")
    return word.text in DOUBTFUL and not (
        word.text in MODAL and (chosen.has_person or named(chosen.words, "noun"))
    )


def _take_alternatives(chosen: Selection) -> None:
    """Take "docker or kubernetes" out: one of them must be there."""
    question = chosen.words
    things = {"technology", "kind"}
    for place in range(1, len(question) - 1):
        behind = place + 1
        while behind < len(question) - 1 and question[behind].text in (
            "in",
            "with",
            "use",
            "using",
        ):
            behind += 1
        if question[place].text != "or" or not question[behind].classes & things:
            continue
        first = place
        if first and question[first - 1].text == ",":
            first -= 1
        if not question[first - 1].classes & things:
            continue
        first -= 1
        while (
            first > 1 and question[first - 1].text == "," and question[first - 2].classes & things
        ):
            first -= 2
        alternatives = [word for word in question[first : behind + 1] if word.classes & things]
        chosen.either = chosen.draft.terms_in(" ".join(word.text for word in alternatives))
        chosen.words = [*question[:first], Word("_", frozenset(["glue"])), *question[behind + 1 :]]
        return


def _understood(kind: Kind, chosen: Selection, subject: str = "") -> Understood:
    return Understood(
        kind=kind,
        about=tuple(chosen.about),
        either=tuple(chosen.either),
        sort=chosen.sort,
        limit=chosen.limit,
        subject=subject,
    )
