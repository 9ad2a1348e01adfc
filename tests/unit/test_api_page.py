"""The API's description: well-formed, its examples true to its schemas, its page complete."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests import test_new_architecture as architecture
from web.api_page import METHODS, api_page, openapi_document


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in openapi_document()["paths"].items()
        for method, operation in item.items()
    ]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Of a schema that may refer to the document's components."""
    return Draft202012Validator({**schema, "components": openapi_document()["components"]})


def test_every_route_is_described_and_every_description_is_a_route():
    described: dict[str, set[str]] = {}
    for path, method, _ in operations():
        described.setdefault(path.strip("/"), set()).add(method.upper())

    routes = {
        route: set(methods) - {"HEAD", "OPTIONS"}  # GET without its body; a browser's question
        for route, (methods, _) in architecture.TestFunctions().routes().items()
    }
    assert routes == described


def test_what_needs_a_key_says_so():
    levels = {route: level for route, (_, level) in architecture.TestFunctions().routes().items()}

    for path, _, operation in operations():
        assert ("FUNCTION" == levels[path.strip("/")]) == ("security" in operation), path


def test_every_reference_leads_somewhere():
    text = str(openapi_document())
    for target in set(re.findall(r"#/components/(\w+)/(\w+)", text)):
        assert target[1] in openapi_document()["components"][target[0]], target


@pytest.mark.parametrize("name", sorted(openapi_document()["components"]["schemas"]))
def test_schemas_are_schemas(name):
    Draft202012Validator.check_schema(openapi_document()["components"]["schemas"][name])


def test_examples_are_what_their_schemas_say():
    holders = (
        [operation.get("requestBody", {}) for _, _, operation in operations()]
        + [
            response
            for _, _, operation in operations()
            for response in operation["responses"].values()
        ]
        + list(openapi_document()["components"]["responses"].values())
    )
    checked = 0
    for holder in holders:
        content = holder.get("content", {}).get("application/json", {})
        if "example" in content:
            validator(content["schema"]).validate(content["example"])
            checked += 1
    assert checked > 10


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in operations()]

    assert len(names) == len(set(names))
    assert {method for _, method, _ in operations()} <= set(METHODS)


def test_the_page_names_every_route_and_loads_nothing():
    for path, _, _ in operations():
        assert f"/api{path}" in api_page()
    assert "<script" not in api_page()
    assert not re.search(r"(?:src|href)=.?https?:", api_page())
