"""Write a question in its plain form: lower-case words, every person as `he`, his things as `his`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Sequence
from typing import Final

from relevance.spelling import is_english
from relevance.taxonomy import taxonomy
from relevance.text import SIGNS
from relevance.vocabulary import everyday_words
from understanding import words

TOKEN: Final = re.compile(r"[^\s,;:!?()\[\]\"/|]+|,")
NOT_FIRST: Final = re.compile(r"(?<=\s)[^\W\d_]+")
CONTRACTIONS: Final = (
    (re.compile(r"\b(what|who|where|how|which|that|there|it|he|she|here)'s\b"), r"\1 is"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"\b(year|month|week)'s\b"), r"\1"),
    (re.compile(r"'s\b"), " s"),
    (re.compile(r"\bci/cd\b"), "ci"),
    (re.compile(r"(?<=\s)-(?=[^\W\d_])"), "without "),
    (re.compile(r"\bnon-(?=\w)"), "non "),
    (re.compile(r"\b(do|does|did|is|are|was|has|have|were)nt\b"), r"\1 not"),
    (re.compile(r"\b(what|who|that|how|where|when)s\b"), r"\1 is"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/?(?= )"), "with"),
    (re.compile(r"\bhow much(?= (?:projects|repos|repositories)\b)"), "how many"),
)
# How people write words in a hurry.
SHORT: Final = {
    "pls": "please", "plz": "please", "thx": "thanks", "u": "you", "ur": "your", "im": "i am", "ive": "i have",
    "youre": "you are", "hes": "he is", "shes": "she is", "theyre": "they are", "wich": "which", "wat": "what",
    "bout": "about", "gimme": "give me", "lemme": "let me", "wanna": "want to", "ts": "typescript",
    "langs": "languages", "lang": "language", "thru": "through", "cuz": "because", "prob": "probably",
}  # fmt: skip
# --- Persons
PEOPLE: Final = (
    r"(?:developer|person|candidate|dev|guy|author|engineer|programmer|owner|coder|user|applicant|maintainer|"
    r"creator|woman|man|lady|girl|individual|human|maker of this|account)"
)
PERSON: Final = re.compile(
    rf"\b(?:she|they|you|(?:this|the|that) {PEOPLE}|"
    rf"(?<=is )(?:this|that)(?= an? (?:[\w-]+ ){{1,3}}{PEOPLE}\b))\b(?! s\b)"
)
POSSESSOR: Final = re.compile(
    rf"\b(?:her(?= )(?! for\b| as\b| to\b)|their|your|my|(?:this|the|that) {PEOPLE} s)\b"
)
HIM: Final = re.compile(r"\b(?:her|them)(?=$| for\b| as\b| to\b)(?<!of them)")
HIMSELF: Final = re.compile(r"\b(?:yourself|herself|themselves|themself)\b")
_NO_NAMES: Final = (
    r"he|it|this|that|there|any\w*|every\w*|some\w*|one|we|i|these|"
    r"those|the|a|an|which|what|who|his|"
    r"projects?|repos?|repository|repositories|not|people|all|"
    r"updated|pushed|changed|created|touched|modified|made|built|used|started|committed|written|worth"
)
_VERB: Final = "|".join(sorted(words.VERBS_OF_PERSONS | words.BLAND_VERBS))
_STATE: Final = r"a|an|familiar|more|better|good|experienced|proficient|comfortable|fit|skilled"
NAME: Final = re.compile(
    rf"\b(?P<verb>has|have|did|does|do|is|was|can|could|would) (?!(?:{_NO_NAMES})\b)"
    rf"(?P<name>[^\W\d_]+)(?: (?!(?:{_NO_NAMES}|{_VERB}|ever|also|"
    r"already)\b)[^\W\d_]+)?"
    rf"(?= (?P<next>{_VERB}|{_STATE})\b)"
)
CAPITAL: Final = re.compile(
    r"\b(?P<verb>has|have|did|does|do|is|was|can|could|would|will|should|might|say|think|whether|if|that|hire|"
    r"about|introduce|describe|call|believe) (?P<name>(?!(?:has|have|did|does|do|is|was)\b)[^\W\d_]{2,})(?= [^\W\d_]|$)"
)
NAMED: Final = re.compile(r"^(?P<verb>who (?:is|was)) (?P<name>[^\W\d_]{3,})$")
AGREEMENT: Final = (
    (re.compile(r"\bdo he\b"), "does he"),
    (re.compile(r"\bhave he\b"), "has he"),
    (re.compile(r"\bare he\b"), "is he"),
)
POSSESSIVE: Final = re.compile(r"(?<!\S)[^\W\d_]+ s (?=[^\W\d_])")
# Where the repositories are says nothing.
PLACE: Final = re.compile(
    r" (?:in|on|from|of|for|by) (?:(?:this|her|his|their|your|the|my) )?(?:whole |entire )?"
    r"(?:github|portfolio|profile|account|page|site|website|github (?:profile|account|portfolio|page))$"
)
# --- Politeness
POLITE: Final = re.compile(
    r"^(?:(?:please|hey|hi|ok|okay|so|well|and|"
    r"i (?:only |just |really )?(?:want|need|would like|would love|am trying|have)"
    r"(?: to (?:see|know|find|find out|get|look at|ask))(?: about)?|"
    r"i wonder|i am (?:interested in|curious(?: about)?|wondering|looking for)|we are (?:looking for|after)|curious|"
    r"(?:a )?quick (?:question|one)|just (?:curious|wondering)|would he say(?: that)?|do (?:he|you) think|"
    r"any (?:chance|idea)(?: that| if)?|i would be (?:curious|interested|glad)(?: to (?:know|see|hear))?|"
    r"(?:do you )?mind telling me|care to tell me|"
    r"(?:i am )?(?:just )?wondering|whether|if(?= he\b)|"
    r"could it be that|is it true that|does he know(?= (?:how|which|what|when|whether|if)\b)|"
    r"(?:can|could|would|will) he(?= (?:please )?(?:tell|show|list|give|describe|"
    r"compare|explain|summari[sz]e|find|count|name|introduce)\b)) (?:, )?)+"
)
THANKS: Final = re.compile(
    r"(?: ,)?(?: (?:please|lol|btw|or not|or so|by any chance|if possible|real quick|"
    r"then|though|maybe|thanks|thank you|to me|for me|exactly|"
    r"overall|in total|altogether|so far|again|actually|or what|or something|or anything|"
    r"if any|at all|in general|by now))+$"
)


def tokens_of(question: str) -> list[str]:
    """Split a question into lower-case words and commas, contractions written out."""
    text = unicodedata.normalize("NFC", question.translate(SIGNS)).lower()
    text = text.replace("‘", "'").replace("§", " ").replace("_ ", " ")
    for pattern, replacement in CONTRACTIONS:
        text = pattern.sub(replacement, text)
    stripped = (token.lstrip("'’*`-").rstrip(".'’*`-") for token in TOKEN.findall(text))
    return [word for token in stripped if token for word in SHORT.get(token, token).split()]


def capitals_in(question: str) -> frozenset[str]:
    """Return the words behind the first that begin with a capital, in lower case."""
    return frozenset(word.lower() for word in NOT_FIRST.findall(question) if word.istitle())


def with_persons(text: str, names: Container[str], capitals: Collection[str]) -> str:
    """Write every person as `he`, and what belongs to one as `his`.

    `names`: words that may be a repository's name, and so nobody's.
    """
    text = POSSESSOR.sub("his", PLACE.sub("", text))
    text = HIMSELF.sub("himself", PERSON.sub("he", HIM.sub("him", text)))
    text = NAME.sub(lambda found: _as_person(found, names, capitals), text)
    text = POSSESSIVE.sub(lambda found: _as_possessor(found, names), text)
    text = CAPITAL.sub(lambda found: _as_capital(found, names, capitals), text)
    text = NAMED.sub(lambda found: _as_capital(found, names, {found["name"]}), text)
    for pattern, replacement in AGREEMENT:
        text = pattern.sub(replacement, text)
    return text


def without_politeness(text: str) -> str:
    """Leave out what only makes a question polite."""
    return POLITE.sub("", THANKS.sub("", text))


def plain(text: str) -> str:
    """Leave one blank between words."""
    return " ".join(text.split())


def _as_person(found: re.Match[str], names: Container[str], capitals: Collection[str]) -> str:
    """Write a person's name as `he`, unless it may be the name of something else."""
    name = found["name"]
    if name in names or _is_technology([name]):
        return found[0]
    # "what does encryption do" asks for no person.
    is_person = name in capitals or (
        found["next"] in words.VERBS_OF_PERSONS and name not in everyday_words()
    )
    return f"{found['verb']} he" if is_person else found[0]


def _as_capital(found: re.Match[str], names: Container[str], capitals: Collection[str]) -> str:
    """Write a name with a capital behind a verb as `he`, if it is no word."""
    name = found["name"]
    is_person = name in capitals and not _is_word(name, names)
    return f"{found['verb']} he" if is_person else found[0]


def _is_word(name: str, names: Container[str]) -> bool:
    """Tell whether a word is a repository's name, a technology or English."""
    return name in names or name in everyday_words() or is_english(name) or _is_technology([name])


def _as_possessor(found: re.Match[str], names: Container[str]) -> str:
    name = found[0].split()[0]
    return found[0] if _is_word(name, names) and not found.start() else "his "


def _is_technology(tokens: Sequence[str]) -> bool:
    return any(
        not mention.is_ambiguous or "language" in mention.entity.kinds
        for mention in taxonomy().entities_in(tokens)
    )
