"""GitHub's GraphQL API: queries are checked against GitHub's own schema and executed.

https://docs.github.com/graphql. The schema is that of the npm package `@octokit/graphql-schema`; it
takes a second to read, once per process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from github_standin.accounts import Accounts, Viewer
from github_standin.graphql_limits import check_page_size, node_count, too_many_nodes
from github_standin.graphql_objects import NoValue, Query
from github_standin.graphql_rules import RULES
from github_standin.quotas import Quota

SCHEMA = Path(__file__).parent.parent / "node_modules/@octokit/graphql-schema/schema.graphql"
NO_QUERY = "A query attribute must be specified and must be a string."


@dataclass(frozen=True, slots=True)
class Document:
    """A query that was read. It can be executed if there are no errors."""

    syntax: DocumentNode | None
    errors: tuple[GraphQLError, ...]


@cache
def schema() -> GraphQLSchema:
    """Read GitHub's schema. Raises FileNotFoundError where the npm package is not installed."""
    syntax = parse(SCHEMA.read_text(encoding="utf-8"), no_location=True)
    return build_ast_schema(syntax, assume_valid=True, assume_valid_sdl=True)


def run(request: Any, accounts: Accounts, viewer: Viewer, quota: Quota) -> dict[str, Any]:
    """Execute the request's query and return the JSON of the response.

    `request` is the JSON of the request: `query`, `variables` and `operationName`. `quota` is the
    viewer's before the query is paid for.
    """
    query = request.get("query") if isinstance(request, dict) else None
    if not isinstance(query, str) or not query:
        return {"errors": [{"message": NO_QUERY}]}
    document = _document(query)
    if document.syntax is None or document.errors:
        return {"errors": [_error(error) for error in document.errors]}
    variables = request.get("variables") or {}
    name = request.get("operationName")
    operation = get_operation_ast(document.syntax, name)
    fragments = {
        definition.name.value: definition
        for definition in document.syntax.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    count = node_count(operation.selection_set if operation else None, fragments, variables)
    if refusal := too_many_nodes(count):
        return {"errors": [refusal]}
    result = execute_sync(
        schema(),
        document.syntax,
        root_value=Query(accounts, viewer, quota, count),
        variable_values=variables,
        operation_name=name,
        field_resolver=_resolve,
        type_resolver=_type_of,
    )
    errors = {"errors": [_error(error) for error in result.errors]} if result.errors else {}
    return {"data": result.data, **errors}


@lru_cache(maxsize=256)
def _document(query: str) -> Document:
    try:
        syntax = parse(query)
    except GraphQLError as error:
        return Document(None, (error,))
    return Document(syntax, tuple(validate(schema(), syntax, RULES)))


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Return the value of a field from the attribute or the method of its name."""
    check_page_size(info, arguments)
    try:
        value = getattr(source, _snake_case(info.field_name))
    except AttributeError:
        field = f"{info.parent_type.name}.{info.field_name}"
        raise NotImplementedError(f"The stand-in has no value for {field}.") from None
    if not callable(value):
        return value
    return value(**{_snake_case(name): argument for name, argument in arguments.items()})


def _type_of(value: Any, info: GraphQLResolveInfo[Any], abstract_type: GraphQLAbstractType) -> str:
    return str(value.type_name)


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _error(error: GraphQLError) -> dict[str, Any]:
    """Describe an error in GitHub's form, in which the type stands beside the message."""
    cause = error.original_error
    described: dict[str, Any] = {}
    if isinstance(cause, NoValue):
        described["type"] = cause.kind
    if error.path:
        described["path"] = error.path
    extensions = cause.extensions if isinstance(cause, NoValue) else error.extensions
    if extensions:
        described["extensions"] = extensions
    if error.locations:
        described["locations"] = [
            {"line": location.line, "column": location.column} for location in error.locations
        ]
    return {**described, "message": error.message}
