"""The names that the host uses of the Durable SDK.

The SDK reads ./host.json when it is imported, as strict JSON, although the Functions host allows
comments in that file. We import the SDK from a folder without a host.json, so that an app whose
host.json has comments can be hosted.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

with contextlib.chdir(Path(__file__).parent):
    from azure.durable_functions.models.actions.ActionType import ActionType
    from azure.durable_functions.models.history import HistoryEventType
    from azure.durable_functions.models.utils.http_utils import _close_session

# The SDK's client never closes its HTTP session; in Azure it lives as long as the worker process.
close_client_session = _close_session

__all__ = ["ActionType", "HistoryEventType", "close_client_session"]
