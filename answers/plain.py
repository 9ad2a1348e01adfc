"""Text of repositories and models, as plain sentences."""

from __future__ import annotations

import re

ADDRESS = r"\((?:[^()\n]|\([^()\n]*\))*\)"  # of a link: parentheses, once nested


def plain_text(markdown: str) -> str:
    """Text without HTML, comments, images, links' addresses and Markdown's marks."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", " ", markdown, flags=re.DOTALL)
    text = re.sub(
        r"<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", text, flags=re.DOTALL | re.IGNORECASE
    )
    text = re.sub(r"<[^>\n]{1,500}>", " ", text)
    text = re.sub(rf"!\[[^\]\n]*\]{ADDRESS}", " ", text)
    text = re.sub(rf"\[([^\]\n]*)\]{ADDRESS}", r"\1", text)
    text = re.sub(r"\b(?:https?|ftp|data|javascript):\S+", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"^\s*#+\s|[`*>|<]+", " ", text, flags=re.MULTILINE)
    return re.sub(r"\s+", " ", text)
