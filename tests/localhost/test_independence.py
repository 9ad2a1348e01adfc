"""The host runs any app: it neither imports this one nor names it."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.host_process import ROOT

# The only door to another package of this repository: the switch `--github`.
DOORS = {("localhost/__main__.py", "github_standin")}

PACKAGES = {
    path.stem if path.is_file() else path.name
    for path in ROOT.iterdir()
    if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
}


def imports(file: Path) -> set[str]:
    """List the top-level packages that a file imports, wherever it does so."""
    packages: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add((node.module or "localhost").split(".")[0])
    return packages


def test_the_host_imports_no_other_package_of_this_repository():
    crossings = {
        (file.relative_to(ROOT).as_posix(), package)
        for file in (ROOT / "localhost").rglob("*.py")
        for package in imports(file) & PACKAGES - {"localhost"}
    }

    assert {"function_app", "tools", "github_standin"} <= PACKAGES
    assert DOORS == crossings


def test_the_switch_for_github_imports_only_when_it_is_used():
    module = ast.parse((ROOT / "localhost" / "__main__.py").read_text())
    at_import = [node for node in module.body if isinstance(node, ast.ImportFrom)]

    assert not any("github_standin" in str(node.module) for node in at_import)


def test_the_host_does_not_name_the_logger_of_our_app():
    text = "\n".join(file.read_text() for file in (ROOT / "localhost").rglob("*.py"))

    assert "portfolio.api" not in text
