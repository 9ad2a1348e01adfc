"""The API's description is valid, agrees with the code, and its page is complete."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from errors import PortfolioError
from http_api.pages import API_ASSETS
from http_api.requests import parse_query
from tests import test_new_architecture as architecture
from tools.host_process import ROOT
from web.api_page import api_page, openapi_document
from web.static_files import SWAGGER_UI


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


def test_operations_have_unique_names():
    names = [operation["operationId"] for _, _, operation in operations()]

    assert len(names) == len(set(names))


def test_the_page_says_what_the_api_is_and_loads_nothing_from_other_sites():
    info = openapi_document()["info"]

    assert f"<title>{info['title']}: API</title>" in api_page()
    for text in (info["summary"], info["description"]):
        assert escape(text) in api_page()
    assert "<noscript>" in api_page()
    assert not re.search(r"(?:src|href)=.?(?:https?:|//)", api_page())


def test_the_document_names_every_file_of_the_page():
    operation = openapi_document()["paths"]["/docs/{asset}"]["get"]

    assert [*API_ASSETS] == operation["parameters"][0]["schema"]["enum"]
    types = {mimetype for _, mimetype in API_ASSETS.values()}
    assert types == set(operation["responses"]["200"]["content"])


def test_swagger_ui_is_the_pinned_release_with_its_licences():
    """`make vendor` copies it."""
    package = ROOT / "node_modules" / "swagger-ui-dist"
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    if not package.exists():
        pytest.skip("NO NODE MODULES: run `npm ci`, to compare Swagger UI with its release")

    assert pinned["swagger-ui-dist"] == (SWAGGER_UI / "VERSION").read_text().strip()
    names = {path.name for path in SWAGGER_UI.iterdir()} - {"VERSION"}
    assert {"LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"} < names
    for name in names:
        assert (package / name).read_bytes() == (SWAGGER_UI / name).read_bytes(), name


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
