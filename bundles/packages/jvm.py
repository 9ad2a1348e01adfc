"""Packages of Java, Kotlin, Scala and Clojure, as `group:artifact`.

Maven's pom.xml, Gradle's build files in Groovy and Kotlin with their version catalogs, sbt, Mill,
Leiningen and deps.edn. Clojure's names stay as they are written there: `group/artifact`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bundles.packages.data_text import TOML_KEY, Words, parse_toml
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.source_text import (
    NO_TOKEN,
    Token,
    statements,
    tokens,
)
from bundles.packages.xml_text import Element, xml_root

NAME_PART = r"[A-Za-z_][\w.-]*+"

# Maven: https://maven.apache.org/pom.html

# Elements of pom.xml in which packages are named, at any depth.
POM_SECTIONS = (
    *("dependencies", "dependencyManagement", "profiles", "profile", "build", "reporting"),
    *("pluginManagement", "plugins", "extensions", "executions", "execution", "configuration"),
    "annotationProcessorPaths",
)
POM_PLUGIN_GROUP = "org.apache.maven.plugins"  # where a plugin names no group
POM_PROPERTY = re.compile(r"\$\{([^${}]*+)\}")
OWN_VERSIONS = ("${project.version}", "${pom.version}", "${version}", "${revision}")
OWN_GROUPS = ("${project.groupId}", "${pom.groupId}", "${groupId}", "${project.parent.groupId}")


@dataclass(frozen=True, slots=True)
class _Project:
    """What pom.xml says of the program itself."""

    group: str
    version: str
    properties: dict[str, str]

    def is_own(self, package: Element) -> bool:
        """Tell whether a package is another module of the same program."""
        group, version = package.child_text("groupId"), package.child_text("version")
        has_own_version = version in ("", self.version, *OWN_VERSIONS)
        return (
            group in OWN_GROUPS
            or version in OWN_VERSIONS
            or (group != "" and group == self.group and has_own_version)
        )

    def resolve(self, text: str) -> str:
        """Replace the properties that the file itself sets."""
        return POM_PROPERTY.sub(lambda match: self.properties.get(match[1], match[0]), text)


def _pom(text: str) -> Iterator[Dependency]:
    root = xml_root(text, "project")
    parent = root.child("parent")
    properties = root.child("properties")
    group, version = root.child_text("groupId"), root.child_text("version")
    project = _Project(
        group or (parent.child_text("groupId") if parent else ""),
        version or (parent.child_text("version") if parent else ""),
        {child.tag: child.text for child in properties.children} if properties else {},
    )
    if parent and not _is_own_parent(parent, group):
        yield from _pom_dependency(parent, project, is_development=False)
    for package, is_development in _pom_packages(root, is_development=False):
        if not project.is_own(package):
            yield from _pom_dependency(package, project, is_development)


def _is_own_parent(parent: Element, group: str) -> bool:
    """Tell whether the parent is another module of the same program.

    Its path leads to it; an empty path says that it comes from a repository. Without a path it is
    looked for in the folder above, so the groups decide: a module inherits its group, or extends it.
    """
    path = parent.child("relativePath")
    if path:
        return path.text != ""
    parent_group = parent.child_text("groupId")
    return not group or group == parent_group or group.startswith(f"{parent_group}.")


def _pom_packages(element: Element, is_development: bool) -> Iterator[tuple[Element, bool]]:
    for child in element.children:
        if child.tag == "dependency":
            yield child, is_development or child.child_text("scope") == "test"
        elif child.tag in ("plugin", "extension", "path"):
            yield child, True
            yield from _pom_packages(child, is_development=True)
        elif child.tag in POM_SECTIONS:
            yield from _pom_packages(child, is_development)


def _pom_dependency(
    package: Element, project: _Project, is_development: bool
) -> Iterator[Dependency]:
    artifact = package.child("artifactId")
    group = package.child_text("groupId") or (POM_PLUGIN_GROUP if package.tag == "plugin" else "")
    if artifact:
        name = project.resolve(f"{group}:{artifact.text}")
        if re.fullmatch(rf"{NAME_PART}:[\w.-]+", name):
            yield Dependency(name, artifact.line, is_development)


# Gradle: https://docs.gradle.org/current/userguide/declaring_dependencies.html

GRADLE_NAME = re.compile(rf"({NAME_PART}:\w[\w.-]*+)(?:[:@].*+)?")
# Outside of `dependencies`, in a list or a constant, only with a version: else it may be anything.
GRADLE_VERSIONED_NAME = re.compile(rf"({NAME_PART}:[A-Za-z_][\w.-]*+):(?:[\d$\[(+]|latest\.)\S*+")
GRADLE_PLUGIN = re.compile(rf"{NAME_PART}(?<=\w)")
# Calls whose arguments, and statements in which all packages, are named for another reason.
NOT_CHOSEN = ("because", "project", "files", "fileTree", "module")
NOTHING_CHOSEN = ("exclude", "force", "substitute")
GRADLE_DEVELOPMENT = re.compile(
    "test|kapt|ksp|annotationprocessor|classpath|lint|detekt|developmentonly|benchmark|^debug",
    re.IGNORECASE,
)


def _gradle(text: str) -> Iterator[Dependency]:
    return _gradle_dependencies(tokens(text, "groovy"))


def _gradle_kotlin(text: str) -> Iterator[Dependency]:
    return _gradle_dependencies(tokens(text, "kotlin"))


def _gradle_dependencies(found: list[Token]) -> Iterator[Dependency]:
    blocks: list[str] = []
    counts = {"dependencies": 0, "plugins": 0}  # how many of these blocks we are in
    header = ""
    for statement in statements(found):
        first = statement[0]
        if first.is_mark("{"):
            blocks.append(header)
            if header in counts:
                counts[header] += 1
            header = ""
        elif first.is_mark("}"):
            closed = blocks.pop() if blocks else ""
            if closed in counts:
                counts[closed] -= 1
            header = ""
        else:
            header = statement[-1].text if statement[-1].kind == "word" else ""
            if counts["plugins"]:
                yield from _gradle_plugins(statement)
            elif first.is_word("apply"):
                yield from _applied_plugins(statement)
            else:
                yield from _gradle_statement(statement, is_declared=counts["dependencies"] > 0)


def _gradle_statement(statement: list[Token], is_declared: bool) -> Iterator[Dependency]:
    if any(token.is_word(*NOTHING_CHOSEN) for token in statement):
        return
    is_development = bool(GRADLE_DEVELOPMENT.search(_configuration(statement)))
    if is_declared:
        yield from _gradle_parts(statement, is_development)
    pattern = GRADLE_NAME if is_declared else GRADLE_VERSIONED_NAME
    group = ""
    before = [NO_TOKEN, NO_TOKEN, NO_TOKEN]  # the tokens in front, the nearest last
    for token in statement:
        if token.kind == "string":
            word = next((other for other in reversed(before) if other.kind == "word"), NO_TOKEN)
            is_value = before[-1].is_mark(":", "=") and before[-2].kind == "word"
            called = before[-2] if before[-1].is_mark("(") else before[-1]
            if is_declared and is_value and word.text == "group":
                group = token.text
            elif is_declared and is_value and word.text == "name" and group:
                name = f"{group}:{token.text}"
                if GRADLE_NAME.fullmatch(name):
                    yield Dependency(name, token.line, is_development)
            elif is_declared and called.is_word("kotlin") and before[-1].is_mark("("):
                name = f"org.jetbrains.kotlin:kotlin-{token.text}"
                yield Dependency(name, token.line, is_development)
            elif not called.is_word(*NOT_CHOSEN) and (name_match := pattern.fullmatch(token.text)):
                yield Dependency(name_match[1], token.line, is_development)
        before = [*before[1:], token]


def _gradle_parts(statement: list[Token], is_development: bool) -> Iterator[Dependency]:
    """Read `implementation("group", "name", "version")`."""
    match statement:
        case [
            Token("word" | "string", called),
            Token("mark", "("),
            Token("string", group),
            Token("mark", ","),
            Token("string", artifact, line),
            *_,
        ] if called not in (*NOT_CHOSEN, "add"):
            if GRADLE_PLUGIN.fullmatch(group) and GRADLE_PLUGIN.fullmatch(artifact):
                yield Dependency(f"{group}:{artifact}", line, is_development)


def _configuration(statement: list[Token]) -> str:
    """Return what the statement declares its packages for: `testImplementation`, `classpath`."""
    if statement[0].is_word("add"):  # add("testImplementation", "group:artifact:version")
        return next((token.text for token in statement if token.kind == "string"), "")
    return statement[0].text


def _gradle_plugins(statement: list[Token]) -> Iterator[Dependency]:
    """Read `id("…")` and `kotlin("…")`; an id without a dot is one of Gradle's own plugins."""
    for word, *rest in (statement[index : index + 3] for index in range(len(statement))):
        argument = next((token for token in rest if not token.is_mark("(")), NO_TOKEN)
        if argument.kind != "string" or not GRADLE_PLUGIN.fullmatch(argument.text):
            continue
        if word.is_word("id") and "." in argument.text:
            yield Dependency(argument.text, argument.line, is_development=True)
        elif word.is_word("kotlin"):
            name = f"org.jetbrains.kotlin.{argument.text}"
            yield Dependency(name, argument.line, is_development=True)


