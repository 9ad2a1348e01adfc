"""Decide what a question asks for, by the classes of its words and the sorts of things that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from understanding import words
from understanding.draft import Draft
from understanding.model import Kind, Term, Topic

SIGNS: Final = {
    "e": frozenset(["technology"]),
    "b": frozenset(["technology", "repository", "any repository"]),
    "k": frozenset(["kind"]),
    "r": frozenset(["repository", "any repository"]),
    "w": frozenset(["any repository"]),
    "o": frozenset(["role"]),
    "p": frozenset[str](),
}
NUMBER: Final = frozenset(["number"])
NOTHING: Final = frozenset[str]()


class Word(NamedTuple):
    """A word or phrase of a question."""

    text: str
    classes: frozenset[str]  # empty: no rule knows the word


@dataclass(frozen=True, slots=True)
class Rule:
    """What a question must consist of to ask for something."""

    kind: Kind
    needs: tuple[str, ...]  # for each, a word of one of these classes, separated by commas
    allows: str  # the classes that the other words may have, beside "glue"
    about: str = ""  # the sort of things that it is about
    least: int = 1
    most: int = 32
    starts: int = 32  # a word of the first need is one of this many first words

    def fits(self, question: Sequence[Word]) -> bool:
        """Tell whether every word is accounted for, and nothing is missing."""
        needed = [frozenset(need.split(",")) for need in self.needs]
        known = frozenset(self.allows.split(",")).union(["glue", "filler", self.about], *needed)
        return (
            all(word.classes & known for word in question)
            and all(any(word.classes & need for word in question) for need in needed)
            and any(word.classes & needed[0] for word in question[: self.starts])
            and (not self.about or self.least <= len(named(question, self.about)) <= self.most)
        )


ANY_BUT_REPOSITORIES: Final = "use,know,touching,ask,title,question,any,there,now,doing"
# A question may have these beside a thing that it names and what it asks about it.
ANY: Final = "use,know,touching,doing,ask,list,title,question,else,any,there,now,code noun"
RULES: Final = (
    Rule("similar", ("like",), f"{ANY},something,noun,weak noun,highlight glue,superlative,technology", "repository", most=1),
    Rule("compare", ("compare,comparative",),
         f"{ANY},noun,weak noun,or,comparative,superlative,adjective,aspect", "any repository", least=2),
    Rule("compare", ("compare",), f"{ANY},noun,weak noun,or,comparative,number", "technology", least=2),
    Rule("compare", ("comparative", "or,which,which one"), f"{ANY_BUT_REPOSITORIES},fit,adjective", "technology", least=2),
    Rule("timeline", ("time",), f"{ANY},time glue,noun", "repository", most=1),
    Rule("timeline", ("event",), f"{ANY},time glue,noun", "repository", most=1),
    Rule("describe", ("describing",), "describe glue,noun,weak noun,list", "repository", most=1),
    Rule("describe", ("number of one", "aspect,adjective"), "noun,code noun", "repository", most=1),
    Rule("built_with", ("build,stack noun,language noun",),
         f"{ANY},noun,weak noun,all,main,technology,kind,describing", "repository", most=1),
    Rule("timeline", ("moment", "person,noun,experience,number,there,edge"),
         f"{ANY},time,time glue,number,noun", "technology"),
    Rule("timeline", ("time", "person,noun,experience,number,there,years"),
         f"{ANY},time glue,number", "technology"),
    Rule("timeline", ("time", "coding", "person"), "time glue,number,use,experience,there"),
    Rule("share", ("share", "person,code noun,ratio,language"), "share glue,code noun,use,list,noun,ask,weak noun",
         "technology"),
    Rule("share", ("mostly", "code noun"), "question,there", "language", most=1),
    Rule("built_with", ("stack noun", "person,noun,whole stack"),
         f"{ANY},language noun,main,noun,all"),
    Rule("built_with", ("ask", "person,use"), "use,know,main", "kind", most=1),
    Rule("languages", ("language noun", "person"),
         "use,know,code noun,noun,weak noun,main,number,superlative,comparative,most,least,ask,list,all,count,touching"),
    Rule("languages", ("language noun", "main,ask,list,all,count"),
         "use,code noun,noun,weak noun,main,number,superlative,comparative,most,least"),
    Rule("has", ("whether", "person,any,there,know"), f"{ANY},or,fit,noun,weak noun", "technology", starts=2),
    Rule("has", ("whether", "person,any,there,know"), f"{ANY},or,fit,noun,weak noun", "kind", starts=2),
    Rule("profile", ("profile,person profile", "person,person profile"), "profile,profile glue,number,noun,list,ask,main"),
    Rule("profile", ("ask,in what", "able", "person"), ""),
    Rule("highlights", ("highlight", "ask,place,list,person,highlights"),
         "highlight glue,noun,weak noun,number,superlative,technology"),
    Rule("highlights", ("advice", "noun,first"), "ask,list,highlight,highlight glue", ""),
    Rule("has", ("anywhere",), "or", "technology"),
)  # fmt: skip
# Only questions that none of the rules above fits can ask for a role; looking for roles takes longer.
ROLE_RULES: Final = (
    Rule("compare", ("compare,comparative", "or,compare"),
         "fit,ask,title,know,use,code noun,comparative,or,now,list", "role", least=2),
    Rule("role", ("whether,fit,question", "person"), "fit,title,know", "role", most=1),
)  # fmt: skip
# A few words ask only with a question mark behind them: "frontend dev?"
SHORT_RULES: Final = (
    Rule("describe", ("repository",), "", "repository", most=1),
    Rule("role", ("title",), "", "role", most=1),
)
TOPIC_CLASSES: Final = (
    "question,use,know,title,ask,number,now,weak noun,code noun,any,there,fit,noun"
)


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
            for end in range(min(position + words.LONGEST, len(tokens)), position, -1):
                if known := words.CLASSES_OF.get(tuple(tokens[position:end])):
                    classes = known
                    break
        result.append(Word(" ".join(tokens[position:end]), classes))
        position = end
    return result


def is_asking(text: str) -> bool:
    """Tell whether a text begins by asking for things: "which", "list", "any"."""
    first = words.CLASSES_OF.get(tuple(text.split()[:1]), NOTHING)
    return bool(first & {"ask", "list", "any"})


def named(question: Sequence[Word], sort: str) -> list[Word]:
    """Return the things of a sort that a question names."""
    return [word for word in question if sort in word.classes]


def topic_of(question: Sequence[Word]) -> Topic | None:
    """Return what is asked that repositories cannot show."""
    for topic in words.TOPICS:
        rule = Rule("meta", (topic,), TOPIC_CLASSES if topic != "help" else "list,weak noun,there")
        is_whole = all(topic in word.classes for word in question) or any(
            " " in word.text for word in named(question, topic)
        )
        if rule.fits(question) and (topic == "help" or is_whole or named(question, "person")):
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
