"""A portfolio of everything that can be wrong with a repository, refreshed by the real orchestrator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from github_standin.git_objects import FILE, LINK, SUBMODULE
from github_standin.portfolio import Repository, User
from github_standin.server import Fault, GitHubServer, StandIn
from tools.host_process import HostProcess, refreshed

pytestmark = pytest.mark.server
OWNER = "odd-one"
CONTEXT = ".repo-context.json"


def repository(name: str, content: dict[str, bytes], **facts: Any) -> Repository:
    files = {
        path: (FILE, text) for path, text in {"README.md": b"# It\n\nA text.\n", **content}.items()
    }
    return Repository(name, files=files, **facts)


def odd_user() -> User:
    """One repository for each way of being odd."""
    user = User(OWNER)
    for name, content in {
        "malformed": b"{not json",
        "list": b"[1, 2]",
        "number": b"7",
        "huge": b'{"a": "' + b"x" * 5_000_000 + b'"}',
        "bom": b'\xef\xbb\xbf{"project_identity": {"name": "bom"}}',
        "latin-1": '{"project_identity": {"name": "caf\xe9"}}'.encode("latin-1"),
        "nan": b'{"a": NaN}',
        "overflow": b'{"a": 1e999}',
        "deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    }.items():
        user.add(repository(f"context-{name}", {CONTEXT: content}))
    link = user.add(repository("context-link", {}))
    link.files[CONTEXT] = (LINK, b"elsewhere.json")
    submodule = user.add(repository("context-submodule", {}))
    submodule.files[CONTEXT] = (SUBMODULE, b"0123456789012345678901234567890123456789")
    user.add(repository("context-folder", {f"{CONTEXT}/a.txt": b"a"}))
    user.add(repository("context-case", {".Repo-Context.json": b'{"a": 1}'}))
    user.add(repository("readme-huge", {"README.md": "é".encode() * 60_000}))
    user.add(repository("readme-binary", {"README.md": b"\xff\xfe\x00binary"}))
    user.add(repository("odd-names", {"a b/ü#?%.py": b"x", "-/\\.md": b"y", "\u202e.txt": b"z"}))
    user.add(Repository("empty"))
    user.add(repository("truncated", {"a.py": b"x"}, truncated=True))
    user.add(repository("no-branch", {}, default_branch=""))
    user.add(repository("blocked", {}, blocked=True))
    user.add(repository("dots.and-dashes_", {}))
    user.add(repository("package-file-broken", {"package.json": b"{", "pyproject.toml": b"= ="}))
    return user


@pytest.fixture(scope="module")
def odd() -> Iterator[GitHubServer]:
    with GitHubServer(StandIn(odd_user())) as server:
        yield server


@pytest.fixture
def start(start_app) -> Callable[..., HostProcess]:
    def start(server: GitHubServer, **env: str) -> HostProcess:
        host: HostProcess = start_app(GITHUB_USERNAMES=OWNER, GITHUB_API_URL=server.url, **env)
        return host

    return start


def bundles(host: HostProcess) -> dict[str, dict[str, Any]]:
    listed = host.get(f"/api/portfolios/{OWNER}").json["repositories"]
    return {each["metadata"]["name"]: each for each in listed}


def test_one_refresh_serves_them_all_each_with_its_warning(odd, start):
    host = start(odd)

    progress = refreshed(host, OWNER)

    assert ("completed", 0) == (progress["state"], progress["failed"])
    served = bundles(host)
    assert set(odd.standin.users[OWNER].repositories) == set(served)
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
        "readme-binary": ["readme_undecodable"],
        "odd-names": [],
        "empty": ["empty"],
        "truncated": ["tree_truncated"],
        "no-branch": [],
        "blocked": ["blocked"],
        "dots.and-dashes_": [],
        "package-file-broken": ["package_file_unreadable"],
    } == {name: bundle["warnings"] for name, bundle in served.items()}
    assert {"project_identity": {"name": "bom"}} == served["context-bom"]["repoContext"]
    assert {} == served["context-case"]["repoContext"]
    assert {".py": 1, ".md": 2, ".txt": 1} == served["odd-names"]["file_types"]
    assert not any(bundle["stale"] for bundle in served.values())
    readme = host.get(f"/api/portfolios/{OWNER}/repos/readme-huge").json["readme"]
    assert 64 * 1024 == len(readme.encode())
    # Strict JSON, whatever was in them.
    json.loads(host.get(f"/api/portfolios/{OWNER}").body, parse_constant=pytest.fail)

    # What is known to be broken is not asked for again.
    asked = len(odd.standin.requests)
    again = refreshed(host, OWNER)
    assert again["total"] == again["unchanged"]
    assert [304] == [seen.status for seen in odd.standin.requests[asked:]]


@pytest.fixture
def pair() -> Iterator[GitHubServer]:
    """Two ordinary repositories, of which a test breaks one."""
    user = User(OWNER)
    for name in ("first", "second"):
        user.add(
            repository(
                name, {"main.py": b"print()\n", CONTEXT: b'{"project_identity": {"name": "x"}}'}
            )
        )
    with GitHubServer(StandIn(user)) as server:
        yield server


def break_it(server: GitHubServer, how: str) -> None:
    """Make `first` fail from now on; the listing says that it has changed."""
    user = server.standin.users[OWNER]
    first = user.repositories["first"]
    first.push({"README.md": "# Another"}, "2026-11-01T00:00:00Z")
    match how:
        case "blocked-403":
            first.blocked = True
        case "blocked-451":
            message = "Repository access blocked"
            server.standin.faults.append(Fault(path="/first/", status=451, message=message))
        case "emptied":
            first.files.clear()
            first.push({}, "2026-11-02T00:00:00Z")
        case "down":
            server.standin.faults.append(Fault(path="/first/", status=502))
        case "dropped":
            server.standin.faults.append(Fault(path="/first/git", drop=True))
        case "rubbish":
            server.standin.faults.append(Fault(path="/first/git", status=200, body=b'{"tree": [{'))


@pytest.mark.parametrize(
    ("how", "reason", "failed"),
    [
        ("blocked-403", "blocked", 0),
        ("blocked-451", "blocked", 0),
        ("emptied", "empty", 0),
    ],
)
def test_the_last_good_bundle_stays_marked_stale_and_is_not_asked_for_again(
    pair, start, how, reason, failed
):
    host = start(pair)
    refreshed(host, OWNER)
    break_it(pair, how)

    progress = refreshed(host, OWNER)

    assert ("completed", failed) == (progress["state"], progress["failed"])
    first = bundles(host)["first"]
    assert (True, reason, [reason]) == (first["stale"], first["stale_reason"], first["warnings"])
    assert ({".py": 1, ".md": 1, ".json": 1}, {"project_identity": {"name": "x"}}) == (
        first["file_types"],
        first["repoContext"],
    )
    assert 1 == host.get(f"/api/portfolios/{OWNER}").json["stale_repos"]
    asked = len(pair.standin.requests)
    assert 2 == refreshed(host, OWNER)["unchanged"]
    assert 1 == len(pair.standin.requests) - asked
    pair.standin.faults.clear()
    pair.standin.users[OWNER].repositories["first"].blocked = False
    pair.standin.users[OWNER].repositories["first"].push({"new.py": "x"}, "2026-11-03T00:00:00Z")
    refreshed(host, OWNER)
    first = bundles(host)["first"]
    assert not first["stale"]
    assert (["readme_missing"] if how == "emptied" else []) == first["warnings"]


def test_one_that_is_down_costs_the_others_nothing_and_is_asked_for_again(pair, start):
    host = start(pair)
    refreshed(host, OWNER)
    # One failure that passes by itself, and later one that does not.
    break_it(pair, "down")
    pair.standin.faults[0].times = 1
    assert 0 == refreshed(host, OWNER)["failed"]
    assert not bundles(host)["first"]["stale"]


@pytest.mark.parametrize("how", ["down", "dropped", "rubbish"])
def test_one_that_stays_down_keeps_the_refresh_waiting_not_the_visitor(pair, start, how):
    from tools.host_process import wait_for

    host = start(pair)
    refreshed(host, OWNER)
    break_it(pair, how)
    pair.standin.users[OWNER].repositories["second"].push({"a.go": "x"}, "2026-11-01T00:00:00Z")

    host.post("/api/refresh", {})

    waiting = wait_for(
        lambda: (p := host.get(f"/api/refresh/{OWNER}").json)["state"] == "waiting" and p, "wait"
    )
    assert (2, 1) == (waiting["total"], waiting["done"])
    assert waiting["error"]["code"] in ("unreachable", "bad_response")
    assert 200 == host.get("/api/query?q=python").status
    # Three pauses later it is given up: too long for a test, proved by replay.


@pytest.mark.parametrize("how", ["deleted", "private", "renamed"])
def test_what_is_no_longer_there_under_its_name_disappears(pair, start, how):
    host = start(pair)
    refreshed(host, OWNER)
    repositories = pair.standin.users[OWNER].repositories
    match how:
        case "deleted":
            del repositories["first"]
        case "private":
            repositories["first"].private = True
        case "renamed":
            repositories["first"].name = "third"
            pair.standin.renamed[f"{OWNER}/first"] = f"{OWNER}/third"

    progress = refreshed(host, OWNER)

    assert ("completed", 0) == (progress["state"], progress["failed"])
    expected = {"second", "third"} if how == "renamed" else {"second"}
    assert expected == set(bundles(host))
    assert 404 == host.get(f"/api/portfolios/{OWNER}/repos/first").status


def test_one_that_is_gone_between_listing_and_fetch_is_left_out_and_not_asked_for_again(
    pair, start
):
    pair.standin.faults.append(Fault(path="/first/", status=404, message="Not Found"))
    host = start(pair)

    progress = refreshed(host, OWNER)

    assert ("completed", 2, 0) == tuple(progress[key] for key in ("state", "done", "failed"))
    assert {"second"} == set(bundles(host))
    asked = len(pair.standin.requests)
    assert 2 == refreshed(host, OWNER)["unchanged"]
    assert 1 == len(pair.standin.requests) - asked


def test_a_push_between_listing_and_fetch_is_fetched_at_the_next_refresh(pair, start):
    """The new text may come under the old fingerprint, never the old text under the new one."""
    host = start(pair)
    first = pair.standin.users[OWNER].repositories["first"]

    def push_once_after_the_listing(path: str) -> None:
        if path.startswith("/users/") and first.pushed_at < "2026":
            first.push({"README.md": "# Pushed meanwhile"}, "2026-11-01T00:00:00Z")

    pair.standin.after_response = push_once_after_the_listing
    refreshed(host, OWNER)

    assert 1 == refreshed(host, OWNER)["unchanged"]

    readme = host.get(f"/api/portfolios/{OWNER}/repos/first").json["readme"]
    assert readme.startswith("# Pushed meanwhile")
    assert 2 == refreshed(host, OWNER)["unchanged"]


def test_only_metadata_is_renewed_when_only_metadata_changed(pair, start):
    host = start(pair)
    refreshed(host, OWNER)
    first = pair.standin.users[OWNER].repositories["first"]
    first.stars, first.forks, first.topics = 5, 6, ["new"]
    first.description, first.updated_at = "Another", "2026-11-01T00:00:00Z"
    asked = len(pair.standin.requests)

    assert 2 == refreshed(host, OWNER)["unchanged"]

    # The conditional request found something new; the listing was read, and nothing else.
    assert all("/repos?" in seen.path for seen in pair.standin.requests[asked:])
    metadata = bundles(host)["first"]["metadata"]
    assert (5, 6, ["new"], "Another") == tuple(
        metadata[key] for key in ("stargazers_count", "forks_count", "topics", "description")
    )
