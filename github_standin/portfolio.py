"""The accounts and repositories that the stand-in serves, in memory. Tests change them."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from github_standin.git_objects import FILE, LINK, SUBMODULE, object_sha, tree_entries

# Suffix -> language, as GitHub's linguist classifies the files of our portfolios.
LANGUAGES = {
    ".py": "Python", ".ipynb": "Jupyter Notebook", ".ts": "TypeScript", ".tsx": "TypeScript", ".js": "JavaScript",
    ".jsx": "JavaScript", ".go": "Go", ".rs": "Rust", ".cs": "C#", ".java": "Java", ".kt": "Kotlin", ".swift": "Swift",
    ".tf": "HCL", ".bicep": "Bicep", ".sh": "Shell", ".cpp": "C++", ".hpp": "C++", ".c": "C", ".h": "C", ".php": "PHP",
    ".rb": "Ruby", ".html": "HTML", ".css": "CSS", ".scss": "SCSS", ".ps1": "PowerShell", ".vue": "Vue", ".r": "R",
    ".gd": "GDScript", ".ino": "C++", ".dart": "Dart", ".ex": "Elixir", ".lua": "Lua",
}  # fmt: skip
# Keys of a repository's TOML file; the rest of `Repository` is the stand-in's.
FILE_KEYS: dict[str, type] = {
    "description": str, "homepage": str, "topics": list, "license": str, "default_branch": str, "stars": int,
    "forks": int, "open_issues": int, "fork": bool, "archived": bool, "is_template": bool, "private": bool,
    "blocked": bool, "created_at": str, "updated_at": str, "pushed_at": str, "files": dict,
}  # fmt: skip
TYPE_NAMES = {
    str: "a string",
    list: "an array",
    int: "an integer",
    bool: "a boolean",
    dict: "a table",
}
FILE_TABLES = {"base64", "link", "submodule"}  # the keys of which a file that is no text has one
FILE_VALUES = "a string, or a table with one of `base64`, `link` and `submodule`"
COMMIT_SHA = re.compile("[0-9a-f]{40}")


class NoPortfolio(ValueError):
    """A folder cannot be read as a portfolio; the message names the file and the problem."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the branch."""

    sha: str
    tree: str  # its sha
    at: str  # ISO 8601
    number: int  # how many commits lead to it, itself included


@dataclass
class Repository:
    """A repository. Change its content with `push`, everything else by assignment."""

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
    needs_sso: bool = False  # refuses tokens that its organisation's single sign-on does not know
    created_at: str = "2024-01-01T00:00:00Z"
    updated_at: str = "2024-01-01T00:00:00Z"
    pushed_at: str = "2024-01-01T00:00:00Z"
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path -> mode, content
    truncated: bool = False  # whether GitHub would shorten the tree
    commits: int = 1  # that lead to the branch's head; a push adds one
    # Trees and files that a push replaced; GitHub still serves them by their hash.
    past_trees: dict[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)
    past_blobs: dict[str, bytes] = field(default_factory=dict)
    past_commits: dict[str, Commit] = field(default_factory=dict)

    def push(self, files: Mapping[str, str | bytes | None], at: str) -> None:
        """Write files (None deletes one) and move the branch. `at` is the time in ISO 8601."""
        self.past_trees |= {self.commit: self.tree, self.tree[0]: self.tree}
        self.past_blobs |= self.blobs
        self.past_commits[self.commit] = self.head
        for path, content in files.items():
            if content is None:
                self.files.pop(path, None)
            else:
                self.files[path] = (FILE, content.encode() if isinstance(content, str) else content)
        self.pushed_at = self.updated_at = at
        self.commits += 1
        for cached in ("tree", "blobs", "languages"):
            self.__dict__.pop(cached, None)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @cached_property
    def id(self) -> int:
        """A number derived from the first full name, so that renaming keeps it."""
        return int(hashlib.sha256(self.full_name.encode()).hexdigest()[:7], 16)

    @property
    def size_kb(self) -> int:
        """What the files take up."""
        return sum(len(content) for _, content in self.files.values()) // 1024

    @cached_property
    def tree(self) -> tuple[str, list[dict[str, Any]]]:
        """The sha and the entries of the branch's tree."""
        return tree_entries(self.files)

    @property
    def commit(self) -> str:
        """The sha of the branch's head."""
        body = f"tree {self.tree[0]}\nauthor {self.owner} <{self.owner}> {self.pushed_at}\n\npush\n"
        return object_sha("commit", body.encode())

    @property
    def head(self) -> Commit:
        """The branch's newest commit."""
        return Commit(self.commit, self.tree[0], self.pushed_at, self.commits)

    def commit_named(self, ref: str) -> Commit | None:
        """Find a commit by the name of the branch, HEAD or its sha; None in an empty repository."""
        if not self.files:
            return None
        if ref in (self.default_branch, f"refs/heads/{self.default_branch}", "HEAD", self.commit):
            return self.head
        return self.past_commits.get(ref)

    def tree_of(self, ref: str) -> dict[str, dict[str, Any]] | None:
        """Return the entries of a tree by their path. `ref` names a commit, or is a root tree's sha."""
        commit = self.commit_named(ref)
        sha = commit.tree if commit else ref
        _, entries = self.tree if sha == self.tree[0] else self.past_trees.get(sha, ("", None))
        return None if entries is None else {entry["path"]: entry for entry in entries}

    def content(self, sha: str) -> bytes | None:
        """Return the content of a present or past file."""
        return self.blobs.get(sha, self.past_blobs.get(sha))

    @cached_property
    def blobs(self) -> dict[str, bytes]:
        """The content of each file, by its sha."""
        return {object_sha("blob", content): content for _, content in self.files.values()}

    @cached_property
    def languages(self) -> dict[str, int]:
        """The bytes of each language, largest first."""
        sizes: dict[str, int] = {}
        for path, (mode, content) in self.files.items():
            if mode in (LINK, SUBMODULE):
                continue  # GitHub's linguist counts neither
            language = LANGUAGES.get(PurePosixPath(path).suffix.lower())
            if PurePosixPath(path).name == "Dockerfile":
                language = "Dockerfile"
            if language and content:
                sizes[language] = sizes.get(language, 0) + len(content)
        return dict(sorted(sizes.items(), key=lambda item: -item[1]))


