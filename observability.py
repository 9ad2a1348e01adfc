"""Log events: a constant name, `noun.past_tense`, followed by the event's facts as JSON.

    logger.info("portfolio.deleted %s", Facts(username=username, rows=rows))

The Functions worker forwards only the formatted message, the level and the logger's name, so
`extra=` would never reach Application Insights. Facts in the message can be queried there with
KQL's `parse_json`.
"""

from __future__ import annotations

import json
import logging
import logging.config
from typing import Any

logger = logging.getLogger("portfolio.api")
# These log every request that they send, at INFO, which is the level of the worker's root logger.
TALKATIVE_LIBRARIES = ("azure", "httpx", "urllib3")


def quieten_libraries() -> None:
    """Let libraries log warnings and errors only."""
    loggers = {name: {"level": "WARNING"} for name in TALKATIVE_LIBRARIES}
    logging.config.dictConfig({"version": 1, "incremental": True, "loggers": loggers})


class Facts(dict[str, Any]):
    """The facts of one event. `str` formats them as compact JSON.

    Must never contain a token, a prompt or text from a repository.
    """

    def __str__(self) -> str:
        return json.dumps(self, default=str, separators=(",", ":"))
