"""Validation with GitHub's own error for the mistake that clients meet: a field that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    ValidationRule,
    specified_rules,
)
from graphql.validation.rules.fields_on_correct_type import FieldsOnCorrectTypeRule


class DefinedFieldsRule(ValidationRule):
    """Every field exists on its type."""

    def enter_field(
        self, node: FieldNode, key: Any, parent: Any, path: Any, ancestors: Sequence[Any]
    ) -> None:
        """Report an undefined field."""
        parent_type = self.context.get_parent_type()
        if parent_type is None or self.context.get_field_def() is not None:
            return
        name = node.name.value
        message = f"Field '{name}' doesn't exist on type '{parent_type.name}'"
        extensions = {
            "code": "undefinedField",
            "typeName": parent_type.name,
            "fieldName": name,
        }
        steps = [_step(above) for above in (*ancestors, node) if isinstance(above, Node)]
        self.report_error(
            GraphQLError(
                message,
                node,
                path=[step for step in steps if step],
                extensions=extensions,
            )
        )


RULES = (
    *(rule for rule in specified_rules if rule is not FieldsOnCorrectTypeRule),
    DefinedFieldsRule,
)


def _step(node: Node) -> str:
    """Name a part of a query as GitHub's paths do; empty for what they leave out."""
    if isinstance(node, OperationDefinitionNode):
        return f"{node.operation.value} {node.name.value if node.name else ''}".strip()
    if isinstance(node, FragmentDefinitionNode):
        return f"fragment {node.name.value}"
    if isinstance(node, InlineFragmentNode):
        return f"... on {node.type_condition.name.value}" if node.type_condition else "..."
    if isinstance(node, FieldNode):
        return node.alias.value if node.alias else node.name.value
    return ""
