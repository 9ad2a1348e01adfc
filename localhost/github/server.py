"""GitHub's REST API, as far as the app uses it: shapes, pages, ETags, limits, refusals.

https://docs.github.com/rest. The tests compare what it answers with GitHub's published OpenAPI
description.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn

from localhost.github.portfolio import LICENSES, Repository, User

DOCS = "https://docs.github.com/rest"
HOURLY_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that was answered."""

    path: str  # with its query
    status: int
    conditional: bool


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose path contains `path`."""

    path: str = ""
    status: int = 500
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # sent as it is, in place of a JSON message
    drop: bool = False  # close the connection instead of answering
    delay_s: float = 0.0
    times: int = 1_000_000


Answer = tuple[int, dict[str, str], Any]


class StandIn:
    """An ASGI application. Tests change `users`, `faults` and `latency_s` while it runs."""

    def __init__(
        self, *users: User, latency_s: float = 0.0, tokens: frozenset[str] | None = None
    ) -> None:
        """`tokens` None: any token will do, and none too."""
        self.users = {user.login.lower(): user for user in users}
        self.latency_s = latency_s
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.remaining = HOURLY_LIMIT
        self.most_in_flight = 0
        self._in_flight = 0
        self.renamed: dict[str, str] = {}  # full name of before, lower case -> full name
        self._tokens = tokens
        self._routes: list[tuple[re.Pattern[str], Callable[..., Answer]]] = [
            (re.compile(r"/users/([^/]+)/repos"), self._repositories),
            (re.compile(r"/user/(\d+)/repos"), self._repositories_by_id),
            (re.compile(r"/repos/([^/]+/[^/]+)"), self._repository),
            (re.compile(r"/repos/([^/]+/[^/]+)/languages"), self._languages),
            (re.compile(r"/repos/([^/]+/[^/]+)/git/trees/(.+)"), self._tree),
            (re.compile(r"/repos/([^/]+/[^/]+)/git/blobs/([0-9a-f]+)"), self._blob),
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        query = scope["query_string"].decode()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        base = f"http://{headers.get('host', 'localhost')}"
        fault = self._next_fault(path)
        delay = self.latency_s + (fault.delay_s if fault else 0.0)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        await asyncio.sleep(delay)
        self._in_flight -= 1
        if fault and fault.drop:
            self.requests.append(Seen(path, 0, False))
            raise ConnectionResetError  # uvicorn closes the connection without an answer
        status, extra, body = self._answer(path, query, headers, base, fault)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        etag = f'W/"{hashlib.sha256(raw).hexdigest()}"'
        conditional = "if-none-match" in headers
        if status == 200 and headers.get("if-none-match") == etag:
            status, raw = 304, b""
        # A conditional request that finds nothing new is free, with a token.
        if not (status == 304 and "authorization" in headers):
            self.remaining = max(0, self.remaining - 1)
        self.requests.append(Seen(path + (f"?{query}" if query else ""), status, conditional))
        answered = {
            "content-type": "application/json; charset=utf-8",
            "x-github-media-type": "github.v3; format=json",
            "x-github-request-id": f"{len(self.requests):04X}:1:2:3:4",
            "x-ratelimit-limit": str(HOURLY_LIMIT),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(HOURLY_LIMIT - self.remaining),
            "x-ratelimit-reset": str(int(time.time()) + 3600),
            "x-ratelimit-resource": "core",
            **({"etag": etag} if status in (200, 304) else {}),
            **extra,
        }
        pairs = [(name.encode(), value.encode()) for name, value in answered.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": raw})

    def _next_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.path in path and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _answer(
        self, path: str, query: str, headers: dict[str, str], base: str, fault: Fault | None
    ) -> Answer:
        if fault and (fault.status != 200 or fault.body is not None):
            message = {
                "message": fault.message,
                "documentation_url": DOCS,
                "status": str(fault.status),
            }
            return fault.status, fault.headers, message if fault.body is None else fault.body
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._tokens is not None and (not scheme or token not in self._tokens):
            return _refusal(401, "Bad credentials")
        if self.remaining == 0:
            return _refusal(403, "API rate limit exceeded for user ID 1.")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        for pattern, answer in self._routes:
            match = pattern.fullmatch(path)
            if match:
                return answer(*(unquote(group) for group in match.groups()), parameters, base)
        return _refusal(404, "Not Found")

    def _repositories(self, login: str, parameters: dict[str, str], base: str) -> Answer:
        user = self.users.get(login.lower())
        if user is None:
            return _refusal(404, "Not Found")
        size = min(100, max(1, int(parameters.get("per_page", "30"))))
        page = max(1, int(parameters.get("page", "1")))
        public = [each for each in user.repositories.values() if not each.private]
        public.sort(key=lambda each: each.name.lower())
        pages = max(1, -(-len(public) // size))
        shown = public[(page - 1) * size : page * size]
        links = {"prev": page - 1, "next": page + 1, "last": pages, "first": 1}
        # GitHub leaves out the ones that lead nowhere.
        if page == 1:
            links = {name: to for name, to in links.items() if name not in ("prev", "first")}
        if page >= pages:
            links = {name: to for name, to in links.items() if name not in ("next", "last")}
        address = f"{base}/user/{_owner_id(user.login)}/repos"
        link = ", ".join(
            f'<{address}?{urlencode({**parameters, "page": str(to)})}>; rel="{name}"'
            for name, to in links.items()
        )
        return 200, ({"link": link} if link else {}), [_minimal(each, base) for each in shown]

    def _repositories_by_id(self, owner: str, parameters: dict[str, str], base: str) -> Answer:
        """Where the links of a listing lead."""
        logins = [login for login in self.users if _owner_id(self.users[login].login) == int(owner)]
        return self._repositories(logins[0] if logins else "", parameters, base)

    def _repository(self, full_name: str, parameters: dict[str, str], base: str) -> Answer:
        return self._with(full_name, "", lambda found: (200, {}, _full(found, base)), base)

    def _languages(self, full_name: str, parameters: dict[str, str], base: str) -> Answer:
        return self._with(full_name, "/languages", lambda found: (200, {}, found.languages), base)

    def _tree(self, full_name: str, ref: str, parameters: dict[str, str], base: str) -> Answer:
        def tree(found: Repository) -> Answer:
            if not found.files:
                return _refusal(409, "Git Repository is empty.")
            sha, entries = found.tree
            answered = sha if ref == sha else found.commit
            if ref in found.past_trees:
                answered, (sha, entries) = ref, found.past_trees[ref]
            elif ref not in (found.default_branch, "HEAD", found.commit, sha):
                return _refusal(404, "Not Found")
            if "recursive" not in parameters:
                entries = [entry for entry in entries if "/" not in entry["path"]]
            root = f"{base}/repos/{found.full_name}/git"
            kinds = {"blob": "blobs", "tree": "trees"}
            return (
                200,
                {},
                {
                    "sha": answered,
                    "url": f"{root}/trees/{answered}",
                    "tree": [
                        {**each, "url": f"{root}/{kinds[each['type']]}/{each['sha']}"}
                        if each["type"] in kinds
                        else each
                        for each in entries
                    ],
                    "truncated": found.truncated,
                },
            )

        return self._with(full_name, f"/git/trees/{ref}", tree, base)

    def _blob(self, full_name: str, sha: str, parameters: dict[str, str], base: str) -> Answer:
        def blob(found: Repository) -> Answer:
            content = found.blobs.get(sha, found.past_blobs.get(sha))
            if content is None:
                return _refusal(404, "Not Found")
            text = base64.b64encode(content).decode()
            return (
                200,
                {},
                {
                    "sha": sha,
                    "node_id": _node_id("Blob", sha),
                    "size": len(content),
                    "url": f"{base}/repos/{found.full_name}/git/blobs/{sha}",
                    # in lines of 60 characters, as GitHub sends it
                    "content": "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60)),
                    "encoding": "base64",
                },
            )

        return self._with(full_name, f"/git/blobs/{sha}", blob, base)

    def _with(
        self, full_name: str, rest: str, answer: Callable[[Repository], Answer], base: str
    ) -> Answer:
        """The repository's answer, or why there is none."""
        full_name = full_name.removeprefix("/")
        if full_name.lower() in self.renamed:
            to = f"{base}/repos/{self.renamed[full_name.lower()]}{rest}"
            body = {"message": "Moved Permanently", "url": to, "documentation_url": DOCS}
            return 301, {"location": to}, body
        login, _, name = full_name.partition("/")
        user = self.users.get(login.lower())
        found = (
            next(
                (each for each in user.repositories.values() if each.name.lower() == name.lower()),
                None,
            )
            if user
            else None
        )
        if found is None or found.private:
            return _refusal(404, "Not Found")
        if found.blocked:
            status, headers, body = _refusal(403, "Repository access blocked")
            return (
                status,
                headers,
                {**body, "block": {"reason": "tos", "created_at": found.created_at}},
            )
        return answer(found)


