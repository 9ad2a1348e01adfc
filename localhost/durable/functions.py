"""What the engine needs of the app: its orchestrators and activities, as functions of JSON text."""

from __future__ import annotations

from typing import Protocol


class FunctionFailed(Exception):
    """A function raised; the text is `ExcType: message`, as the language worker reports it."""


class Functions(Protocol):
    """The app's durable functions. Names match whatever their case, as in the real host."""

    def has_orchestrator(self, name: str) -> bool: ...

    def has_activity(self, name: str) -> bool: ...

    def run_orchestrator(self, name: str, context_json: str) -> str:
        """One replay: the context in, the SDK's reply out. Raises what the SDK raises."""

    async def run_activity(self, name: str, input_text: str, *, instance_id: str) -> str:
        """JSON text in and out. Raises FunctionFailed."""
