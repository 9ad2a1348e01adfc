"""Send several requests to GitHub at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from errors import GitHubError, GitHubUnavailable, RateLimited, RepositoryUnavailable


def run_all(executor: Executor, *tasks: Callable[[], Any]) -> list[Any]:
    """Run all tasks, the last one on the caller's thread; return their results in order.

    Waits for all of them. If several failed, raises the error that affects the most: a rate limit
    affects all requests, an outage most of them, the rest one repository.
    """
    if not tasks:
        return []
    *others, own = tasks
    futures: list[Future[Any]] = [executor.submit(task) for task in others]
    errors: list[BaseException] = []
    try:
        own_result = own()
    except GitHubError as failure:
        errors.append(failure)
    errors += [error for future in futures if (error := future.exception()) is not None]
    for kind in (RateLimited, GitHubUnavailable, RepositoryUnavailable):
        for error in errors:
            if isinstance(error, kind):
                raise error
    if errors:
        raise errors[0]
    return [*(future.result() for future in futures), own_result]
