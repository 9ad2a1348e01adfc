"""Parse GitHub's JSON. A response that lacks a required field raises GitHubUnavailable."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bundles import Tree, fingerprint
from bundles.text import encodable
from errors import GitHubUnavailable, RepositoryUnavailable
from models import ListedRepository, Metadata

SHA = re.compile(r"(?:[0-9a-f]{2})+")


def json_object(body: Any, what: str) -> dict[str, Any]:
    """Return the body if it is a JSON object. `what` names it in the error."""
    if not isinstance(body, dict):
        raise GitHubUnavailable("bad_response", f"GitHub's {what} is not an object")
    return body


def listed_repository(item: Any) -> ListedRepository:
    """Parse an item of a listing, or the response for a single repository.

    A value of another type than GitHub documents counts as missing.
    """
    item = json_object(item, "repository")
    license_ = item.get("license")
    metadata: Metadata = {
        "name": _required_text(item, "name"),
        "full_name": _required_text(item, "full_name"),
        "html_url": _required_text(item, "html_url"),
        "description": _text(item, "description"),
        "homepage": _text(item, "homepage") or None,
        "topics": _texts(item, "topics"),
        "language": _text(item, "language"),
        "license": _text(license_, "spdx_id") if isinstance(license_, dict) else None,
        "default_branch": _text(item, "default_branch"),
        "stargazers_count": _count(item, "stargazers_count"),
        "forks_count": _count(item, "forks_count"),
        "open_issues_count": _count(item, "open_issues_count"),
        "size": _count(item, "size"),
        "fork": bool(item.get("fork")),
        "archived": bool(item.get("archived")),
        "is_template": bool(item.get("is_template")),
        "visibility": _text(item, "visibility") or ("private" if item.get("private") else "public"),
        "created_at": _required_text(item, "created_at"),
        "updated_at": _required_text(item, "updated_at"),
        "pushed_at": _text(item, "pushed_at"),
    }
    return {"metadata": metadata, "fingerprint": fingerprint(metadata)}


def _required_text(item: Mapping[str, Any], key: str) -> str:
    text = _text(item, key)
    if not text:
        raise GitHubUnavailable(
            "bad_response", "GitHub's listing lacks a field that every repository has"
        )
    return text


def _text(item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    return encodable(value) if isinstance(value, str) else None


def _texts(item: Mapping[str, Any], key: str) -> list[str]:
    values = item.get(key)
    if not isinstance(values, list):
        return []
    return [encodable(value) for value in values if isinstance(value, str)]


def _count(item: Mapping[str, Any], key: str) -> int:
    value = item.get(key)
    return value if type(value) is int else 0


def file_tree(body: Any, full_name: str) -> Tree:
    """Parse a recursive file tree.

    Raises RepositoryUnavailable(`gone`) for a renamed repository: GitHub redirects the request, and
    the redirect loses `recursive=1`.
    """
    answer = json_object(body, "tree")
    entries = answer.get("tree")
    if not isinstance(entries, list) or not isinstance(answer.get("sha"), str):
        raise GitHubUnavailable("bad_response", f"GitHub's file tree of {full_name} cannot be used")
    if f"/repos/{full_name}/git/".lower() not in str(answer.get("url", "")).lower():
        raise RepositoryUnavailable("gone", f"{full_name} has another name by now")
    valid_entries = [entry for entry in entries if _is_tree_entry(entry)]
    return Tree(answer["sha"], valid_entries, bool(answer.get("truncated")))


def _is_tree_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in ("path", "type", "mode"))
        and SHA.fullmatch(str(entry.get("sha"))) is not None
        and isinstance(entry.get("size", 0), int)
    )


def blob_content(body: Any) -> bytes:
    """Decode the content of a blob."""
    try:
        return base64.b64decode(json_object(body, "blob")["content"])
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise GitHubUnavailable("bad_response", "a file that GitHub sent is not base64") from error


def blob_sha(content: bytes) -> str:
    """Return the name that git gives a file's content.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
