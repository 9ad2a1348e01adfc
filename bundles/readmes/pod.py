"""Read Perl's POD: https://perldoc.perl.org/perlpod"""

from __future__ import annotations

import re

from bundles.readmes.lines import Passages
from bundles.readmes.sections import Section, code, link

COMMAND = re.compile(r"=(\w{1,20})\b[ \t]*(.*)\Z")
HEADING = re.compile(r"head([1-6])\Z")
# The innermost code, `B<text>` or `C<< text >>`: https://perldoc.perl.org/perlpod#Formatting-Codes
FORMAT = re.compile(r"([A-Z])(?:<{2,4}\s+([^<>\x00-\x1f]{1,1000}?)\s+>{2,4}|<([^<>]{0,1000})>)")
ENTITIES = {"lt": "<", "gt": ">", "verbar": "|", "sol": "/", "nbsp": " ", "amp": "&", "quot": '"'}
MAX_DEPTH = 6


def read_pod(text: str) -> tuple[Section, ...]:
    """Read the sections of a POD file; where it has no command, all of it is text."""
    passages = Passages(_inline)
    hidden_until: str | None = None
    is_code = False
    for number, line in enumerate(text.split("\n"), 1):
        command = COMMAND.match(line)
        if hidden_until is not None:
            hidden_until = None if command and command[1] == hidden_until else hidden_until
        elif command:
            passages.end()
            name, words = command[1], command[2]
            if heading := HEADING.match(name):
                passages.heading(number, words, int(heading[1]))
            elif name == "item":
                passages.begin(
                    "item", number, re.sub(r"(?:\*|\d+\.?)(?:\s+|\Z)", "", words, count=1)
                )
            elif name in ("begin", "cut"):
                hidden_until = "end" if name == "begin" else "pod"
        elif not line.strip():
            passages.end()
            is_code = False
        elif is_code or (line[0].isspace() and not passages.is_open):
            is_code = True
        else:
            passages.text(number, line)
    return passages.sections()


def _inline(text: str) -> str:
    for _ in range(MAX_DEPTH):
        text, count = FORMAT.subn(_formatted, text)
        if not count:
            break
    return text


def _formatted(found: re.Match[str]) -> str:
    """Return what a formatting code shows."""
    name, text = found[1], found[2] if found[2] is not None else found[3]
    match name:
        case "C":
            return code(text)
        case "E":
            return ENTITIES.get(text, "")
        case "L":
            words, bar, target = text.partition("|")
            is_address = re.match(r"\w+:[^:\s]", text)
            return link(words, target) if bar else link("" if is_address else text, text)
        case "X" | "Z":
            return ""
        case _:
            return text