def _applied_plugins(statement: list[Token]) -> Iterator[Dependency]:
    """Read `apply plugin: '…'` and `apply(plugin = "…")`."""
    for word, mark, plugin in zip(statement, statement[1:], statement[2:], strict=False):
        is_plugin = word.is_word("plugin") and mark.is_mark(":", "=") and plugin.kind == "string"
        if is_plugin and "." in plugin.text and GRADLE_PLUGIN.fullmatch(plugin.text):
            yield Dependency(plugin.text, plugin.line, is_development=True)


def _version_catalog(text: str) -> Iterator[Dependency]:
    """Read a catalog. https://docs.gradle.org/current/userguide/version_catalogs.html"""
    catalog = parse_toml(text)
    words = Words(text, TOML_KEY)
    start = words.after("libraries")
    for alias, library in catalog.get("libraries", {}).items():
        match = GRADLE_NAME.fullmatch(_library(library))
        if match:
            yield Dependency(match[1], words.line(alias, start))
    start = words.after("plugins")
    for alias, plugin in catalog.get("plugins", {}).items():
        name = plugin if isinstance(plugin, str) else plugin.get("id", "")
        yield Dependency(name.partition(":")[0], words.line(alias, start), is_development=True)


def _library(library: str | dict[str, Any]) -> str:
    if isinstance(library, str):
        return library
    return str(library.get("module") or f"{library.get('group', '')}:{library.get('name', '')}")


