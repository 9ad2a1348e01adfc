"""The lines of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement and its target, both in `unit`."""

    work: str
    measured: float
    target: float
    unit: str
    at_least: bool = False  # whether the target is a minimum

    @property
    def holds(self) -> bool:
        """Tell whether the target is met."""
        if self.at_least:
            return self.measured >= self.target
        return self.measured <= self.target
