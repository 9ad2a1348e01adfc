"""The host's output: its functions, then requests, orchestrations and log lines as they happen."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape


class Terminal(logging.Handler):
    """Prints what happens. As a logging handler, it prints the app's log, too.

    `quiet` leaves out everything below WARNING.
    """

    def __init__(self, *, quiet: bool, json_logs: bool) -> None:
        super().__init__()
        self.quiet = quiet
        self._json = json_logs
        # Without soft_wrap, rich would break lines in a pipe at 80 columns.
        self.console = Console(highlight=False, soft_wrap=True)

    def functions(
        self,
        base_url: str,
        http: Iterable[tuple[str, str, str]],
        others: Iterable[tuple[str, str]],
    ) -> None:
        """Print name, methods and route of the HTTP functions, name and trigger of the others."""
        if self.quiet or self._json:
            return
        self.console.print("\n[bold]Functions[/bold]\n")
        for name, methods, route in http:
            self.console.print(
                f"  [yellow]{escape(name)}[/yellow]: \\[{methods}] [green]{escape(base_url)}/{escape(route)}[/green]"
            )
        for name, trigger in others:
            self.console.print(f"  [yellow]{escape(name)}[/yellow]: {trigger}")
        self.console.print()

    def request(self, method: str, path: str, status: int, duration_ms: float) -> None:
        """Print a request that was answered."""
        facts = {
            "method": method,
            "path": path,
            "status": status,
            "duration_ms": round(duration_ms, 1),
        }
        self._show("request", f"{method} {path} {status} in {duration_ms:.1f} ms", facts)

    def event(self, kind: str, facts: dict[str, Any]) -> None:
        """Print an event of an orchestration or an activity."""
        text = f"{kind} {facts.get('name', '')} {facts.get('instance_id', '')}"
        if "duration_ms" in facts:
            text += f" after {facts['duration_ms']} ms"
        if "error" in facts:
            text += f": {facts['error']}"
        self._show(kind, text, facts)

    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self._show(
            "log",
            f"{record.levelname.lower()} {text}",
            {"logger": record.name, "message": text},
            record.levelno,
        )

    def _show(self, kind: str, text: str, facts: dict[str, Any], level: int = logging.INFO) -> None:
        if self.quiet and level < logging.WARNING:
            return
        now = datetime.now(UTC)
        if self._json:
            line = json.dumps({"time": now.isoformat(), "kind": kind, **facts}, default=str)
            # In one piece: `print` would write the end of the line apart, after another thread's text.
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        else:
            self.console.print(f"[dim]{now:%H:%M:%S}[/dim] {escape(text)}")
