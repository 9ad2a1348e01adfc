"""The app in Microsoft's own language worker, beside the embedded host.

The worker (`azure-functions-runtime`) is what Azure runs; it needs Python 3.13, which `make test` looks for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

from github_repo_manager import GitHubRepoManager
from tools.host_process import ROOT, USERNAME

WORKER = ROOT / ".venv-worker" / "bin" / "python"
CLIENT = json.dumps(
    {
        "taskHubName": "h",
        "creationUrls": {},
        "managementUrls": {},
        "rpcBaseUrl": "http://127.0.0.1:1/",
    }
)
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        not WORKER.exists(),
        reason="NOT COMPARED WITH MICROSOFT'S WORKER: no Python 3.13 was found when `make test` prepared this",
    ),
]


def worker(*calls: dict[str, Any], **env: str) -> dict[str, Any]:
    """What the worker found in the app, and what the calls returned."""
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "OPENAI_", "PYTHON"))
    }
    done = subprocess.run(
        [WORKER, "tests/localhost/real_worker/invoke.py"],
        cwd=ROOT,
        env={
            **clean,
            "GITHUB_USERNAMES": USERNAME,
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            **env,
        },
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stderr
    result: dict[str, Any] = json.loads(lines[-1].removeprefix("RESULT "))
    return result


def found_by_the_host() -> dict[str, dict[str, Any]]:
    """In a process of its own: an app can be indexed once."""
    program = (
        "import json, pathlib; from localhost.app import load_app\n"
        "print(json.dumps({f.name: {**f.trigger, 'client': f.client_parameter}"
        " for f in load_app(pathlib.Path.cwd())}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_both_find_the_same_functions_bindings_routes_and_auth_levels():
    by_worker = {}
    for function in worker()["functions"]:
        bindings = function["bindings"]
        (trigger,) = [each for each in bindings if each["type"].endswith("Trigger")]
        clients = [each["name"] for each in bindings if each["type"] == "durableClient"]
        by_worker[function["name"]] = {**trigger, "client": clients[0] if clients else None}

    assert by_worker == found_by_the_host()


def test_the_worker_answers_an_http_function_as_the_host_does():
    request = {"method": "GET", "url": "http://x/api/query"}

    (result,) = worker(
        {"function": "query", "inputs": {"req": ["http", request], "client": ["json", CLIENT]}}
    )["results"]

    assert result["ok"], result["error"]
    error = json.loads(result["returned"]["body"])["error"]
    assert ("400", "invalid_request", ["q"]) == (
        result["returned"]["status_code"],
        error["code"],
        list(error["details"]),
    )


def test_the_worker_runs_an_activity_and_gets_the_same_bundle(azurite, github):
    wanted = {"username": USERNAME, "repo_name": "skyhook", "listing_id": "none"}

    (result,) = worker(
        {
            "function": "fetch_repo_context_bundle",
            "inputs": {"request": ["json", json.dumps(wanted)]},
        },
        GITHUB_API_URL=github.url,
        AzureWebJobsStorage=azurite.connection_string,
        CACHE_TABLE=f"t{uuid4().hex[:12]}",
    )["results"]

    assert result["ok"], result["error"]
    manager = GitHubRepoManager(
        token=None,
        base_url=github.url,
        include_forks=False,
        include_archived=True,
        include_private=False,
    )
    expected = manager.fetch_bundle(USERNAME, manager.get_repository(USERNAME, "skyhook"))
    manager.close()
    returned = json.loads(result["returned"])
    # One more for the repository itself, which no listing knows here.
    assert expected.usage["requests"] + 1 == returned["usage"]["requests"]
    assert expected.bundle["fingerprint"] == returned["saved"]["fingerprint"]
    assert returned["metadata"].items() <= expected.bundle["metadata"].items()
    for key in ("languages", "file_types"):
        assert expected.bundle[key] == returned[key]
