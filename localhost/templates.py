"""Route templates of ASP.NET, which the Functions host matches requests with.

https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

PARAMETER = re.compile(r"\{(\*{0,2})(\w+)((?::[^{}=?]+(?:\{[^{}]*\})?)*)(?:=([^}]*))?(\?)?\}")
Check = Callable[[str], bool]


class TemplateError(ValueError):
    """The template cannot be understood."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. `rank` sorts the more specific first: literals before parameters."""

    text: str
    pattern: re.Pattern[str]
    checks: dict[str, list[Check]]
    defaults: dict[str, str]
    rank: tuple[int, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters of `path`, without those that are absent; None if it does not match."""
        found = self.pattern.fullmatch(path.strip("/"))
        if not found:
            return None
        values = {
            name: unquote(value) for name, value in found.groupdict().items() if value is not None
        }
        if any(not check(values[name]) for name in values for check in self.checks[name]):
            return None
        return {**self.defaults, **values}


def compile_template(text: str) -> Template:
    """Compile. Raises TemplateError for constraints that do not exist."""
    pattern, checks, defaults, rank = "", {}, {}, []
    for number, segment in enumerate(text.strip("/").split("/")):
        parts, position, optional = "", 0, False
        kind = 0
        for parameter in PARAMETER.finditer(segment):
            stars, name, constraints, default, question = parameter.groups()
            parts += re.escape(segment[position : parameter.start()])
            position = parameter.end()
            parts += f"(?P<{name}>{'.*' if stars else '[^/]+?'})"
            checks[name] = [_check(each) for each in _split(constraints)]
            if default is not None:
                defaults[name] = default
            optional = bool(question or default is not None or stars)
            kind = max(kind, 4 if stars else 2 if constraints else 3)
            if parts.startswith("(?P") is False or position != len(segment):
                kind = min(kind, 1) or 1
        tail = segment[position:]
        if "{" in tail or "}" in tail:
            raise TemplateError(f"the route template `{text}` has an unbalanced brace")
        parts += re.escape(tail)
        rank.append(kind)
        slash = "/" if number else ""
        pattern += f"(?:{slash}{parts})?" if optional else f"{slash}{parts}"
    return Template(text, re.compile(pattern, re.IGNORECASE), checks, defaults, tuple(rank))


def _split(constraints: str) -> list[str]:
    return [each for each in re.split(r":(?![^(]*\))", constraints) if each]


def _check(constraint: str) -> Check:
    name, _, rest = constraint.partition("(")
    arguments = rest[:-1].split(",") if rest and name != "regex" else [rest[:-1]]
    match name.lower():
        case "int":
            return lambda v: bool(re.fullmatch(r"[+-]?\d+", v)) and -(2**31) <= int(v) < 2**31
        case "long":
            return lambda v: bool(re.fullmatch(r"[+-]?\d+", v)) and -(2**63) <= int(v) < 2**63
        case "bool":
            return lambda v: v.lower() in {"true", "false"}
        case "guid":
            return lambda v: _parses(uuid.UUID, v)
        case "alpha":
            return lambda v: bool(re.fullmatch(r"[A-Za-z]*", v))
        case "datetime":
            return lambda v: _parses(datetime.fromisoformat, v)
        case "decimal" | "double" | "float":
            return lambda v: bool(re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", v))
        case "min":
            return lambda v: _parses(int, v) and int(v) >= int(arguments[0])
        case "max":
            return lambda v: _parses(int, v) and int(v) <= int(arguments[0])
        case "range":
            return lambda v: _parses(int, v) and int(arguments[0]) <= int(v) <= int(arguments[1])
        case "length":
            return lambda v: int(arguments[0]) <= len(v) <= int(arguments[-1])
        case "minlength":
            return lambda v: len(v) >= int(arguments[0])
        case "maxlength":
            return lambda v: len(v) <= int(arguments[0])
        case "regex":
            return lambda v: bool(re.search(arguments[0], v, re.IGNORECASE))
        case "required":
            return lambda v: bool(v)
    raise TemplateError(f"the route constraint `{constraint}` does not exist")


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True
