"""Actions of GitHub's workflows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import package_file_rank, package_kind, read_package_file


def read(path: str, text: str) -> list[str]:
    """Return the names, those for development with an appended `(dev)`."""
    return [
        f"{dependency.name} (dev)" if dependency.is_development else dependency.name
        for dependency in read_package_file(path, text)
    ]


WORKFLOW = """\
name: build
on:
  push:
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    container: {image: "ghcr.io/team/builder:1"}
    services:
      db:
        image: mariadb:11
    steps:
      - uses: actions/checkout@v4
      # - uses: old/action@v1
      - run: |
          echo "uses: no/action@v1"
      - name: login
        uses: "docker/login-action@v3" # keep
      - uses: github/codeql-action/analyze@v3
      - uses: ./.github/actions/own
      - uses: docker://ghcr.io/acme/linter:2
      - uses: ${{ matrix.action }}
      - uses: docker://scratch
  reuse:
    uses: team/flows/.github/workflows/release.yml@main
    with: {uses: no/thing}
  own:
    uses: ./.github/workflows/own.yml
    container: alpine:3
"""


def test_a_workflow_names_actions_and_images():
    assert [
        "actions/checkout",
        "docker/login-action",
        "github/codeql-action",
        "acme/linter",
        "team/builder (dev)",
        "mariadb (dev)",
        "team/flows",
        "alpine (dev)",
    ] == read(".github/workflows/build.yml", WORKFLOW)


def test_a_workflow_tells_lines():
    lines = {
        named.name: named.line for named in read_package_file(".github/workflows/a.yaml", WORKFLOW)
    }

    assert (13, 18, 25) == (
        lines["actions/checkout"],
        lines["docker/login-action"],
        lines["team/flows"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: own\nruns:\n  using: composite\n  steps:\n    - uses: actions/cache@v4\n    - run: ls\n",
            ["actions/cache"],
        ),
        ("runs:\n  using: docker\n  image: docker://debian:12\n", ["debian"]),
        ("runs:\n  using: docker\n  image: Dockerfile\n", []),
        ("", []),
        ("- a", []),
    ],
)
def test_an_action_names_what_it_is_made_of(text, expected):
    assert expected == read("own/action.yml", text)


def test_a_workflow_that_is_no_yaml_is_refused():
    with pytest.raises(ValueError, match="workflows"):
        read_package_file(".github/workflows/a.yml", "jobs: [")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".github/workflows/a.yml", "infrastructure"),
        ("template/.github/workflows/a.yaml", "infrastructure"),
        ("action.yaml", "infrastructure"),
        (".github/workflows/deep/a.yml", None),
        ("workflows/a.yml", None),
        (".github/dependabot.yml", None),
    ],
)
def test_workflows_are_known_by_their_folder(path, kind):
    assert kind == package_kind(path)
    assert (package_file_rank(path) is None) == (kind is None)


@given(
    st.sampled_from(["action.yml", ".github/workflows/a.yml"]),
    st.lists(
        st.sampled_from(
            ["jobs:", "\n", "  ", "a:", "uses: ", "b/c@d", "- ", "steps:", "runs:", "{", "}"]
        )
    ).map("".join)
    | st.text(),
)
def test_any_text_is_read_or_refused(path, text):
    try:
        named = read_package_file(path, text)
    except ValueError:
        return
    assert all(dependency.line <= text.count("\n") + 1 for dependency in named)
