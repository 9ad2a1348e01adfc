"""An app finds the stand-in by its settings."""

from __future__ import annotations

import os
from contextlib import ExitStack

from github_standin.serve import start
from tools.host_process import SAMPLES, USERNAME, http


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
