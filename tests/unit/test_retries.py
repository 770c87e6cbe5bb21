from __future__ import annotations

import pytest

from trajectory.errors import JobTimeout, Permanent, RetryLater
from trajectory.retries import RetryPolicy, next_delay_seconds

STEADY = RetryPolicy(retry_jitter=False)


def delays(policy: RetryPolicy, count: int) -> list[float]:
    return [policy.delay_seconds(failures) for failures in range(1, count + 1)]


def test_delays_double_and_never_pass_sixty_seconds():
    assert delays(STEADY, 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_number_as_backoff_is_where_the_delays_start():
    assert delays(RetryPolicy(retry_backoff=5, retry_jitter=False), 5) == [5, 10, 20, 40, 60]


def test_jitter_stays_between_zero_and_the_delay():
    for failures, steady in enumerate(delays(STEADY, 12), start=1):
        assert all(0 <= RetryPolicy().delay_seconds(failures) <= steady for _ in range(50))


def test_without_backoff_the_delay_is_always_the_default():
    assert delays(RetryPolicy(retry_backoff=False, default_retry_delay=7), 3) == [7, 7, 7]


@pytest.mark.parametrize("wrong", [{"retry_backoff_max": 61}, {"retry_backoff_max": 0}, {"max_retries": -1}])
def test_a_policy_that_breaks_the_promise_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RetryPolicy(**wrong)


def test_retries_end_after_max_retries():
    def next_delay(failures: int) -> float | None:
        return next_delay_seconds(STEADY, OSError(), failures=failures, max_retries=2)

    assert [next_delay(failures) for failures in (1, 2, 3)] == [1, 2, None]


def test_only_the_named_errors_are_retried():
    policy = RetryPolicy(autoretry_for=(OSError,), dont_autoretry_for=(FileNotFoundError,))

    assert policy.wants_retry(ConnectionError())
    assert policy.wants_retry(JobTimeout())
    assert not policy.wants_retry(FileNotFoundError())
    assert not policy.wants_retry(KeyError())
    assert not policy.wants_retry(Permanent())


@pytest.mark.parametrize(("asked", "given"), [(120, 120), (-5, 0), (10**9, 3600), (float("inf"), 3600), ("5", 5)])
def test_a_task_may_ask_for_its_own_delay_up_to_an_hour(asked, given):
    error = RetryLater("busy", seconds=asked)

    assert next_delay_seconds(STEADY, error, failures=1, max_retries=1) == given
    assert next_delay_seconds(STEADY, error, failures=2, max_retries=1) is None


@pytest.mark.parametrize("seconds", [float("nan"), "soon", None])
def test_a_delay_that_is_no_number_is_refused_where_the_task_gives_it(seconds):
    with pytest.raises((TypeError, ValueError), match=r"NaN|could not convert|must be"):
        RetryLater("busy", seconds=seconds)
