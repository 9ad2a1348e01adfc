"""Tell whether an answer is in a language that its reader did not use."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

MIN_FOREIGN_WORDS = 2
MAX_LATIN_SHARE = 0.75  # of the letters of a text in another script

# The most frequent words of languages. Those that English has too, such as "in" and "die", are left
# out of the others.
ENGLISH = frozenset(
    "the and of is are it its that with for to has have by from which this on as be can at in or an they".split()
)
OTHERS = frozenset(
    "der das und ist ein eine mit für von den dem auf nicht sich auch wird werden sind es zu"
    " le la les des une est et avec pour dans du qui sur sont ce cette aux"
    " el los las con por para que una es en del se su y como"
    " il di che è gli della per sono nel"
    " o os um uma é com não da do na no"
    " de het een van met voor zijn wordt"
    " jest i w z na och är som på av til og på".split()
) - {"no", "do", "i", "w", "z"}


def is_foreign(answer: str, question: str) -> bool:
    """Tell whether the answer is neither in English nor in the script and kind of the question."""
    script = _script(answer)
    if script != "LATIN":
        return bool(script) and script != _script(question)
    asks_in_another = _others(question) > 0 or not question.isascii()
    others = _others(answer)
    return not asks_in_another and others >= MIN_FOREIGN_WORDS and others > _english(answer)


def _script(text: str) -> str:
    """Return the script of a text, as the first word of its letters' Unicode names.

    Names of repositories and technologies are Latin in every language.
    """
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    scripts = Counter(name.split(" ")[0].split("-")[0] for name in names)
    for japanese in ("HIRAGANA", "KATAKANA"):
        scripts["CJK"] += scripts.pop(japanese, 0)
    total, latin = scripts.total(), scripts.pop("LATIN", 0)
    if latin > MAX_LATIN_SHARE * total:
        return "LATIN"
    return max(+scripts, key=lambda script: scripts[script], default="")


def _english(text: str) -> int:
    return sum(word in ENGLISH for word in _words(text))


def _others(text: str) -> int:
    return sum(word in OTHERS for word in _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())
