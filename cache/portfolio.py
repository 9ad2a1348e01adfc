"""A published portfolio in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Literal, TypeVar, cast

from bundles import no_content
from models import CONTENT_PENDING, Bundle, Manifest, ManifestEntry, PublishedBundle
from relevance.index import PortfolioIndex
from relevance.terms import RepositoryTerms, unpack_terms

T = TypeVar("T")

# Keys of a published bundle that do not come from its row: the manifest is newer, and the terms are
# in the index.
NOT_CONTENT = frozenset({"metadata", "warnings", "stale", "stale_reason", "terms"})


@dataclass(frozen=True, slots=True)
class Content:
    """What only the row of a bundle knows of a repository."""

    fields: dict[str, Any]  # keys and values of a bundle, without NOT_CONTENT
    terms: RepositoryTerms | None  # None: not made yet by this version of the analysis

    @classmethod
    def of(cls, bundle: Bundle) -> Content:
        """Take the content from a bundle."""
        packed = bundle.get("terms")
        return cls(_content_fields(bundle), unpack_terms(packed) if packed else None)


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """One published version of a portfolio. Never changes."""

    username: str
    etag: str  # of the manifest; differs between versions
    refreshed_at: datetime
    finished: bool  # False from first sight until the first refresh ends
    bundles: tuple[PublishedBundle, ...]  # by name; without `terms`
    index: PortfolioIndex  # of `bundles`, in their order
    lost: int = 0  # repositories whose row the manifest names but the table lacks; they are pending
    row_keys: tuple[str | None, ...] = ()  # of `bundles`, in their order; None: without content
    _memo: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)
    _computing: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, manifest: Manifest, etag: str, contents: Mapping[str, Content]) -> Portfolio:
        """Combine a manifest with contents by row key, and build the index.

        A repository without content is pending. Takes milliseconds per repository.
        """
        entries = manifest["entries"]
        found = [contents.get(entry["row_key"] or "") for entry in entries]
        bundles = tuple(
            _published(entry, content) for entry, content in zip(entries, found, strict=True)
        )
        return cls(
            username=manifest["username"],
            etag=etag,
            refreshed_at=datetime.fromisoformat(manifest["refreshed_at"]),
            # Manifests of earlier versions do not say so: they were published at the end.
            finished=manifest.get("finished", True),
            bundles=bundles,
            index=PortfolioIndex(
                bundles, [content.terms if content else None for content in found]
            ),
            lost=sum(
                entry["row_key"] is not None and content is None
                for entry, content in zip(entries, found, strict=True)
            ),
            row_keys=tuple(
                entry["row_key"] if content else None
                for entry, content in zip(entries, found, strict=True)
            ),
        )

    @property
    def pending(self) -> int:
        """How many repositories are shown without their content, because it is not there yet."""
        return self.memo(_count_pending)

    @property
    def state(self) -> Literal["partial", "complete"]:
        """Whether the content of every repository is there."""
        return "partial" if self.pending else "complete"

    def contents(self) -> dict[str, Content]:
        """Return what the next version may take over, by row key."""
        return {
            row_key: Content(_content_fields(bundle), terms)
            for row_key, bundle, terms in zip(
                self.row_keys, self.bundles, self.index.analysed, strict=True
            )
            if row_key
        }

    def by_name(self) -> dict[str, PublishedBundle]:
        """Return the bundles keyed by the names of their repositories."""
        return self.memo(_by_name)

    def memo(self, compute: Callable[..., T], *more: Any) -> T:
        """Return what `compute` makes of the bundles, computed once and kept with this version.

        `more`: further arguments of it, always the same for this version.
        """
        with self._computing:
            if compute not in self._memo:
                self._memo[compute] = compute(self.bundles, *more)
            result: T = self._memo[compute]
            return result


def _published(entry: ManifestEntry, content: Content | None) -> PublishedBundle:
    # In the order of `models.Bundle`, whether there is content or not.
    return cast(
        PublishedBundle,
        {
            "metadata": entry["metadata"],
            **(content.fields if content else _no_content(entry)),
            "warnings": entry["warnings"] if content else [CONTENT_PENDING],
            "stale": entry["stale"] is not None,
            "stale_reason": entry["stale"],
        },
    )


def _no_content(entry: ManifestEntry) -> dict[str, Any]:
    return {
        **no_content(),
        "fingerprint": entry["fingerprint"],
        "fetched_at": entry["fetched_at"] or "",
    }


def _content_fields(bundle: Bundle) -> dict[str, Any]:
    return {key: value for key, value in bundle.items() if key not in NOT_CONTENT}


def _by_name(bundles: Sequence[PublishedBundle]) -> dict[str, PublishedBundle]:
    return {bundle["metadata"]["name"]: bundle for bundle in bundles}


def _count_pending(bundles: Sequence[PublishedBundle]) -> int:
    return sum(CONTENT_PENDING in bundle["warnings"] for bundle in bundles)
