"""Turn Markdown of repositories and models into plain text that is safe to show and to send."""

from __future__ import annotations

import re

LINK_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"  # URLs may contain parentheses, nested once

ADDRESS = re.compile(
    r"[\w+.-]{0,30}://\S*|www\.\S*|\b(?:https?|ftp|data|javascript|vbscript|mailto):\S+",
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
