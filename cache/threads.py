"""Calls on threads of their own, which never keep the process alive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Item = TypeVar("Item")

THREAD_NAME = "portfolio-cache"


def start(call: Callable[[], T]) -> Future[T]:
    """Run a call on a new thread. Raises RuntimeError if the process can have no more threads.

    Executors are not used, because the interpreter waits for their threads before it ends.
    """
    future: Future[T] = Future()
    Thread(target=_settle, args=(future, call), name=THREAD_NAME, daemon=True).start()
    return future


def call_each(call: Callable[[Item], T], items: Sequence[Item], *, threads: int) -> list[T]:
    """Call for each item, on at most so many threads; return the results in the order of items.

    Raises what the first failed call raised.
    """

    def call_share(first: int) -> list[T]:
        return [call(item) for item in items[first::threads]]

    shares = [start(partial(call_share, first)) for first in range(threads)]
    results = [share.result() for share in shares]
    return [results[number % threads][number // threads] for number in range(len(items))]


class SharedCalls(Generic[T]):
    """Calls that everybody shares who makes the same one at the same time."""

    def __init__(self) -> None:
        self._running: dict[str, Future[T]] = {}
        self._lock = Lock()  # never held during a call

    def run(self, key: str, call: Callable[[], T]) -> T:
        """Call, or wait for the running call of the same key. Raises what the call raises."""
        with self._lock:
            future = self._running.get(key)
            is_mine = future is None
            if future is None:
                future = self._running[key] = Future()
        if is_mine:
            _settle(future, call)
            with self._lock:
                del self._running[key]
        return future.result()


def _settle(future: Future[T], call: Callable[[], T]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  # whoever waits for the future gets it
        future.set_exception(error)
    else:
        future.set_result(result)
