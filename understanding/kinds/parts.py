"""What a repository is made of, as answers name it."""

from __future__ import annotations

from collections.abc import Sequence

from relevance.taxonomy import taxonomy
from understanding.facts import RepositoryFacts
from understanding.model import Term
from understanding.sentences import ended
from understanding.technologies import language_of

MAX_SAID_CHARS = 200

# Kinds of technologies by what people call the parts of a stack; the first that fits counts.
STACK = {
    "frameworks": ("framework", "ui", "styling", "state"),
    "data": ("database", "cache", "search", "orm", "messaging", "data", "scientific", "visualization", "format"),
    "machine learning": ("ml", "notebook"),
    "cloud and operations": ("cloud", "serverless", "container", "iac", "ci", "monitoring", "workflow", "server"),
    "tests": ("testing",),
    "tools": ("build", "packaging", "linter", "cli", "docs", "ssg", "runtime", "vcs"),
}  # fmt: skip
TOOL_LANGUAGES = frozenset(["Dockerfile", "Makefile", "CMake", "Batchfile"])


def forks_aside(
    counted: Sequence[RepositoryFacts], chosen: Sequence[RepositoryFacts], rule: str
) -> str:
    """Add to a rule that forks are left out, if there are any."""
    return f"{rule}, without forks" if len(counted) < len(chosen) else rule


def said_by(repository: RepositoryFacts) -> str:
    """Return what a repository says about itself as a sentence; "" if it says nothing."""
    return ended(" ".join(repository.said[:MAX_SAID_CHARS].split()))


def parts_of(repository: RepositoryFacts, *, tools: bool = True) -> list[str]:
    """Return the names of the languages and technologies of a repository.

    Without `tools`, those that say nothing of what it is: package managers, build files.
    """
    entities = [taxonomy().entities[id] for id in telling_first(repository)]
    names = [
        *(name for name in repository.languages if tools or name not in TOOL_LANGUAGES),
        *(entity.name for entity in entities if tools or stack_group(entity.kinds) != "tools"),
    ]
    return list(dict.fromkeys(names))


def terms_of(repository: RepositoryFacts) -> tuple[Term, ...]:
    """Return the languages and technologies of a repository as terms."""
    technologies = ((id, taxonomy().entities[id].name) for id in telling_first(repository))
    return (
        *(Term("language", name, name) for name in repository.languages),
        *(Term("technology", id, name) for id, name in technologies),
    )


def telling_first(repository: RepositoryFacts) -> list[str]:
    """Return the technologies of a repository: tools, such as package managers, last."""
    ids = [id for id in repository.technologies if not language_of(id)]
    return sorted(ids, key=lambda id: stack_group(taxonomy().entities[id].kinds) in (None, "tools"))


def stack_group(kinds: Sequence[str]) -> str | None:
    """Return the part of a stack that a technology of some kinds belongs to."""
    for kind in kinds:
        for group, begins in STACK.items():
            if kind.partition(".")[0] in begins:
                return group
    return None


def row_of(repository: RepositoryFacts) -> dict[str, object]:
    """Return a repository as data."""
    return {
        "name": repository.name,
        "technologies": parts_of(repository),
        "code_bytes": repository.code_bytes,
        "stars": repository.stars,
        "created": repository.created_on and repository.created_on.isoformat(),
        "pushed": repository.pushed_on and repository.pushed_on.isoformat(),
        "licence": repository.licence,
        "archived": repository.is_archived,
        "about": said_by(repository),
    }
