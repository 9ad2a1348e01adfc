"""The objects of GitHub's GraphQL API. A field `diskUsage` is the attribute or method `disk_usage`.

https://docs.github.com/graphql/reference/objects
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from github_standin import portfolio
from github_standin.accounts import Accounts, Viewer
from github_standin.git_objects import is_binary
from github_standin.graphql_connections import Connection, Edge
from github_standin.json_shapes import account_id, license_simple, node_id
from github_standin.messages import ACCESS_BLOCKED, SSO_REQUIRED
from github_standin.quotas import Quota

MAX_TEXT_BYTES = 512_000
MAX_IDS = 100


class NoValue(Exception):
    """A field has no value. The error stands in the response beside the values of other fields."""

    def __init__(
        self, kind: str | None, message: str, extensions: Mapping[str, Any] | None = None
    ) -> None:
        """Describe the error; `kind` is its `type` in the response, which some have not."""
        super().__init__(message)
        self.kind = kind
        self.extensions = extensions


class Query:
    """The root of every query."""

    def __init__(self, accounts: Accounts, viewer: Viewer, quota: Quota, node_count: int) -> None:
        self._accounts = accounts
        self._viewer = viewer
        self._quota = quota
        self._node_count = node_count
        self.refused_by = ""  # the organisation whose single sign-on does not know the token

    def rate_limit(self, dry_run: bool = False) -> RateLimit:
        return RateLimit(self._quota, self._node_count)

    def viewer(self) -> Owner:
        login = self._viewer.login
        return Owner(self._accounts.users.get(login.lower()) or portfolio.User(login or "octocat"))

    def repository(self, owner: str, name: str, follow_renames: bool = True) -> Repository:
        full_name = f"{owner}/{name}"
        repository = self._accounts.find(full_name, self._viewer)
        if repository is None or (
            not follow_renames and full_name.lower() in self._accounts.renamed
        ):
            raise NoValue(
                "NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'."
            )
        return self._readable(repository)

    def node(self, id: str) -> Repository | Blob:
        node = self.nodes([id])[0]
        if isinstance(node, NoValue):
            raise node
        return node

    def nodes(self, ids: Sequence[str]) -> list[Repository | Blob | NoValue]:
        if len(ids) > MAX_IDS:
            raise NoValue(
                "ARGUMENT_LIMIT",
                f"You may not provide more than {MAX_IDS} node ids; you provided {len(ids)}.",
            )
        nodes: list[Repository | Blob | NoValue] = []
        for id in ids:
            try:
                nodes.append(self._node(id))
            except NoValue as error:
                nodes.append(error)
        return nodes

    def _node(self, id: str) -> Repository | Blob:
        try:
            kind, number, *sha = base64.b64decode(id, validate=True).decode().split(":")
        except ValueError:
            kind, number, sha = "", "", []
        stored = self._by_number.get(number)
        if stored:
            repository = self._readable(stored)
            node = repository if kind == "Repository" else repository.blob(*sha)
            if node:
                return node
        raise NoValue("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")

    @cached_property
    def _by_number(self) -> dict[str, portfolio.Repository]:
        return {
            str(repository.id): repository
            for owner in self._accounts.users.values()
            for repository in owner.repositories.values()
            if self._viewer.may_know(repository, owner)
        }

    def _readable(self, repository: portfolio.Repository) -> Repository:
        if repository.blocked:
            raise NoValue("FORBIDDEN", ACCESS_BLOCKED)
        if self._viewer.needs_sso(repository):
            self.refused_by = repository.owner
            raise NoValue("FORBIDDEN", SSO_REQUIRED, {"saml_failure": True})
        return Repository(repository, self._accounts.users[repository.owner.lower()])


class RateLimit:
    """The client's points."""

    cost = 1

    def __init__(self, quota: Quota, node_count: int) -> None:
        self.limit = quota.limit
        self.remaining = max(0, quota.remaining - self.cost)  # this query is paid for already
        self.used = quota.limit - self.remaining
        self.node_count = node_count
        self.reset_at = datetime.fromtimestamp(quota.resets_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Owner:
    """A User or an Organization."""

    def __init__(self, user: portfolio.User) -> None:
        self.type_name = "Organization" if user.organisation else "User"
        self.id = node_id(self.type_name, user.login)
        self.database_id = account_id(user.login)
        self.login = user.login
        self.name = user.name or None
        self.url = f"https://github.com/{user.login}"

    def avatar_url(self, size: int | None = None) -> str:
        return f"https://avatars.githubusercontent.com/u/{self.database_id}?v=4"


class Repository:
    """A repository."""

    type_name = "Repository"
    is_disabled = is_locked = is_mirror = False

    def __init__(self, stored: portfolio.Repository, owner: portfolio.User) -> None:
        self._stored = stored
        self._trees: dict[str, dict[str, dict[str, Any]] | None] = {}
        self.owner = Owner(owner)
        self.is_in_organization = owner.organisation
        self.id = node_id("Repository", str(stored.id))
        self.database_id = stored.id
        self.name = stored.name
        self.name_with_owner = stored.full_name
        self.url = f"https://github.com/{stored.full_name}"
        self.resource_path = f"/{stored.full_name}"
        self.description = stored.description
        self.homepage_url = stored.homepage
        self.created_at = stored.created_at
        self.updated_at = stored.updated_at
        self.pushed_at = stored.pushed_at
        self.is_archived = stored.archived
        self.is_fork = stored.fork
        self.is_private = stored.private
        self.is_template = stored.is_template
        self.is_empty = not stored.files
        self.visibility = "PRIVATE" if stored.private else "PUBLIC"
        self.disk_usage = stored.size_kb
        self.stargazer_count = stored.stars
        self.fork_count = stored.forks

    def default_branch_ref(self) -> Ref | None:
        return self.ref(self._stored.default_branch)

    def ref(self, qualified_name: str) -> Ref | None:
        branch = self._stored.default_branch
        is_branch = qualified_name in (branch, f"refs/heads/{branch}")
        return Ref(self, branch) if is_branch and self._stored.files else None

    def primary_language(self) -> Language | None:
        languages = self._stored.languages
        return Language(next(iter(languages))) if languages else None

    def languages(
        self, order_by: Mapping[str, str] | None = None, **page: Any
    ) -> LanguageConnection:
        edges = [
            LanguageEdge(Language(name), size) for name, size in self._stored.languages.items()
        ]
        if order_by and order_by["direction"] == "ASC":
            edges.reverse()
        return LanguageConnection(edges, **page)

    def repository_topics(self, **page: Any) -> Connection:
        return Connection([Edge(RepositoryTopic(topic)) for topic in self._stored.topics], **page)

    def license_info(self) -> License | None:
        return License(self._stored.license) if self._stored.license else None

    def object(
        self, expression: str | None = None, oid: str | None = None
    ) -> Commit | Tree | Blob | None:
        if expression is None:
            return self._object_of(oid or "")
        ref, colon, path = expression.partition(":")
        if not colon:
            return self.commit(ref) or self._object_of(ref)
        entries = self.entries(ref)
        if entries is None:
            return None
        path = path.rstrip("/")
        if not path:
            commit = self.commit(ref)
            return Tree(self, commit.tree.oid if commit else ref, entries)
        return self.object_at(entries, path)

    def object_at(self, entries: Mapping[str, dict[str, Any]], path: str) -> Tree | Blob | None:
        """Return the folder or file at `path` of a root tree."""
        entry = entries.get(path)
        if entry is None or entry["type"] == "commit":
            return None
        if entry["type"] == "tree":
            return Tree(self, entry["sha"], entries, path)
        return self.blob(entry["sha"])

    def commit(self, ref: str) -> Commit | None:
        """Find a commit by the branch's name, HEAD or its sha."""
        stored = self._stored.commit_named(ref)
        return Commit(self, stored) if stored else None

    def blob(self, sha: str = "") -> Blob | None:
        """Find the content of a present or past file."""
        content = self._stored.content(sha)
        return None if content is None else Blob(self, sha, content)

    def entries(self, ref: str) -> dict[str, dict[str, Any]] | None:
        """Return all entries below a root tree by their path."""
        if ref not in self._trees:
            self._trees[ref] = self._stored.tree_of(ref)
        return self._trees[ref]

    def _object_of(self, sha: str) -> Commit | Tree | Blob | None:
        if blob := self.blob(sha):
            return blob
        if sha in (self._stored.commit, *self._stored.past_commits):
            return self.commit(sha)
        if (entries := self.entries(sha)) is not None:
            return Tree(self, sha, entries)
        for root in (self._stored.tree[0], *self._stored.past_trees):
            entries = self.entries(root) or {}
            for path, entry in entries.items():
                if entry["sha"] == sha and entry["type"] == "tree":
                    return Tree(self, sha, entries, path)
        return None


class Ref:
    """A branch."""

    prefix = "refs/heads/"

    def __init__(self, repository: Repository, name: str) -> None:
        self.repository = repository
        self.name = name
        self.id = node_id("Ref", f"{repository.database_id}:{name}")

    def target(self) -> Commit | None:
        return self.repository.commit(self.name)


class GitObject:
    """What commits, trees and blobs have in common."""

    type_name = ""

    def __init__(self, repository: Repository, oid: str) -> None:
        self.repository = repository
        self.oid = oid
        self.abbreviated_oid = oid[:7]
        self.id = node_id(self.type_name, f"{repository.database_id}:{oid}")


class Commit(GitObject):
    """A commit."""

    type_name = "Commit"
    message = message_headline = "push"
    message_body = ""

    def __init__(self, repository: Repository, stored: portfolio.Commit) -> None:
        super().__init__(repository, stored.sha)
        self._stored = stored
        self.committed_date = self.authored_date = stored.at
        self.url = self.commit_url = f"{repository.url}/commit/{stored.sha}"

    @cached_property
    def tree(self) -> Tree:
        return Tree(
            self.repository, self._stored.tree, self.repository.entries(self._stored.tree) or {}
        )

    def history(self, **_: Any) -> CommitHistory:
        return CommitHistory(self._stored.number)


class CommitHistory:
    """The commits that lead to a commit. The stand-in knows how many they are."""

    def __init__(self, total_count: int) -> None:
        self.total_count = total_count


class Tree(GitObject):
    """A folder."""

    type_name = "Tree"

    def __init__(
        self,
        repository: Repository,
        oid: str,
        root: Mapping[str, dict[str, Any]],
        folder: str = "",
    ) -> None:
        """Show a folder of a root tree; "" is the root itself."""
        super().__init__(repository, oid)
        self._root = root
        self._folder = folder

    def entries(self) -> list[TreeEntry]:
        return [
            TreeEntry(self.repository, self._root, path)
            for path in self._root
            if path.rpartition("/")[0] == self._folder
        ]


class TreeEntry:
    """A file, folder or submodule in a folder."""

    def __init__(
        self, repository: Repository, root: Mapping[str, dict[str, Any]], path: str
    ) -> None:
        entry = root[path]
        self._root = root
        self.repository = repository
        self.path = path
        self.name = path.rpartition("/")[2]
        self.extension = "." + self.name.rpartition(".")[2] if "." in self.name else ""
        self.mode = int(entry["mode"], 8)
        self.oid = entry["sha"]
        self.size = entry.get("size", 0)
        self.type = entry["type"]
        self.is_generated = False

    def object(self) -> Tree | Blob | None:
        return self.repository.object_at(self._root, self.path)


class Blob(GitObject):
    """The content of a file."""

    type_name = "Blob"

    def __init__(self, repository: Repository, oid: str, content: bytes) -> None:
        super().__init__(repository, oid)
        self.byte_size = len(content)
        self.is_truncated = len(content) > MAX_TEXT_BYTES
        # GitHub looks for binary content in whole files only.
        self.is_binary = None if self.is_truncated else is_binary(content)
        self._content = content

    def text(self) -> str | None:
        if is_binary(self._content):
            return None
        return self._content[:MAX_TEXT_BYTES].decode(errors="replace")


class Language:
    """A programming language."""

    type_name = "Language"
    color = None

    def __init__(self, name: str) -> None:
        self.name = name
        self.id = node_id("Language", name)


class LanguageEdge(Edge):
    """A language and its bytes in a repository."""

    def __init__(self, language: Language, size: int) -> None:
        super().__init__(language)
        self.size = size


class LanguageConnection(Connection):
    """A repository's languages."""

    def __init__(self, edges: Sequence[LanguageEdge], **page: Any) -> None:
        super().__init__(edges, **page)
        self.total_size = sum(edge.size for edge in edges)


class RepositoryTopic:
    """A topic of a repository."""

    type_name = "RepositoryTopic"

    def __init__(self, name: str) -> None:
        self.id = node_id("RepositoryTopic", name)
        self.topic = Topic(name)
        self.url = f"https://github.com/topics/{name}"
        self.resource_path = f"/topics/{name}"


class Topic:
    """A topic."""

    type_name = "Topic"

    def __init__(self, name: str) -> None:
        self.id = node_id("Topic", name)
        self.name = name


class License:
    """A licence."""

    type_name = "License"

    def __init__(self, spdx_id: str) -> None:
        described = license_simple(spdx_id)
        self.id = described["node_id"]
        self.key = described["key"]
        self.name = described["name"]
        self.spdx_id = described["spdx_id"]
        self.url = f"http://choosealicense.com/licenses/{self.key}/"