class GitHubServer:
    """The stand-in on a port of this machine, in a thread of its own. `with GitHubServer(standin)
    as server:`"""

    def __init__(self, standin: StandIn, port: int = 0) -> None:
        self.standin = standin
        # With the protocol named, asyncio switches off Nagle's algorithm: 40 ms less per response.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(1024)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        # Dropped connections are asked for by tests; uvicorn's complaint about them is not news.
        config = uvicorn.Config(
            standin, log_config=None, log_level="critical", access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True, name="github"
        )

    def __enter__(self) -> GitHubServer:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def _refusal(status: int, message: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    return status, {}, {"message": message, "documentation_url": DOCS, "status": str(status)}


def _owner_id(login: str) -> int:
    return int(hashlib.sha256(login.encode()).hexdigest()[:7], 16)


def _node_id(kind: str, text: str) -> str:
    return base64.b64encode(f"{kind}:{text}".encode()).decode()


def _owner(login: str, base: str) -> dict[str, Any]:
    """GitHub's "simple user"."""
    url = f"{base}/users/{login}"
    return {
        "login": login,
        "id": _owner_id(login),
        "node_id": _node_id("User", login),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{_owner_id(login)}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"https://github.com/{login}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }


URL_TEMPLATES = (
    "forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events assignees{/user} "
    "branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} git/trees{/sha} statuses/{sha} languages "
    "stargazers contributors subscribers subscription commits{/sha} git/commits{/sha} comments{/number} "
    "issues/comments{/number} contents/{+path} compare/{base}...{head} merges {archive_format}{/ref} downloads "
    "issues{/number} pulls{/number} milestones{/number} notifications{?since,all,participating} labels{/name} "
    "releases{/id} deployments"
).split()
URL_KEYS = (
    "forks_url keys_url collaborators_url teams_url hooks_url issue_events_url events_url assignees_url branches_url "
    "tags_url blobs_url git_tags_url git_refs_url trees_url statuses_url languages_url stargazers_url "
    "contributors_url subscribers_url subscription_url commits_url git_commits_url comments_url issue_comment_url "
    "contents_url compare_url merges_url archive_url downloads_url issues_url pulls_url milestones_url "
    "notifications_url labels_url releases_url deployments_url"
).split()


def _minimal(repository: Repository, base: str) -> dict[str, Any]:
    """GitHub's "minimal repository": an item of a listing."""
    url = f"{base}/repos/{repository.full_name}"
    page = f"https://github.com/{repository.full_name}"
    spdx = repository.license
    return {
        "id": repository.id,
        "node_id": _node_id("Repository", repository.full_name),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": _owner(repository.owner, base),
        "html_url": page,
        "description": repository.description,
        "fork": repository.fork,
        "url": url,
        **{key: f"{url}/{path}" for key, path in zip(URL_KEYS, URL_TEMPLATES, strict=True)},
        "created_at": repository.created_at,
        "updated_at": repository.updated_at,
        "pushed_at": repository.pushed_at,
        "git_url": f"git://github.com/{repository.full_name}.git",
        "ssh_url": f"git@github.com:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": repository.homepage,
        "size": sum(len(content) for _, content in repository.files.values()) // 1024,
        "stargazers_count": repository.stars,
        "watchers_count": repository.stars,
        "language": next(iter(repository.languages), None),
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": repository.forks,
        "mirror_url": None,
        "archived": repository.archived,
        "disabled": False,
        "open_issues_count": repository.open_issues,
        "license": {
            "key": spdx.lower(),
            "name": LICENSES.get(spdx, spdx),
            "spdx_id": spdx,
            "url": f"https://api.github.com/licenses/{spdx.lower()}",
            "node_id": _node_id("License", spdx),
        }
        if spdx
        else None,
        "allow_forking": True,
        "is_template": repository.is_template,
        "web_commit_signoff_required": False,
        "topics": repository.topics,
        "visibility": "private" if repository.private else "public",
        "forks": repository.forks,
        "open_issues": repository.open_issues,
        "watchers": repository.stars,
        "default_branch": repository.default_branch,
    }


def _full(repository: Repository, base: str) -> dict[str, Any]:
    """GitHub's "full repository"."""
    return {
        **_minimal(repository, base),
        "network_count": repository.forks,
        "subscribers_count": 0,
        "temp_clone_token": None,
    }
