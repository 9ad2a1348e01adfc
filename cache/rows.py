"""Encode JSON values, row keys and bundles for the entities of a table.

Limits of an entity: 1 MiB, 64 KiB for a binary property, keys of 1,024 characters without `/ \\ # ?`
and control characters.
https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from models import Bundle

MAX_PROPERTY_BYTES = 64 * 1024
# The limit of 1 MiB includes keys and property names.
MAX_PACKED_BYTES = 960 * 1024
# We never write values this large: reading stops here, so that no row can fill the memory.
MAX_UNPACKED_BYTES = 64 * 1024 * 1024

# What a bundle loses, step by step, until it fits into an entity. The remaining fields are bounded.
CUTS = (("readme",), ("path_terms", "repoContext"), ("file_types", "files"))


class TooLarge(ValueError):
    """A value that does not fit into one entity, even compressed."""


class Corrupt(ValueError):
    """An entity whose value `pack` did not write."""


def pack(value: Any) -> dict[str, bytes]:
    """Compress a value into binary properties `v00`, `v01`, … Raises TooLarge."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packed = zlib.compress(text.encode(), level=6)
    if len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(f"{len(packed)} bytes compressed; an entity holds {MAX_PACKED_BYTES}")
    return {
        f"v{number:02}": packed[start : start + MAX_PROPERTY_BYTES]
        for number, start in enumerate(range(0, len(packed), MAX_PROPERTY_BYTES))
    }


def unpack(entity: Mapping[str, Any]) -> Any:
    """Restore the value that `pack` wrote. Raises Corrupt."""
    properties = sorted(key for key in entity if key.startswith("v") and key[1:].isdecimal())
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(b"".join(entity[key] for key in properties), MAX_UNPACKED_BYTES)
        if not inflate.eof:
            raise Corrupt("the value is cut, or too large unpacked")
        return json.loads(text)
    except (zlib.error, ValueError, TypeError) as error:
        raise Corrupt(str(error)) from error


def encode_key(name: str) -> str:
    """Encode any text as part of a key: `=` and hexadecimal digits replace forbidden characters.

    `%` is allowed in keys but troublesome in URLs, so this is not percent encoding.
    """
    return quote(name, safe=" !$&'()*+,;@[]").replace("%", "=")


def bundle_row(username: str, bundle: Bundle) -> dict[str, Any]:
    """Make the entity of a bundle; cut the bundle, with a warning, if it is too large for one.

    The row key contains a version derived from fingerprint and time, so a new bundle never
    overwrites a published one.
    """
    identity = json.dumps([bundle["fingerprint"], bundle["fetched_at"]])
    version = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return {
        "PartitionKey": username.lower(),
        "RowKey": f"repo:{encode_key(bundle['metadata']['name'])}@{version}",
        **_pack_bundle(bundle),
    }


def _pack_bundle(bundle: Bundle) -> dict[str, bytes]:
    content: dict[str, Any] = dict(bundle)
    for fields in CUTS:
        try:
            return pack(content)
        except TooLarge:
            content |= {field: type(content[field])() for field in fields}
            content["warnings"] = [*bundle["warnings"], "bundle_cut"]
    return pack(content)
