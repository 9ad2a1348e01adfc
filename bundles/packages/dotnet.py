"""Packages of .NET and Unity.

Projects of MSBuild, with their central lists of packages, the older `packages.config`, Paket and
Unity's `Packages/manifest.json`.
https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.data_text import JSON_KEY, Words, parse_json, table
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.xml_text import Element, xml_root

PACKAGE_ELEMENTS = {  # and whether their packages are for development
    "PackageReference": False,
    "PackageVersion": False,
    "FrameworkReference": False,
    "GlobalPackageReference": True,  # for builds alone: NuGet makes it private
    "DotNetCliToolReference": True,
}
PLAIN_SDK = "microsoft.net.sdk"  # of every program
NAME = re.compile(r"[A-Za-z0-9_][\w.-]*+")


def _project(text: str) -> Iterator[Dependency]:
    root = xml_root(text, "Project")
    for element in root.descendants():
        if element.tag in PACKAGE_ELEMENTS:
            is_development = PACKAGE_ELEMENTS[element.tag] or _is_private(element)
            names = element.attributes.get("Include", element.attributes.get("Update", ""))
            yield from _names(names, element, is_development)
        elif element.tag in ("Project", "Import"):
            yield from _sdks(element.attributes.get("Sdk", ""), element)
        elif element.tag == "Sdk":
            yield from _sdks(element.attributes.get("Name", ""), element)


def _is_private(package: Element) -> bool:
    """Tell whether the package stays out of what is built."""
    private = package.attributes.get("PrivateAssets") or package.child_text("PrivateAssets")
    return "all" in private.lower().replace(" ", "").split(";")


def _names(names: str, element: Element, is_development: bool) -> Iterator[Dependency]:
    """Split a list of names, without the expressions of MSBuild in it."""
    for name in names.split(";"):
        if NAME.fullmatch(name.strip()):
            yield Dependency(name.strip(), element.line, is_development)


def _sdks(sdks: str, element: Element) -> Iterator[Dependency]:
    for sdk in sdks.split(";"):
        name, _, _version = sdk.partition("/")
        if name.strip().lower() != PLAIN_SDK:
            yield from _names(name, element, is_development=False)


def _packages_config(text: str) -> Iterator[Dependency]:
    """https://learn.microsoft.com/nuget/reference/packages-config"""
    for package in xml_root(text, "packages").children:
        if package.tag == "package":
            is_development = package.attributes.get("developmentDependency", "").lower() == "true"
            yield from _names(package.attributes.get("id", ""), package, is_development)


def _own_names(text: str) -> list[str]:
    """Return what the project is called as a package and as an assembly."""
    elements = xml_root(text, "Project").descendants()
    return [element.text for element in elements if element.tag in ("PackageId", "AssemblyName")]


PAKET_LINE = re.compile(r"[ \t]*+(group|nuget|clitool)[ \t]++([\w.-]++).*+", re.IGNORECASE)
PAKET_DEVELOPMENT_GROUP = re.compile("test|build|doc|bench", re.IGNORECASE)


def _paket(text: str) -> Iterator[Dependency]:
    """https://fsprojects.github.io/Paket/dependencies-file.html"""
    is_development = False
    for number, line in enumerate(text.split("\n"), start=1):
        entry = PAKET_LINE.match(line)
        if entry and entry[1].lower() == "group":
            is_development = bool(PAKET_DEVELOPMENT_GROUP.search(entry[2]))
        elif entry:
            is_tool = entry[1].lower() == "clitool"
            yield Dependency(entry[2], number, is_development or is_tool)


UNITY_BUILT_IN = "com.unity.modules."  # parts of the engine, listed by the editor


def _unity(text: str) -> Iterator[Dependency]:
    """https://docs.unity3d.com/Manual/upm-manifestPrj.html"""
    words = Words(text, JSON_KEY)
    start = words.after("dependencies")
    for name, version in table(parse_json(text).get("dependencies")).items():
        is_own = isinstance(version, str) and version.startswith("file:")
        if not is_own and not name.startswith(UNITY_BUILT_IN):
            yield Dependency(name, words.line(name, start))


FORMATS: tuple[Format, ...] = (
    file_format(r"[^/]+\.(?:cs|fs|vb)proj", _project, own_names=_own_names),
    file_format(r"(?i:Directory\.(?:Packages|Build)\.(?:props|targets))", _project),
    file_format(r"(?i:packages\.config)", _packages_config),
    file_format(r"paket\.dependencies", _paket),
    file_format(r"Packages/manifest\.json", _unity),
)
