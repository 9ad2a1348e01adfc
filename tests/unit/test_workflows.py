"""GitHub runs the suite on every Python that the project promises, and runs only pinned actions."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from tools.host_process import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(request.param.read_text())
    return parsed


def promised_pythons() -> list[str]:
    """List the Pythons that pyproject.toml names in its classifiers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(path):
    actions = re.findall(r"uses: *(.*)", path.read_text())

    assert actions
    assert [] == [a for a in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d[\d.]*", a)]


def test_a_workflow_can_only_read(workflow):
    assert {"contents": "read"} == workflow["permissions"]
    assert [] == [name for name, job in workflow["jobs"].items() if "permissions" in job]


def test_every_job_ends(workflow):
    assert [] == [name for name, job in workflow["jobs"].items() if "timeout-minutes" not in job]


class TestPythons:
    """The suite and the lock files are tested on what is promised, neither more nor less."""

    @pytest.fixture
    def jobs(self) -> dict[str, Any]:
        workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
        return dict(workflow["jobs"])

    def test_the_suite_runs_on_each(self, jobs):
        assert promised_pythons() == jobs["suite"]["strategy"]["matrix"]["python"]
        assert "make test" == jobs["suite"]["steps"][-1]["run"]

    def test_the_lock_files_are_checked_on_each(self, jobs):
        (python,) = [
            step["with"]["python-version"]
            for step in jobs["locks"]["steps"]
            if step.get("uses", "").startswith("actions/setup-python@")
        ]

        assert promised_pythons() == python.split()
        assert "make check-locks" == jobs["locks"]["steps"][-1]["run"]

    def test_pyproject_and_the_readme_name_the_same(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        *others, newest = promised_pythons()

        assert f">={others[0]}" == project["requires-python"]
        assert f"Python {', '.join(others)} or {newest}" in (ROOT / "README.md").read_text()
