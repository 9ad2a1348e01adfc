"""Log events: a name and its facts, readable by programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from observability import Facts, logger


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
