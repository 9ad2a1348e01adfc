"""What other tools than GitHub add to Markdown: their notes become GitHub's alerts, the rest goes.

https://docusaurus.io/docs/markdown-features/admonitions, https://squidfunk.github.io/mkdocs-material/reference/admonitions/,
https://docs.gitlab.com/user/markdown/#multiline-blockquote, https://kramdown.gettalong.org/syntax.html,
https://jekyllrb.com/docs/liquid/, https://mdxjs.com/docs/using-mdx/
"""

from __future__ import annotations

import re

NOTES = (
    r"(?:note|tip|info|warning|danger|caution|important|success|error|question|hint|attention|abstract|seealso"
    r"|details|spoiler|alert)"
)
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
COLONS = re.compile(r"[ \t]{0,3}:{3,}[ \t]*\{?([\w-]*)")
COLON_NOTE = re.compile(rf"[ \t]{{0,3}}:{{3,}}[ \t]*\{{?\.?{NOTES}\b", re.IGNORECASE)
INDENTED_NOTE = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+[\w-]+")
LONG_QUOTE = re.compile(r">>>[ \t]*(\[!\w{1,20}\].*)?\Z")
FORMULA = re.compile(r"[ \t]{0,3}\$\$")
MAX_FORMULA_LINES = 50
NO_PROSE = re.compile(
    r"[ \t]{0,3}(?:\{:.{0,500}\}|\{%.{0,500}%\}|\{\{[<%]?.{0,500}[>%]?\}\})[ \t]*\Z"
    r"|import\s(?:[^'\"]{0,500}\sfrom\s+)?(?:'[^']{1,300}'|\"[^\"]{1,300}\");?[ \t]*\Z"
    r"|export\s(?:const|let|var|function|async|default)\s.{0,1000}[;{}()\[\]\w'\"]\Z"
)


def without_dialects(text: str) -> str:
    """Rewrite notes as alerts, and empty lines that are no prose; lines keep their numbers."""
    lines = text.split("\n")
    last_quote = max((n for n, line in enumerate(lines) if LONG_QUOTE.match(line)), default=-1)
    fence = closing = ""  # closing: what ends the note that a line is in
    formula_end = -1
    for number, line in enumerate(lines):
        if fence:
            fence = "" if line.strip().startswith(fence) else fence
        elif found := FENCE.match(line):
            fence = found[1]
        elif number <= formula_end or NO_PROSE.match(line):
            lines[number] = ""
            continue
        elif FORMULA.match(line):
            formula_end = _formula_end(lines, number)
            lines[number] = ""
            continue
        elif closing == ":::" and COLONS.fullmatch(line.rstrip()):
            lines[number] = closing = ""
            continue
        elif COLON_NOTE.match(line) or INDENTED_NOTE.match(line):
            closing = ":::" if ":" in line[:4] else "indented"
            lines[number] = "> [!NOTE]"
            continue
        elif COLONS.match(line):
            lines[number] = ""
            continue
        elif quote := LONG_QUOTE.match(line):
            is_start = closing != ">>>" and last_quote > number
            closing = ">>>" if is_start else ""
            lines[number] = f"> {quote[1] or ''}" if is_start else ""
            continue
        if closing == "indented" and line and not line.startswith(("    ", "\t")):
            closing = ""
        if closing:
            lines[number] = f"> {line.removeprefix('    ')}".rstrip()
    return "\n".join(lines)


def _formula_end(lines: list[str], start: int) -> int:
    """Return the last line of a formula; the first one if nothing ends it."""
    if lines[start].rstrip().endswith("$$") and lines[start].strip() != "$$":
        return start
    for number in range(start + 1, min(len(lines), start + MAX_FORMULA_LINES)):
        if lines[number].rstrip().endswith("$$"):
            return number
    return start
