"""GitHub's limits on what a single query may ask for.

https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from github_standin.graphql_connections import MAX_PAGE_SIZE
from github_standin.graphql_objects import NoValue

MAX_NODES = 500_000
ITEMS = {"nodes", "edges", "pageInfo"}  # fields of a connection that need a page size
Fragments = Mapping[str, FragmentDefinitionNode]


def node_count(
    selections: SelectionSetNode | None, fragments: Fragments, variables: Mapping[str, Any]
) -> int:
    """Count the objects that connections may return at most, page sizes multiplied by depth."""
    total = 0
    for field in _fields(selections, fragments):
        size = _page_size(field, variables)
        below = node_count(field.selection_set, fragments, variables)
        total += below if size is None else size * (1 + below)
    return total


def too_many_nodes(count: int) -> dict[str, Any]:
    """Describe the error of a query with more than `MAX_NODES`."""
    message = (
        f"This query requests up to {count:,} possible nodes "
        f"which exceeds the maximum limit of {MAX_NODES:,}."
    )
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}


def check_page_size(info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> None:
    """Refuse a page of a list without a size, or with more than 100 items. Raises NoValue."""
    if not get_named_type(info.return_type).name.endswith("Connection"):
        return
    name = info.field_name
    for side in ("first", "last"):
        size = arguments.get(side)
        if size is not None and not 0 <= size <= MAX_PAGE_SIZE:
            raise NoValue(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds the `{side}` "
                f"limit of {MAX_PAGE_SIZE} records.",
            )
    if arguments.get("first") is None and arguments.get("last") is None:
        selected = {
            field.name.value
            for node in info.field_nodes
            for field in _fields(node.selection_set, info.fragments)
        }
        if selected & ITEMS:
            raise NoValue(
                "MISSING_PAGINATION_BOUNDARIES",
                "You must provide a `first` or `last` value to properly paginate the "
                f"`{name}` connection.",
            )


def _fields(selections: SelectionSetNode | None, fragments: Fragments) -> Iterator[FieldNode]:
    """Iterate over fields, those of fragments included."""
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)


def _page_size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in field.arguments or ():
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                size = variables.get(argument.value.name.value)
                return size if isinstance(size, int) else None
    return None
