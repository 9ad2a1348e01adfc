"""Looks up accounts and repositories for REST, GraphQL and raw files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from github_standin.portfolio import Repository, User


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    login: str = ""  # of the token's owner; empty: unknown or nobody
    has_token: bool = False

    def may_know(self, repository: Repository, owner: User) -> bool:
        """Tell whether the repository exists for this viewer."""
        return not repository.private or self.login in {owner.login, *owner.members}

    def needs_sso(self, repository: Repository) -> bool:
        """Tell whether the token must first be authorized for the owner's single sign-on."""
        return self.has_token and repository.needs_sso


ANONYMOUS = Viewer()


class Accounts:
    """The accounts. `users` and `renamed` belong to the caller, who may change them."""

    def __init__(self, users: Mapping[str, User], renamed: Mapping[str, str]) -> None:
        """Serve `users`, by login, and follow the keys of `renamed` to its values.

        `renamed` holds full names. All keys are in lower case.
        """
        self.users = users
        self.renamed = renamed

    def find(self, full_name: str, viewer: Viewer = ANONYMOUS) -> Repository | None:
        """Find a repository that exists for the viewer, by its present or a former name."""
        present = self.renamed.get(full_name.lower(), full_name)
        login, _, name = present.lower().partition("/")
        owner = self.users.get(login)
        if owner is None:
            return None
        for repository in owner.repositories.values():
            if repository.name.lower() == name and viewer.may_know(repository, owner):
                return repository
        return None
