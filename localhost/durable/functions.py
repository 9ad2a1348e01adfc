"""The durable functions of an app, as the engine needs them: functions of JSON text."""

from __future__ import annotations

from typing import Protocol


class FunctionFailed(Exception):
    """A function raised; the message is `ExcType: message`, as the language worker reports it."""


class Functions(Protocol):
    """Call an app's orchestrators and activities by name. Names ignore case, as in the real host."""

    def has_orchestrator(self, name: str) -> bool:
        """Whether there is an orchestrator of this name."""

    def has_activity(self, name: str) -> bool:
        """Whether there is an activity of this name."""

    def run_orchestrator(self, name: str, context_json: str) -> str:
        """Replay once: take the context, return the SDK's reply. Raises what the SDK raises."""

    async def run_activity(self, name: str, input_text: str) -> str:
        """Run an activity; its input and its result are JSON text. Raises FunctionFailed."""
