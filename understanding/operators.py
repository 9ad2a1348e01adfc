"""Decide what a question asks for, by the classes of its words and the sorts of things that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from relevance.spelling import is_english
from understanding import words
from understanding.draft import Draft
from understanding.model import Kind, Term, Topic
from understanding.word_classes import CLASSES_OF, EVERY_CLASS, LONGEST
from understanding.word_tables import TOPICS

SIGNS: Final = {
    "e": frozenset(["technology"]),
    "b": frozenset(["technology", "repository", "any repository"]),
    "k": frozenset(["kind"]),
    "r": frozenset(["repository", "any repository"]),
    "w": frozenset(["any repository"]),
    "o": frozenset(["role"]),
    "p": frozenset[str](),
}
MAX_THINGS = 32  # a question has no more words
NUMBER: Final = frozenset(["number"])
LAST_WORDS: Final = frozenset(["in", "with", "do", "build"])  # "what does he code in"
FILLER: Final = frozenset(["filler"])
NOTHING: Final = frozenset[str]()


class Word(NamedTuple):
    """A word or phrase of a question."""

    text: str
    classes: frozenset[str]  # empty: no rule knows the word


@dataclass(frozen=True, slots=True)
class Rule:
    """What a question must consist of to ask for something."""

    kind: Kind
    needs: tuple[frozenset[str], ...]  # for each, a word of one of these classes
    knows: frozenset[str]  # every word is of one of these classes
    about: str  # the sort of things that it is about; "" for nothing
    least: int  # of these things
    most: int
    starts: int  # what is needed first is one of this many first words

    def fits(self, question: Sequence[Word]) -> bool:
        """Tell whether every word is accounted for, and nothing is missing."""
        return (
            all(word.classes & self.knows for word in question)
            and all(any(word.classes & need for word in question) for need in self.needs)
            and any(word.classes & self.needs[0] for word in question[: self.starts])
            and (not self.about or self.least <= len(named(question, self.about)) <= self.most)
        )


def _rule(
    kind: Kind,
    needs: tuple[str, ...],
    allows: str,
    about: str = "",
    *,
    least: int = 1,
    most: int = MAX_THINGS,
    starts: int = MAX_THINGS,
) -> Rule:
    """Make a rule. Classes are separated by commas; what says nothing is always allowed."""
    needed = tuple(frozenset(need.split(",")) for need in needs)
    knows = frozenset(["glue", "filler", about, *allows.split(",")]).union(*needed) - {""}
    return Rule(kind, needed, knows, about, least, most, starts)


ANY_BUT_REPOSITORIES: Final = "use,know,touching,ask,title,question,any,there,now,doing"
# A question may have these beside a thing that it names and what it asks about it.
ANY: Final = "use,know,touching,doing,ask,list,title,question,else,any,there,now,code noun"
RULES: Final = (
    _rule("similar", ("like",), f"{ANY},something,noun,weak noun,highlight glue,superlative,technology",
          "repository", most=1),
    _rule("compare", ("compare,comparative",),
          f"{ANY},noun,weak noun,or,than,comparative,superlative,adjective,aspect", "any repository", least=2),
    _rule("compare", ("compare",), f"{ANY},noun,weak noun,or,than,comparative,number", "technology", least=2),
    _rule("compare", ("comparative", "or,than,which,between"), f"{ANY_BUT_REPOSITORIES},fit,adjective",
          "technology", least=2),
    _rule("timeline", ("time",), f"{ANY},time glue,noun", "repository", most=1),
    _rule("timeline", ("event",), f"{ANY},time glue,noun", "repository", most=1),
    _rule("describe", ("describing",), "describe glue,noun,weak noun,list", "repository", most=1),
    _rule("describe", ("number of one", "aspect,adjective"), "noun,code noun", "repository", most=1),
    _rule("built_with", ("build,stack noun,language noun",),
          f"{ANY},noun,weak noun,all,main,technology,kind,describing", "repository", most=1),
    _rule("timeline", ("being", "recency", "person"), f"{ANY},time,time glue,or,adjective,something",
          "technology", starts=1),
    _rule("timeline", ("moment", "person,noun,experience,number,there,edge"),
          f"{ANY},time,time glue,number,noun", "technology"),
    _rule("timeline", ("time", "person,noun,experience,number,there,years"),
          f"{ANY},time glue,number", "technology"),
    _rule("timeline", ("moment", "used"), f"{ANY},time,time glue", "technology"),
    _rule("timeline", ("event",), "time,time glue,question", ""),
    _rule("timeline", ("time", "coding", "person"), "time glue,number,use,experience,there"),
    _rule("share", ("share", "person,code noun,ratio,language"), "share glue,code noun,use,list,noun,ask,weak noun",
          "technology"),
    _rule("share", ("mostly", "code noun"), "question,there", "language", most=1),
    _rule("built_with", ("stack noun", "person,noun,whole stack"),
          f"{ANY},language noun,main,noun,all"),
    _rule("built_with", ("ask", "person,use"), "use,know,main", "kind", most=1),
    _rule("languages", ("ask", "writing", "person", "final in"), "use,main,most,code noun"),
    _rule("built_with", ("ask", "making", "person", "final with"), "use,main,weak noun"),
    _rule("built_with", ("stack noun", "often"), "ask,most,use,list"),
    _rule("languages", ("language noun", "person"),
          f"{ANY},noun,weak noun,main,number,superlative,comparative,most,least,all,count"),
    _rule("languages", ("language noun", "main,ask,list,all,count"),
          "use,code noun,noun,weak noun,main,number,superlative,comparative,most,least"),
    _rule("has", ("whether", "person,any,there,knows"), f"{ANY},or,fit,noun,weak noun", "technology", starts=2),
    _rule("has", ("whether", "person,any"), ANY, "kind", starts=1),
    _rule("timeline", ("moment", "person"), f"{ANY},time,time glue", "kind"),
    _rule("profile", ("profile,person profile", "person,person profile"),
          "profile,profile glue,number,noun,weak noun,list,ask,main"),
    _rule("profile", ("ask", "person", "final do,final build"), "mostly,list"),
    _rule("profile", ("ask,in what", "able", "person"), ""),
    _rule("profile", ("account", "person"), "profile,profile glue,list,ask"),
    _rule("highlights", ("highlight", "ask,place,list,person,highlights"),
          "highlight glue,noun,weak noun,number,superlative,technology"),
    _rule("highlights", ("advice", "noun,first"), "ask,list,highlight,highlight glue", ""),
    _rule("has", ("anywhere",), "or", "technology"),
)  # fmt: skip
# Only questions that none of the rules above fits can ask for a role; looking for roles takes longer.
ROLE_RULES: Final = (
    _rule("compare", ("compare,comparative", "or,than,compare"),
          "fit,ask,title,know,use,code noun,comparative,or,than,now,list", "role", least=2),
    _rule("compare", ("or",), "fit,title,any,being", "role", least=2),
    _rule("role", ("being,fit", "person"), "fit,title,question", "role", most=1),
)  # fmt: skip
# A few words ask only with a question mark behind them: "frontend dev?"
SHORT_RULES: Final = (
    _rule("describe", ("repository",), "", "repository", most=1),
    _rule("role", ("title",), "", "role", most=1),
)
# The words of these questions may stand beside any others that are known.
LOOSE_RULES: Final = tuple(replace(rule, knows=rule.knows | EVERY_CLASS) for rule in RULES)
TOPIC_RULES: Final[Mapping[Topic, Rule]] = {
    topic: _rule(
        "meta",
        (topic,),
        "list,weak noun,there"
        if topic == "help"
        else "or,comparative,question,use,know,title,ask,number,now,weak noun,code noun,any,there,fit,noun",
    )
    for topic in TOPICS
}


def words_of(tokens: Sequence[str], draft: Draft) -> list[Word]:
    """Join the words of phrases, and look up the classes of each, the longest phrase first."""
    result: list[Word] = []
    tokens = [token for token in tokens if token not in words.ADVERBS] or tokens
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end, classes = position + 1, NOTHING
        if token.startswith("§"):
            classes = SIGNS[token[1]]
            if any(term.kind == "language" for term in draft.terms_in(token)):
                classes |= {"language"}
        elif token[0].isdecimal() and token.rstrip("+").isdecimal():
            classes = NUMBER
        else:
            for end in range(min(position + LONGEST, len(tokens)), position, -1):
                if known := CLASSES_OF.get(tuple(tokens[position:end])):
                    classes = known
                    break
            else:
                classes = FILLER if is_adverb(token) else NOTHING
        result.append(Word(" ".join(tokens[position:end]), classes))
        position = end
    if result and result[-1].text in LAST_WORDS:
        result[-1] = Word(result[-1].text, result[-1].classes | {f"final {result[-1].text}"})
    return result


def is_adverb(token: str) -> bool:
    """Tell whether a word says only how: "roughly"."""
    return token.endswith("ly") and token not in words.NO_ADVERBS and is_english(token)


def is_asking(text: str) -> bool:
    """Tell whether a text begins by asking for things: "which", "list", "any"."""
    first = CLASSES_OF.get(tuple(text.split()[:1]), NOTHING)
    return bool(first & {"ask", "list", "any"})


def named(question: Sequence[Word], sort: str) -> list[Word]:
    """Return the things of a sort that a question names."""
    return [word for word in question if sort in word.classes]


def topic_of(question: Sequence[Word]) -> Topic | None:
    """Return what is asked that repositories cannot show, or "help"."""
    for topic, rule in TOPIC_RULES.items():
        if rule.fits(question):
            # "email" alone may be searched for, "hourly rate" is none of a repository.
            said = named(question, topic)
            is_phrase = any(" " in word.text for word in said) or question == [
                Word("contact", said[0].classes)
            ]
            if (
                topic == "help"
                or named(question, "person")
                or is_phrase
                or question[0].text == "ever"
            ):
                return topic
    return None


def by_rules(
    rules: Sequence[Rule], question: Sequence[Word], draft: Draft
) -> tuple[Kind, list[Term]] | None:
    """Return the kind and what it is about, by the first rule that fits."""
    for rule in rules:
        if rule.fits(question):
            about = _about(rule, question, draft)
            if rule.kind != "compare" or len({term.id for term in about}) > 1:
                return rule.kind, about
    return None


def _about(rule: Rule, question: Sequence[Word], draft: Draft) -> list[Term]:
    marks = " ".join(word.text for word in question if word.text.startswith("§"))
    if "repository" in rule.about:
        return draft.repositories_in(
            " ".join(word.text for word in named(question, "any repository"))
        )
    return draft.terms_in(marks)
