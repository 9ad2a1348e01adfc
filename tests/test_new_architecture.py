"""The architecture, end to end and rule by rule.

First the whole path with real parts: orchestration on the embedded host, parallel retrieval from a
GitHub stand-in, the cache in Azurite, metadata that the scoring can use. Then the rules that keep it
so: imports point one way, nothing happens at import, documents and code agree.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest

import function_app
from ai_assistant import calculate_repo_scores
from github_repo_manager import GitHubRepoManager
from http_api.responses import READ
from settings import Settings
from tools.host_process import USERNAME, refreshed, wait_for

ROOT = Path(__file__).parent.parent

# What the app is developed with; a deployment contains none of it.
OUTSIDE_THE_APP = {
    *("localhost", "github_standin", "tools", "benchmarks", "evaluation", "tests", "docs"),
}
APP_MODULES = {
    path.stem if path.parent == ROOT else path.parent.name
    for path in [*ROOT.glob("*.py"), *ROOT.glob("*/__init__.py")]
} - OUTSIDE_THE_APP

# A module may import modules of its own layer and of the layers below. docs/architecture.svg is
# drawn from this list.
LAYERS = [
    {"function_app"},
    {"http_api", "schedule", "orchestrators", "activities"},
    {"refresh_client", "clients", "web"},
    {"ai_assistant", "github_repo_manager"},
    {"answers", "cache", "github_api"},
    {"relevance", "bundles"},
    {"settings", "observability"},
    {"models", "errors"},
]


def imports_of(module: str) -> set[str]:
    path = ROOT / module
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


def without_time(bundles: Any) -> list[dict[str, Any]]:
    return [{key: value for key, value in each.items() if key != "fetched_at"} for each in bundles]


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
        expected = manager.get_all_repos_with_context(USERNAME)
        manager.close()
        assert "Completed" == status["runtimeStatus"]
        assert 31 == len(expected)
        assert without_time(expected) == without_time(status["output"])

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
        assert (2, 31) == (len(batches), len(fetches))
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

        wait_for(lambda: host.get("/api/query?q=kubernetes").status == 200, "answer")
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
        scores = calculate_repo_scores([bundle], "kubernetes operator in go")
        assert scores[0]["score"] > 0.5
        assert {"topics", "description"} <= set(scores[0]["signals"])


class TestRules:
    """What the tools cannot check."""

    def test_every_module_of_the_app_has_its_layer(self):
        assert APP_MODULES == set().union(*LAYERS)

    @pytest.mark.parametrize("module", sorted(APP_MODULES))
    def test_imports_point_one_way(self, module):
        (level,) = [number for number, layer in enumerate(LAYERS) if module in layer]
        above = set().union(*LAYERS[:level])

        assert set() == imports_of(module) & above

    @pytest.mark.parametrize("module", sorted(APP_MODULES))
    def test_the_app_does_not_know_what_it_is_developed_with(self, module):
        assert set() == imports_of(module) & OUTSIDE_THE_APP

    @pytest.mark.parametrize(("vendor", "home"), [("github", "github_api"), ("openai", "answers")])
    def test_no_vendor_type_leaves_its_manager(self, vendor, home):
        users = {module for module in APP_MODULES if vendor in imports_of(module)}

        assert {home} == users

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

    def test_one_logger_serves_the_whole_app(self):
        named = {
            match
            for module in APP_MODULES
            for file in [*(ROOT / module).rglob("*.py"), ROOT / f"{module}.py"]
            if file.exists()
            for match in re.findall(r"getLogger\((.*?)\)", file.read_text())
        }

        assert {'"portfolio.api"'} == named


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
            "SaveBundlesActivity",
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
            "cache/stats": (["GET"], "FUNCTION"),
            "cache/{username}": (["DELETE"], "FUNCTION"),
        } == self.routes()


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
        routes = TestFunctions().routes()

        assert [] == [route for route in routes if f"/{route}" not in self.readme]

    def test_every_make_target_explains_itself(self):
        makefile = (ROOT / "Makefile").read_text()
        (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

        assert [] == [t for t in phony.split() if not re.search(rf"^{t}:.*## \w", makefile, re.M)]
