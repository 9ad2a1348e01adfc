"""What is written about the app is true of it: settings, routes, errors, links, rules, pictures."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

import errors
from settings import Settings
from tests import test_new_architecture as architecture
from tools.architecture_picture import PICTURE, picture
from tools.host_process import ROOT, refreshed
from tools.layers import LAYERS, OUTSIDE_THE_APP, app_modules, imports_of, source_files

APP_MODULES = app_modules()
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for folder in (ROOT, ROOT / ".github", ROOT / "docs", ROOT / "docs/decisions")
    for path in folder.glob("*.md")
)


def reachable(graph: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Return every node with all nodes that its edges lead to, directly or not."""
    found = {node: set(targets) for node, targets in graph.items()}
    for _ in graph:
        for targets in found.values():
            targets.update(*(found[target] for target in targets))
    return found


def names_in(file: Path) -> set[str]:
    """List what a module defines: functions, classes, `Class.method`, constants."""
    names = set()
    for node in ast.parse(file.read_text()).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name, body=body):
                functions = (ast.FunctionDef, ast.AsyncFunctionDef)
                methods = {part.name for part in body if isinstance(part, functions)}
                names |= {name, *(f"{name}.{method}" for method in methods)}
            case ast.Assign() | ast.AnnAssign():
                names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names


