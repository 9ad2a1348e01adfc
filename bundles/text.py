"""Text that can be written as UTF-8, whatever bytes or names it came from."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Replace lone surrogates, which cannot be written as UTF-8."""
    return text.encode(errors="replace").decode()


def decoded(content: bytes) -> str:
    """Decode UTF-8 without its byte order mark, replacing invalid bytes."""
    return content.decode("utf-8-sig", errors="replace")
