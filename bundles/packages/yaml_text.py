"""YAML of strangers, as nodes that know their line.

Built from the parser's events instead of its objects: so tags mean nothing, scalars stay text, and
both depth and aliases are bounded. https://yaml.org/spec/1.2.2/#32-processes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

MAX_LENGTH = 500_000  # characters; files that people write are far shorter
MAX_DEPTH = 50
MAX_ALIASED_NODES = 20_000  # that the aliases of a file stand for, each time anew


@dataclass(slots=True)
class Node:
    """A value of a YAML document. What it is not, it has none of: a list has no entries."""

    kind: Literal["scalar", "list", "map"]
    line: int  # from 1
    text: str = ""  # of a scalar; empty for null
    items: list[Node] = field(default_factory=list)  # of a list
    entries: dict[str, tuple[Node, Node]] = field(default_factory=dict)  # key's node and value
    size: int = 1  # nodes in it, itself counted

    def get(self, *keys: str) -> Node:
        """Return the value at a path of keys; an empty scalar if there is none."""
        node = self
        for key in keys:
            node = node.entries.get(key, (NOTHING, NOTHING))[1]
        return node

    def values(self) -> Iterator[Node]:
        """Return the values of a map."""
        return (value for _, value in self.entries.values())


NOTHING = Node("scalar", 0)
NULLS = ("~", "null", "Null", "NULL")


def yaml_documents(text: str) -> list[Node]:
    """Return the root of each document, none for an empty file.

    Raises ValueError for what is no YAML, is longer than MAX_LENGTH, is nested deeper than
    MAX_DEPTH, or whose aliases stand for more than MAX_ALIASED_NODES.
    """
    import yaml

    if len(text) > MAX_LENGTH:
        raise ValueError("the text is too long")
    # libyaml's parser where PyYAML was built with it: ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents = _Documents()
    try:
        for event in yaml.parse(text, Loader=loader):
            documents.take(event)
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error
    return documents.roots


class _Documents:
    """Builds nodes from the parser's events."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.anchors: dict[str, Node] = {}
        self.open: list[_Open] = []
        self.aliased_nodes = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        match type(event).__name__:
            case "DocumentStartEvent":
                self.anchors = {}
            case "ScalarEvent":
                is_null = event.implicit[0] and event.value in NULLS
                node = Node("scalar", line, "" if is_null else event.value)
                self._add(node, event.anchor)
            case "AliasEvent":
                self._add_alias(event.anchor)
            case "SequenceStartEvent" | "MappingStartEvent" as name:
                if len(self.open) >= MAX_DEPTH:
                    raise ValueError("the text is nested too deep")
                node = Node("list" if name.startswith("Sequence") else "map", line)
                self.open.append(_Open(node, event.anchor))
            case "SequenceEndEvent" | "MappingEndEvent":
                closed = self.open.pop()
                self._add(closed.finished(), closed.anchor)

    def _add_alias(self, anchor: str) -> None:
        node = self.anchors.get(anchor)
        if node is None:  # also a node that would hold itself: it gets its anchor when it is closed
            raise ValueError(f"there is no anchor {anchor}")
        self.aliased_nodes += node.size
        if self.aliased_nodes > MAX_ALIASED_NODES:
            raise ValueError("aliases stand for too much")
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.roots.append(node)


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not come yet."""

    node: Node
    anchor: str | None
    children: list[Node] = field(default_factory=list)

    def finished(self) -> Node:
        node = self.node
        node.size = 1 + sum(child.size for child in self.children)
        if node.kind == "list":
            node.items = self.children
            return node
        merged: dict[str, tuple[Node, Node]] = {}
        # Keys and values alternate. A key that is no scalar names nothing.
        for key, value in zip(self.children[::2], self.children[1::2], strict=True):
            if key.kind != "scalar":
                continue
            if key.text == "<<":  # https://yaml.org/type/merge.html
                for source in value.items or [value]:
                    for name, entry in source.entries.items():
                        merged.setdefault(name, entry)
            else:
                node.entries[key.text] = (key, value)
        node.entries = {**merged, **node.entries}
        return node
