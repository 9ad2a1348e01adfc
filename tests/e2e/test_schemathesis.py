"""The running app answers as described to whatever Schemathesis makes of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from github_standin.portfolio import load_user
from github_standin.server import GitHubServer, StandIn
from localhost.azurite import Azurite
from tests.e2e.shared_app import served_portfolio
from tools.host_process import SAMPLES
from web.api_page import openapi_document

pytestmark = pytest.mark.server
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def address(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with a served portfolio and webhooks."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        served_portfolio(
            azurite, github, tmp_path_factory.mktemp("state"), GITHUB_WEBHOOK_SECRET="secret"
        ) as host,
    ):
        yield f"{host.url}/api"


schema = schemathesis.openapi.from_dict(openapi_document())


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_generated_requests_get_the_described_responses(case, address):
    response = case.call(base_url=address, timeout=60)

    if response.status_code == 404 and not response.content:
        return  # from the host, for a generated path that no route matches
    case.validate_response(response, checks=CHECKS)
