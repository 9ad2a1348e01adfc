"""Packages of Python.

- requirements files: https://pip.pypa.io/en/stable/reference/requirements-file-format/
- requirements: https://packaging.python.org/en/latest/specifications/dependency-specifiers/
- pyproject.toml: https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
  https://packaging.python.org/en/latest/specifications/dependency-groups/
- setup.cfg, setup.py: https://setuptools.pypa.io/en/latest/references/keywords.html
- pixi.toml: https://pixi.sh/latest/reference/pixi_manifest/
- Pipfile: https://github.com/pypa/pipfile
- environment.yml: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bundles.packages.data_text import Words, parse_toml, strings, table
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.yaml_text import yaml_documents

MAX_REQUIREMENTS = 5_000  # of one list; those that people write stay far below
MAX_LINES = 20_000  # of a requirements file with notes, hashes included
MAX_REQUIREMENT_LENGTH = 2_000
MAX_SETUP_PY_LENGTH = 150_000  # Python needs a hundred times as much memory to parse it

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
WHOLE_NAME = re.compile(NAME)
# What packaging refuses, but people write: `name=1.0`, `name>=`, `name==1.*.*`.
TOLERATED = re.compile(rf"({NAME})\s*(?:\[[^\]]*\]\s*)?(?=[=<>!~@(,]|$)")
COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:git|hg|svn|bzr)\+|git@")
EGG = re.compile(rf"(?:^|&)egg=({NAME})")
VERSION_IN_EGG = re.compile(r"-\d+\.\d[\w.]*$")
VERSION_IN_FILE = re.compile(r"-v?\d.*$", re.DOTALL)
ARCHIVE = re.compile(r"\.(?:whl|egg|zip|tar\.(?:gz|bz2|xz)|tgz)$", re.IGNORECASE)
# Hosts keep archives of a repository below it: `/owner/name/archive/main.zip`.
HOST_FOLDERS = frozenset({"-", "archive", "get", "releases", "tarball", "zipball"})
# Tools put the folder of the project there, so the package is the author's own.
PROJECT_FOLDERS = ("{root", "${PROJECT_ROOT")
# The start of a marker: `python_version < "3.11"`.
MARKER = re.compile(
    r"\s*(?:python_(?:full_)?version|os_name|sys_platform|platform_\w+|implementation_\w+)\b"
)
CONDA_PACKAGE = re.compile(rf"(?:[^\s:]+::)?({NAME})(?=[\s=<>!~\[]|$)")
PIXI_TABLES = {  # and whether their packages are for development
    "dependencies": False,
    "pypi-dependencies": False,
    "host-dependencies": True,
    "build-dependencies": True,
}
PIPFILE_SETTINGS = frozenset({"source", "requires", "pipenv", "scripts"})
# Functions and methods that give what they are given, as far as names matter.
PASSING_CALLS = frozenset(
    {"chain", "from_iterable", "frozenset", "list", "set", "sorted", "sum", "tuple"}
)
PASSING_METHODS = frozenset({"copy", "format", "splitlines", "strip"})
MAX_STEPS = 100_000  # through the expressions of one setup.py

DEVELOPMENT = (
    r"dev|devel|develop|development|tests?|testing|lint|linting|linters?|docs?|documentation|ci|"
    r"mypy|typing|types|style|build|bench|benchmarks?|release"
)
DEVELOPMENT_NAME = re.compile(rf"(?i:(?:.*[\W_])?(?:{DEVELOPMENT})(?:[\W_].*)?)", re.DOTALL)


def read_requirements(text: str) -> Iterator[Dependency]:
    """Read a requirements file."""
    return _requirements_file(text, is_development=False)


def read_development_requirements(text: str) -> Iterator[Dependency]:
    """Read a requirements file whose path says that it is for development."""
    return _requirements_file(text, is_development=True)


def read_pyproject(text: str) -> Iterator[Dependency]:
    """Read pyproject.toml, whichever tool its tables are for."""
    content = parse_toml(text)
    words = Words(text)
    tool = table(content.get("tool"))
    poetry, metadata = table(tool.get("poetry")), table(table(tool.get("flit")).get("metadata"))
    own = _names(*_own_names(content))
    named = [
        *_project(words, table(content.get("project"))),
        *_groups(words, ["dependency-groups"], content.get("dependency-groups"), True),
        *_poetry(words, poetry),
        *_flit(words, metadata),
        *_other_tools(words, tool),
    ]
    return (dependency for dependency in named if not _names(dependency.name) & own)


def _pyproject_names(text: str) -> list[object]:
    return _own_names(parse_toml(text))


def _own_names(content: Mapping[str, Any]) -> list[object]:
    """Return the name of the package, and those that lie in its folders."""
    tool = table(content.get("tool"))
    uv, poetry, flit = (table(tool.get(name)) for name in ("uv", "poetry", "flit"))
    return [
        table(content.get("project")).get("name"),
        poetry.get("name"),
        table(flit.get("metadata")).get("dist-name"),
        *(name for name, source in table(uv.get("sources")).items() if _is_local(source)),
    ]


def read_pixi(text: str) -> Iterator[Dependency]:
    """Read pixi.toml."""
    return _pixi(Words(text), "", parse_toml(text))


def read_setup_cfg(text: str) -> Iterator[Dependency]:
    """Read setup.cfg."""
    parser = _ini(text)
    words = Words(text)
    own = _names(parser.get("metadata", "name", fallback=None))
    for section, key, value in _ini_values(parser):
        is_development = _is_development(key)
        found = _listed(words, [section, key], _ini_list(value), is_development)
        yield from (dependency for dependency in found if not _names(dependency.name) & own)


def _setup_cfg_names(text: str) -> list[object]:
    return [_ini(text).get("metadata", "name", fallback=None)]


def _ini(text: str) -> Any:
    import configparser

    # A long run of blanks takes configparser time that grows with its square.
    plain = re.sub(r"(?<=\S)[^\S\n]+", " ", text)
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(plain)
    except configparser.Error as error:
        raise ValueError("not an INI file") from error
    return parser


def read_setup_py(text: str) -> Iterator[Dependency]:
    """Read what setup.py hands to setup(), without running it.

    Lists may be literals, variables and what functions of the file return, and sums of them.
    """
    return _setup_packages(_setup_program(text))


def read_pipfile(text: str) -> Iterator[Dependency]:
    """Read Pipfile, its own categories of packages included."""
    content = parse_toml(text)
    words = Words(text)
    for category, packages in content.items():
        if category not in PIPFILE_SETTINGS:
            yield from _keys(words, [category], packages, _is_development(category))


def read_environment(text: str) -> Iterator[Dependency]:
    """Read conda's environment.yml and what it hands to pip."""
    return _environment(text, is_development=False)