# sbt: https://www.scala-sbt.org/1.x/docs/Library-Dependencies.html

SBT_OPERATORS = ("%", "%%", "%%%")
SBT_NOT_CHOSEN = ("excludeDependencies", "mimaPreviousArtifacts", "ExclusionRule")
SBT_TOOLS = ("addSbtPlugin", "addCompilerPlugin", "compilerPlugin")
SBT_TEST = re.compile(r"Test|IntegrationTest|(?:test|it)(?:->\w+)?", re.ASCII)
SBT_NAME = re.compile(rf"{NAME_PART}:[\w.-]++")


def _sbt(text: str) -> Iterator[Dependency]:
    found = tokens(text, "scala")
    constants = _scala_constants(found)
    for statement in statements(found):
        if any(token.is_word(*SBT_NOT_CHOSEN) for token in statement):
            continue
        for index in range(1, len(statement) - 1):
            if statement[index].is_mark(*SBT_OPERATORS):
                yield from _sbt_dependency(statement, index, constants)


def _scala_constants(found: list[Token]) -> dict[str, str]:
    """Return the strings that names stand for: `val circe = "io.circe"`."""
    return {
        name.text: value.text
        for keyword, name, sign, value in zip(found, found[1:], found[2:], found[3:], strict=False)
        if keyword.is_word("val") and sign.is_mark("=") and value.kind == "string"
    }


def _sbt_dependency(
    statement: list[Token], index: int, constants: dict[str, str]
) -> Iterator[Dependency]:
    """Read `"group" %% "artifact" % "version" % Test` from the first sign on."""
    group, artifact = statement[index - 1], statement[index + 1]
    before = statement[index - 2] if index > 1 else NO_TOKEN
    if artifact.kind != "string" or before.is_mark(*SBT_OPERATORS):
        return  # the sign in front of the version
    group_name = group.text if group.kind == "string" else constants.get(group.text, "")
    name = f"{group_name}:{artifact.text}"
    if SBT_NAME.fullmatch(name):
        called = statement[index - 3] if index > 2 and before.is_mark("(") else NO_TOKEN
        is_tool = called.is_word(*SBT_TOOLS)
        yield Dependency(name, artifact.line, is_tool or _is_for_tests(statement, index + 2))


def _is_for_tests(statement: list[Token], index: int) -> bool:
    """Tell whether the version, or the configuration after it, is that of tests."""
    while index + 1 < len(statement) and statement[index].is_mark(*SBT_OPERATORS):
        value = statement[index + 1]
        if value.kind in ("string", "word") and _names_tests(value.text):
            return True
        index += 2
        while index + 1 < len(statement) and statement[index].is_mark("."):
            index += 2
    return False


def _names_tests(configurations: str) -> bool:
    return all(SBT_TEST.fullmatch(name.strip()) for name in re.split("[,;]", configurations))


# Mill: https://mill-build.org/mill/scalalib/dependencies.html

MILL_NAME = re.compile(rf"({NAME_PART})(:{{1,3}})(\w[\w.-]*+)(?::.*+)?")


