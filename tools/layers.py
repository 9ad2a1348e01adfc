"""The layers of the app.

`tests/test_new_architecture.py` holds every import to them, and `docs/images/architecture.svg` is
drawn from them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests/cases"


@dataclass(frozen=True, slots=True)
class Layer:
    """Modules that may import one another and every module of the layers below."""

    title: str
    modules: dict[str, str]  # module or package -> what it does, in a few words
    is_shared: bool = False  # every layer above may import it, so the picture draws no arrows to it


LAYERS = (
    Layer("Composition root", {"function_app": "Registers blueprints"}),
    Layer(
        "Functions",
        {
            "http_api": "Routes: parse, start or read, respond",
            "activities": "Read and write for a refresh",
            "schedule": "The timer that refreshes portfolios",
            "orchestrators": "Decide each step; call activities by name",
        },
    ),
    Layer(
        "Shared by functions",
        {
            "web": "Search page, widget, API description",
            "clients": "Creates what a process keeps",
            "refresh_client": "Starts refreshes, reads their progress",
        },
    ),
    Layer(
        "Use cases",
        {
            "ai_assistant": "Ranks repositories, writes answers",
            "github_repo_manager": "Lists and fetches repositories",
        },
    ),
    Layer(
        "Outside systems",
        {
            "answers": "Calls the model and validates its reply",
            "cache": "Keeps portfolios in Azure Table Storage",
            "github_api": "Asks GitHub: REST, GraphQL, raw files",
        },
    ),
    Layer(
        "Pure logic",
        {
            "understanding": "Reads questions, tells facts",
            "relevance": "Scores repositories for a question",
            "bundles": "Turns repository files into bundles",
        },
    ),
    Layer(
        "Shared by all",
        {
            "settings": "What the owner decides",
            "credentials": "Signs the app in on Azure",
            "observability": "The one logger",
        },
        is_shared=True,
    ),
    Layer(
        "Shared by all",
        {"models": "What crosses Durable and the cache", "errors": "The one error family"},
        is_shared=True,
    ),
)

# The app is developed with these; a deployment contains none of them.
OUTSIDE_THE_APP = {
    "tools": "make run, screenshots, pictures",
    "tests": "make test",
    "evaluation": "make eval: the ranking, judged",
    "benchmarks": "make bench: the speed, measured",
    "localhost": "Runs any function app in place of Azure",
    "github_standin": "GitHub's API, served from files",
}

# Libraries with one home: no type of theirs leaves it.
VENDORS = {"openai": "answers", "azure.data.tables": "cache", "github": "github_api"}


def app_modules() -> set[str]:
    """Find the modules and packages at the root that belong to the app."""
    roots = [*ROOT.glob("*.py"), *(path.parent for path in ROOT.glob("*/__init__.py"))]
    return {path.stem for path in roots} - OUTSIDE_THE_APP.keys()


def source_files(module: str) -> list[Path]:
    """List the files of a module or package, but for the repositories that are cases of a test."""
    path = ROOT / module
    if not path.is_dir():
        return [path.with_suffix(".py")]
    return sorted(file for file in path.rglob("*.py") if CASES not in file.parents)


@cache
def imports_of(module: str) -> frozenset[str]:
    """List what a module imports, also inside functions: `a.b` counts as `a` and as `a.b`."""
    names: set[str] = set()
    for file in source_files(module):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import():
                    names |= {alias.name for alias in node.names}
                case ast.ImportFrom(module=str(), level=0):
                    names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(
        ".".join(parts[:end])
        for parts in (name.split(".") for name in names)
        for end in range(1, len(parts) + 1)
    )
