"""Which technologies texts, packages and questions name, as terms of the index.

The term of a technology is its id in the taxonomy behind an at sign, which no word has: a package
`three` and the words "Three.js" are `@threejs`, and the word "three" is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relevance.taxonomy import Entity, Mention, ecosystem_of, taxonomy

MAX_NAMED_CHARS = 4_000  # of a README: what it is made with stands near its beginning
TOKEN = re.compile(r"[^\s,;:!?()\[\]\"/|]+")


def technology_term(id: str) -> str:
    """Return the term of a technology."""
    return f"@{id}"


def technology_of(term: str) -> Entity | None:
    """Return the technology whose term this is."""
    return taxonomy().entities.get(term[1:]) if term.startswith("@") else None


def siblings_of(id: str | None) -> list[tuple[str, str]]:
    """Return terms and names of the technologies of the same kind: Angular's for Vue.

    Of a language there are none: whoever asks for Rust is not helped by whatever there is most of.
    """
    entity = taxonomy().entities.get(id) if id else None
    if entity is None or not entity.kinds or entity.kinds[0] == "language":
        return []
    others = (taxonomy().entities[other] for other in taxonomy().members(entity.kinds[0]))
    return [(technology_term(other.id), other.name) for other in others if other.id != id]


def tokens(text: str) -> list[str]:
    """Split a text at blanks and punctuation; names keep their symbols: `Node.js`, `C++`."""
    return [token for word in TOKEN.findall(text) if (token := _stripped(word))]


def names_in(text: str) -> list[str]:
    """Return the terms of the technologies that a list of names, such as topics, holds."""
    return [technology_term(mention.entity.id) for mention in taxonomy().entities_in(tokens(text))]


def technologies_in(prose: str) -> list[str]:
    """Return the terms of the technologies that sentences name.

    A name that is an ordinary word, too, counts where it has a capital within a sentence: "in Go".
    """
    words = [word for word in TOKEN.findall(prose) if _stripped(word)]
    return [
        technology_term(mention.entity.id)
        for mention in taxonomy().entities_in([_stripped(word) for word in words])
        if not mention.is_ambiguous or _is_written_as_name(mention, words)
    ]


def technology_of_package(name: str, path: str) -> str | None:
    """Return the term of the technology that a package belongs to. `path`: the file that names it.

    What a workflow uses says nothing of the program.
    """
    ecosystem = ecosystem_of(path)
    if ecosystem is None or ecosystem == "github-actions":
        return None
    id = taxonomy().package(ecosystem, name)
    return technology_term(id) if id else None


def _stripped(word: str) -> str:
    return word.lstrip("'’*`-").rstrip(".'’*`-")


def _is_written_as_name(mention: Mention, words: Sequence[str]) -> bool:
    begins = mention.start == 0 or words[mention.start - 1].endswith(".")
    return not begins and _stripped(words[mention.start])[:1].isupper()
