"""Lists in pages, as GitHub's GraphQL API gives them.

https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

MAX_PAGE_SIZE = 100


class Edge:
    """An item of a list, and its place."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.cursor = ""


class PageInfo:
    """Where a page lies in its list."""

    def __init__(self, edges: Sequence[Edge], start: int, end: int) -> None:
        page = edges[start:end]
        self.has_next_page = end < len(edges)
        self.has_previous_page = start > 0
        self.start_cursor = page[0].cursor if page else None
        self.end_cursor = page[-1].cursor if page else None


class Connection:
    """A page of a list."""

    def __init__(
        self,
        edges: Sequence[Edge],
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> None:
        """Cut the page that begins after a cursor, or ends before one."""
        for number, edge in enumerate(edges, start=1):
            edge.cursor = base64.b64encode(f"cursor:{number}".encode()).decode()
        cursors = [edge.cursor for edge in edges]
        start = cursors.index(after) + 1 if after in cursors else 0
        end = cursors.index(before) if before in cursors else len(edges)
        if first is not None:
            end = min(end, start + first)
        if last is not None:
            start = max(start, end - last)
        self.edges = edges[start:end]
        self.nodes = [edge.node for edge in self.edges]
        self.total_count = len(edges)
        self.page_info = PageInfo(edges, start, end)
