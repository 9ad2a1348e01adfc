"""Parse what callers send: one parser per route, which reports every problem at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from errors import InvalidRequest, UnknownPortfolio

MAX_QUERY_CHARS = 500
MAX_RESULTS = 50
MAX_SHOWN_CHARS = 80  # of a wrong value, in a message
MAX_SHOWN_NAME_CHARS = 100  # of a name that callers put into the URL
DEFAULT_RESULTS = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question about a portfolio."""

    text: str
    username: str
    limit: int  # number of results, 1 to MAX_RESULTS
    answer: bool  # False: no written answer, so no model call
    read: bool = True  # False: the question's words are searched for, whatever it asks


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """A parsed request to start a refresh."""

    username: str
    force: bool  # True: also fetch unchanged repositories


def parse_query(req: func.HttpRequest, usernames: tuple[str, ...]) -> Query:
    """Parse the query string of a GET or the JSON body of a POST.

    Raises InvalidRequest with every problem, and UnknownPortfolio for a username that is not served.
    """
    fields = json_object(req) if req.method == "POST" else _from_query_string(req.params)
    problems: dict[str, str] = {}

    text = _question(fields, "q", problems)
    limit = fields.get("limit", DEFAULT_RESULTS)
    # `isinstance` would accept true and false: bool is a subclass of int.
    if type(limit) is not int or not 1 <= limit <= MAX_RESULTS:
        problems["limit"] = (
            f"`limit` is {format_value(limit)}; expected a whole number from 1 to {MAX_RESULTS}"
        )
    answer = fields.get("answer", True)
    if not isinstance(answer, bool):
        problems["answer"] = f"`answer` is {format_value(answer)}; expected true or false"
    read = fields.get("read", True)
    if not isinstance(read, bool):
        problems["read"] = f"`read` is {format_value(read)}; expected true or false"
    username = _username(fields, problems)
    if problems:
        raise InvalidRequest(problems)
    return Query(
        text=text,
        username=served_username(username, usernames),
        limit=limit,
        answer=answer,
        read=read,
    )


def parse_ai(req: func.HttpRequest, usernames: tuple[str, ...]) -> Query:
    """Parse the JSON body of a POST, `{"query", "username"?}`. Raises as `parse_query` does."""
    fields = json_object(req)
    problems: dict[str, str] = {}
    text = _question(fields, "query", problems)
    username = _username(fields, problems)
    if problems:
        raise InvalidRequest(problems)
    return Query(
        text=text, username=served_username(username, usernames), limit=MAX_RESULTS, answer=True
    )


def parse_refresh(req: func.HttpRequest, usernames: tuple[str, ...]) -> RefreshRequest:
    """Parse the JSON body of a POST, which may be empty. Raises as `parse_query` does."""
    fields = json_object(req) if req.get_body() else {}
    problems: dict[str, str] = {}
    force = fields.get("force", False)
    if not isinstance(force, bool):
        problems["force"] = f"`force` is {format_value(force)}; expected true or false"
    username = _username(fields, problems)
    if problems:
        raise InvalidRequest(problems)
    return RefreshRequest(username=served_username(username, usernames), force=force)


def served_username(username: str | None, usernames: tuple[str, ...]) -> str:
    """Return the username as the settings spell it; the first for None. Raises UnknownPortfolio."""
    if username is None:
        return usernames[0]
    for served in usernames:
        if served.lower() == username.lower():
            return served
    raise UnknownPortfolio(username[:MAX_SHOWN_NAME_CHARS])


def json_object(req: func.HttpRequest) -> dict[str, Any]:
    """Parse the body as a JSON object. Raises InvalidRequest."""
    try:
        body = json.loads(req.get_body().decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidRequest({"body": "the body is not JSON; expected an object"}) from None
    if not isinstance(body, dict):
        raise InvalidRequest({"body": f"the body is a JSON {_kind(body)}; expected an object"})
    return body


def format_value(value: object) -> str:
    """Format a wrong value for a message, as JSON and not too long."""
    try:
        return json.dumps(value)[:MAX_SHOWN_CHARS]
    except RecursionError:  # `json.loads` may have parsed it with less of the stack in use
        return "nested too deeply"


def _question(fields: Mapping[str, Any], name: str, problems: dict[str, str]) -> str:
    """Return the question in a field, or add what is wrong with it to `problems`."""
    text = fields.get(name)
    if text is None:
        problems[name] = f"`{name}` is missing; expected a question, e.g. kubernetes"
    elif not isinstance(text, str):
        problems[name] = f"`{name}` is {format_value(text)}; expected a string"
    elif not text.strip():
        problems[name] = f"`{name}` is empty; expected a question, e.g. kubernetes"
    elif len(text) > MAX_QUERY_CHARS:
        problems[name] = (
            f"`{name}` is {len(text)} characters long; expected at most {MAX_QUERY_CHARS}"
        )
    return str(text).strip()


def _from_query_string(params: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters with the types that they would have in a JSON body."""
    fields: dict[str, Any] = dict(params)
    # More digits are out of range anyway, and `int` refuses thousands of them.
    if fields.get("limit", "").isdecimal() and len(fields["limit"]) < 10:
        fields["limit"] = int(fields["limit"])
    for name in ("answer", "read"):
        fields[name] = {"true": True, "false": False}.get(
            params.get(name, "true").lower(), params.get(name)
        )
    return fields


def _username(fields: Mapping[str, Any], problems: dict[str, str]) -> str | None:
    """Return the username in the fields, if any, or add what is wrong with it to `problems`."""
    username = fields.get("username")
    if username is None or isinstance(username, str):
        return username
    problems["username"] = f"`username` is {format_value(username)}; expected a string"
    return None


def _kind(value: object) -> str:
    """Name the JSON type of a value that is not an object."""
    return {list: "list", str: "string", bool: "boolean", type(None): "null"}.get(
        type(value), "number"
    )