def _mill(text: str) -> Iterator[Dependency]:
    found = tokens(text, "scala")
    for prefix, package in pairwise(found):
        name = MILL_NAME.fullmatch(package.text) if prefix.is_word("ivy", "mvn") else None
        if name and package.kind == "string":
            yield Dependency(f"{name[1]}:{name[3]}", package.line)


# Clojure: https://clojure.org/reference/deps_edn and https://codeberg.org/leiningen/leiningen

CLOJURE_PACKAGES = (  # keys whose value names packages
    *(":deps", ":extra-deps", ":replace-deps", ":override-deps", ":default-deps"),
    *(":dependencies", ":managed-dependencies", ":plugins"),
)
CLOJURE_VARIANTS = (":aliases", ":profiles")  # keys whose values hold such keys, for development
MAX_CLOJURE_DEPTH = 100  # of forms in one another
CLOJURE_NAME = re.compile(r"[A-Za-z][\w.+*!?-]*+(?:/[\w.+*!?-]++)?")


@dataclass(frozen=True, slots=True)
class _Form:
    """A list, vector, map or set of Clojure."""

    opening: str
    items: list[_Form | Token]


def _deps_edn(text: str) -> Iterator[Dependency]:
    for form in _clojure_forms(text):
        if not isinstance(form, _Form) or form.opening != "{":
            raise ValueError("no map")
        yield from _clojure_packages(form.items, is_development=False)


def _leiningen(text: str) -> Iterator[Dependency]:
    for form in _clojure_forms(text):
        match form:
            case _Form("(", [Token(text="defproject"), _, _, *settings]):
                yield from _clojure_packages(settings, is_development=False)


def _clojure_packages(items: list[_Form | Token], is_development: bool) -> Iterator[Dependency]:
    for key, value in zip(items[::2], items[1::2], strict=False):
        if not isinstance(key, Token) or key.kind != "word" or not isinstance(value, _Form):
            continue
        if key.text in CLOJURE_PACKAGES:
            for name in _clojure_names(value):
                is_tool = is_development or key.text == ":plugins"
                yield Dependency(name.text, name.line, is_tool)
        elif key.text in CLOJURE_VARIANTS:
            for variant in value.items:
                if isinstance(variant, _Form):
                    yield from _clojure_packages(variant.items, is_development=True)


def _clojure_names(packages: _Form) -> Iterator[Token]:
    """Return the names in a map of names and versions, or in a vector of vectors that begin with one."""
    if packages.opening == "{":
        pairs = list(zip(packages.items[::2], packages.items[1::2], strict=False))
    else:
        pairs = [
            (form.items[0], form)
            for form in packages.items
            if isinstance(form, _Form) and form.items
        ]
    for name, version in pairs:
        is_own = isinstance(version, _Form) and any(
            isinstance(item, Token) and item.text == ":local/root" for item in version.items
        )
        if isinstance(name, Token) and CLOJURE_NAME.fullmatch(name.text) and not is_own:
            yield name


def _clojure_forms(text: str) -> list[_Form | Token]:
    """Read all forms, without those that `#_` discards.

    Raises ValueError for brackets without their other half, and for too deep nesting.
    """
    stack = [_Form("", [])]
    discarded = [0]  # how many of the next forms are, in each open form
    for token in tokens(text, "clojure"):
        if token.is_mark("(", "[", "{"):
            if len(stack) > MAX_CLOJURE_DEPTH:
                raise ValueError("forms are nested too deep")
            stack.append(_Form(token.text, []))
            discarded.append(0)
            continue
        form: _Form | Token = token
        if token.is_mark(")", "]", "}"):
            form = stack.pop()
            discarded.pop()
            if not stack:
                raise ValueError("a bracket is closed that was not opened")
        elif token.is_word("#_"):
            discarded[-1] += 1
            continue
        elif token.kind in ("mark", "newline"):
            continue
        if discarded[-1]:
            discarded[-1] -= 1
        else:
            stack[-1].items.append(form)
    if len(stack) > 1:
        raise ValueError("a bracket is not closed")
    return stack[0].items


FORMATS: tuple[Format, ...] = (
    file_format(r"pom\.xml", _pom),
    file_format(r"[\w.-]+\.versions\.toml", _version_catalog),
    file_format(r"(?!settings\.)[\w.-]+\.gradle", _gradle),
    file_format(r"(?!settings\.)[\w.-]+\.gradle\.kts", _gradle_kotlin),
    file_format(r"[\w.-]+\.sbt|project/[\w.-]+\.scala", _sbt),
    file_format(r"build\.(?:sc|mill)", _mill),
    file_format(r"project\.clj", _leiningen),
    file_format(r"deps\.edn", _deps_edn),
)