def read_development_environment(text: str) -> Iterator[Dependency]:
    """Read an environment.yml whose name says that it is for development."""
    return _environment(text, is_development=True)


def requirement_name(line: str) -> str | None:
    """Return the name of the package that a line of a requirements file asks for.

    None for options, folders and what is no requirement. An address without a name is known by the
    file or the repository that it leads to; its host and what logs in there are never part of it.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    requirement = _without_options(COMMENT.sub("", line[:MAX_REQUIREMENT_LENGTH]))
    if any(folder in requirement for folder in PROJECT_FOLDERS):
        return None
    if ADDRESS.match(requirement):
        return _name_in_address(requirement.split()[0])
    target = re.split(r"[\s;@\[]", requirement, maxsplit=1)[0]
    if target.startswith(".") or "/" in target or "\\" in target or ARCHIVE.search(target):
        return _name_in_file(re.split(r"[/\\]", target)[-1])
    without_marker = requirement.partition(";")[0].rstrip()
    try:
        return Requirement(without_marker).name
    except InvalidRequirement:
        tolerated = TOLERATED.match(without_marker)
        return tolerated[1] if tolerated else None


def _without_options(line: str) -> str:
    """Return a line without `-e` before and `--hash=…` after the requirement; "" for other options."""
    editable = re.match(r"\s*(?:-e|--editable)(?:\s+|=|(?=[^\s=-]))", line)
    words = line[editable.end() :].split() if editable else line.split()
    options = [index for index, word in enumerate(words) if word.startswith("-")]
    return " ".join(words[: options[0]] if options else words).strip("\"'")


def _name_in_address(address: str) -> str | None:
    location, _, fragment = address.partition("#")
    egg = EGG.search(fragment)
    if egg:
        return VERSION_IN_EGG.sub("", egg[1])
    scheme, separator, rest = location.partition("://")
    path = (rest.partition("/") if separator else location.partition(":"))[2].partition("?")[0]
    parts = [part.partition("@")[0] for part in path.split("/")]
    repositories = [part.removesuffix(".git") for part in parts if part.endswith(".git")]
    if repositories:
        return _valid(repositories[0])
    parts = path.partition("@")[0].rstrip("/").split("/")
    if not separator or "+" in scheme:
        return _valid(parts[-1])
    folders = [index for index, part in enumerate(parts) if part in HOST_FOLDERS]
    if folders and folders[0] and not parts[-1].endswith(".whl") and scheme.lower() != "file":
        return _valid(parts[folders[0] - 1])
    return _name_in_file(parts[-1])


def _name_in_file(file_name: str) -> str | None:
    """Return the package in a wheel or another archive; None for a folder."""
    if not ARCHIVE.search(file_name):
        return None
    if file_name.lower().endswith((".whl", ".egg")):
        return _valid(file_name.partition("-")[0])
    return _valid(VERSION_IN_FILE.sub("", ARCHIVE.sub("", file_name)))


def _valid(name: str) -> str | None:
    return name if WHOLE_NAME.fullmatch(name) else None


def _requirements_file(text: str, is_development: bool) -> Iterator[Dependency]:
    pulled_in = _pulled_in(text) if "# via" in text else set()
    for dependency in _named(_logical_lines(text), is_development):
        if not _names(dependency.name) & pulled_in:
            yield dependency


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join lines that a backslash continues; yield the number of the first, and the whole."""
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n"), start=1):
        first = first if parts else number
        is_comment = line.lstrip().startswith("#")
        parts.append(line if is_comment else line.removesuffix("\\"))
        if is_comment or not line.endswith("\\"):
            yield first, " ".join(parts)
            parts = []
    if parts:
        yield first, " ".join(parts)


