"""The architecture, end to end and rule by rule.

First the whole path with real parts: orchestration on the embedded host, parallel retrieval from a
GitHub stand-in, the cache in Azurite, metadata that the scoring can use. Then the rules that keep it
so: imports point one way, and nothing happens at import. tests/test_documents.py holds the documents
to the code.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, ClassVar

import pytest

import errors
import function_app
from ai_assistant import calculate_repo_scores
from github_repo_manager import GitHubRepoManager
from http_api.responses import READ
from tools.host_process import USERNAME, refreshed
from tools.layers import LAYERS, OUTSIDE_THE_APP, VENDORS, app_modules, imports_of, source_files

ROOT = Path(__file__).parent.parent
APP_MODULES = app_modules()

# Methods that change a list, a dict, a set or a deque.
CHANGING_METHODS = {
    *("append", "appendleft", "extend", "insert", "sort", "reverse", "add", "discard", "remove"),
    *("update", "setdefault", "pop", "popleft", "popitem", "clear"),
}


def changes_of_module_state(tree: ast.Module) -> list[int]:
    """Find the lines in functions that rebind or change what a module holds."""
    held = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in ast.walk(statement)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    }
    lines = []
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for function in (node for node in ast.walk(tree) if isinstance(node, functions)):
        for node in ast.walk(function):
            match node:
                case ast.Global():
                    lines.append(node.lineno)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                    name in held and method in CHANGING_METHODS
                ):
                    lines.append(node.lineno)
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if (
                    name in held
                ):
                    lines.append(node.lineno)
    return lines


def patterns_of(ignore_file: str) -> list[str]:
    """Read the patterns of an ignore file."""
    lines = (ROOT / ignore_file).read_text().splitlines()
    return [line.rstrip("/") for line in lines if line and not line.startswith("#")]


@pytest.mark.server
class TestWholePath:
    """Orchestration, parallel retrieval, cache and scoring, with everything real but GitHub itself."""

    def test_the_orchestration_returns_what_the_sequential_way_returns(self, start_app, github):
        host = start_app()

        refreshed(host)

        status = host.management(f"/instances/portfolio-{USERNAME}").json
        manager = GitHubRepoManager(
            token="ghp_of-the-test",
            base_url=github.url,
            include_forks=False,
            include_archived=True,
            include_private=False,
        )
        expected: list[Any] = [*manager.get_all_repos_with_context(USERNAME)]
        manager.close()
        assert "Completed" == status["runtimeStatus"]
        assert 31 == len(expected)
        in_short = ("metadata", "languages", "repoContext", "file_types")
        assert [{key: bundle[key] for key in in_short} for bundle in expected] == status["output"]
        for bundle in expected:
            name = bundle["metadata"]["name"]
            shown = host.get(f"/api/portfolios/{USERNAME}/repos/{name}").json
            # The REST API does not count commits; contexts of other tools are hidden.
            compared = bundle.keys() - {"fetched_at", "commits", "repoContext"}
            assert {key: bundle[key] for key in compared} == {key: shown[key] for key in compared}

    def test_repositories_are_fetched_in_parallel_one_activity_each_with_few_requests(
        self, start_app, github
    ):
        github.standin.latency_s = 0.05
        host = start_app()

        progress = refreshed(host)

        assert (31, 31, 0, 0) == tuple(
            progress[key] for key in ("total", "done", "failed", "unchanged")
        )
        batches = [
            line
            for line in host.management("/instances?showHistory=true").json
            if line["name"] == "repo_batch_orchestrator"
        ]
        fetches = [
            event
            for batch in batches
            for event in host.management(f"/instances/{batch['instanceId']}?showHistory=true").json[
                "historyEvents"
            ]
            if event.get("FunctionName") == "FetchRepoContextBundleActivity"
        ]
        assert (1, 31) == (len(batches), len(fetches))
        assert 10 < github.standin.most_in_flight <= 64
        requests = Counter(
            seen.path.split("/")[3]
            for seen in github.standin.requests
            if seen.path.startswith("/repos/")
        )
        assert 31 == len(requests)
        assert max(requests.values()) <= 6

    def test_a_refresh_populates_the_cache_and_queries_use_it_alone(self, start_app, github):
        host = start_app()
        assert 202 == host.get("/api/query?q=kubernetes").status

        refreshed(host)
        asked = len(github.standin.requests)
        answered = host.get("/api/query?q=kubernetes").json

        assert asked == len(github.standin.requests)
        assert "skyhook" == answered["results"][0]["name"]

    def test_the_cache_outlives_the_process_and_github(self, start_app, github, no_server):
        first = start_app()
        refreshed(first)
        first.__exit__()
        asked = len(github.standin.requests)

        second = start_app(GITHUB_API_URL=no_server)

        assert 200 == second.get("/api/query?q=kubernetes").status
        assert 31 == second.get(f"/api/portfolios/{USERNAME}").json["repos"]
        assert asked == len(github.standin.requests)

    def test_what_is_cached_carries_the_metadata_that_scoring_needs(self, start_app):
        host = start_app()
        refreshed(host)

        bundle = host.get(f"/api/portfolios/{USERNAME}/repos/skyhook").json

        assert "skyhook" == bundle["metadata"]["name"]
        assert ["kubernetes", "operator", "go", "canary"] == bundle["metadata"]["topics"]
        assert ["Go", "Dockerfile"] == list(bundle["languages"])
        assert {".go": 3, ".yaml": 2} == {
            suffix: bundle["file_types"][suffix] for suffix in (".go", ".yaml")
        }
        assert "Kubernetes operators" in bundle["repoContext"]["skill_manifest"]["technical"]
        assert "sigs.k8s.io/controller-runtime" in bundle["dependencies"]
        assert bundle["readme"].startswith("# skyhook")
        scores = calculate_repo_scores([bundle], "kubernetes")
        assert scores[0]["score"] > 0.5
        assert {"topics", "description"} <= set(scores[0]["signals"])


class TestRules:
    """CONVENTIONS.md, as far as no linter holds it."""

    def test_every_module_of_the_app_has_its_layer(self):
        assert APP_MODULES == set().union(*(layer.modules for layer in LAYERS))

    @pytest.mark.parametrize("module", sorted(APP_MODULES))
    def test_imports_point_one_way(self, module):
        (level,) = [number for number, layer in enumerate(LAYERS) if module in layer.modules]
        above = set().union(*(layer.modules for layer in LAYERS[:level]))

        assert set() == imports_of(module) & above

    @pytest.mark.parametrize("module", sorted(APP_MODULES))
    def test_the_app_does_not_know_what_it_is_developed_with(self, module):
        assert set() == imports_of(module) & OUTSIDE_THE_APP.keys()

    def test_the_host_does_not_know_the_app(self):
        assert set() == imports_of("localhost") & APP_MODULES
        # `--github DIR` starts the stand-in beside the host.
        assert {"localhost", "github_standin"} == imports_of("localhost") & OUTSIDE_THE_APP.keys()

    def test_the_standin_knows_neither_the_app_nor_the_host(self):
        known = imports_of("github_standin") & (APP_MODULES | OUTSIDE_THE_APP.keys())

        assert {"github_standin"} == known

    @pytest.mark.parametrize(("vendor", "home"), VENDORS.items())
    def test_no_vendor_type_leaves_its_home(self, vendor, home):
        users = {module for module in APP_MODULES if vendor in imports_of(module)}

        assert {home} == users

    def test_orchestrators_know_nothing_of_the_app_but_what_crosses_durable(self):
        assert {"orchestrators", "models"} == imports_of("orchestrators") & APP_MODULES

    def test_ruff_refuses_an_orchestrator_that_is_not_pure(self, tmp_path):
        impure = [
            *("import time", "import random", "import uuid", "import secrets", "import os"),
            *("import asyncio", "import threading", "import concurrent.futures"),
            *("import requests", "import urllib.request", "import urllib3", "import aiohttp"),
            *("import github", "import openai", "from azure.data.tables import TableClient"),
            *("import settings", "from settings import settings", "import clients"),
            *("from activities import fetch", "from cache import GitHubCache"),
            *("import github_api.client", "from github_repo_manager import GitHubRepoManager"),
            *("import ai_assistant", "import answers.desk", "import refresh_client"),
            "now = datetime.datetime.now(datetime.UTC)",
            "now = datetime.datetime.utcnow()",
            "today = datetime.datetime.today()",
            "today = datetime.date.today()",
        ]
        (tmp_path / "orchestrators").mkdir()
        for file in ("pyproject.toml", "orchestrators/ruff.toml"):
            (tmp_path / file).write_text((ROOT / file).read_text())
        orchestrator = tmp_path / "orchestrators" / "impure.py"
        orchestrator.write_text("\n".join(["import datetime", *impure, ""]))

        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--select=TID251", "--output-format=json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

        refused = {problem["location"]["row"] for problem in json.loads(done.stdout)}
        assert [] == [line for row, line in enumerate(impure, start=2) if row not in refused]

    def test_importing_the_app_reads_no_setting_and_loads_no_heavy_library(self):
        program = (
            "import os, sys\n"
            "class Untouched(dict):\n"
            "    def __getitem__(self, key): assert 'GITHUB' not in key and 'OPENAI' not in key, key\n"
            "import function_app, settings\n"
            "assert settings.settings.cache_info().currsize == 0\n"
            "print([m for m in ('github', 'openai', 'pydantic', 'azure.identity') if m in sys.modules])\n"
        )

        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        )

        assert "[]" == done.stdout.strip()

    @pytest.mark.parametrize("module", sorted(APP_MODULES))
    def test_no_module_keeps_state(self, module):
        """Objects that `clients.py` creates keep it; functools caches what never changes."""
        changed = [
            f"{file.relative_to(ROOT)}:{line}"
            for file in source_files(module)
            for line in changes_of_module_state(ast.parse(file.read_text()))
        ]

        assert [] == changed

    def test_the_errors_are_one_family_and_its_tree_is_true(self):
        family = {
            name: error
            for name, error in vars(errors).items()
            if isinstance(error, type) and issubclass(error, errors.PortfolioError)
        }
        exceptions = re.findall(r"^class (\w+)\(.*\):$", Path(errors.__file__).read_text(), re.M)
        drawn = dict(re.findall(r"[├└] (\w+)\S* +(\d{3})?", str(errors.__doc__)))

        assert set(exceptions) == set(family) == {"PortfolioError", *drawn}
        assert [] == [
            name for name, status in drawn.items() if status and family[name].status != int(status)
        ]

    def test_one_place_turns_errors_into_responses(self):
        makers = [
            str(file.relative_to(ROOT))
            for module in APP_MODULES
            for file in source_files(module)
            if "create_error_response(" in file.read_text()
        ]

        assert ["http_api/responses.py"] == makers

    def test_one_logger_serves_the_whole_app(self):
        named = {
            match
            for module in APP_MODULES
            for file in source_files(module)
            for match in re.findall(r"getLogger\((.*?)\)", file.read_text())
        }

        assert {'"portfolio.api"'} == named

    def test_an_event_is_a_constant_and_its_facts(self):
        calls = [
            ast.unparse(node)
            for module in APP_MODULES
            for file in source_files(module)
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger.")
        ]
        event = re.compile(
            r"logger\.(info|warning|error|exception)\('[a-z_]+\.[a-z_]+ %s', Facts\("
        )

        assert len(calls) > 10
        assert [] == [call for call in calls if not event.match(call)]

    def test_the_coverage_gate_covers_the_whole_app(self):
        configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]

        assert APP_MODULES == set(configuration["run"]["source"])
        assert configuration["run"]["branch"]
        assert 95 <= configuration["report"]["fail_under"]

    def test_a_deployment_contains_the_app_alone(self):
        patterns = [*patterns_of(".gitignore"), *patterns_of(".funcignore")]
        deployed = {
            path.name
            for path in ROOT.iterdir()
            if not any(fnmatch(path.name, pattern) for pattern in patterns)
        }
        app = {name if (ROOT / name).is_dir() else f"{name}.py" for name in APP_MODULES}

        assert app | {"host.json", "requirements.txt", "LICENSE"} == deployed
        # The ignore files' patterns hold at every depth.
        assert [] == [
            str(path)
            for path in (ROOT / "web" / "vendor").rglob("*")
            if any(fnmatch(path.name, pattern) for pattern in patterns)
        ]


class TestFunctions:
    """What the platform finds in `function_app.py`."""

    functions: ClassVar = {
        function.get_function_name(): json.loads(str(function))
        for function in function_app.app.get_functions()
    }

    def routes(self) -> dict[str, tuple[list[str], str]]:
        triggers = [
            binding
            for function in self.functions.values()
            for binding in function["bindings"]
            if binding["type"] == "httpTrigger"
        ]
        return {
            each["route"]: (
                sorted(str(method) for method in each["methods"]),
                str(each["authLevel"]),
            )
            for each in triggers
        }

    def test_the_orchestrators_and_activities_have_the_names_that_others_rely_on(self):
        assert {
            "repo_context_orchestrator",
            "repo_batch_orchestrator",
            "GetRepoNamesActivity",
            "FetchRepoContextBundleActivity",
            "EmbedBundlesActivity",
            "PublishPortfolioActivity",
        } <= {
            binding.get("orchestration") or binding.get("activity")
            for function in self.functions.values()
            for binding in function["bindings"]
        }

    def test_the_routes_are_those_of_the_contract(self):
        assert {
            "health": (READ, "ANONYMOUS"),
            "refresh": (["POST"], "FUNCTION"),
            "refresh/{username}": (READ, "ANONYMOUS"),
            "portfolios/{username}": (READ, "ANONYMOUS"),
            "portfolios/{username}/repos/{repo}": (READ, "ANONYMOUS"),
            "query": ([*READ, "POST"], "ANONYMOUS"),
            "webhooks/github": (["POST"], "ANONYMOUS"),
            "ai": (["OPTIONS", "POST"], "ANONYMOUS"),
            "openapi.json": (READ, "ANONYMOUS"),
            "ui": (READ, "ANONYMOUS"),
            "ui/{asset}": (READ, "ANONYMOUS"),
            "widget.js": (READ, "ANONYMOUS"),
            "docs": (READ, "ANONYMOUS"),
            "docs/{asset}": (READ, "ANONYMOUS"),
            "cache/stats": (["GET"], "FUNCTION"),
            "cache/{username}": (["DELETE"], "FUNCTION"),
        } == self.routes()
