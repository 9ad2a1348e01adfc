"""The one normalised view of `.repo-context.json`, of which at least five shapes occur.

Reads whatever is found where it is expected and never raises: a context file is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_VALUES = 200  # of one kind
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Context:
    """What a context file says, whatever its shape. Texts are as found; nothing occurs twice."""

    identity: tuple[str, ...] = ()  # name, type, scope, description, problem domains
    technologies: tuple[str, ...] = ()  # languages, frameworks, libraries, tools
    skills: tuple[str, ...] = ()
    components: tuple[str, ...] = ()  # names and descriptions
    topics: tuple[str, ...] = ()
    level: str = ""  # how demanding its author finds it, in lower case
    foreign: bool = (
        False  # another tool's file of the same name: nobody's words about the repository
    )


# Keys of each shape, by what they mean for us.
IDENTITY = (
    "project_identity",
    "contextName",
    "contextType",
    "problemDomains",
    "repository",
    "outcomes",
)
TECHNOLOGIES = ("tech_stack", "mainLanguage", "architecture")
SKILLS = ("skill_manifest", "skills", "technical_skills")
COMPONENTS = ("components",)
TOPICS = ("topics",)
OURS = {*IDENTITY, *TECHNOLOGIES, *SKILLS, *COMPONENTS}
# Levels and the like are not skills: "advanced" must not match a question for advanced topics.
NOT_WORDS = {"competency_level", "difficulty_rating", "version", "url", "html_url", "path", "owner"}


def normalise_context(context: Any) -> Context:
    """The view of any JSON value; an empty one for what is not a context file."""
    if not isinstance(context, Mapping) or not context:
        return Context()
    if not OURS & set(context):
        return Context(foreign=True)
    metadata = context.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return Context(
        identity=_texts(context.get(key) for key in IDENTITY),
        technologies=_texts(context.get(key) for key in TECHNOLOGIES),
        skills=_texts(context.get(key) for key in SKILLS),
        components=_texts(context.get(key) for key in COMPONENTS),
        topics=_texts([*(context.get(key) for key in TOPICS), tags]),
        level=_level(context),
    )


def _level(context: Mapping[str, Any]) -> str:
    for outer, inner in (("metadata", "difficulty_rating"), ("skill_manifest", "competency_level")):
        holder = context.get(outer)
        level = holder.get(inner) if isinstance(holder, Mapping) else None
        if isinstance(level, str) and level.strip():
            return level.strip().split()[0].lower()[:40]
    return ""


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    found = dict.fromkeys(text for value in values for text in _walk(value, DEEPEST))
    return tuple(found)[:MOST_VALUES]


def _walk(value: Any, depth: int) -> Iterator[str]:
    """All texts below a value. Keys that name things, such as those of components, count too."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()[:1_000]
    elif depth == 0:
        return
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, depth - 1)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in NOT_WORDS:
                if isinstance(each, Mapping):
                    yield str(key)
                yield from _walk(each, depth - 1)
