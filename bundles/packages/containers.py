"""What programs run on in containers: images, charts and features of development containers.

Dockerfiles, Compose files, charts of Helm, helmfile.yaml and devcontainer.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bundles.packages.data_text import JSON_STRING, Words, parse_json_with_comments, table
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.yaml_text import Node, yaml_documents

MAX_NESTED_VARIABLES = 3  # `${A:-${B:-c}}` has two
UNKNOWN = "\0"  # stands for a variable whose value is not in the file
HOST = re.compile(rf"[\w.:{UNKNOWN}-]++")
IMAGE = re.compile(r"[\w.-]++(?:/[\w.-]++)*+")
VARIABLE = re.compile(
    r"\$(?:(?P<plain>[A-Za-z_]\w*+)"
    r"|\{(?P<name>[A-Za-z_]\w*+)(?:(?P<sign>:?[-+?])(?P<text>[^{}]*+))?\})"
)


def image_name(reference: str) -> str:
    """Return an image's name without registry, tag and digest; empty if it is not known.

    https://pkg.go.dev/github.com/distribution/reference
    """
    host, slash, rest = reference.strip().partition("/")
    has_host = bool(slash) and (any(sign in host for sign in ".:") or host == "localhost")
    is_host = has_host and HOST.fullmatch(host)  # a template is none
    path = (rest if is_host else f"{host}{slash}{rest}").partition("@")[0]
    owner, slash, last = path.rpartition("/")
    name = f"{owner}{slash}{last.partition(':')[0]}".removeprefix("library/")
    return name if IMAGE.fullmatch(name) and name != "scratch" else ""


def with_variables(text: str, values: Mapping[str, str]) -> str:
    """Replace `$NAME`, `${NAME}` and `${NAME:-default}`; UNKNOWN for a variable without a value."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match["plain"] or match["name"])
        sign, default = match["sign"] or "", match["text"] or ""
        if sign.endswith("+"):
            return default if known else ""
        if known or (known is not None and not sign.startswith(":")):
            return known
        return default if sign.endswith("-") else UNKNOWN

    for _ in range(MAX_NESTED_VARIABLES):  # the innermost are replaced first
        text = VARIABLE.sub(value, text)
    return text


# Dockerfiles: https://docs.docker.com/reference/dockerfile/

ESCAPE = re.compile(r"\A(?:#[^\n]*+\n)*?#[ \t]*+escape[ \t]*+=[ \t]*+(\\|`)", re.IGNORECASE)
HEREDOC = re.compile(r"(?<!\S)\d*+<<-?([\"']?)([A-Za-z_]\w*+)\1(?!\S)")
ARGUMENT = re.compile(r"""([A-Za-z_]\w*+)(?:=("[^"]*+"|'[^']*+'|\S*+))?""")
COPIED_FROM = re.compile(r"--from=(\S++)")


def _dockerfile(text: str) -> Iterator[Dependency]:
    values: dict[str, str] = {}  # of the arguments that stand before the first stage
    stages: set[str] = set()
    is_first_stage_open = False
    for line, instruction, arguments in _instructions(text):
        if instruction == "ARG" and not is_first_stage_open:
            for argument in ARGUMENT.finditer(arguments):
                if argument[2] is not None:
                    values[argument[1]] = with_variables(argument[2].strip("\"'"), values)
        elif instruction == "FROM":
            is_first_stage_open = True
            words = [word for word in arguments.split() if not word.startswith("--")]
            base = with_variables(words[0].strip("\"'"), values) if words else ""
            if base.lower() not in stages and (name := image_name(base)):
                yield Dependency(name, line)
            if len(words) > 2 and words[1].upper() == "AS":
                stages.add(words[2].lower())
        elif instruction in ("COPY", "ADD"):
            source = COPIED_FROM.match(arguments)
            # Without a tag or a path it may be a build context that is named elsewhere.
            if (
                source
                and any(sign in source[1] for sign in ":/")
                and (name := image_name(source[1]))
            ):
                yield Dependency(name, line)


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, name in capitals and arguments of each instruction.

    Joins continued lines, and skips comments and the contents of heredocs.
    """
    directive = ESCAPE.match(text)
    escape = directive[1] if directive else "\\"
    pieces: list[str] = []
    start = 0
    heredocs: list[str] = []  # the words that end them, the next one last
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if heredocs:
            if stripped == heredocs[-1]:
                heredocs.pop()
            continue
        if not stripped or stripped.startswith("#"):
            continue
        start = start if pieces else number
        if stripped.endswith(escape):
            pieces.append(stripped[:-1])
            continue
        name, *rest = " ".join([*pieces, stripped]).split(maxsplit=1)
        arguments = rest[0] if rest else ""
        pieces = []
        if name.upper() in ("RUN", "COPY", "ADD"):
            heredocs = [word for _, word in HEREDOC.findall(arguments)][::-1]
        yield start, name.upper(), arguments


# Compose: https://compose-spec.github.io/compose-spec/05-services.html


def _compose(text: str) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        # The first version had the services outermost.
        services = document.get("services") if "services" in document.entries else document
        for service in services.values():
            if "build" not in service.entries:  # else the image is what is built
                yield from image_dependency(service.get("image"))


def image_dependency(image: Node, is_development: bool = False) -> Iterator[Dependency]:
    """Yield the image that a scalar names, if it names one; variables have their defaults."""
    name = image_name(with_variables(image.text, {}))
    if name:
        yield Dependency(name, image.line, is_development)


# Helm: https://helm.sh/docs/topics/charts/ and https://helmfile.readthedocs.io


def _chart(text: str) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        yield from chart_dependencies(document)


def chart_dependencies(chart: Node) -> Iterator[Dependency]:
    """Yield the charts that a chart depends on, without those in its own folders."""
    for dependency in chart.get("dependencies").items:
        name = dependency.get("name")
        if not dependency.get("repository").text.startswith("file:"):
            yield Dependency(name.text, name.line)


def _helmfile(text: str) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        for release in document.get("releases").items:
            chart = release.get("chart")
            name = chart.text.removeprefix("oci://")
            if "/" in name and not name.startswith((".", "/")) and (name := image_name(name)):
                yield Dependency(name, chart.line)


# Development containers: https://containers.dev/implementors/json_reference/


def _devcontainer(text: str) -> Iterator[Dependency]:
    container = parse_json_with_comments(text)
    words = Words(text, JSON_STRING)
    references = [container.get("image"), *table(container.get("features"))]
    for reference in references:
        if isinstance(reference, str) and not reference.startswith((".", "/", "http")):
            name = image_name(with_variables(reference, {}))
            if name:
                yield Dependency(name, words.line(reference))


FORMATS: tuple[Format, ...] = (
    file_format(
        r"(?!.*\.(?:dockerignore|md)\Z)"
        r"(?:(?:Dockerfile|Containerfile)(?:[._-][\w.-]*)?|[\w.-]+\.(?i:dockerfile)"
        r"|(?i:dockerfile|containerfile))",
        _dockerfile,
        "infrastructure",
    ),
    file_format(r"(?:[\w.-]+[.-])?compose(?:[._-][\w.-]*)?\.ya?ml", _compose, "infrastructure"),
    file_format(r"Chart\.ya?ml", _chart, "infrastructure"),
    file_format(r"helmfile\.ya?ml(?:\.gotmpl)?", _helmfile, "infrastructure"),
    file_format(r"\.?devcontainer\.json", _devcontainer, "infrastructure"),
)
