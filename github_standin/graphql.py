"""GitHub's GraphQL API: queries are checked against GitHub's own schema and executed.

https://docs.github.com/graphql. The schema is that of the npm package `@octokit/graphql-schema`; it
takes a second to read, once per process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from github_standin.graphql_limits import MAX_NODES, check_page_size, node_count, too_many_nodes
from github_standin.graphql_objects import NoValue, Query
from github_standin.graphql_rules import RULES
from github_standin.messages import Response, sso_header
from github_standin.quotas import Quota

SCHEMA = Path(__file__).parent.parent / "node_modules/@octokit/graphql-schema/schema.graphql"
NO_QUERY = "A query attribute must be specified and must be a string."


@dataclass(frozen=True, slots=True)
class Document:
    """A query that was read. It can be executed if there are no errors."""

    syntax: DocumentNode | None
    errors: tuple[GraphQLError, ...]

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """The query's named fragments."""
        return {
            definition.name.value: definition
            for definition in (self.syntax.definitions if self.syntax else ())
            if isinstance(definition, FragmentDefinitionNode)
        }


@cache
def schema() -> GraphQLSchema:
    """Read GitHub's schema. Raises FileNotFoundError where the npm package is not installed."""
    syntax = parse(SCHEMA.read_text(encoding="utf-8"), no_location=True)
    return build_ast_schema(syntax, assume_valid=True, assume_valid_sdl=True)


def run(
    request: Any,
    accounts: Accounts,
    viewer: Viewer,
    quota: Quota,
    faults: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """Execute the request's query.

    `request` is the JSON of the request: `query`, `variables` and `operationName`. `quota` is the
    viewer's before the query is paid for. `faults` are errors that occur at their `path`.
    """
    query = request.get("query") if isinstance(request, dict) else None
    if not isinstance(query, str) or not query:
        return _refuse({"message": NO_QUERY})
    document = _document(query)
    if document.syntax is None or document.errors:
        return _refuse(*map(_described, document.errors))
    variables = request.get("variables")
    variables = variables if isinstance(variables, dict) else {}
    name = request.get("operationName")
    operation = get_operation_ast(document.syntax, name)
    count = node_count(
        operation.selection_set if operation else None, document.fragments, variables
    )
    if count > MAX_NODES:
        return _refuse(too_many_nodes(count))
    root = Query(accounts, viewer, quota, count)
    result = execute_sync(
        schema(),
        document.syntax,
        root_value=root,
        context_value={tuple(fault["path"]): fault for fault in faults},
        variable_values=variables,
        operation_name=name,
        field_resolver=_resolve,
        type_resolver=_type_of,
    )
    errors = {"errors": [_described(error) for error in result.errors]} if result.errors else {}
    headers = sso_header(root.refused_by) if root.refused_by else {}
    return Response(200, {"data": result.data, **errors}, headers)


@lru_cache(maxsize=256)
def _document(query: str) -> Document:
    try:
        syntax = parse(query)
    except GraphQLError as error:
        return Document(None, (error,))
    return Document(syntax, tuple(validate(schema(), syntax, RULES)))


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Return the value of a field from the attribute or the method of its name."""
    if info.context:
        return _resolve_faulty(source, info, arguments)
    return _value(source, info, arguments)


def _resolve_faulty(source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
    """Resolve a field of a query in which errors occur at some paths."""
    path = tuple(info.path.as_list())
    if path in info.context:
        raise _ordered(info.context[path])
    value = _value(source, info, arguments)
    if not isinstance(value, list):
        return value
    return [
        _ordered(info.context[(*path, index)]) if (*path, index) in info.context else item
        for index, item in enumerate(value)
    ]


def _value(source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
    check_page_size(info, arguments)
    try:
        value = getattr(source, _snake_case(info.field_name))
    except AttributeError:
        field = f"{info.parent_type.name}.{info.field_name}"
        raise NotImplementedError(f"The stand-in has no value for {field}.") from None
    if not callable(value):
        return value
    return value(**{_snake_case(name): argument for name, argument in arguments.items()})


def _ordered(fault: Mapping[str, Any]) -> NoValue:
    return NoValue(fault.get("type"), fault["message"], fault.get("extensions"))


def _type_of(value: Any, info: GraphQLResolveInfo[Any], abstract_type: GraphQLAbstractType) -> str:
    return str(value.type_name)


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _described(error: GraphQLError) -> dict[str, Any]:
    """Describe an error in GitHub's form, in which the type stands beside the message."""
    cause = error.original_error
    described: dict[str, Any] = {}
    if isinstance(cause, NoValue) and cause.kind:
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


def _refuse(*errors: Mapping[str, Any]) -> Response:
    return Response(200, {"errors": errors})
