"""Log events: a constant name, `noun.past_tense`, followed by the event's facts as JSON.

    logger.info("portfolio.deleted %s", Facts(username=username, rows=rows))

The Functions worker forwards only the formatted message, the level and the logger's name, so
`extra=` would never reach Application Insights. Facts in the message can be queried there with
KQL's `parse_json`.
"""

from __future__ import annotations

import json
import logging
from typing import Any

logger = logging.getLogger("portfolio.api")


class Facts(dict[str, Any]):
    """The facts of one event. `str` formats them as compact JSON.

    Must never contain a token, a prompt or text from a repository.
    """

    def __str__(self) -> str:
        return json.dumps(self, default=str, separators=(",", ":"))