def anchors_in(document: Path) -> set[str]:
    """List the anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_part(shown: Any, whole: Any) -> bool:
    """Tell whether JSON is what is left of other JSON without some of its keys."""
    match shown, whole:
        case dict(), dict():
            return all(key in whole and is_part(shown[key], whole[key]) for key in shown)
        case list(), list():
            return len(shown) == len(whole) and all(map(is_part, shown, whole))
    return bool(shown == whole)


class TestDocuments:
    """What is written about the app is true of it."""

    readme = (ROOT / "README.md").read_text()
    sample = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    # These belong to the platform, not to the app.
    platform: ClassVar = {"FUNCTIONS_WORKER_RUNTIME", "PYTHON_THREADPOOL_THREAD_COUNT"}

    def test_code_sample_file_and_readme_list_the_same_settings(self):
        read: set[str] = set()

        class Watched(dict[str, str]):
            def get(self, key: str, default: object = None) -> str:
                read.add(key)
                return {
                    "GITHUB_USERNAMES": "octocat",
                    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                }.get(key, "")

        Settings.from_env(Watched())

        assert read == set(self.sample) - self.platform
        assert read == set(re.findall(r"^\| `(\w+)` \|", self.readme, re.MULTILINE))

    def test_the_sample_settings_are_the_defaults(self):
        from_sample = Settings.from_env(self.sample)

        assert from_sample == Settings.from_env(
            {
                "GITHUB_USERNAMES": "octocat",
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            }
        )

    def test_the_readme_names_every_route(self):
        routes = architecture.TestFunctions().routes()

        assert [] == [route for route in routes if f"/{route}" not in self.readme]

    def test_the_readme_lists_every_error(self):
        inside = {"cache_conflict", "github_error", "answer_failed"}  # never reach a caller
        listed = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", self.readme, re.M)

        family = {
            error
            for error in vars(errors).values()
            if isinstance(error, type) and issubclass(error, errors.PortfolioError)
        }
        assert set(listed) == {
            (str(error.status), error.code) for error in family if error.code not in inside
        }

    @pytest.mark.server
    def test_the_readmes_example_is_what_the_app_answers(self, start_app):
        (shown,) = re.findall(r"^\$ curl '\S+(/api/\S+)'.*\n(\{\n(?:.*\n)*?\})$", self.readme, re.M)
        path, example = shown[0], json.loads(shown[1])
        host = start_app()
        refreshed(host)

        answered = host.get(path).json

        assert example.pop("took_ms") < 10
        assert is_part(example, answered)

    def test_the_conventions_name_every_rule_and_no_other(self):
        text = (ROOT / "CONVENTIONS.md").read_text()
        named = set(re.findall(r"`(test_\w+)`", text))
        rules = {name for name in vars(architecture.TestRules) if name.startswith("test_")}

        assert rules <= named
        assert named <= rules | set(vars(TestDocuments))

    def test_the_newest_release_is_the_version_of_the_project(self):
        changelog = (ROOT / "CHANGELOG.md").read_text()
        version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

        unreleased, newest, *_ = re.findall(r"^## (.+)$", changelog, re.M)

        assert "Unreleased" == unreleased
        assert newest.startswith(f"{version} – ")

    def test_the_picture_of_the_architecture_is_drawn_from_the_code(self):
        assert picture() == PICTURE.read_text(), "run `make architecture`"

    def test_the_arrows_of_the_picture_are_the_imports(self):
        shared = set().union(*(layer.modules for layer in LAYERS if layer.is_shared))
        arrows: dict[str, set[str]] = {module: set() for module in APP_MODULES - shared}
        for source, target in re.findall(r'data-from="(\w+)" data-to="(\w+)"', PICTURE.read_text()):
            arrows[source].add(target)
        imports = {
            module: (imports_of(module) & APP_MODULES) - shared - {module} for module in arrows
        }

        assert reachable(imports) == reachable(arrows)
        assert [] == [
            (module, target)
            for module, targets in arrows.items()
            for target in targets - imports[module]
        ]

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_every_link_leads_somewhere(self, document):
        text = (ROOT / document).read_text()
        links = re.findall(r"\]\(([^)\s]+)\)|(?:href|src|srcset)=\"([^\"]+)\"", text)
        broken = []
        for link in ("".join(parts) for parts in links):
            path, _, anchor = link.partition("#")
            target = (ROOT / document).parent / path if path else ROOT / document
            if link.startswith(("http:", "https:")):
                continue
            if not target.exists() or (anchor and anchor not in anchors_in(target)):
                broken.append(link)

        assert [] == broken

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_every_file_and_function_named_exists(self, document):
        text = (ROOT / document).read_text()
        missing = [
            path
            for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|json|md|mjs|svg))\b", text)
            if not (ROOT / path).exists()
        ]
        for path, name, link in re.findall(r"\[`([\w./-]+\.py)(?:: ([\w.]+))?`\]\(([^)]+)\)", text):
            target = ((ROOT / document).parent / link).resolve()
            if target != ROOT / path or (name and name not in names_in(target)):
                missing.append(f"{path}: {name}")

        assert [] == missing

    def test_every_document_that_the_code_cites_exists(self):
        modules = (APP_MODULES | OUTSIDE_THE_APP.keys()) - {"tests"}  # tests quote made-up paths
        cited = {
            path
            for module in modules
            for file in source_files(module)
            # Not those of a URL, nor the folder in which other repositories keep a README.
            for path in re.findall(r"(?<![\w/])docs/(?!README)[\w/.-]+\.\w+", file.read_text())
        }

        assert cited
        assert [] == [path for path in cited if not (ROOT / path).exists()]

    def test_the_index_lists_every_decision_by_its_title(self):
        index = (ROOT / "docs/decisions/README.md").read_text()
        listed = re.findall(r"^\| \[(\d+\. .+)\]\((\d{4}-.+\.md)\)", index, re.M)
        files = sorted((ROOT / "docs/decisions").glob("0*.md"))

        assert listed == [
            (file.read_text().splitlines()[0].removeprefix("# "), file.name) for file in files
        ]
        assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))

    @pytest.mark.parametrize(
        "file", sorted((ROOT / "docs/decisions").glob("0*.md")), ids=lambda file: file.stem
    )
    def test_a_decision_has_its_sections_and_is_short(self, file):
        text = file.read_text()

        assert ["Context", "Decision", "Consequences", "Measured", "Revisit when"] == re.findall(
            r"^## (.+)$", text, re.M
        )
        assert len(text.splitlines()) <= 40

    def test_every_make_target_explains_itself(self):
        makefile = (ROOT / "Makefile").read_text()
        (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

        assert [] == [t for t in phony.split() if not re.search(rf"^{t}:.*## \w", makefile, re.M)]
