"""The running app, driven by requests that Schemathesis makes from the API's description."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

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
from tools.host_process import ROOT, SAMPLES, USERNAME, HostProcess, refreshed
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
    """Of an app with a served portfolio."""
    with (
        GitHubServer(StandIn(load_user(SAMPLES))) as github,
        HostProcess(
            ROOT,
            tmp_path_factory.mktemp("state"),
            GITHUB_USERNAMES=USERNAME,
            GITHUB_API_URL=github.url,
            GITHUB_WEBHOOK_SECRET="secret",
            AzureWebJobsStorage=azurite.connection_string,
            CACHE_TABLE=f"t{uuid4().hex[:12]}",
            REFRESH_SCHEDULE="0 0 0 1 1 *",
        ) as host,
    ):
        refreshed(host)
        yield f"{host.url}/api"


schema = schemathesis.openapi.from_dict(openapi_document())


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_contract(case, address):
    response = case.call(base_url=address, timeout=30)

    if response.status_code == 404 and not response.content:
        return  # the host's own answer, for a path that is no route
    case.validate_response(response, checks=CHECKS)