def _pulled_in(text: str) -> set[str]:
    """Return the names that nobody chose: others of the file need them.

    pip-compile and uv write after each requirement what needs it, as in `# via -r requirements.in`
    or `# via django`, or in one comment for each: https://github.com/jazzband/pip-tools.
    """
    needed_by: dict[str, list[str]] = {}
    current: list[str] = []
    is_list = False
    for line in islice(text.split("\n"), MAX_LINES):
        comment = COMMENT.search(line)
        named = _names(requirement_name(line))
        if named:
            current = needed_by.setdefault(named.pop(), [])
        note = comment[0].strip("# \t") if comment else ""
        is_list = note.startswith("via") or (is_list and bool(note) and not named)
        if is_list:
            current += note.removeprefix("via").split(",")
    return {
        name
        for name, sources in needed_by.items()
        if any(source.strip() for source in sources)
        and all(_names(source.partition("[")[0]) <= needed_by.keys() for source in sources)
    }


def _named(lines: Iterable[tuple[int, str]], is_development: bool) -> Iterator[Dependency]:
    """Yield the packages of requirements, which come with their lines."""
    written = (
        (line, text) for line, text in lines if not text.lstrip().startswith(("#", "--hash"))
    )
    for line, requirement in islice(written, MAX_REQUIREMENTS):
        name = requirement_name(requirement)
        if name is not None:
            yield Dependency(name, line, is_development)


