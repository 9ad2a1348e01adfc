"""The API's description is valid, agrees with the code, and its page is complete."""

from __future__ import annotations

import re
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from errors import PortfolioError
from http_api.requests import parse_query
from tests import test_new_architecture as architecture
from web.api_page import METHODS, api_page, openapi_document


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in openapi_document()["paths"].items()
        for method, operation in item.items()
    ]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Make the validator of a schema, which may refer to the document's components."""
    return Draft202012Validator({**schema, "components": openapi_document()["components"]})


def test_the_described_routes_are_the_registered_routes():
    described: dict[str, set[str]] = {}
    for path, method, _ in operations():
        described.setdefault(path.strip("/"), set()).add(method.upper())

    routes = {
        route: set(methods) - {"HEAD", "OPTIONS"}  # GET without its body; a browser's question
        for route, (methods, _) in architecture.TestFunctions().routes().items()
    }
    assert routes == described


def test_routes_that_need_a_key_are_described_as_such():
    levels = {route: level for route, (_, level) in architecture.TestFunctions().routes().items()}

    for path, _, operation in operations():
        assert ("FUNCTION" == levels[path.strip("/")]) == ("security" in operation), path


def test_every_reference_has_a_target():
    text = str(openapi_document())
    for target in set(re.findall(r"#/components/(\w+)/(\w+)", text)):
        assert target[1] in openapi_document()["components"][target[0]], target


@pytest.mark.parametrize("name", sorted(openapi_document()["components"]["schemas"]))
def test_every_schema_is_valid(name):
    Draft202012Validator.check_schema(openapi_document()["components"]["schemas"][name])


def test_examples_match_their_schemas():
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


def test_operations_have_unique_names_and_methods_that_the_page_shows():
    names = [operation["operationId"] for _, _, operation in operations()]

    assert len(names) == len(set(names))
    assert {method for _, method, _ in operations()} <= set(METHODS)


def test_the_page_names_every_route_and_loads_nothing_but_its_icon():
    for path, _, _ in operations():
        assert f"/api{path}" in api_page()
    assert "<script" not in api_page()
    assert not re.search(r"(?:src|href)=.?https?:", api_page())
    assert ["ui/icon.svg"] == re.findall(r'<link [^>]*href="([^"]+)"', api_page())


@pytest.mark.parametrize(
    ("name", "params"),
    [("BadRequest", {"q": "x", "limit": "51"}), ("NotFound", {"q": "x", "username": "mallory"})],
)
def test_the_examples_of_errors_are_the_apps_own_messages(name, params):
    response = openapi_document()["components"]["responses"][name]
    example = response["content"]["application/json"]["example"]["error"]

    request = func.HttpRequest("GET", "/api/query", params=params, body=b"")
    with pytest.raises(PortfolioError) as raised:
        parse_query(request, ("ada-nimbus",))
    assert (raised.value.code, str(raised.value)) == (example["code"], example["message"])
