"""GitHub's JSON shapes. Each function is named after the schema in GitHub's OpenAPI description.

https://docs.github.com/rest
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from github_standin.portfolio import Repository, User

DOCUMENTATION_URL = "https://docs.github.com/rest"
BLOB_LINE_LENGTH = 60
LICENSE_NAMES = {
    "MIT": "MIT License",
    "Apache-2.0": "Apache License 2.0",
    "GPL-3.0": "GNU General Public License v3.0",
}
TREE_ENTRY_PATHS = {"blob": "blobs", "tree": "trees"}  # a submodule has no address

# A repository's `forks_url` ends in `forks`, its `keys_url` in `keys{/key_id}`, and so on.
URL_KEYS = (
    "forks_url keys_url collaborators_url teams_url hooks_url issue_events_url events_url assignees_url branches_url "
    "tags_url blobs_url git_tags_url git_refs_url trees_url statuses_url languages_url stargazers_url "
    "contributors_url subscribers_url subscription_url commits_url git_commits_url comments_url issue_comment_url "
    "contents_url compare_url merges_url archive_url downloads_url issues_url pulls_url milestones_url "
    "notifications_url labels_url releases_url deployments_url"
).split()
URL_TEMPLATES = (
    "forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events assignees{/user} "
    "branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} git/trees{/sha} statuses/{sha} languages "
    "stargazers contributors subscribers subscription commits{/sha} git/commits{/sha} comments{/number} "
    "issues/comments{/number} contents/{+path} compare/{base}...{head} merges {archive_format}{/ref} downloads "
    "issues{/number} pulls{/number} milestones{/number} notifications{?since,all,participating} labels{/name} "
    "releases{/id} deployments"
).split()


def account_id(login: str) -> int:
    """Derive an account's number from its login."""
    return int(hashlib.sha256(login.encode()).hexdigest()[:7], 16)


def basic_error(status: int, message: str) -> dict[str, Any]:
    """Describe an error."""
    return {"message": message, "documentation_url": DOCUMENTATION_URL, "status": str(status)}


def simple_user(login: str, base_url: str) -> dict[str, Any]:
    """Describe the owner of a repository."""
    url = f"{base_url}/users/{login}"
    return {
        "login": login,
        "id": account_id(login),
        "node_id": node_id("User", login),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account_id(login)}?v=4",
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


def public_user(user: User, base_url: str) -> dict[str, Any]:
    """Describe an account."""
    return {
        **simple_user(user.login, base_url),
        "type": "Organization" if user.organisation else "User",
        "name": user.name or None,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(not repository.private for repository in user.repositories.values()),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }


def minimal_repository(repository: Repository, base_url: str) -> dict[str, Any]:
    """Describe a repository in a listing."""
    url = f"{base_url}/repos/{repository.full_name}"
    page = f"https://github.com/{repository.full_name}"
    return {
        "id": repository.id,
        "node_id": node_id("Repository", str(repository.id)),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": simple_user(repository.owner, base_url),
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
        "size": repository.size_kb,
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
        "license": license_simple(repository.license) if repository.license else None,
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


def full_repository(repository: Repository, base_url: str) -> dict[str, Any]:
    """Describe a repository in full."""
    return {
        **minimal_repository(repository, base_url),
        "network_count": repository.forks,
        "subscribers_count": 0,
        "temp_clone_token": None,
    }


def git_tree(
    repository: Repository, sha: str, entries: Iterable[Mapping[str, Any]], base_url: str
) -> dict[str, Any]:
    """Describe a tree. `sha` is the requested one, which may be that of a commit."""
    root = f"{base_url}/repos/{repository.full_name}/git"
    return {
        "sha": sha,
        "url": f"{root}/trees/{sha}",
        "tree": [
            {**entry, "url": f"{root}/{TREE_ENTRY_PATHS[entry['type']]}/{entry['sha']}"}
            if entry["type"] in TREE_ENTRY_PATHS
            else entry
            for entry in entries
        ],
        "truncated": repository.truncated,
    }


def blob(repository: Repository, sha: str, content: bytes, base_url: str) -> dict[str, Any]:
    """Describe the content of a file, in Base64 and in lines as short as GitHub's."""
    text = base64.b64encode(content).decode()
    starts = range(0, len(text), BLOB_LINE_LENGTH)
    return {
        "sha": sha,
        "node_id": node_id("Blob", f"{repository.id}:{sha}"),
        "size": len(content),
        "url": f"{base_url}/repos/{repository.full_name}/git/blobs/{sha}",
        "content": "".join(f"{text[start : start + BLOB_LINE_LENGTH]}\n" for start in starts),
        "encoding": "base64",
    }


def license_simple(spdx_id: str) -> dict[str, Any]:
    """Describe a licence."""
    return {
        "key": spdx_id.lower(),
        "name": LICENSE_NAMES.get(spdx_id, spdx_id),
        "spdx_id": spdx_id,
        "url": f"https://api.github.com/licenses/{spdx_id.lower()}",
        "node_id": node_id("License", spdx_id),
    }


def node_id(kind: str, text: str) -> str:
    """Make the id by which GraphQL's `node` finds an object."""
    return base64.b64encode(f"{kind}:{text}".encode()).decode()