@dataclass
class User:
    """An account and its repositories by name."""

    login: str
    name: str = ""
    organisation: bool = False
    members: frozenset[str] = (
        frozenset()
    )  # logins that may see an organisation's private repositories
    repositories: dict[str, Repository] = field(default_factory=dict)

    def add(self, repository: Repository) -> Repository:
        """Add a repository to this account."""
        repository.owner = self.login
        self.repositories[repository.name] = repository
        return repository


def load_user(folder: Path) -> User:
    """Load an account from a folder of one TOML file per repository. Raises NoPortfolio.

    The names of the folder and the files are those of the account and the repositories. The table
    `[files]` holds the content of each file by its path:

    - a string: text;
    - `{ base64 = "…" }`: bytes, such as text in another encoding; white space does not count;
    - `{ link = "packages/core/README.md" }`: a symbolic link and its target;
    - `{ submodule = "…" }`: a submodule and its commit, 40 hexadecimal digits.

    `samples/ada-nimbus` shows the other keys.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise NoPortfolio(
            f"{folder} holds no portfolio; expected a folder with one .toml file per repository"
        )
    user = User(folder.resolve().name)
    for path in paths:
        user.add(_load_repository(path))
    return user


def _load_repository(path: Path) -> Repository:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NoPortfolio(f"{path} is not TOML in UTF-8: {error}") from None
    for key, value in content.items():
        if key not in FILE_KEYS:
            raise NoPortfolio(f"{path}: unknown key `{key}`; expected {', '.join(FILE_KEYS)}")
        _check_type(path, key, value, FILE_KEYS[key])
    files = {
        name: _file(path, f'files."{name}"', value)
        for name, value in content.pop("files", {}).items()
    }
    return Repository(name=path.stem, **content, files=files)


def _file(path: Path, key: str, value: object) -> tuple[str, bytes]:
    """Return the mode and the content of a file. Raises NoPortfolio."""
    if isinstance(value, str):
        return FILE, value.encode()
    if not isinstance(value, dict) or len(value) != 1 or not value.keys() <= FILE_TABLES:
        raise NoPortfolio(f"{path}: `{key}` is {value!r}; expected {FILE_VALUES}")
    ((kind, content),) = value.items()
    _check_type(path, f"{key}.{kind}", content, str)
    wrong = f"{path}: `{key}.{kind}` is {content!r}; expected "
    if kind == "link":
        if not content:
            raise NoPortfolio(f"{wrong}the path that the link leads to")
        return LINK, content.encode()
    if kind == "submodule":
        if not COMMIT_SHA.fullmatch(content):
            raise NoPortfolio(f"{wrong}a commit of 40 hexadecimal digits in lower case")
        return SUBMODULE, content.encode()
    try:
        return FILE, base64.b64decode("".join(content.split()), validate=True)
    except ValueError as error:
        raise NoPortfolio(f"{wrong}base64: {error}") from None


def _check_type(path: Path, key: str, value: object, expected: type) -> None:
    if type(value) is not expected:
        raise NoPortfolio(f"{path}: `{key}` is {value!r}; expected {TYPE_NAMES[expected]}")


def many_repositories(login: str, count: int) -> User:
    """Make an account of `count` small repositories, the same ones at every call."""
    user = User(login)
    variants = [
        ("py", "requirements.txt", "flask\n"),
        ("ts", "package.json", '{"dependencies":{"react":"1"}}'),
    ]
    for number in range(count):
        suffix, package_file, dependencies = variants[number % len(variants)]
        name = f"project-{number:04}"
        files = {
            "README.md": f"# Project {number}\n\nA service of the number {number}.\n"
            + "It does its work.\n" * 40,
            package_file: dependencies,
            ".repo-context.json": f'{{"project_identity": {{"name": "{name}"}}}}',
            **{
                f"src/part{part}/module_{part}.{suffix}": f"value = {part}\n" * 20
                for part in range(8)
            },
        }
        user.add(
            Repository(
                name=name,
                description=f"Project number {number}",
                files={path: (FILE, text.encode()) for path, text in files.items()},
            )
        )
    return user
