"""A portfolio's contents in few rows, from which a process that has just started answers.

The parts of a snapshot, in rows `snapshot:<number>`, are one compressed text:

    length of the header (4 bytes) | header (JSON) | term numbers | weights | field weights

The header lists the repositories, and every term once. A repository's terms follow as the
differences of their numbers in that list (32-bit integers), their weights (32-bit floats) and their
field weights (bytes). Numbers are little-endian.

Reading a thousand small rows costs seconds, most of them for the rows and not for their bytes. A
snapshot is redundant: what it lacks is read from the rows of the bundles.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from array import array
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, chain
from operator import itemgetter, sub
from typing import Any

from cache.portfolio import Content
from cache.rows import MAX_PACKED_BYTES, Corrupt, inflate, joined, split
from relevance.terms import ANALYSIS_VERSION, RepositoryTerms

SNAPSHOT_FORMAT = 1  # raise it when the text changes
# A larger portfolio loses the repositories with the longest READMEs from its snapshot.
MAX_SNAPSHOT_ROWS = 24
MAX_SNAPSHOT_BYTES = 128 * 1024 * 1024  # unpacked
COMPRESSION_LEVEL = 3  # written at the end of a refresh, beside visitors' requests

# The short properties of a part, which a query can read without its value.
PART_PROPERTIES = ["PartitionKey", "RowKey", "digest", "parts"]
LENGTH = struct.Struct("<I")


def snapshot_digest(row_keys: Collection[str]) -> str:
    """Hash what a snapshot is made of. Equal: there is no need to write it again."""
    made_of = [SNAPSHOT_FORMAT, ANALYSIS_VERSION, sorted(row_keys)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def snapshot_rows(username: str, contents: Mapping[str, Content]) -> list[dict[str, Any]]:
    """Make the rows of a snapshot. They contain at least the repositories with short READMEs."""
    digest = snapshot_digest(contents)
    packed = _pack(contents)
    while packed is None:
        by_size = sorted(contents, key=lambda row_key: len(contents[row_key].fields["readme"]))
        contents = {row_key: contents[row_key] for row_key in by_size[: len(by_size) // 2]}
        packed = _pack(contents)
    parts = [
        packed[start : start + MAX_PACKED_BYTES]
        for start in range(0, len(packed), MAX_PACKED_BYTES)
    ]
    return [
        {
            "PartitionKey": username.lower(),
            "RowKey": f"snapshot:{number:02}",
            "digest": digest,
            "parts": len(parts),
            **split(part),
        }
        for number, part in enumerate(parts)
    ]


def is_whole(rows: Sequence[Mapping[str, Any]], digest: str | None = None) -> bool:
    """Whether rows are all parts of one snapshot, in order; with `digest`, of that one."""
    wanted = digest or (rows[0].get("digest") if rows else None)
    return bool(rows) and all(
        (row["RowKey"], row.get("digest"), row.get("parts"))
        == (f"snapshot:{number:02}", wanted, len(rows))
        for number, row in enumerate(rows)
    )


def read_snapshot(rows: Sequence[Mapping[str, Any]]) -> dict[str, Content]:
    """Return the contents of a snapshot by row key. Raises Corrupt."""
    if not is_whole(rows):
        raise Corrupt("the parts do not belong together")
    try:
        packed = b"".join(joined(row) for row in rows)
        return _unpack(memoryview(inflate(packed, max_bytes=MAX_SNAPSHOT_BYTES)))
    except (struct.error, ValueError, TypeError, LookupError) as error:
        raise Corrupt(str(error)) from error


def _pack(contents: Mapping[str, Content]) -> bytes | None:
    """Pack contents; None if they are too large."""
    known = [content.terms for content in contents.values() if content.terms]
    # In the order of every repository's terms, so that differences of numbers are small.
    occurring = set(chain.from_iterable(terms.terms for terms in known))
    bigrams = {term for term in occurring if " " in term}
    table = sorted(occurring - bigrams) + sorted(bigrams)
    numbers = {term: number for number, term in enumerate(table)}
    header = {
        "format": SNAPSHOT_FORMAT,
        "analysis_version": ANALYSIS_VERSION,
        "terms": table,
        "repositories": [
            [row_key, content.fields, _sizes(content.terms) if content.terms else None]
            for row_key, content in contents.items()
        ],
    }
    steps = array("i")
    for terms in known:
        chosen = [numbers[term] for term in terms.terms]
        steps.extend(map(sub, chosen, [0, *chosen]))
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    unpacked = b"".join(
        [
            LENGTH.pack(len(text)),
            text,
            steps.tobytes(),
            *(terms.weights.tobytes() for terms in known),
            *(terms.field_weights for terms in known),
        ]
    )
    if len(unpacked) > MAX_SNAPSHOT_BYTES:
        return None
    packed = zlib.compress(unpacked, level=COMPRESSION_LEVEL)
    return packed if len(packed) <= MAX_SNAPSHOT_ROWS * MAX_PACKED_BYTES else None


def _unpack(text: memoryview) -> dict[str, Content]:
    (header_bytes,) = LENGTH.unpack(text[: LENGTH.size])
    numbers_at = LENGTH.size + header_bytes
    header = json.loads(bytes(text[LENGTH.size : numbers_at]))
    if header["format"] != SNAPSHOT_FORMAT:
        raise Corrupt(f"it has format {header['format']} instead of {SNAPSHOT_FORMAT}")
    repositories = header["repositories"]
    count = sum(sizes[0] for _, _, sizes in repositories if sizes)
    weights_at = numbers_at + 4 * count
    fields_at = weights_at + 4 * count
    steps, weights = array("i"), array("f")
    steps.frombytes(text[numbers_at:weights_at])
    weights.frombytes(text[weights_at:fields_at])
    are_current = header["analysis_version"] == ANALYSIS_VERSION
    table = header["terms"]
    contents: dict[str, Content] = {}
    start = 0
    for row_key, fields, sizes in repositories:
        if not sizes or not are_current:
            contents[row_key] = Content(fields, None)
            continue
        terms, field_bytes = sizes
        end = start + terms
        contents[row_key] = Content(
            fields,
            RepositoryTerms(
                terms=_chosen(table, list(accumulate(steps[start:end]))),
                weights=weights[start:end],
                field_weights=bytes(text[fields_at : fields_at + field_bytes]),
            ),
        )
        start, fields_at = end, fields_at + field_bytes
    return contents


def _chosen(table: list[str], numbers: list[int]) -> tuple[str, ...]:
    """Return the terms with these numbers. Half of the time that a loop takes."""
    if len(numbers) < 2:  # of one number, itemgetter makes no tuple
        return tuple(table[number] for number in numbers)
    chosen: tuple[str, ...] = itemgetter(*numbers)(table)
    return chosen


def _sizes(terms: RepositoryTerms) -> list[int]:
    return [len(terms.terms), len(terms.field_weights)]
