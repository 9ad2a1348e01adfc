"""An app finds the stand-in by its settings."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack

from github_standin.serve import start
from tools.host_process import ROOT, SAMPLES, USERNAME, http


def test_the_app_is_told_of_the_api_and_of_raw_files(monkeypatch):
    for name in ("GITHUB_API_URL", "GITHUB_RAW_URL", "GITHUB_USERNAMES"):
        monkeypatch.setenv(name, "")

    with ExitStack() as services:
        start(services, SAMPLES)

        listed = http("GET", f"{os.environ['GITHUB_API_URL']}/users/{USERNAME}/repos?per_page=100")
        name = listed.json[0]["name"]
        readme = http("GET", f"{os.environ['GITHUB_RAW_URL']}/{USERNAME}/{name}/HEAD/README.md")

    assert (200, 200) == (listed.status, readme.status)
    assert readme.body.startswith(b"#")
    assert USERNAME == os.environ["GITHUB_USERNAMES"]


def test_neither_graphql_nor_its_schema_is_loaded_before_a_token_asks():
    script = """
import sys, httpx
from github_standin.server import GitHubServer, StandIn
with GitHubServer(StandIn()) as server:
    reply = httpx.post(f"{server.url}/graphql", json={"query": "{viewer {login}}"})
print(reply.status_code, "graphql" in sys.modules)
"""

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "401 False\n" == done.stdout
