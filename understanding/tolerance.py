"""Read past ordinary words that no rule knows, where a search is unlikely.

"Would you be at home with Redis?" and "which language did he dream in" ask for facts whatever the words
between mean. A word that may be what somebody searches for is never passed over: a subject, a name, or what
stands behind "about", "for" or a verb of making.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from relevance.spelling import is_english
from relevance.subjects import subjects
from relevance.taxonomy import taxonomy
from relevance.vocabulary import everyday_words
from understanding.operators import FILLER, Word, named
from understanding.word_tables import TOPICS

MAX_UNKNOWN_WORDS = 4
STARTS: Final = frozenset("ever any familiar comfortable experienced".split())
# A question for facts names a person, a repository, or repositories as such.
ANCHORS: Final = ("person", "repository", "noun")
# What stands behind these words is what something is made of, for or about.
BEFORE_SUBJECTS: Final = frozenset(
    """
    about for with without using on of from into like regarding around build builds building built make makes
    making made create creates created creating write writes wrote written writing code coded develop
    developed developing program programmed implement implemented use uses used do does did done own owns find
    show give list see display has have which what any some all no every how many projects repos apps things
    anything something
    """.split()
)
# What words of these classes say is never passed over.
CONTENT: Final = frozenset(TOPICS) | frozenset(
    (
        "language noun,stack noun,noun,weak noun,title,technology,kind,repository,any repository,role,"
        "or,number,count,superlative,most,least,best,aspect,now"
    ).split(",")
)
# A topic of a person; anybody may ask for help.
PERSONAL: Final = frozenset(TOPICS) - {"help"}
MAKING: Final = frozenset(
    """
    build builds building built make makes making made create created creates creating write writes wrote written
    writing code coded develop developed developing program programmed implement implemented own owns
    """.split()
)
# Behind these words begins what a thing is or does.
OPENING: Final = frozenset("his my your that which who where".split())
# These turn a question round.
TURNING: Final = frozenset(
    "not no none nothing never without untouched unchanged neither nor except unlike hardly".split()
)
PREPOSITIONS: Final = frozenset("about with of for in on to at like from into as".split())
BETWEEN: Final = frozenset("a an the his my your their this that _ very good nice own".split())


def tolerated(question: Sequence[Word]) -> list[Word] | None:
    """Return the words, those that may be passed over as such; None if a search is likely."""
    unknown = [place for place, word in enumerate(question) if not word.classes]
    if (
        len(unknown) > min(MAX_UNKNOWN_WORDS, (len(question) - 1) // 2)
        or not _is_anchored(question)
        or any(word.text in TURNING for word in question)
        or not all(_is_passed_over(question, place) for place in unknown)
    ):
        return None
    return [
        word._replace(classes=_classes_left(question, place)) for place, word in enumerate(question)
    ]


def _classes_left(question: Sequence[Word], place: int) -> frozenset[str]:
    """Return a word's classes: of what nobody is or has, no topic; of what may be passed over, filler."""
    text, classes = question[place]
    if classes & PERSONAL and " " not in text and not _is_of_person(question, place):
        return classes - PERSONAL
    return classes if classes & CONTENT else classes | FILLER


def _is_of_person(question: Sequence[Word], place: int) -> bool:
    """Tell whether known words alone stand between a word and a person: "his job", "how do they stop a job"."""
    for words in (reversed(question[:place]), question[place + 1 :]):
        for word in words:
            if "person" in word.classes:
                return True
            if not word.classes:
                break
    return False


def _is_anchored(question: Sequence[Word]) -> bool:
    """Tell whether a question names somebody, a repository or repositories, or begins like "ever used"."""
    is_of_person = question[0].text in STARTS if question else False
    return is_of_person or any(named(question, anchor) for anchor in ANCHORS)


def _is_passed_over(question: Sequence[Word], place: int) -> bool:
    text = question[place].text
    behind = question[place + 1 : place + 3]
    following = behind[0].classes if behind else frozenset[str]()
    before = place - 1
    while before >= 0 and question[before].text in BETWEEN:
        before -= 1
    governing = question[before].text.split()[-1] if before >= 0 else ""
    if behind and behind[0].text in PREPOSITIONS:
        behind = behind[1:]
    if behind and behind[0].text.startswith("§"):  # "any luck with Rust"
        return _is_plain(text) and governing not in MAKING
    return (
        _is_plain(text)
        and text not in TURNING
        and not (place and question[place - 1].text in OPENING)
        and not following & {"noun", "weak noun", "title"}
        and governing not in BEFORE_SUBJECTS
    )


@lru_cache(maxsize=4_096)
def _is_plain(word: str) -> bool:
    """Tell whether a word is English and names no subject and no technology."""
    return (
        word.isalpha()
        and (word in everyday_words() or is_english(word))
        and not any(True for _ in subjects().find([word]))
        and taxonomy().kind([word]) is None
        and not any(not mention.is_ambiguous for mention in taxonomy().entities_in([word]))
    )
