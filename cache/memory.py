"""What this process keeps in memory: published portfolios, and the listings of running refreshes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from cache.portfolio import Portfolio
from errors import CacheUnavailable
from models import ListedRepository, Listing
from observability import Facts, logger

NEVER = float("-inf")


class PortfolioMemory:
    """Portfolios by username, checked against the storage at most every `recheck_after_s`.

    A check reads the manifest's ETag; the portfolio is loaded again only if that has changed.
    """

    def __init__(
        self,
        *,
        read_etag: Callable[[str], str | None],
        load: Callable[[str], Portfolio | None],
        recheck_after_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._read_etag = read_etag
        self._load = load
        self._recheck_after_s = recheck_after_s
        self._clock = clock
        self._portfolios: dict[str, tuple[float, Portfolio]] = {}  # with the time of the last check
        self._checking = Lock()

    def get(self, username: str) -> Portfolio | None:
        """Return the published portfolio; None if there is none.

        While the storage is down, returns the portfolio in memory; without one, raises
        CacheUnavailable.
        """
        key = username.lower()
        checked_at, kept = self._portfolios.get(key, (NEVER, None))
        if recent := self._recently_checked(key):
            return recent
        # While one visitor's request checks, the others are served from memory. They wait only for
        # the first load, and for a version that this process has just published.
        if not self._checking.acquire(blocking=checked_at == NEVER):
            return kept
        try:
            return self._recently_checked(key) or self._check(key)
        except CacheUnavailable as error:
            if kept is None:
                raise
            logger.warning("cache.unavailable %s", Facts(username=username, error=str(error)))
            self._portfolios[key] = (self._clock(), kept)
            return kept
        finally:
            self._checking.release()

    def expire(self, username: str) -> None:
        """Check a portfolio at the next use, however short ago the last check was."""
        key = username.lower()
        if key in self._portfolios:
            self._portfolios[key] = (NEVER, self._portfolios[key][1])

    def forget(self, username: str) -> None:
        """Drop a portfolio."""
        self._portfolios.pop(username.lower(), None)

    def _recently_checked(self, key: str) -> Portfolio | None:
        checked_at, portfolio = self._portfolios.get(key, (NEVER, None))
        return portfolio if self._clock() - checked_at < self._recheck_after_s else None

    def _check(self, key: str) -> Portfolio | None:
        _, portfolio = self._portfolios.get(key, (NEVER, None))
        etag = self._read_etag(key)
        if etag is None:
            self.forget(key)
            return None
        if portfolio is None or portfolio.etag != etag:
            portfolio = self._load(key)
        if portfolio is not None:
            self._portfolios[key] = (self._clock(), portfolio)
        return portfolio


class ListingMemory:
    """The last listing of each portfolio, which every fetch of a refresh reads."""

    def __init__(self, load: Callable[[str], Listing | None]) -> None:
        self._load = load
        self._listings: dict[str, tuple[str, dict[str, ListedRepository]]] = {}
        self._loading = Lock()

    def repositories(self, username: str, listing_id: str) -> dict[str, ListedRepository]:
        """Return the repositories of a listing by name; empty if it has been replaced since."""
        key = username.lower()
        with self._loading:  # the fetches of a batch begin together; the first one loads for all
            known_id, repositories = self._listings.get(key, ("", {}))
            if known_id == listing_id:
                return repositories
            listing = self._load(username)
            if listing is None or listing["listing_id"] != listing_id:
                return {}
            repositories = {
                listed["metadata"]["name"]: listed for listed in listing["repositories"]
            }
            self._listings[key] = (listing_id, repositories)
            return repositories
