"""A line of the table: what was measured, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`measured` against `target`, both in `unit`; `at_least`: more is better."""

    work: str
    measured: float
    target: float
    unit: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        if self.at_least:
            return self.measured >= self.target
        return self.measured <= self.target
