"""The one logger of the app. An event is a constant `noun.past_tense`; its facts ride behind it as
JSON.

The Functions worker forwards only the formatted message, level and logger name, so `extra=` would
never reach Application Insights; as part of the message the facts can be queried there
(`parse_json` in KQL).
"""

from __future__ import annotations

import json
import logging
from typing import Any

logger = logging.getLogger("portfolio.api")


class Facts(dict[str, Any]):
    """The facts of one event, as keyword arguments; its text is compact JSON.

    Never put a token, a prompt or text of a repository in here.
    """

    def __str__(self) -> str:
        return json.dumps(self, default=str, separators=(",", ":"))
