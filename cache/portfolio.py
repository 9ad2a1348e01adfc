"""A portfolio as readers hold it in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from models import Bundle, Manifest

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """One published version of a portfolio; never changes."""

    username: str
    etag: str  # of the manifest: another version has another
    refreshed_at: datetime
    bundles: tuple[dict[str, Any], ...]  # Bundle, `stale` and `stale_reason`, by name
    _made: dict[str, Any] = field(default_factory=dict, repr=False)
    _making: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, manifest: Manifest, etag: str, bundles: dict[str, Bundle]) -> Portfolio:
        """The manifest's entries with their bundles, by row key; a bundle that is missing is left
        out."""
        return cls(
            username=manifest["username"],
            etag=etag,
            refreshed_at=datetime.fromisoformat(manifest["refreshed_at"]),
            bundles=tuple(
                {
                    **bundles[entry["row_key"]],
                    "metadata": entry["metadata"],
                    "warnings": entry["warnings"],
                    "stale": entry["stale"] is not None,
                    "stale_reason": entry["stale"],
                }
                for entry in manifest["entries"]
                if entry["row_key"] in bundles
            ),
        )

    def by_name(self) -> dict[str, dict[str, Any]]:
        """The bundles by the names of their repositories."""
        return self.memo(
            "by_name", lambda bundles: {each["metadata"]["name"]: each for each in bundles}
        )

    def memo(self, key: str, make: Callable[[Sequence[dict[str, Any]]], T]) -> T:
        """What `make` makes of the bundles, made once per version and kept with it."""
        with self._making:
            if key not in self._made:
                self._made[key] = make(self.bundles)
            made: T = self._made[key]
            return made
