"""The errors of the app: one family, each with its own code and status."""

from __future__ import annotations

import inspect
import re

import pytest

import errors
from errors import (
    GitHubError,
    InvalidRequest,
    InvalidSettings,
    PortfolioError,
    RateLimited,
    UnknownPage,
    UnknownPortfolio,
    UnknownRepository,
)

FAMILY = {
    name: error
    for name, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, PortfolioError)
}


def test_the_tree_in_the_documentation_is_the_family():
    """Each line: the name, its further base classes, and its status unless it is inherited."""
    documented = re.findall(r"[├└] (\w+)(?:\((\w+)\))? +(\d{3})?", errors.__doc__ or "")

    assert {"PortfolioError", *(name for name, _, _ in documented)} == set(FAMILY)
    for name, builtin, status in documented:
        bases = {base.__name__ for base in FAMILY[name].__bases__}
        assert not builtin or builtin in bases, name
        assert not status or int(status) == FAMILY[name].status, name


def test_every_error_has_a_code_of_its_own():
    codes = [error.code for error in FAMILY.values() if not issubclass(error, GitHubError)]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (UnknownPortfolio("mallory"), ["`mallory`", "`/health`"]),
        (UnknownRepository("ada", "tally"), ["`ada`", "`tally`", "`/portfolios/ada`"]),
        (UnknownPage("x.js"), ["`x.js`"]),
    ],
)
def test_a_message_names_what_is_unknown_and_where_to_look(error, names):
    assert [] == [name for name in names if name not in str(error)]


def test_an_invalid_request_keeps_its_problems_and_shows_them_all():
    error = InvalidRequest({"q": "`q` is missing", "limit": "`limit` is 0"})

    assert {"q", "limit"} == set(error.problems)
    assert "`q` is missing; `limit` is 0" == str(error)


def test_invalid_settings_show_a_line_per_problem():
    assert "a\nb" == str(InvalidSettings(["a", "b"]))


def test_a_rate_limit_says_when_it_ends_if_github_does():
    error = RateLimited("try later", reset_at=None)

    assert ("rate_limited", 503, None) == (error.code, error.status, error.reset_at)


def test_each_error_of_github_has_a_usage_of_its_own():
    one, other = (RateLimited("try later", reset_at=None) for _ in range(2))

    one.usage["requests"] = 7

    assert {
        "requests": 1,
        "queries": 0,
        "raw_files": 0,
        "remaining": None,
        "points_remaining": None,
    } == other.usage
