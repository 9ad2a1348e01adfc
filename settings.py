"""Read the app's settings from the environment, once, into one frozen object."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from credentials import Identity
from errors import InvalidSettings

T = TypeVar("T")

DEFAULT_SCHEDULE = "0 0 */6 * * *"
GITHUB_API_URL = "https://api.github.com"
GITHUB_RAW_URL = "https://raw.githubusercontent.com"
# Where Azure cannot resolve a reference, its text stays in the setting, and anybody can guess that.
# https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#troubleshoot-key-vault-references
KEY_VAULT_REFERENCE = "@microsoft.keyvault("
# The host's connection to its storage account, which the app shares.
# https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
STORAGE = "AzureWebJobsStorage"
STORAGE_URIS = tuple(f"{STORAGE}__{service}ServiceUri" for service in ("blob", "queue", "table"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that the owner chooses. Durations are seconds; `repr` omits secrets."""

    github_usernames: tuple[str, ...]  # the first is the default of every route
    github_token: str | None = field(repr=False)
    github_api_url: str
    github_raw_url: str | None  # contents without a token come from here; None: from the API
    github_requests_per_minute: int  # shared by all portfolios; 0: no pacing
    github_webhook_secret: str | None = field(repr=False)  # None: webhooks are refused
    include_forks: bool
    include_archived: bool
    include_private: bool
    allowed_origins: tuple[str, ...]  # sites whose pages may read responses; "*": any site
    refresh_schedule: str  # NCRONTAB; the timer trigger reads the same setting
    refresh_batch_size: int  # repositories per sub-orchestration
    cache_max_age_seconds: int  # an older portfolio is stale: served while a refresh runs
    cache_table: str
    storage_connection: str | None = field(repr=False)
    storage_table_uri: str | None  # used with `storage_identity` if no connection string is set
    storage_identity: Identity
    openai_api_key: str | None = field(repr=False)  # None: answers are extractive
    openai_base_url: str
    openai_model: str
    openai_embedding_model: str | None  # None: the ranking uses words alone
    openai_timeout_seconds: float
    model_identity: Identity  # used on Azure without a key

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read and check every setting. An empty value means the default.

        Raises InvalidSettings, which names every wrong setting, its value and what is expected. The
        values of secrets are not shown, nor are unresolved references to Key Vault.
        """
        problems: list[str] = []

        def read(name: str, default: str, parse: Callable[[str], T]) -> T | None:
            value = env.get(name, "").strip() or default
            if value.lower().startswith(KEY_VAULT_REFERENCE):
                problems.append(
                    f"`{name}` is a Key Vault reference that Azure could not resolve; expected the"
                    ' secret itself: grant the app\'s identity the role "Key Vault Secrets User", and'
                    " look up the reference's status among the app's settings in the portal"
                )
                return None
            try:
                return parse(value)
            except ValueError as error:
                shown = "not usable" if parse is _secret else repr(value) if value else "not set"
                problems.append(f"`{name}` is {shown}; expected {error}")
                return None

        api_url = read("GITHUB_API_URL", GITHUB_API_URL, _url)
        # Another GitHub than github.com has its files elsewhere, or needs a token for them.
        default_raw_url = GITHUB_RAW_URL if api_url == GITHUB_API_URL else ""
        account_name = read(f"{STORAGE}__accountName", "", _account_name)
        # The app calls the table service alone; Durable calls all three.
        _, _, table_uri = [read(name, "", _service_uri) for name in STORAGE_URIS]
        values = {
            "github_usernames": read("GITHUB_USERNAMES", "", _usernames),
            "github_token": read("GITHUB_TOKEN", "", _secret),
            "github_api_url": api_url,
            "github_raw_url": read("GITHUB_RAW_URL", default_raw_url, _optional_url),
            "github_requests_per_minute": read(
                "GITHUB_REQUESTS_PER_MINUTE", "850", _whole_number(0, 100_000)
            ),
            "github_webhook_secret": read("GITHUB_WEBHOOK_SECRET", "", _secret),
            "include_forks": read("INCLUDE_FORKS", "false", _boolean),
            "include_archived": read("INCLUDE_ARCHIVED", "true", _boolean),
            "include_private": read("INCLUDE_PRIVATE", "false", _boolean),
            "allowed_origins": read("ALLOWED_ORIGINS", "", _origins),
            "refresh_schedule": read("REFRESH_SCHEDULE", DEFAULT_SCHEDULE, _schedule),
            "refresh_batch_size": read("REFRESH_BATCH_SIZE", "50", _whole_number(1, 100)),
            "cache_max_age_seconds": read(
                "CACHE_MAX_AGE_SECONDS", "21600", _whole_number(1, 31_536_000)
            ),
            "cache_table": read("CACHE_TABLE", "GitHubCache", _table),
            "storage_connection": read(STORAGE, "", _secret),
            "storage_table_uri": table_uri or _table_uri_of(account_name),
            "storage_identity": Identity(
                read(f"{STORAGE}__clientId", "", _client_id),
                is_managed=read(f"{STORAGE}__credential", "", _credential_kind) is not None,
            ),
            "openai_api_key": read("OPENAI_API_KEY", "", _secret),
            "openai_base_url": read("OPENAI_BASE_URL", "https://api.openai.com/v1", _url),
            "openai_model": read("OPENAI_MODEL", "gpt-4o-mini", str),
            "openai_embedding_model": read("OPENAI_EMBEDDING_MODEL", "", _optional),
            "openai_timeout_seconds": read("OPENAI_TIMEOUT_SECONDS", "10", _timeout),
            "model_identity": Identity(read("AZURE_CLIENT_ID", "", _client_id)),
        }
        problems += _storage_problems(env)
        if problems:
            raise InvalidSettings(problems)
        # `read` returns None for a wrong value only, and then there are problems.
        return cls(**values)  # type: ignore[arg-type]  # mypy cannot match a dict with the fields


@cache
def settings() -> Settings:
    """Return the settings of this process, read at the first call. Never call it at import."""
    return Settings.from_env()


def _storage_problems(env: Mapping[str, str]) -> list[str]:
    """Find what is missing or contradictory in the connection to the storage."""

    def given(*names: str) -> list[str]:
        return [name for name in names if env.get(name, "").strip()]

    account, table_uri = f"{STORAGE}__accountName", STORAGE_URIS[-1]
    addresses = given(account, *STORAGE_URIS)
    by_identity = addresses + given(f"{STORAGE}__credential", f"{STORAGE}__clientId")
    if given(STORAGE) and by_identity:
        return [
            f"`{STORAGE}` and `{by_identity[0]}` are both set; expected a connection string, or the"
            " app's own identity, but not both"
        ]
    if not given(STORAGE) and not addresses:
        return [
            f"`{STORAGE}` is not set; expected a storage connection string, or `{account}` for the"
            " app's own identity"
        ]
    missing = sorted(set(STORAGE_URIS) - set(addresses))
    if given(*STORAGE_URIS) and missing:
        return [
            f"`{missing[0]}` is not set; expected the addresses of blobs, queues and tables, because"
            f" Durable Functions needs all three, or `{account}` instead of them"
        ]
    named, from_account = (
        env.get(table_uri, "").strip(),
        _table_uri_of(env.get(account, "").strip()),
    )
    if named and from_account and named.rstrip("/") != from_account:
        return [
            f"`{table_uri}` is {named!r}; expected {from_account!r}, which is the address of"
            f" `{account}`, or no `{account}`"
        ]
    return []


def _table_uri_of(account_name: str | None) -> str | None:
    return f"https://{account_name}.table.core.windows.net" if account_name else None


# The parsers below return the setting's value. They raise ValueError with what they expect, worded to
# follow "expected".


def _usernames(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    # https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
    if not names or not all(
        re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})", name) for name in names
    ):
        raise ValueError("GitHub usernames, separated by commas, e.g. 'octocat'")
    if len({name.lower() for name in names}) < len(names):
        raise ValueError("each username once; GitHub ignores case")
    return names


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"\*|https?://[^/\s]+", origin) for origin in origins):
        raise ValueError("origins, separated by commas, e.g. 'https://octocat.dev', or '*'")
    return origins


def _secret(text: str) -> str | None:
    if not text.isprintable() or not text.isascii():
        raise ValueError("printable ASCII characters only")
    return text or None


def _optional(text: str) -> str | None:
    return text or None


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:  # its message does not say what is expected
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an http:// or https:// address without a query")
    return text.rstrip("/")


def _optional_url(text: str) -> str | None:
    return _url(text) if text else None


def _service_uri(text: str) -> str | None:
    if text and not text.startswith("https://"):
        raise ValueError("an https:// address, because tokens are sent to it")
    return _optional_url(text)


def _account_name(text: str) -> str | None:
    if not re.fullmatch(r"(?:[a-z0-9]{3,24})?", text):
        raise ValueError("the storage account's name: 3 to 24 lower-case letters and digits")
    return text or None


def _credential_kind(text: str) -> str | None:
    if text.lower() not in {"", "managedidentity"}:
        raise ValueError("'managedidentity', or no value")
    return text or None


def _client_id(text: str) -> str | None:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})?", text):
        raise ValueError("the client id of a user-assigned managed identity, which is a GUID")
    return text or None


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _timeout(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or not 0 < float(text) <= 120:
        raise ValueError("a number of seconds above 0 and at most 120")
    return float(text)


def _boolean(text: str) -> bool:
    match text.lower():
        case "true" | "1" | "yes" | "on":
            return True
        case "false" | "0" | "no" | "off":
            return False
    raise ValueError("true or false")


# Name, smallest and largest value of a schedule's fields, in their order, and the values' names.
SCHEDULE_FIELDS: tuple[tuple[str, int, int, str], ...] = (
    ("a second", 0, 59, ""),
    ("a minute", 0, 59, ""),
    ("an hour", 0, 23, ""),
    ("a day", 1, 31, ""),
    (
        *("a month", 1, 12),
        "january february march april may june july august september october november december",
    ),
    ("a weekday", 0, 6, "sunday monday tuesday wednesday thursday friday saturday"),
)


def _schedule(text: str) -> str:
    """Check a schedule as the host's library does: https://github.com/atifaziz/NCrontab."""
    fields = text.split()
    if len(fields) != len(SCHEDULE_FIELDS):
        raise ValueError("six fields: second minute hour day month weekday, e.g. '0 0 */6 * * *'")
    for text_of_field, (name, low, high, names) in zip(fields, SCHEDULE_FIELDS, strict=True):
        for part in text_of_field.split(","):
            values, slash, step = part.partition("/")
            is_step = not slash or (re.fullmatch(r"[0-9]{1,4}", step) and int(step) > 0)
            is_range = values == "*" or all(
                _is_schedule_value(value, low, high, names) for value in values.split("-", 1)
            )
            if not is_step or not is_range:
                raise ValueError(
                    f"NCRONTAB, where {name} is '*', {low} to {high}{', or a name' if names else ''},"
                    f" with ranges (1-5), lists (1,3) and steps (*/2); {part!r} is none"
                )
    return text


def _is_schedule_value(value: str, low: int, high: int, names: str) -> bool:
    if re.fullmatch(r"[0-9]{1,2}", value):
        return low <= int(value) <= high
    return len(value) >= 3 and any(name.startswith(value.lower()) for name in names.split())


def _table(text: str) -> str:
    # https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,62}", text):
        raise ValueError("3 to 63 letters and digits, a letter first")
    return text
