"""The repositories that the stand-in serves: in memory, read from files, changed by tests."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from github_standin.git_objects import FILE, object_sha, tree_entries

# What GitHub's linguist would count, for the kinds of files that portfolios here hold.
LANGUAGES = {
    ".py": "Python", ".ipynb": "Jupyter Notebook", ".ts": "TypeScript", ".tsx": "TypeScript", ".js": "JavaScript",
    ".jsx": "JavaScript", ".go": "Go", ".rs": "Rust", ".cs": "C#", ".java": "Java", ".kt": "Kotlin", ".swift": "Swift",
    ".tf": "HCL", ".bicep": "Bicep", ".sh": "Shell", ".cpp": "C++", ".hpp": "C++", ".c": "C", ".h": "C", ".php": "PHP",
    ".rb": "Ruby", ".html": "HTML", ".css": "CSS", ".scss": "SCSS", ".ps1": "PowerShell", ".vue": "Vue", ".r": "R",
    ".gd": "GDScript", ".ino": "C++", ".dart": "Dart", ".ex": "Elixir", ".lua": "Lua",
}  # fmt: skip
LICENSES = {
    "MIT": "MIT License",
    "Apache-2.0": "Apache License 2.0",
    "GPL-3.0": "GNU General Public License v3.0",
}


@dataclass
class Repository:
    """One repository. Change it with `push` and by its attributes."""

    name: str
    owner: str = ""
    description: str | None = None
    homepage: str | None = None
    topics: list[str] = field(default_factory=list)
    license: str | None = None
    default_branch: str = "main"
    stars: int = 0
    forks: int = 0
    open_issues: int = 0
    fork: bool = False
    archived: bool = False
    is_template: bool = False
    private: bool = False
    blocked: bool = False
    created_at: str = "2024-01-01T00:00:00Z"
    updated_at: str = "2024-01-01T00:00:00Z"
    pushed_at: str = "2024-01-01T00:00:00Z"
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path -> mode, content
    truncated: bool = False
    # What was pushed over can still be asked for by its hash, as on GitHub.
    past_trees: dict[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)
    past_blobs: dict[str, bytes] = field(default_factory=dict)

    def push(self, files: Mapping[str, str | bytes | None], at: str) -> None:
        """Write files (None deletes) and move the branch. `at`: ISO-8601."""
        self.past_trees |= {self.commit: self.tree, self.tree[0]: self.tree}
        self.past_blobs |= self.blobs
        for path, content in files.items():
            if content is None:
                self.files.pop(path, None)
            else:
                self.files[path] = (FILE, content.encode() if isinstance(content, str) else content)
        self.pushed_at = self.updated_at = at
        for name in ("tree", "blobs", "languages"):
            self.__dict__.pop(name, None)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @cached_property
    def id(self) -> int:
        """Different from the others'; a renamed repository keeps it."""
        return int(hashlib.sha256(self.full_name.encode()).hexdigest()[:7], 16)

    @cached_property
    def tree(self) -> tuple[str, list[dict[str, Any]]]:
        """Sha and entries of the branch's tree."""
        return tree_entries(self.files)

    @property
    def commit(self) -> str:
        """Sha of the branch's head."""
        body = f"tree {self.tree[0]}\nauthor {self.owner} <{self.owner}> {self.pushed_at}\n\npush\n"
        return object_sha("commit", body.encode())

    @cached_property
    def blobs(self) -> dict[str, bytes]:
        """Sha -> content."""
        return {object_sha("blob", content): content for _, content in self.files.values()}

    @cached_property
    def languages(self) -> dict[str, int]:
        """Language -> bytes, most first."""
        sizes: dict[str, int] = {}
        for path, (_, content) in self.files.items():
            language = LANGUAGES.get(PurePosixPath(path).suffix.lower())
            if PurePosixPath(path).name == "Dockerfile":
                language = "Dockerfile"
            if language and content:
                sizes[language] = sizes.get(language, 0) + len(content)
        return dict(sorted(sizes.items(), key=lambda item: -item[1]))


@dataclass
class User:
    """An account and its repositories, by name."""

    login: str
    name: str = ""
    organisation: bool = False
    members: frozenset[str] = frozenset()  # of an organisation: who sees what is private
    repositories: dict[str, Repository] = field(default_factory=dict)

    def add(self, repository: Repository) -> Repository:
        """Put it under this account."""
        repository.owner = self.login
        self.repositories[repository.name] = repository
        return repository


def load_user(folder: Path) -> User:
    """An account from a folder: one TOML file per repository, texts of files under `[files]`."""
    user = User(folder.name)
    for path in sorted(folder.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        files = content.pop("files", {})
        user.add(
            Repository(
                name=path.stem,
                **content,
                files={name: (FILE, text.encode()) for name, text in files.items()},
            )
        )
    return user


def many_repositories(login: str, count: int) -> User:
    """An account of `count` small repositories, always the same."""
    user = User(login)
    kinds = [
        ("py", "requirements.txt", "flask\n"),
        ("ts", "package.json", '{"dependencies":{"react":"1"}}'),
    ]
    for number in range(count):
        suffix, manifest, dependencies = kinds[number % len(kinds)]
        files = {
            "README.md": f"# Project {number}\n\nA service of the number {number}.\n"
            + "It does its work.\n" * 40,
            manifest: dependencies,
            ".repo-context.json": f'{{"project_identity": {{"name": "project-{number:04}"}}}}',
            **{
                f"src/part{part}/module_{part}.{suffix}": f"value = {part}\n" * 20
                for part in range(8)
            },
        }
        user.add(
            Repository(
                name=f"project-{number:04}",
                description=f"Project number {number}",
                files={path: (FILE, text.encode()) for path, text in files.items()},
            )
        )
    return user