def _names(*values: object) -> set[str]:
    """Return the names among the values, in the form in which PyPI compares them."""
    from packaging.utils import canonicalize_name

    names = {str(canonicalize_name(name.strip())) for name in values if isinstance(name, str)}
    return names - {""}


def _is_development(group: str) -> bool:
    return DEVELOPMENT_NAME.fullmatch(group) is not None


def _is_local(source: object) -> bool:
    """Tell whether a package is the author's own: a member of a workspace, or in a folder."""
    entries = [table(entry) for entry in (source if isinstance(source, list) else [source])]
    return any(
        entry.get("workspace") is True
        or ("path" in entry and not ARCHIVE.search(str(entry["path"])))
        for entry in entries
    )


def _listed(
    words: Words, headings: Sequence[str], requirements: object, is_development: bool
) -> Iterator[Dependency]:
    """Yield the packages of a list of requirements that stands below the headings."""
    start = words.after(*headings)
    for requirement in strings(requirements)[:MAX_REQUIREMENTS]:
        name = requirement_name(requirement)
        if name is not None:
            yield Dependency(name, words.line(name, start), is_development)


def _keys(
    words: Words, headings: Sequence[str], packages: object, is_development: bool
) -> Iterator[Dependency]:
    """Yield the packages that are keys of a table."""
    start = words.after(*headings)
    for name, source in table(packages).items():
        if name.lower() != "python" and _valid(name) and not _is_local(source):
            yield Dependency(name, words.line(name, start), is_development)


def _groups(
    words: Words, headings: Sequence[str], groups: object, is_development: bool
) -> Iterator[Dependency]:
    """Yield the packages of named lists of requirements; their names may say that they are for development."""
    for group, requirements in table(groups).items():
        is_for_development = is_development or _is_development(group)
        yield from _listed(words, [*headings, group], requirements, is_for_development)


def _project(words: Words, project: Mapping[str, Any]) -> Iterator[Dependency]:
    yield from _listed(words, ["project", "dependencies"], project.get("dependencies"), False)
    extras = project.get("optional-dependencies")
    yield from _groups(words, ["optional-dependencies"], extras, False)


def _poetry(words: Words, poetry: Mapping[str, Any]) -> Iterator[Dependency]:
    """Read [tool.poetry], whose groups other than `main` are for development.

    https://python-poetry.org/docs/managing-dependencies/
    """
    packages, old = poetry.get("dependencies"), poetry.get("dev-dependencies")
    yield from _keys(words, ["tool.poetry.dependencies"], packages, False)
    yield from _keys(words, ["tool.poetry.dev-dependencies"], old, True)
    for name, group in table(poetry.get("group")).items():
        heading = f"tool.poetry.group.{name}.dependencies"
        yield from _keys(words, [heading], table(group).get("dependencies"), name != "main")


def _flit(words: Words, metadata: Mapping[str, Any]) -> Iterator[Dependency]:
    """Read [tool.flit.metadata]: https://flit.pypa.io/en/stable/pyproject_toml.html#old-style-metadata."""
    heading = "tool.flit.metadata"
    yield from _listed(words, [heading, "requires"], metadata.get("requires"), False)
    yield from _listed(words, [heading, "dev-requires"], metadata.get("dev-requires"), True)
    yield from _groups(words, ["requires-extra"], metadata.get("requires-extra"), False)


def _other_tools(words: Words, tool: Mapping[str, Any]) -> Iterator[Dependency]:
    """Read what pixi installs, and what uv, Rye, PDM and Hatch do for development."""
    key = "dev-dependencies"
    for name in ("uv", "rye"):
        yield from _listed(words, [f"tool.{name}", key], table(tool.get(name)).get(key), True)
    yield from _groups(words, [f"tool.pdm.{key}"], table(tool.get("pdm")).get(key), True)
    yield from _pixi(words, "tool.pixi.", table(tool.get("pixi")))
    for name, environment in table(table(tool.get("hatch")).get("envs")).items():
        for key in ("dependencies", "extra-dependencies"):
            headings = [f"tool.hatch.envs.{name}", key]
            yield from _listed(words, headings, table(environment).get(key), True)


