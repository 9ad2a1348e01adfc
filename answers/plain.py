"""Text of repositories and models, as plain sentences."""

from __future__ import annotations

import re

ADDRESS = r"\((?:[^()\n]|\([^()\n]*\))*\)"  # of a link: parentheses, once nested

# A sentence for whoever reads a repository with a model, not for its visitors.
SPEAKS_TO_MODELS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines)\b"
    r"|\bsystem (?:prompt|message)\b|\byou are (?:now )?(?:a|an|the|in) .{0,40}\b(?:assistant|mode|model)\b"
    r"|\b(?:reveal|print|repeat|output)\b.{0,40}\b(?:prompt|instructions?|tokens?|api keys?|secrets?)\b",
    re.IGNORECASE,
)


def plain_text(markdown: str) -> str:
    """Text without HTML, comments, images, links' addresses, Markdown's marks, and without
    sentences that give instructions to models."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", " ", markdown, flags=re.DOTALL)
    text = re.sub(
        r"<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", text, flags=re.DOTALL | re.IGNORECASE
    )
    text = re.sub(r"<[^>\n]{1,500}>", " ", text)
    text = re.sub(rf"!\[[^\]\n]*\]{ADDRESS}", " ", text)
    text = re.sub(rf"\[([^\]\n]*)\]{ADDRESS}", r"\1", text)
    text = re.sub(r"\b(?:https?|ftp|data|javascript):\S+", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"^\s*#+\s|[`*>|<]+", " ", text, flags=re.MULTILINE)
    text = re.sub(r"\s+", " ", text)
    sentences = re.split(r"(?<=[.!?]) ", text)
    return " ".join(each for each in sentences if not SPEAKS_TO_MODELS.search(each))
