"""Log events: a name and its facts, readable by programs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from observability import TALKATIVE_LIBRARIES, Facts, logger, quieten_libraries

HOST = Path(__file__).parent.parent.parent / "host.json"


def test_facts_are_logged_as_compact_json_and_stay_readable_in_tests(caplog):
    caplog.set_level("INFO", "portfolio.api")

    logger.info("portfolio.built %s", Facts(repositories=41, username="ada"))

    (record,) = caplog.records
    assert 'portfolio.built {"repositories":41,"username":"ada"}' == record.getMessage()
    assert 41 == record.args["repositories"]
    assert "portfolio.api" == record.name


def test_facts_that_json_lacks_are_logged_as_text():
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    assert {"at": str(moment)} == json.loads(str(Facts(at=moment)))


@pytest.mark.parametrize(
    "name", ["azure.core.pipeline.policies", "httpx", "urllib3.connectionpool"]
)
def test_libraries_log_no_request_but_their_warnings(caplog, name):
    caplog.set_level("INFO")
    for library in TALKATIVE_LIBRARIES:
        caplog.set_level("NOTSET", library)
    library_logger = logging.getLogger(name)
    assert library_logger.isEnabledFor(logging.INFO)

    quieten_libraries()

    assert not library_logger.isEnabledFor(logging.INFO)
    assert library_logger.isEnabledFor(logging.WARNING)
    assert logger.isEnabledFor(logging.INFO)


def test_the_host_reports_every_invocation():
    """Application Insights' table of requests is filled from `Host.Results`, at Information."""
    levels = json.loads(HOST.read_text())["logging"]["logLevel"]

    assert "Information" == levels["Host.Results"]
