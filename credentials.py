"""Credentials on Azure: the one place that decides as which identity the app signs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity of the app.

    With a client id, that user-assigned managed identity. With `is_managed` alone, the
    system-assigned one. Otherwise what azure-identity finds, e.g. an Azure CLI that is signed in.
    """

    client_id: str | None = None
    is_managed: bool = False

    def credential(self) -> TokenCredential:
        """Return the credential for a client library of Azure."""
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        if self.is_managed or self.client_id:
            return ManagedIdentityCredential(client_id=self.client_id)
        return DefaultAzureCredential()

    def token_provider(self, scope: str) -> Callable[[], str]:
        """Return a function that returns a valid token of this scope. It may block."""
        from azure.identity import get_bearer_token_provider

        return get_bearer_token_provider(self.credential(), scope)


DEFAULT_IDENTITY = Identity()