def _pixi(words: Words, prefix: str, pixi: Mapping[str, Any]) -> Iterator[Dependency]:
    """Read the tables of pixi.toml, which may also stand below `[tool.pixi]`, and their variants."""
    parts = [("", pixi, False)]
    for kind in ("feature", "target"):
        for name, part in table(pixi.get(kind)).items():
            is_development = kind == "feature" and _is_development(name)
            parts.append((f"{kind}.{name}.", table(part), is_development))
    for part_prefix, part, is_development in parts:
        for key, is_build in PIXI_TABLES.items():
            heading = f"{prefix}{part_prefix}{key}"
            yield from _keys(words, [heading], part.get(key), is_development or is_build)


def _ini_values(parser: Any) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of the lists of requirements in setup.cfg."""
    extras = "options.extras_require"
    for section in (name for name in ("options", extras) if parser.has_section(name)):
        for key, value in parser.items(section):
            if section == extras or key.replace("-", "_") in ("install_requires", "tests_require"):
                yield section, key, value or ""


def _ini_list(value: str) -> list[str]:
    """Split a value as setuptools does: at its lines, or at semicolons if it has one line."""
    if value.strip().startswith("file:"):
        return []
    if "\n" in value:
        return value.split("\n")
    return [part for part in value.split(";") if not MARKER.match(part)]


def _environment(text: str, is_development: bool) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        for item in document.get("dependencies").items:
            package = CONDA_PACKAGE.match(item.text)
            if package and package[1].lower() not in ("python", "pip"):
                yield Dependency(package[1], item.line, is_development)
            lines = ((entry.line, entry.text) for entry in item.get("pip").items)
            yield from _named(lines, is_development)


# catch_warnings changes the filters of the whole process, so one thread at a time may use it.
PARSING = threading.Lock()


def _parse_python(text: str) -> ast.Module:
    if len(text) > MAX_SETUP_PY_LENGTH:
        raise ValueError("too long for a setup.py")
    try:
        # Such as invalid escapes, which are for the author of the file.
        with PARSING, warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    except (SyntaxError, MemoryError) as error:
        raise ValueError("not Python 3, or nested too deeply") from error


# What stands for itself in an argument of setup(), whatever the language around it is.
SETUP_ARGUMENT = re.compile(
    r"\b(?:install_requires|extras_require|tests_require|name)\s*+=\s*+(?=[\[({\"'])"
)
PYTHON_PIECE = re.compile(
    r"""\#[^\n]*+|\"{3}(?:(?!\"{3}).)*+\"{3}|'{3}(?:(?!'{3}).)*+'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|[\[\](){}]""",
    re.DOTALL,
)


def _setup_program(text: str) -> ast.Module:
    """Parse setup.py; of one for Python 2, only the literals that it hands to setup().

    Raises ValueError if there is none.
    """
    try:
        return _parse_python(text)
    except ValueError:
        literals = _setup_literals(text[:MAX_SETUP_PY_LENGTH])
        if not literals:
            raise
    return _parse_python(f"setup({literals})")


def _setup_literals(text: str) -> str:
    """Return the arguments whose values are literals, in their lines."""
    written: list[str] = []
    position = 0
    while argument := SETUP_ARGUMENT.search(text, position):
        end = _literal_end(text, argument.end())
        lines = text.count("\n", position, argument.start())
        written += ["\n" * lines, text[argument.start() : end], ","]
        position = end
    return "".join(written)


def _literal_end(text: str, start: int) -> int:
    """Return the end of the string or of the brackets that begin at an offset."""
    depth = 0
    for piece in PYTHON_PIECE.finditer(text, start):
        depth += (piece[0] in "[({") - (piece[0] in "])}")
        if depth <= 0:
            return piece.end()
    return len(text)


def _setup_names(text: str) -> list[str]:
    tree = _setup_program(text)
    values = _Values(tree)
    return _named_in_setup(values, _setup_arguments(tree, values))


