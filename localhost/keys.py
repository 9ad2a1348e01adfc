"""Who may call a function.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the app; `enforced` False: only the Durable webhooks ask for theirs."""

    function: str
    master: str
    system: str
    enforced: bool

    @classmethod
    def from_environment(cls) -> Keys:
        """LOCALHOST_FUNCTION_KEY and the like; made up where not set."""
        return cls(
            function=_key("FUNCTION"),
            master=_key("MASTER"),
            system=_key("SYSTEM"),
            enforced=os.environ.get("LOCALHOST_ENFORCE_KEYS") == "1",
        )

    def admit(self, level: str, request: Request) -> bool:
        """Whether the request may call a function of this auth level."""
        if not self.enforced or level == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = [self.master] if level == "admin" else [self.function, self.master]
        return any(hmac.compare_digest(given.encode(), each.encode()) for each in accepted)


def _key(name: str) -> str:
    return os.environ.get(f"LOCALHOST_{name}_KEY") or secrets.token_urlsafe(32)
