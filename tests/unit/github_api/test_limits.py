"""Which requests GitHub's limits allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from errors import RateLimited
from github_api.limits import (
    DEFAULT_PAUSE,
    MAX_RETRY_AFTER_S,
    Calls,
    Limits,
    Quota,
    quota_of,
    retry_moment,
)
from tests.unit.fakes import NOW

RESET = int(NOW.timestamp()) + 600
RESET_AT = NOW + timedelta(seconds=601)


def quota_headers(remaining: int, reset: int = RESET) -> dict[str, str]:
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(reset),
    }


class TestRetryMoment:
    @pytest.mark.parametrize(
        ("headers", "wait_s"),
        [
            pytest.param({"retry-after": "30"}, 30, id="retry-after"),
            pytest.param({"retry-after": "0"}, 0, id="at-once"),
            pytest.param({"retry-after": "9" * 9}, MAX_RETRY_AFTER_S, id="too-long"),
            pytest.param({"retry-after": "30", **quota_headers(0)}, 30, id="retry-after-wins"),
            pytest.param(quota_headers(0), 601, id="reset"),
        ],
    )
    def test_github_names_it(self, headers, wait_s):
        assert NOW + timedelta(seconds=wait_s) == retry_moment(headers, NOW)

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"retry-after": "Fri, 02 Jan 2026 03:05:00 GMT"}, id="a-date"),
            pytest.param({"retry-after": "-1"}, id="negative"),
            pytest.param(quota_headers(7), id="quota-left"),
            pytest.param({"x-ratelimit-remaining": "0"}, id="no-reset"),
            pytest.param(quota_headers(0) | {"x-ratelimit-reset": "soon"}, id="no-number"),
        ],
    )
    def test_github_names_none(self, headers):
        assert retry_moment(headers, NOW) is None

    def test_a_quota_that_is_known_to_be_used_up_resets_whatever_is_left(self):
        assert RESET_AT == retry_moment(quota_headers(7), NOW, is_primary=True)


class TestQuotaOf:
    def test_the_headers_state_it(self):
        reset_at = datetime.fromtimestamp(RESET + 1, UTC)

        assert Quota(5000, 42, reset_at) == quota_of(quota_headers(42))

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "1"},
            quota_headers(1) | {"x-ratelimit-limit": "many"},
            quota_headers(1) | {"x-ratelimit-remaining": "\u0663"},
            quota_headers(1) | {"x-ratelimit-reset": "9" * 12},
        ],
        ids=["none", "no-reset", "no-number", "not-ascii", "too-long"],
    )
    def test_headers_that_do_not_state_it_are_ignored(self, headers):
        assert quota_of(headers) is None


@pytest.fixture
def limits(clock) -> Limits:
    return Limits(clock)


def remaining(limits: Limits, resource: Any = "core") -> int | None:
    quota = limits.quota(resource)
    return quota.remaining if quota else None


class TestUpdate:
    def test_a_response_that_was_overtaken_does_not_raise_the_quota(self, limits):
        limits.update("core", quota_headers(41))
        limits.update("core", quota_headers(42))

        assert 41 == remaining(limits)

    def test_a_new_hour_raises_it(self, limits):
        limits.update("core", quota_headers(41))
        limits.update("core", quota_headers(4999, RESET + 3600))

        assert 4999 == remaining(limits)

    def test_a_response_that_does_not_state_it_keeps_it(self, limits):
        limits.update("core", quota_headers(41))
        limits.update("core", {})

        assert 41 == remaining(limits)

    @pytest.mark.parametrize("named", ["graphql", "search"])
    def test_another_resources_quota_is_ignored(self, limits, named):
        limits.update("core", quota_headers(41) | {"x-ratelimit-resource": named})

        assert limits.quota("core") is None

    def test_each_resource_has_its_own(self, limits):
        limits.update("core", quota_headers(1))
        limits.update("graphql", quota_headers(2) | {"x-ratelimit-resource": "graphql"})

        assert (1, 2) == (remaining(limits), remaining(limits, "graphql"))


class TestStart:
    def test_requests_in_flight_are_deducted(self, limits):
        limits.update("core", quota_headers(41))
        calls = Calls()

        limits.start("core", calls)
        limits.update("core", quota_headers(41))  # of an earlier request
        limits.start("core", calls)

        assert (39, 2) == (remaining(limits), calls.count("core"))

    def test_a_request_that_github_does_not_count_is_given_back(self, limits):
        limits.update("core", quota_headers(41))
        limits.start("core", Calls())
        limits.not_counted("core")

        assert 41 == remaining(limits)

    def test_threads_together_start_no_more_than_there_are(self, limits):
        limits.update("core", quota_headers(10))
        calls = Calls()

        def start(_: int) -> bool:
            try:
                limits.start("core", calls)
            except RateLimited:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            started = sum(threads.map(start, range(50)))

        assert (10, 10) == (started, calls.count("core"))

    @pytest.mark.parametrize(("left", "is_reserved"), [(101, False), (100, True), (1, True)])
    def test_the_reserve_is_kept_for_others(self, limits, left, is_reserved):
        limits.update("core", quota_headers(left))
        limits.start("core", Calls())
        limits.not_counted("core")
        calls = Calls(keep_reserve=True)

        if not is_reserved:
            limits.start("core", calls)
            return
        with pytest.raises(RateLimited, match="reserved") as raised:
            limits.start("core", calls)
        assert (0, RESET_AT) == (calls.count("core"), raised.value.reset_at)

    def test_a_used_up_quota_lasts_until_the_reset(self, limits, clock):
        limits.update("core", quota_headers(0))
        with pytest.raises(RateLimited) as raised:
            limits.start("core", Calls())
        assert RESET_AT == raised.value.reset_at

        clock.now = RESET_AT

        limits.start("core", Calls())


class TestPause:
    def test_no_request_starts_before_the_limit_is_over(self, limits, clock):
        limits.pause("core", RateLimited("secondary", reset_at=NOW + timedelta(seconds=30)))
        calls = Calls()

        clock.now += timedelta(seconds=29)
        with pytest.raises(RateLimited, match="secondary") as raised:
            limits.start("core", calls)
        assert (NOW + timedelta(seconds=30), 0) == (raised.value.reset_at, calls.count("core"))

        clock.now += timedelta(seconds=1)
        limits.start("core", calls)
        assert 1 == calls.count("core")

    def test_a_limit_without_an_end_lasts_a_minute(self, limits, clock):
        limits.pause("graphql", RateLimited("secondary", reset_at=None))

        with pytest.raises(RateLimited) as raised:
            limits.start("graphql", Calls())
        assert raised.value.reset_at is None
        clock.now += DEFAULT_PAUSE
        limits.start("graphql", Calls())

    def test_the_longest_pause_counts(self, limits, clock):
        limits.pause("core", RateLimited("long", reset_at=NOW + timedelta(seconds=30)))
        limits.pause("core", RateLimited("short", reset_at=NOW + timedelta(seconds=3)))

        clock.now += timedelta(seconds=29)
        with pytest.raises(RateLimited, match="long"):
            limits.start("core", Calls())

    def test_it_concerns_one_resource(self, limits):
        limits.pause("raw", RateLimited("429", reset_at=None))

        limits.start("core", Calls())
