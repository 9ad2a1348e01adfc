"""Choose which of a repository's own words are shown: plain text that says what it is."""

from __future__ import annotations

import re

from answers.plain import LINK_TARGET

MAX_SUMMARY_CHARS = 240
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+(?=[^\W\da-z_])")  # not behind "e.g." or "Node.js"
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|no|part no|dr|mr|mrs|st)\.$", re.IGNORECASE)

ELEMENTS = (
    "a|abbr|address|area|article|aside|audio|b|base|bdi|bdo|blockquote|body|br|button|canvas|caption|center|cite|code"
    "|col|colgroup|data|datalist|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer"
    "|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark"
    "|marquee|math|menu|meta|meter|nav|noscript|object|ol|optgroup|option|output|p|param|picture|pre|progress|q|rp|rt"
    "|ruby|s|samp|script|search|section|select|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table"
    "|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
# Elements, anything with attributes, comments, and what is never closed; but not types: `List<T>`.
MARKUP = re.compile(
    rf"(?<!\w(?=<[A-Z]>))</?(?:{ELEMENTS})(?:[\s/][^<>]{{0,500}})?>"
    r"|<[/!?]?[a-z][^<>=]{0,500}=[^<>]{0,500}>|<!--.{0,500}?-->|<(?=[a-z/!?])(?![\w:.,&\[\]* -]{1,80}>)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\b(?:https?|ftp|data|javascript):\S+", re.IGNORECASE)
IMAGE = re.compile(rf"!\[[^\]\n]*\]{LINK_TARGET}")
LINK = re.compile(rf"\[([^\]\n]*)\]{LINK_TARGET}")
EMPHASIS = re.compile(r"`+|(?<!\w)\*\*(?=\S)(?P<strong>.+?)(?<=\S)\*\*(?!\w)")

# What some READMEs begin with, instead of saying what the project is.
COMMAND = re.compile(
    r"(?:[$>%] ?\S|(?:sudo|npx|pip3?|cd|chmod|mkdir|source|export|curl|wget|brew|apt(?:-get)?) \S+"
    r"|(?:npm|yarn|pnpm|git|docker(?:-compose)?|cargo|go|conda|poetry|uv|flutter|dotnet|bundle|gem|composer|kubectl"
    r"|terraform|helm|make) (?:-|(?:install|run|clone|build|init|add|get|start|compose|create|ci|apply|pub|sync)\b)"
    r"|python3? (?:-|\S+\.py\b)|(?:from \S+ )?import [\w{*]|#include\b|(?:const|let|var) \w+ ?=)"
)
INSTRUCTION = re.compile(
    r"(?:to (?:run|install|start|build|get started|use)\b|(?:create|make|open) (?:a |the |new )*(?:folder|directory)\b"
    r"|(?:just|simply|please|first|then|now) [a-z]+\b|(?:click|visit|switch to|check (?:it|them|this)? ?out)\b"
    r"|remove all the\b|i (?:would )?recommend\b|see (?:also|here|below|the|our)\b)",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"(?:note|warning|important|disclaimer|caution|attention)\b ?[:!-]|(?:requires?|needs?|compatible|tested)\b.*\d"
    r"|live (?:application|demo|site|version)\b|.*\bversion ?[=:]+ ?\d|\S+ v?\d[\d.]+$|.*elevator pitch for your\b"
    r"|(?:the )?(?:gnu|mit|apache|bsd|gpl|isc|mpl)(?: (?:[al]?gpl|public|general|v?[\d.]+|clause))*(?: licen[cs]e)?$"
    r"|(?:all rights reserved|copyright)\b|table of contents|installation\b|usage\b",
    re.IGNORECASE,
)
DRAWING = re.compile("[\u2500-\u257f]")  # of a folder tree
CODE_END = re.compile(r"[;{}=\\]$|\)\s*\)$")


def shown_text(text: str) -> str:
    """Return text without markup and addresses, which a browser could follow. Keeps every sentence."""
    text = EMPHASIS.sub(lambda found: found["strong"] or "", LINK.sub(r"\1", IMAGE.sub(" ", text)))
    text = MARKUP.sub(" ", ADDRESS.sub(" ", text))  # a blank keeps what is left apart
    return " ".join(text.split())


def shown_description(text: str) -> str:
    """Return the text that is shown if it may say what a project is, else ""."""
    shown = shown_text(text)
    return shown if _describes(shown) else ""


def first_sentence(text: str) -> str:
    """Return the first sentence, cut at a word if it is long, without its full stop."""
    parts = SENTENCE_END.split(text)
    sentence = parts.pop(0)
    while parts and ABBREVIATION.search(sentence):
        sentence = f"{sentence} {parts.pop(0)}"
    if len(sentence) > MAX_SUMMARY_CHARS:
        words, _, _ = sentence[:MAX_SUMMARY_CHARS].rpartition(" ")
        return f"{(words or sentence[:MAX_SUMMARY_CHARS]).rstrip(' ,;:–-(')} …"
    return re.sub(r"\s*(?:\.+|[:;,])$", "", sentence)


def _describes(text: str) -> bool:
    """Tell whether a text may say what a project is: no command, notice or picture of folders."""
    plain = text.lstrip(
        "".join({sign for sign in text[:8] if not sign.isalnum() and sign not in "$>%#"})
    )
    words = re.findall(r"[^\W\d_]+", plain)
    is_shouted = len(words) > 2 and plain.upper() == plain and plain.lower() != plain
    begins_otherwise = any(pattern.match(plain) for pattern in (COMMAND, INSTRUCTION, NOTICE))
    is_code = DRAWING.search(text) or CODE_END.search(plain)
    return bool(words) and not (is_shouted or begins_otherwise or is_code)
