"""The keys of an app: who may call its functions and the Durable webhooks.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from localhost.errors import CannotStart

NAMES = ("function", "master", "system")


class KeysError(CannotStart):
    """The file of keys cannot be used; the message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One key of each kind. Unless `enforced`, only the Durable webhooks ask for theirs."""

    function: str = field(repr=False)
    master: str = field(repr=False)
    system: str = field(repr=False)
    enforced: bool

    @classmethod
    def load(cls, file: Path, env: Mapping[str, str] = os.environ) -> Keys:
        """Take each key from the environment or from `file`; generate and store missing ones.

        The file keeps URLs that contain a key valid after a restart. Raises KeysError.
        """
        given = {name: env.get(f"LOCALHOST_{name.upper()}_KEY") for name in NAMES}
        chosen = {name: key for name, key in given.items() if key}
        stored = _read(file)
        generated = {
            name: secrets.token_urlsafe(32) for name in NAMES if name not in {**stored, **chosen}
        }
        if generated:
            stored |= generated
            _write(file, stored)
        enforced = env.get("LOCALHOST_ENFORCE_KEYS") == "1"
        return cls(**{**stored, **chosen}, enforced=enforced)

    def admit(self, level: str, request: Request) -> bool:
        """Whether a request may call a function of this auth level."""
        if not self.enforced or level == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = [self.master] if level == "admin" else [self.function, self.master]
        return any(hmac.compare_digest(given.encode(), key.encode()) for key in accepted)


def _read(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text())
        return {name: str(content[name]) for name in NAMES if content.get(name)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise KeysError(
            f"the keys in {file} cannot be read ({error}); delete the file for new ones"
        ) from error


def _write(file: Path, keys: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)  # left by a host that was killed here
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as opened:
        json.dump(keys, opened)
    temporary.replace(file)
