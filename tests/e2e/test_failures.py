"""Everything that can be wrong with a repository, refreshed by the real orchestrator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from github_standin.git_objects import FILE, LINK, SUBMODULE
from github_standin.portfolio import Repository
from github_standin.server import Fault
from tests.e2e.shared_app import Account, Accounts

pytestmark = pytest.mark.server
CONTEXT = ".repo-context.json"


def repository(name: str, content: dict[str, bytes], **facts: Any) -> Repository:
    files = {
        path: (FILE, text) for path, text in {"README.md": b"# It\n\nA text.\n", **content}.items()
    }
    return Repository(name, files=files, **facts)


def odd_repositories() -> list[Repository]:
    """Make one repository for each way of being odd."""
    contexts = {
        "malformed": b"{not json",
        "list": b"[1, 2]",
        "number": b"7",
        "huge": b'{"a": "' + b"x" * 5_000_000 + b'"}',
        "bom": b'\xef\xbb\xbf{"project_identity": {"name": "bom"}}',
        "latin-1": '{"project_identity": {"name": "caf\xe9"}}'.encode("latin-1"),
        "nan": b'{"a": NaN}',
        "overflow": b'{"a": 1e999}',
        "deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    }
    link = repository("context-link", {})
    link.files[CONTEXT] = (LINK, b"elsewhere.json")
    submodule = repository("context-submodule", {})
    submodule.files[CONTEXT] = (SUBMODULE, b"0123456789012345678901234567890123456789")
    return [
        *(repository(f"context-{name}", {CONTEXT: content}) for name, content in contexts.items()),
        link,
        submodule,
        repository("context-folder", {f"{CONTEXT}/a.txt": b"a"}),
        repository("context-case", {".Repo-Context.json": b'{"a": 1}'}),
        repository("readme-huge", {"README.md": "é".encode() * 60_000}),
        repository("readme-binary", {"README.md": b"\xff\xfe\x00binary"}),
        repository("odd-names", {"a b/ü#?%.py": b"x", "-/\\.md": b"y", "\u202e.txt": b"z"}),
        Repository("empty"),
        repository("truncated", {"a.py": b"x"}, truncated=True),
        repository("no-branch", {}, default_branch=""),
        repository("blocked", {}, blocked=True),
        repository("dots.and-dashes_", {}),
        repository("package-file-broken", {"package.json": b"{", "pyproject.toml": b"= ="}),
    ]


@pytest.fixture(scope="module")
def accounts(azurite, tmp_path_factory) -> Iterator[Accounts]:
    with Accounts(azurite, tmp_path_factory.mktemp("state"), count=20, batch_size=5) as accounts:
        yield accounts


@pytest.fixture
def pair(accounts) -> Iterator[Account]:
    """A published portfolio of two ordinary repositories, of which a test breaks the first."""
    files = {"main.py": b"print()\n", CONTEXT: b'{"project_identity": {"name": "x"}}'}
    account = accounts.new(repository("first", files), repository("second", files))
    account.refresh()
    yield account
    accounts.github.standin.faults.clear()


def test_odd_repositories_are_all_served_each_with_its_warning(accounts):
    odd = accounts.new(*odd_repositories())

    progress = odd.refresh()

    assert ("completed", 0) == (progress["state"], progress["failed"])
    served = odd.bundles()
    assert set(odd.repositories) == set(served)
    assert {
        "context-malformed": ["context_malformed"],
        "context-list": ["context_not_object"],
        "context-number": ["context_not_object"],
        "context-huge": ["context_too_large"],
        "context-bom": [],
        "context-latin-1": ["context_malformed"],
        "context-nan": ["context_malformed"],
        "context-overflow": ["context_malformed"],
        "context-deep": ["context_malformed"],
        "context-link": ["context_not_a_file"],
        "context-submodule": ["context_not_a_file"],
        "context-folder": ["context_not_a_file"],
        "context-case": [],
        "readme-huge": ["readme_cut"],
        "readme-binary": ["readme_undecodable", "readme_undecodable:README.md"],
        "odd-names": [],
        "empty": ["empty"],
        "truncated": ["tree_truncated"],
        "no-branch": [],
        "blocked": ["blocked"],
        "dots.and-dashes_": [],
        "package-file-broken": [
            "package_file_unreadable",
            "package_file_unreadable:package.json",
            "package_file_unreadable:pyproject.toml",
        ],
    } == {name: bundle["warnings"] for name, bundle in served.items()}
    assert {"project_identity": {"name": "bom"}} == served["context-bom"]["repoContext"]
    assert {} == served["context-case"]["repoContext"]
    assert {".py": 1, ".md": 2, ".txt": 1} == served["odd-names"]["file_types"]
    assert not any(bundle["stale"] for bundle in served.values())
    assert 64 * 1024 == len(odd.readme("readme-huge").encode())
    # Strict JSON, whatever the repositories contain.
    body = odd.host.get(f"/api/portfolios/{odd.name}").body
    json.loads(body, parse_constant=pytest.fail)

    # Repositories that are known to be broken are not fetched again.
    requests = len(odd.requests())
    again = odd.refresh()
    assert again["total"] == again["unchanged"]
    assert [304] == [request.status for request in odd.requests()[requests:]]


def block(account: Account) -> None:
    account.repositories["first"].blocked = True


def block_by_law(account: Account) -> None:
    message = "Repository access blocked"
    account.standin.faults.append(Fault(path=f"{account.name}/first/", status=451, message=message))


def empty(account: Account) -> None:
    first = account.repositories["first"]
    first.files.clear()
    first.push({}, "2026-11-02T00:00:00Z")


@pytest.mark.parametrize(
    ("remove_content", "reason"),
    [
        pytest.param(block, "blocked", id="403"),
        pytest.param(block_by_law, "blocked", id="451"),
        pytest.param(empty, "empty", id="emptied"),
    ],
)
def test_the_last_good_bundle_stays_marked_stale_and_is_not_fetched_again(
    pair, remove_content: Callable[[Account], None], reason
):
    pair.repositories["first"].push({"README.md": "# Another"}, "2026-11-01T00:00:00Z")
    remove_content(pair)

    progress = pair.refresh()

    assert ("completed", 0) == (progress["state"], progress["failed"])
    first = pair.bundles()["first"]
    assert (True, reason, [reason]) == (first["stale"], first["stale_reason"], first["warnings"])
    assert ({".py": 1, ".md": 1, ".json": 1}, {"project_identity": {"name": "x"}}) == (
        first["file_types"],
        first["repoContext"],
    )
    assert 1 == pair.portfolio()["stale_repos"]
    requests = len(pair.requests())
    assert 2 == pair.refresh()["unchanged"]
    assert 1 == len(pair.requests()) - requests

    pair.standin.faults.clear()
    pair.repositories["first"].blocked = False
    pair.repositories["first"].push({"new.py": "x"}, "2026-11-03T00:00:00Z")
    pair.refresh()
    first = pair.bundles()["first"]
    assert not first["stale"]
    assert (["readme_missing"] if reason == "empty" else []) == first["warnings"]


def test_a_failure_that_passes_is_retried_in_the_same_refresh(pair):
    pair.repositories["first"].push({"README.md": "# Another"}, "2026-11-01T00:00:00Z")
    pair.standin.faults.append(Fault(path=f"{pair.name}/first/", status=502, times=1))

    assert 0 == pair.refresh()["failed"]

    assert not pair.bundles()["first"]["stale"]
    assert "# Another" == pair.readme("first")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 502}, id="down"),
        pytest.param({"drop": True}, id="dropped"),
        pytest.param({"status": 200, "body": b'{"tree": [{'}, id="rubbish"),
    ],
)
def test_a_repository_that_stays_down_keeps_the_refresh_waiting_but_no_visitor(pair, fault):
    """After three delays it is given up, which takes too long for a test: see tests/replay."""
    for name in ("first", "second"):
        pair.repositories[name].push({"README.md": "# Another"}, "2026-11-01T00:00:00Z")
    pair.standin.faults.append(Fault(path=f"{pair.name}/first/git", **fault))

    pair.start_refresh()

    waiting = pair.wait_for_state("waiting")
    assert (2, 1) == (waiting["total"], waiting["done"])
    assert waiting["error"]["code"] in ("unreachable", "bad_response")
    assert 200 == pair.host.get(f"/api/query?username={pair.name}&q=python").status


def delete(account: Account) -> None:
    del account.repositories["first"]


def hide(account: Account) -> None:
    account.repositories["first"].private = True


def rename(account: Account) -> None:
    account.repositories["first"].name = "third"
    account.rename("first", f"{account.name}/third")


@pytest.mark.parametrize(
    ("leave", "remaining"),
    [(delete, {"second"}), (hide, {"second"}), (rename, {"second", "third"})],
)
def test_a_repository_that_is_no_longer_listed_disappears(pair, leave, remaining):
    leave(pair)

    progress = pair.refresh()

    assert ("completed", 0) == (progress["state"], progress["failed"])
    assert remaining == set(pair.bundles())
    assert 404 == pair.bundle("first").status


def test_a_repository_deleted_between_listing_and_fetch_is_left_out_and_not_fetched_again(
    accounts,
):
    account = accounts.new(repository("first", {}), repository("second", {}))
    account.standin.faults.append(
        Fault(path=f"{account.name}/first/", status=404, message="Not Found")
    )

    progress = account.refresh()

    account.standin.faults.clear()
    assert ("completed", 2, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert {"second"} == set(account.bundles())
    requests = len(account.requests())
    assert 2 == account.refresh()["unchanged"]
    assert 1 == len(account.requests()) - requests


def test_a_push_between_listing_and_fetch_is_fetched_at_the_next_refresh(accounts):
    """The new text may have the old fingerprint, but the old text never has the new one."""
    account = accounts.new(repository("first", {}), repository("second", {}))
    first = account.repositories["first"]

    def push_once_after_the_listing(path: str) -> None:
        if path.startswith(f"/users/{account.name}/") and first.pushed_at < "2026":
            first.push({"README.md": "# Pushed meanwhile"}, "2026-11-01T00:00:00Z")

    account.standin.after_response = push_once_after_the_listing
    account.refresh()

    assert 1 == account.refresh()["unchanged"]
    assert "# Pushed meanwhile" == account.readme("first")
    assert 2 == account.refresh()["unchanged"]


def test_a_change_of_metadata_alone_renews_the_metadata_alone(pair):
    first = pair.repositories["first"]
    first.stars, first.forks, first.topics = 5, 6, ["new"]
    first.description, first.updated_at = "Another", "2026-11-01T00:00:00Z"
    requests = len(pair.requests())

    assert 2 == pair.refresh()["unchanged"]

    # The conditional request found a change, so the listing was read, and nothing else.
    assert all("/repos?" in request.path for request in pair.requests()[requests:])
    metadata = pair.bundles()["first"]["metadata"]
    assert (5, 6, ["new"], "Another") == tuple(
        metadata[key] for key in ("stargazers_count", "forks_count", "topics", "description")
    )
