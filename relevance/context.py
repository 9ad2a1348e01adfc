"""Normalise `.repo-context.json`, which occurs in at least five shapes.

Context files are written by hand: take the strings wherever they are expected, and never raise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_TEXTS = 200  # of one kind
MAX_TEXT_CHARS = 1_000
MAX_LEVEL_CHARS = 40
MAX_DEPTH = 6  # of nested values that are read


@dataclass(frozen=True, slots=True)
class Context:
    """The normalised view of a context file: texts as written, each of them once."""

    name: str = ""
    description: str = ""  # what it is, in its author's words
    identity: tuple[str, ...] = ()  # name, type, scope, description, problem domains
    technologies: tuple[str, ...] = ()  # languages, frameworks, libraries, tools
    skills: tuple[str, ...] = ()
    components: tuple[str, ...] = ()  # names and descriptions
    topics: tuple[str, ...] = ()
    level: str = ""  # how difficult its author finds it, in lower case
    foreign: bool = False  # written by another tool that uses the same file name


# The keys of all shapes, by what they tell.
IDENTITY_KEYS = (
    "project_identity",
    "contextName",
    "contextType",
    "problemDomains",
    "repository",
    "outcomes",
)
TECHNOLOGY_KEYS = ("tech_stack", "mainLanguage", "architecture")
SKILL_KEYS = ("skill_manifest", "skills", "technical_skills")
COMPONENT_KEYS = ("components",)
TOPIC_KEYS = ("topics",)
# Where the shapes have a name, and say what something is: the first that is there counts.
NAME_KEYS = (
    ("project_identity", "name"),
    ("contextName",),
    ("repository", "name"),
)
DESCRIPTION_KEYS = (
    ("project_identity", "description"),
    ("project_identity", "scope"),
    ("repository", "purpose"),
    ("repository", "description"),
    ("description",),
    ("project_identity", "type"),
    ("contextType",),
)
# A file with none of these was written by another tool.
KNOWN_KEYS = {*IDENTITY_KEYS, *TECHNOLOGY_KEYS, *SKILL_KEYS, *COMPONENT_KEYS, *TOPIC_KEYS}
# Their values are not content: the level "advanced" must not match a question for advanced topics.
IGNORED_KEYS = {
    *("competency_level", "difficulty_rating", "version", "url", "html_url", "path", "owner"),
}


def normalise_context(context: Any) -> Context:
    """Normalise any JSON value; return an empty view of what is not a context file."""
    if not isinstance(context, Mapping) or not context:
        return Context()
    if not KNOWN_KEYS & set(context):
        return Context(foreign=True)
    metadata = context.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return Context(
        name=_first_text(context, NAME_KEYS),
        description=_first_text(context, DESCRIPTION_KEYS),
        identity=_texts(context.get(key) for key in IDENTITY_KEYS),
        technologies=technologies_of(context),
        skills=_texts(context.get(key) for key in SKILL_KEYS),
        components=_texts(context.get(key) for key in COMPONENT_KEYS),
        topics=_texts([*(context.get(key) for key in TOPIC_KEYS), tags]),
        level=_level(context),
    )


def technologies_of(context: Any) -> tuple[str, ...]:
    """Return the technologies of the normalised view alone; any JSON value will do."""
    if not isinstance(context, Mapping):
        return ()
    return _texts(context.get(key) for key in TECHNOLOGY_KEYS)


def _first_text(context: Mapping[str, Any], paths: Iterable[Sequence[str]]) -> str:
    """Return the first text that stands at one of these paths, on one line."""
    for path in paths:
        value: Any = context
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value.strip():
            return " ".join(value[:MAX_TEXT_CHARS].split())
    return ""


def _level(context: Mapping[str, Any]) -> str:
    for section, key in (("metadata", "difficulty_rating"), ("skill_manifest", "competency_level")):
        values = context.get(section)
        level = values.get(key) if isinstance(values, Mapping) else None
        if isinstance(level, str) and level.strip():
            return level.strip().split()[0].lower()[:MAX_LEVEL_CHARS]
    return ""


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    texts = dict.fromkeys(text for value in values for text in _strings(value, MAX_DEPTH))
    return tuple(texts)[:MAX_TEXTS]


def _strings(value: Any, depth: int) -> Iterator[str]:
    """Yield all strings in a value, and the keys of nested objects: they name components."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()[:MAX_TEXT_CHARS]
    elif depth == 0:
        return
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, depth - 1)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in IGNORED_KEYS:
                if isinstance(item, Mapping):
                    yield str(key)
                yield from _strings(item, depth - 1)
