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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn

from github_standin.portfolio import LICENSES, Repository, User

DOCS = "https://docs.github.com/rest"
HOURLY_LIMIT = 5_000
ORDERS: dict[str, Callable[[Repository], str]] = {
    "full_name": lambda each: each.full_name.lower(),
    "created": lambda each: each.created_at,
    "updated": lambda each: each.updated_at,
    "pushed": lambda each: each.pushed_at,
}


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says beside its path."""

    parameters: dict[str, str]
    base: str  # the address that URLs in the answer begin with
    viewer: str  # login of the token's owner; empty: anonymous

    def number(self, name: str, default: int) -> int:
        """A parameter from 1 on; the default for what is none."""
        text = self.parameters.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and int(text) > 0 else default


class StandIn:
    """An ASGI application. Tests change `users`, `faults` and `latency_s` while it runs."""

    def __init__(
        self, *users: User, latency_s: float = 0.0, tokens: Mapping[str, str] | None = None
    ) -> None:
        """`tokens`: token -> login of its owner, who sees private repositories; None: any token
        will do, and none too, and nobody sees them."""
        self.users = {user.login.lower(): user for user in users}
        self.latency_s = latency_s
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.limit = HOURLY_LIMIT
        self.remaining = HOURLY_LIMIT
        self.window_s = 3600.0  # after which all of `limit` is there again
        self.resets_at = time.time() + self.window_s
        self.most_in_flight = 0
        self._in_flight = 0
        self.renamed: dict[str, str] = {}  # full name of before, lower case -> full name
        self._tokens = tokens
        self._routes: list[tuple[re.Pattern[str], Callable[..., Answer]]] = [
            (re.compile(r"/user"), self._own_account),
            (re.compile(r"/user/repos"), self._own_repositories),
            (re.compile(r"/users/([^/]+)"), self._account),
            (re.compile(r"/users/([^/]+)/repos"), self._repositories),
            (re.compile(r"/orgs/([^/]+)/repos"), self._organisation_repositories),
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
        if time.time() >= self.resets_at:
            self.remaining, self.resets_at = self.limit, time.time() + self.window_s
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
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(self.limit - self.remaining),
            "x-ratelimit-reset": str(int(self.resets_at)),
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
        if self._tokens is not None and scheme and token not in self._tokens:
            return _refusal(401, "Bad credentials")
        viewer = (self._tokens or {}).get(token, "")
        if self.remaining == 0:
            return _refusal(403, "API rate limit exceeded for user ID 1.")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        for pattern, answer in self._routes:
            match = pattern.fullmatch(path)
            if match:
                asked = Asked(parameters, base, viewer)
                return answer(*(unquote(group) for group in match.groups()), asked)
        return _refusal(404, "Not Found")

    def _own_account(self, asked: Asked) -> Answer:
        if not asked.viewer:
            return _refusal(401, "Requires authentication")
        return self._account(asked.viewer, asked)

    def _account(self, login: str, asked: Asked) -> Answer:
        user = self.users.get(login.lower())
        return (200, {}, _full_owner(user, asked.base)) if user else _refusal(404, "Not Found")

    def _own_repositories(self, asked: Asked) -> Answer:
        user = self.users.get(asked.viewer.lower())
        if user is None:
            return _refusal(401, "Requires authentication")
        return self._pages(list(user.repositories.values()), asked, "/user/repos")

    def _organisation_repositories(self, login: str, asked: Asked) -> Answer:
        user = self.users.get(login.lower())
        if user is None or not user.organisation:
            return _refusal(404, "Not Found")
        shown = [each for each in user.repositories.values() if self._is_shown(each, asked)]
        return self._pages(shown, asked, f"/organizations/{_owner_id(user.login)}/repos")

    def _repositories(self, login: str, asked: Asked) -> Answer:
        user = self.users.get(login.lower())
        if user is None:
            return _refusal(404, "Not Found")
        public = [each for each in user.repositories.values() if not each.private]
        return self._pages(public, asked, f"/user/{_owner_id(user.login)}/repos")

    def _repositories_by_id(self, owner: str, asked: Asked) -> Answer:
        """Where the links of a listing lead."""
        logins = [login for login in self.users if _owner_id(self.users[login].login) == int(owner)]
        return self._repositories(logins[0] if logins else "", asked)

    def _pages(self, found: list[Repository], asked: Asked, address: str) -> Answer:
        """One page of a listing. https://docs.github.com/rest/using-the-rest-api/using-pagination"""
        key = ORDERS.get(asked.parameters.get("sort", "full_name"), ORDERS["full_name"])
        by_name = key is ORDERS["full_name"]
        direction = asked.parameters.get("direction", "asc" if by_name else "desc")
        found = sorted(found, key=key, reverse=direction == "desc")
        size = min(100, asked.number("per_page", 30))
        page = asked.number("page", 1)
        pages = max(1, -(-len(found) // size))
        links = {"prev": page - 1, "next": page + 1, "last": pages, "first": 1}
        # GitHub leaves out the ones that lead nowhere.
        if page == 1:
            links = {name: to for name, to in links.items() if name not in ("prev", "first")}
        if page >= pages:
            links = {name: to for name, to in links.items() if name not in ("next", "last")}
        link = ", ".join(
            f'<{asked.base}{address}?{urlencode({**asked.parameters, "page": str(to)})}>; rel="{name}"'
            for name, to in links.items()
        )
        shown = found[(page - 1) * size : page * size]
        return 200, ({"link": link} if link else {}), [_minimal(each, asked.base) for each in shown]

    def _repository(self, full_name: str, asked: Asked) -> Answer:
        return self._with(full_name, "", lambda found: (200, {}, _full(found, asked.base)), asked)

    def _languages(self, full_name: str, asked: Asked) -> Answer:
        return self._with(full_name, "/languages", lambda found: (200, {}, found.languages), asked)

    def _tree(self, full_name: str, ref: str, asked: Asked) -> Answer:
        def tree(found: Repository) -> Answer:
            if not found.files:
                return _refusal(409, "Git Repository is empty.")
            sha, entries = found.tree
            answered = sha if ref == sha else found.commit
            if ref in found.past_trees:
                answered, (sha, entries) = ref, found.past_trees[ref]
            elif ref not in (found.default_branch, "HEAD", found.commit, sha):
                return _refusal(404, "Not Found")
            if "recursive" not in asked.parameters:
                entries = [entry for entry in entries if "/" not in entry["path"]]
            root = f"{asked.base}/repos/{found.full_name}/git"
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

        return self._with(full_name, f"/git/trees/{ref}", tree, asked)

    def _blob(self, full_name: str, sha: str, asked: Asked) -> Answer:
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
                    "url": f"{asked.base}/repos/{found.full_name}/git/blobs/{sha}",
                    # in lines of 60 characters, as GitHub sends it
                    "content": "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60)),
                    "encoding": "base64",
                },
            )

        return self._with(full_name, f"/git/blobs/{sha}", blob, asked)

    def _with(
        self, full_name: str, rest: str, answer: Callable[[Repository], Answer], asked: Asked
    ) -> Answer:
        """The repository's answer, or why there is none."""
        full_name = full_name.removeprefix("/")
        if full_name.lower() in self.renamed:
            to = f"{asked.base}/repos/{self.renamed[full_name.lower()]}{rest}"
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
        if found is None or not self._is_shown(found, asked):
            return _refusal(404, "Not Found")
        if found.blocked:
            status, headers, body = _refusal(403, "Repository access blocked")
            return (
                status,
                headers,
                {**body, "block": {"reason": "tos", "created_at": found.created_at}},
            )
        return answer(found)

    def _is_shown(self, repository: Repository, asked: Asked) -> bool:
        owner = self.users[repository.owner.lower()]
        return not repository.private or asked.viewer in {owner.login, *owner.members}


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


def _full_owner(user: User, base: str) -> dict[str, Any]:
    """GitHub's "public user"."""
    return {
        **_owner(user.login, base),
        "type": "Organization" if user.organisation else "User",
        "name": user.name or None,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(not each.private for each in user.repositories.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
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
