"""A published portfolio in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from models import Bundle, Manifest, PublishedBundle

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """One published version of a portfolio. Never changes."""

    username: str
    etag: str  # of the manifest; differs between versions
    refreshed_at: datetime
    bundles: tuple[PublishedBundle, ...]  # by name
    _memo: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)
    _computing: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, manifest: Manifest, etag: str, bundles: dict[str, Bundle]) -> Portfolio:
        """Combine a manifest with its bundles, keyed by row key. Leaves out missing bundles."""
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

    def by_name(self) -> dict[str, PublishedBundle]:
        """Return the bundles keyed by the names of their repositories."""
        return self.memo(_by_name)

    def memo(self, compute: Callable[[Sequence[PublishedBundle]], T]) -> T:
        """Return what `compute` makes of the bundles, computed once and kept with this version."""
        with self._computing:
            if compute not in self._memo:
                self._memo[compute] = compute(self.bundles)
            result: T = self._memo[compute]
            return result


def _by_name(bundles: Sequence[PublishedBundle]) -> dict[str, PublishedBundle]:
    return {bundle["metadata"]["name"]: bundle for bundle in bundles}
