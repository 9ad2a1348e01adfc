"""What this process keeps in memory: published portfolios, and the listings of running refreshes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

from cache.portfolio import Portfolio
from cache.threads import SharedCalls, start
from errors import CacheUnavailable
from models import ListedRepository, Listing
from observability import Facts, logger

NEVER = float("-inf")
# So long is a failed first load remembered: visitors who arrive during an outage do not each wait
# until the storage fails to answer.
FAILURE_MEMORY_S = 1.0

# Makes the current version from the one in memory, or returns that one if it is current.
Load = Callable[[str, Portfolio | None], Portfolio | None]


@dataclass(slots=True)
class _Slot:
    """What is known of one portfolio. Changed only under the memory's lock."""

    portfolio: Portfolio | None = None
    checked_at: float = NEVER  # when the last load ended
    failure: Exception | None = None  # of the last load
    loading: Future[Portfolio | None] | None = None


class PortfolioMemory:
    """Portfolios by username, checked in the background at most every `recheck_after_s`.

    Of each portfolio, one load runs at a time. The lock is never held during a load, so a portfolio
    that loads slowly delays nobody but those who have nothing else to show.
    """

    def __init__(
        self,
        *,
        check: Load,
        load: Load,
        recheck_after_s: float,
        clock: Callable[[], float],
    ) -> None:
        """`check` may do less than `load` if the portfolio has not changed."""
        self._check = check
        self._load = load
        self._recheck_after_s = recheck_after_s
        self._clock = clock
        self._slots: dict[str, _Slot] = {}
        self._lock = Lock()

    def peek(self, username: str) -> Portfolio | None:
        """Return what is in memory at once. If a check is due, it starts in the background."""
        key = username.lower()
        with self._lock:
            slot = self._slot(key)
            is_due = self._clock() - slot.checked_at >= self._recheck_after_s
            if slot.loading is None and is_due:
                self._start(key, slot)
            return slot.portfolio

    def get(self, username: str) -> Portfolio | None:
        """Return the published portfolio; None if there is none. Waits for the first load only.

        Raises CacheUnavailable if that fails. Later, while the storage is down, the portfolio in
        memory is returned.
        """
        key = username.lower()
        if kept := self.peek(key):
            return kept
        with self._lock:
            slot = self._slot(key)
            if slot.portfolio:  # loaded a moment ago
                return slot.portfolio
            if slot.failure and self._clock() - slot.checked_at < FAILURE_MEMORY_S:
                raise slot.failure
            loading = slot.loading or self._start(key, slot)
        return loading.result()

    def renew(self, username: str) -> Portfolio | None:
        """Load on the caller's thread what is published now, and return it; None if nothing is.

        A load that began earlier may have seen an earlier version, so it is waited for first.
        Raises CacheUnavailable.
        """
        key = username.lower()
        mine: Future[Portfolio | None] = Future()
        while True:
            with self._lock:
                slot = self._slot(key)
                if slot.loading is None:
                    slot.loading = mine
                    break
                others = slot.loading
            others.exception()  # waits for its end, good or bad
        self._run(key, slot, mine, self._load)
        return mine.result()

    def forget(self, username: str) -> None:
        """Drop a portfolio; a load that is running does not bring it back."""
        with self._lock:
            self._slots.pop(username.lower(), None)

    def _slot(self, key: str) -> _Slot:
        return self._slots.setdefault(key, _Slot())

    def _start(self, key: str, slot: _Slot) -> Future[Portfolio | None]:
        loading: Future[Portfolio | None] = Future()
        load = self._check if slot.portfolio else self._load
        slot.loading = loading
        try:
            start(lambda: self._run(key, slot, loading, load))
        except RuntimeError as error:  # no more threads: serve what there is, and try again later
            slot.loading, slot.checked_at = None, self._clock()
            loading.set_exception(CacheUnavailable(f"the cache cannot start a thread: {error}"))
        return loading

    def _run(self, key: str, slot: _Slot, loading: Future[Portfolio | None], load: Load) -> None:
        portfolio: Portfolio | None = None
        failure: Exception | None = None
        try:
            portfolio = load(key, slot.portfolio)
        except CacheUnavailable as error:
            logger.warning("cache.unavailable %s", Facts(username=key, error=str(error)))
            failure = error
        except Exception as error:  # noqa: BLE001  # whoever waits must get an answer
            logger.exception("cache.load_failed %s", Facts(username=key))
            failure = error
        with self._lock:
            slot.loading = None
            slot.checked_at = self._clock()
            slot.failure = failure
            if failure is None:
                slot.portfolio = portfolio
        if failure:
            loading.set_exception(failure)
        else:
            loading.set_result(portfolio)


class ListingMemory:
    """The last listing of each portfolio, which every fetch of a refresh reads."""

    def __init__(self, load: Callable[[str], Listing | None]) -> None:
        self._load = load
        self._listings: dict[str, tuple[str, dict[str, ListedRepository]]] = {}
        self._loads: SharedCalls[tuple[str, dict[str, ListedRepository]]] = SharedCalls()

    def repositories(self, username: str, listing_id: str) -> dict[str, ListedRepository]:
        """Return the repositories of a listing by name; empty if it has been replaced since."""
        key = username.lower()
        known_id, repositories = self._listings.get(key, ("", {}))
        if known_id != listing_id:
            # The fetches of a batch begin together: the first one loads for all.
            known_id, repositories = self._loads.run(
                f"{key} {listing_id}", lambda: self._remember(key)
            )
        return repositories if known_id == listing_id else {}

    def _remember(self, key: str) -> tuple[str, dict[str, ListedRepository]]:
        listing = self._load(key)
        if listing is None:
            return "", {}
        repositories = {listed["metadata"]["name"]: listed for listed in listing["repositories"]}
        self._listings[key] = (listing["listing_id"], repositories)
        return self._listings[key]
