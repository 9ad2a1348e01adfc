"""Parse GitHub's JSON. A response that lacks a required field raises GitHubUnavailable."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from bundles import Tree, fingerprint
from errors import GitHubUnavailable, RepositoryUnavailable
from models import ListedRepository, Metadata

SHA = re.compile(r"(?:[0-9a-f]{2})+")


def json_object(body: Any, what: str) -> dict[str, Any]:
    """Return the body if it is a JSON object. `what` names it in the error."""
    if not isinstance(body, dict):
        raise GitHubUnavailable("bad_response", f"GitHub's {what} is not an object")
    return body


def listed_repository(item: Any) -> ListedRepository:
    """Parse an item of a listing, or the response for a single repository."""
    item = json_object(item, "repository")
    try:
        license_ = item.get("license") or {}
        metadata: Metadata = {
            "name": str(item["name"]),
            "full_name": str(item["full_name"]),
            "html_url": str(item["html_url"]),
            "description": item.get("description"),
            "homepage": item.get("homepage") or None,
            "topics": [str(topic) for topic in item.get("topics") or []],
            "language": item.get("language"),
            "license": license_.get("spdx_id"),
            "default_branch": item.get("default_branch"),
            "stargazers_count": int(item.get("stargazers_count") or 0),
            "forks_count": int(item.get("forks_count") or 0),
            "open_issues_count": int(item.get("open_issues_count") or 0),
            "size": int(item.get("size") or 0),
            "fork": bool(item.get("fork")),
            "archived": bool(item.get("archived")),
            "is_template": bool(item.get("is_template")),
            "visibility": str(
                item.get("visibility") or ("private" if item.get("private") else "public")
            ),
            "created_at": str(item["created_at"]),
            "updated_at": str(item["updated_at"]),
            "pushed_at": item.get("pushed_at"),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GitHubUnavailable(
            "bad_response", "GitHub's listing lacks a field that every repository has"
        ) from error
    return {"metadata": metadata, "fingerprint": fingerprint(metadata)}


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
