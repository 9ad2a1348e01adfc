"""Encode JSON values, row keys and bundles for the entities of a table.

Limits of an entity: 1 MiB, 64 KiB for a binary property, keys of 1,024 characters without `/ \\ # ?`
and control characters.
https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from models import Bundle, SavedBundle, no_locations

# Rows of bundles with another number are read by nobody and fetched again. Raise it when rows
# change in a way that their readers must know about.
ROW_FORMAT = 3
MAX_PROPERTY_BYTES = 64 * 1024
# The limit of 1 MiB includes keys and property names. Azurite applies it to the request, in which
# values travel as base64, a third longer.
MAX_PACKED_BYTES = 740 * 1024
# A bundle, packed. One with the longest README and all that was found in it stays far below.
MAX_BUNDLE_BYTES = 250 * 1024
# We never write values this large: reading stops here, so that no row can fill the memory.
MAX_UNPACKED_BYTES = 64 * 1024 * 1024

# What a bundle loses, step by step, until it fits into an entity. The remaining fields are bounded.
# The terms go first, because they can be made again from the bundle.
CUTS = (
    ("readme", "sections"),
    ("path_terms", "repoContext", "locations", "components"),
    ("file_types", "files"),
)

# The short properties of a bundle's row, which a query can read without its value.
SHORT_PROPERTIES = ["PartitionKey", "RowKey", "fetched_at", "warnings", "format"]
BUNDLE_KEY = re.compile(r"repo:(?P<name>[^@]+)@(?P<fingerprint>[^@]*)-[0-9a-f]{8}")


class TooLarge(ValueError):
    """A value that does not fit into one entity, even compressed."""


class Corrupt(ValueError):
    """An entity whose value `pack` did not write."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """The row of a bundle, without its value."""

    saved: SavedBundle
    etag: str  # changes with every write of the row


def pack(value: Any, max_bytes: int = MAX_PACKED_BYTES) -> dict[str, bytes]:
    """Compress a value into binary properties `v00`, `v01`, … Raises TooLarge."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packed = zlib.compress(text.encode(), level=6)
    if len(packed) > max_bytes:
        raise TooLarge(f"{len(packed)} bytes compressed, of at most {max_bytes}")
    return split(packed)


def unpack(entity: Mapping[str, Any]) -> Any:
    """Restore the value that `pack` wrote. Raises Corrupt."""
    try:
        return json.loads(inflate(joined(entity), max_bytes=MAX_UNPACKED_BYTES))
    except (ValueError, TypeError) as error:
        raise Corrupt(str(error)) from error


def split(packed: bytes) -> dict[str, bytes]:
    """Split bytes into binary properties `v00`, `v01`, …"""
    return {
        f"v{number:02}": packed[start : start + MAX_PROPERTY_BYTES]
        for number, start in enumerate(range(0, len(packed), MAX_PROPERTY_BYTES))
    }


def joined(entity: Mapping[str, Any]) -> bytes:
    """Join the properties that `split` made. Raises TypeError if one is not binary."""
    properties = sorted(key for key in entity if key.startswith("v") and key[1:].isdecimal())
    return b"".join(entity[key] for key in properties)


def inflate(packed: bytes, *, max_bytes: int) -> bytes:
    """Decompress a value of at most so many bytes. Raises Corrupt."""
    decompress = zlib.decompressobj()
    try:
        unpacked = decompress.decompress(packed, max_bytes)
    except zlib.error as error:
        raise Corrupt(str(error)) from error
    if not decompress.eof:
        raise Corrupt("the value is cut, or too large unpacked")
    return unpacked


def encode_key(name: str) -> str:
    """Encode any text as part of a key: `=` and hexadecimal digits replace forbidden characters.

    `%` is allowed in keys but troublesome in URLs, so this is not percent encoding. `@` is replaced,
    too, because it separates the parts of a key.
    """
    return quote(name, safe=" !$&'()*+,;[]").replace("%", "=")


def decode_key(encoded: str) -> str:
    """Restore the text that `encode_key` encoded."""
    return unquote(encoded.replace("=", "%"))


def bundle_row(username: str, bundle: Bundle) -> tuple[dict[str, Any], SavedBundle]:
    """Make the entity of a bundle, and the same in short.

    A bundle too large for an entity is cut, with a warning. Its row key contains the fingerprint and
    a hash of the time, so a new bundle never overwrites a published one.
    """
    packed, warnings = _pack_bundle(bundle)
    name = bundle["metadata"]["name"]
    time_hash = hashlib.sha256(bundle["fetched_at"].encode()).hexdigest()[:8]
    saved: SavedBundle = {
        "name": name,
        "row_key": f"repo:{encode_key(name)}@{encode_key(bundle['fingerprint'])}-{time_hash}",
        "fingerprint": bundle["fingerprint"],
        "fetched_at": bundle["fetched_at"],
        "warnings": warnings,
    }
    row = {
        "PartitionKey": username.lower(),
        "RowKey": saved["row_key"],
        "fetched_at": saved["fetched_at"],
        "warnings": ",".join(warnings),
        "format": ROW_FORMAT,
        **packed,
    }
    return row, saved


def saved_bundle(row: Mapping[str, Any]) -> SavedBundle | None:
    """Read a bundle's row without its value; None if it has another format or is unreadable."""
    key = BUNDLE_KEY.fullmatch(str(row["RowKey"]))
    fetched_at, warnings = row.get("fetched_at"), row.get("warnings")
    is_readable = key and is_moment(fetched_at) and isinstance(warnings, str)
    if not key or not is_readable or row.get("format") != ROW_FORMAT:
        return None
    return {
        "name": decode_key(key["name"]),
        "row_key": str(row["RowKey"]),
        "fingerprint": decode_key(key["fingerprint"]),
        "fetched_at": str(fetched_at),
        "warnings": str(warnings).split(",") if warnings else [],
    }


def is_moment(text: Any) -> bool:
    """Whether a property is a moment in ISO-8601 with a time zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _pack_bundle(bundle: Bundle) -> tuple[dict[str, bytes], list[str]]:
    """Pack a bundle; return with it the warnings that it has then."""
    content: dict[str, Any] = dict(bundle)
    try:
        return pack(content, MAX_BUNDLE_BYTES), bundle["warnings"]
    except TooLarge:
        content.pop("terms", None)
    for fields in CUTS:
        try:
            return pack(content, MAX_BUNDLE_BYTES), content["warnings"]
        except TooLarge:
            content |= {
                field: no_locations() if field == "locations" else type(content[field])()
                for field in fields
            }
            content["warnings"] = [*bundle["warnings"], "bundle_cut"]
    return pack(content, MAX_BUNDLE_BYTES), content["warnings"]
