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

PARAMETER = re.compile(
    r"""\{
    (?P<stars>\*{0,2})
    (?P<name>[^{}:=?*/]+)
    # Braces inside an argument are doubled: {year:regex(^\d{{4}}$)}
    (?P<constraints>(?::[^{}=?:()]+(?:\((?:[^{}]|\{\{|\}\})*?\)(?=[:=?}]))?)*)
    (?:=(?P<default>[^}]*))?
    (?P<optional>\?)?
    \}""",
    re.VERBOSE,
)
# How specific a segment is. Of two routes that match, the one with the lower ranks wins.
LITERAL, MIXED, CONSTRAINED, PLAIN, CATCH_ALL = range(5)

Check = Callable[[str], bool]


class TemplateError(ValueError):
    """The template is not valid; the message names it."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. Sorting by `rank` puts the more specific templates first."""

    text: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]  # of the parameters, in the order of the pattern's groups
    checks: dict[str, list[Check]]
    defaults: dict[str, str]
    rank: tuple[int, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the parameters in `path`, without those left out; None if it does not match."""
        match = self.pattern.fullmatch(path.strip("/"))
        if match is None:
            return None
        values = {
            name: unquote(value)
            for name, value in zip(self.names, match.groups(), strict=True)
            if value is not None
        }
        if all(check(value) for name, value in values.items() for check in self.checks[name]):
            return {**self.defaults, **values}
        return None


def compile_template(text: str) -> Template:
    """Compile a template. Raises TemplateError."""
    pattern = ""
    checks: dict[str, list[Check]] = {}
    defaults: dict[str, str] = {}
    ranks = []
    for number, segment in enumerate(text.strip("/").split("/")):
        expression, optional, rank = "", False, LITERAL
        position = 0
        for parameter in PARAMETER.finditer(segment):
            name, default = parameter["name"], parameter["default"]
            if name in checks:
                raise TemplateError(f"the route template `{text}` has two parameters `{name}`")
            expression += _literal(segment[position : parameter.start()], text)
            expression += "(.*)" if parameter["stars"] else "([^/]+?)"
            position = parameter.end()
            checks[name] = [_check(constraint) for constraint in _split(parameter["constraints"])]
            if default is not None:
                defaults[name] = default
            optional = bool(parameter["optional"] or parameter["stars"] or default is not None)
            if parameter[0] != segment:
                rank = MIXED
            elif parameter["stars"]:
                rank = CATCH_ALL
            else:
                rank = CONSTRAINED if parameter["constraints"] else PLAIN
        expression += _literal(segment[position:], text)
        ranks.append(rank)
        slash = "/" if number else ""
        pattern += f"(?:{slash}{expression})?" if optional else f"{slash}{expression}"
    compiled = re.compile(pattern, re.IGNORECASE)
    return Template(text, compiled, tuple(checks), checks, defaults, tuple(ranks))


def _literal(text: str, template: str) -> str:
    if "{" in text or "}" in text:
        raise TemplateError(f"the route template `{template}` has an unbalanced brace")
    return re.escape(text)


def _split(constraints: str) -> list[str]:
    """Split `:int:range(1,5)` at the colons that are not inside parentheses."""
    return [constraint for constraint in re.split(r":(?![^(]*\))", constraints) if constraint]


def _check(constraint: str) -> Check:
    """Compile a constraint. Raises TemplateError."""
    name, _, rest = constraint.partition("(")
    argument = rest.removesuffix(")")
    try:
        return _named_check(name.lower(), argument)
    except LookupError:
        problem = "does not exist"
    except (ValueError, re.error) as error:
        problem = f"has a wrong argument ({error})"
    raise TemplateError(f"the route constraint `{constraint}` {problem}")


def _named_check(name: str, argument: str) -> Check:
    match name:
        case "int":
            return lambda value: _is_integer(value, bits=32)
        case "long":
            return lambda value: _is_integer(value, bits=64)
        case "bool":
            return lambda value: value.lower() in {"true", "false"}
        case "guid":
            return lambda value: _parses(uuid.UUID, value)
        case "alpha":
            return lambda value: re.fullmatch(r"[A-Za-z]*", value) is not None
        case "datetime":
            return lambda value: _parses(datetime.fromisoformat, value)
        case "decimal" | "double" | "float":
            number = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
            return lambda value: number.fullmatch(value) is not None
        case "min":
            least = int(argument)
            return lambda value: _is_integer(value, bits=64) and int(value) >= least
        case "max":
            greatest = int(argument)
            return lambda value: _is_integer(value, bits=64) and int(value) <= greatest
        case "range":
            first, last = (int(bound) for bound in argument.split(","))
            return lambda value: _is_integer(value, bits=64) and first <= int(value) <= last
        case "length":
            bounds = [int(bound) for bound in argument.split(",")]
            return lambda value: bounds[0] <= len(value) <= bounds[-1]
        case "minlength":
            shortest = int(argument)
            return lambda value: len(value) >= shortest
        case "maxlength":
            longest = int(argument)
            return lambda value: len(value) <= longest
        case "regex":
            unescaped = argument.replace("{{", "{").replace("}}", "}")
            pattern = re.compile(unescaped, re.IGNORECASE)
            return lambda value: pattern.search(value) is not None
        case "required":
            return bool
    raise LookupError(name)


def _is_integer(value: str, *, bits: int) -> bool:
    limit = 2 ** (bits - 1)
    return re.fullmatch(r"[+-]?[0-9]+", value) is not None and -limit <= int(value) < limit


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True
