"""Turn Markdown of repositories and models into plain text that is safe to show and to send."""

from __future__ import annotations

import re

LINK_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"  # URLs may contain parentheses, nested once

ADDRESS = re.compile(
    r"[\w+.-]{0,30}://\S*|www\.\S*|\b(?:https?|ftp|data|javascript|vbscript|mailto):\S+",
    re.IGNORECASE,
)

# Sentences that address whatever model reads the repository: attempts at prompt injection. Without
# words that address it ("your", "all previous", "the system"), they describe a program.
WHOSE = r"(?:(?:all|any|my|your|our|the|these|those|its|previous|prior|above|earlier|of)\s+){1,4}"
ITS_OWN = r"(?:me\s+)?(?:all\s+(?:of\s+)?)?(?:your|its|the\s+(?:\w+\s+){0,2}(?:system|hidden|secret|github))"
PROMPT_INJECTION = re.compile(
    rf"\b(?:ignore|disregard|forget|override)\s+{WHOSE}(?:\w+\s+)?(?:instructions?|prompts?|rules|guidelines)\b"
    r"|\byou are (?:now )?(?:a|an|the|in) .{0,40}\b(?:assistant|mode|model)\b"
    rf"|\b(?:reveal|print|repeat|output)\s+{ITS_OWN}\b"
    r".{0,40}?\b(?:prompt|instructions?|tokens?|api keys?|secrets?)\b",
    re.IGNORECASE,
)


def plain_text(markdown: str) -> str:
    """Remove HTML, comments, images, URLs and Markdown's marks."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", " ", markdown, flags=re.DOTALL)
    text = re.sub(
        r"<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", text, flags=re.DOTALL | re.IGNORECASE
    )
    text = re.sub(r"<[^>\n]{1,500}>", " ", text)
    text = re.sub(rf"!\[[^\]\n]*\]{LINK_TARGET}", " ", text)
    text = re.sub(rf"\[([^\]\n]*)\]{LINK_TARGET}", r"\1", text)
    text = ADDRESS.sub(" ", text)
    text = re.sub(r"^\s*#+\s|[`*>|<]+", " ", text, flags=re.MULTILINE)
    return re.sub(r"\s+", " ", text)
