"""How a JSON value lies in a table entity, and what its row key looks like.

Limits of an entity: 1 MiB, 64 KiB a binary property, keys of 1,024 characters without `/ \\ # ?`
and control characters.
https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

CHUNK_BYTES = 64 * 1024
# An entity holds 1 MiB with its keys and property names; base64 is only how it travels.
VALUE_BYTES = 960 * 1024
# A value this large unpacked was not written by us: nothing larger is read into memory.
UNPACKED_BYTES = 64 * 1024 * 1024


class TooLarge(ValueError):
    """The value does not fit into one entity, compressed."""


class Corrupt(ValueError):
    """The entity does not hold what `pack` wrote."""


def pack(value: Any) -> dict[str, bytes]:
    """The value as binary properties `v00`, `v01`, … Raises TooLarge."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packed = zlib.compress(text.encode(), level=6)
    if len(packed) > VALUE_BYTES:
        raise TooLarge(f"{len(packed)} bytes compressed; an entity holds {VALUE_BYTES}")
    return {
        f"v{number:02}": packed[start : start + CHUNK_BYTES]
        for number, start in enumerate(range(0, len(packed), CHUNK_BYTES))
    }


def unpack(entity: Mapping[str, Any]) -> Any:
    """The value that `pack` wrote. Raises Corrupt."""
    chunks = sorted(key for key in entity if key.startswith("v") and key[1:].isdecimal())
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(b"".join(entity[key] for key in chunks), UNPACKED_BYTES)
        if not inflate.eof:
            raise Corrupt("the value is cut, or too large unpacked")
        return json.loads(text)
    except (zlib.error, ValueError, TypeError) as error:
        raise Corrupt(str(error)) from error


def encode_key(name: str) -> str:
    """Any text as part of a key: what a key must not hold is written as `=` and hexadecimal digits.

    `%` is legal but troublesome in addresses, so percent encoding is not used as it is.
    """
    return quote(name, safe=" !$&'()*+,;@[]").replace("%", "=")