def _named_in_setup(values: _Values, arguments: list[tuple[str, ast.expr]]) -> list[str]:
    return [name for key, value in arguments if key == "name" for _, name in values.strings(value)]


def _setup_arguments(tree: ast.Module, values: _Values) -> list[tuple[str, ast.expr]]:
    return [
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "setup"
        for argument in values.arguments(node)
    ]


def _setup_packages(tree: ast.Module) -> Iterator[Dependency]:
    values = _Values(tree)
    arguments = _setup_arguments(tree, values)
    own = _names(*_named_in_setup(values, arguments))
    lists: list[tuple[bool, ast.expr]] = []
    for key, value in arguments:
        if key in ("install_requires", "requires", "tests_require"):
            lists.append((key == "tests_require", value))
        elif key == "extras_require":
            lists += [(_is_development(extra), listed) for extra, listed in values.entries(value)]
    for is_development, value in lists:
        for dependency in _named(values.strings(value), is_development):
            if not _names(dependency.name) & own:
                yield dependency


def _called(call: ast.Call) -> str:
    """Return the name of the function or the method that is called; "" for other callables."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


class _Values:
    """What the expressions of a program stand for, as far as it is written there.

    A variable stands for all that is assigned or added to it anywhere, and a function for all that
    it returns, whatever the conditions.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._assigned: dict[str, list[ast.expr]] = {}
        self._items: dict[str, list[tuple[str, ast.expr]]] = {}  # of dictionaries
        self._returned: dict[str, list[ast.expr]] = {}  # by functions
        self._steps = 0
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._assign(target, value)
                case ast.AugAssign(target=target, value=value):
                    self._assign(target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assign(target, value)
                case ast.FunctionDef(name=name):
                    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
                    self._returned[name] = [value for value in found if value]
                case ast.Call(
                    func=ast.Attribute(value=target, attr="append" | "extend" | "update")
                ):
                    for value in node.args:
                        self._assign(target, value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self._assigned.setdefault(name, []).append(value)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
                self._items.setdefault(name, []).append((key, value))

    def arguments(self, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        """Yield the named arguments of a call, those in `**` included."""
        for keyword in call.keywords:
            yield from self._argument(keyword)

    def entries(
        self, node: ast.expr, inside: frozenset[int] = frozenset()
    ) -> Iterator[tuple[str, ast.expr]]:
        """Yield keys and values of a dictionary.

        `inside` are the ids of the expressions that led here: one that leads to itself ends there.
        """
        if not self._is_new(node, inside):
            return
        inside |= {id(node)}
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key is None:
                        yield from self.entries(value, inside)
                    else:
                        yield str(getattr(key, "value", "")), value
            case ast.Call() if _called(node) == "dict":
                for keyword in node.keywords:
                    yield from self._argument(keyword, inside)
                for argument in node.args:
                    yield from self.entries(argument, inside)
            case ast.BinOp(left=left, right=right):
                yield from self.entries(left, inside)
                yield from self.entries(right, inside)
            case ast.Name(id=name):
                yield from self._items.get(name, [])
                for value in self._assigned.get(name, []):
                    yield from self.entries(value, inside)

    def strings(
        self, node: ast.expr, inside: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, str]]:
        """Yield the lines of all strings in a list or the like, with their places in the program."""
        if not self._is_new(node, inside):
            return
        inside |= {id(node)}
        match node:
            case ast.Constant(value=str() as text):
                yield from enumerate(text.split("\n"), start=node.lineno)
            case ast.JoinedStr(values=parts):
                # What is put in is not known: a character that is in no name stands for it.
                texts = [getattr(part, "value", None) for part in parts]
                yield node.lineno, "".join(t if isinstance(t, str) else "\0" for t in texts)
            case ast.Call(func=ast.Attribute(value=owner, attr="split"), args=arguments):
                separators = [getattr(argument, "value", None) for argument in arguments]
                separator = next((s for s in separators if isinstance(s, str) and s), None)
                for line, text in self.strings(owner, inside):
                    for part in text.split(separator):
                        yield line, part
            case _:
                for value in self._parts(node, inside):
                    yield from self.strings(value, inside)

    def _parts(self, node: ast.expr, inside: frozenset[int]) -> Iterable[ast.expr]:
        """Return the expressions whose strings are those of an expression."""
        match node:
            case ast.Name(id=name):
                return self._assigned.get(name, [])
            case ast.Subscript(value=owner, slice=ast.Constant(value=str() as key)):
                return [value for entry, value in self.entries(owner, inside) if entry == key]
            case ast.Call(func=ast.Attribute(value=owner, attr="values")):
                return [value for _, value in self.entries(owner, inside)]
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in PASSING_METHODS:
                return [owner]
            case ast.Call(func=ast.Name(id=name)) if name in self._returned:
                return self._returned[name]
            case ast.Call() if _called(node) in PASSING_CALLS:
                return node.args
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return elements
            case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
                return [left, right]
            case ast.BinOp(left=left, op=ast.Mod()):
                return [left]
            case ast.IfExp(body=body, orelse=orelse):
                return [body, orelse]
            case ast.Starred(value=value):
                return [value]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return [generator.iter for generator in node.generators]
            case _:
                return []

    def _argument(
        self, keyword: ast.keyword, inside: frozenset[int] = frozenset()
    ) -> Iterator[tuple[str, ast.expr]]:
        if keyword.arg is None:
            yield from self.entries(keyword.value, inside)
        else:
            yield keyword.arg, keyword.value

    def _is_new(self, node: ast.expr, inside: frozenset[int]) -> bool:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ValueError("too many expressions")
        return id(node) not in inside


NOT_LOCKED = r"(?!(?:[^/]*[-_.])?(?:constraints?|lock|locked|lockfile|frozen|freeze)[-_.][^/]*$)"
IS_DEVELOPMENT = rf"(?=(?:[^/]*[-_.])?(?:{DEVELOPMENT}|local)[-_.])"
FILE = rf"{NOT_LOCKED}(?:[^/]*[-_.])?(?:requirements?|reqs)[^/]*\.(?:txt|in|pip)"
IN_FOLDER = rf"(?:requirements?|reqs)/(?:[^/]+/)?{NOT_LOCKED}"
DEVELOPMENT_FILES = (
    rf"(?i:{IS_DEVELOPMENT}{FILE}|(?:docs?|tests?|ci)/{FILE}"
    rf"|{IN_FOLDER}{IS_DEVELOPMENT}[^/]+\.(?:txt|in|pip))"
)
# More on one side of the word, as in `environment-dev`; on both sides it is a word of a sentence.
CONDA = r"(?:environment|conda|conda[-_.]env)"
ENVIRONMENT = rf"{NOT_LOCKED}(?:(?:[^/]*[-_.])?{CONDA}|{CONDA}[-_.][^/]*)\.ya?ml"

FORMATS: tuple[Format, ...] = (
    file_format(r"(?i:pyproject\.toml)", read_pyproject, own_names=_pyproject_names),
    # The first that fits decides, but what the program needs tells more than what its tests need.
    Format(
        re.compile(
            rf"(?!(?:.*/)?{DEVELOPMENT_FILES}\Z)"
            rf"(?:.*/)?(?i:{FILE}|{IN_FOLDER}[^/]+\.(?:txt|in|pip))",
            re.DOTALL,
        ),
        read_requirements,
    ),
    file_format(r"(?i:pipfile)", read_pipfile),
    file_format(r"pixi\.toml", read_pixi),
    file_format(r"(?i:setup\.py)", read_setup_py, own_names=_setup_names),
    file_format(r"(?i:setup\.cfg)", read_setup_cfg, own_names=_setup_cfg_names),
    file_format(rf"(?i:(?!{IS_DEVELOPMENT}){ENVIRONMENT})", read_environment),
    file_format(DEVELOPMENT_FILES, read_development_requirements),
    file_format(rf"(?i:{ENVIRONMENT})", read_development_environment),
)
