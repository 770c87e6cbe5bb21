"""Whether a failed attempt is tried again, and when. Pure: the same words and meaning as Celery's autoretry."""

from __future__ import annotations

from dataclasses import dataclass

from celery.utils.time import get_exponential_backoff_interval

from trajectory.errors import JobTimeout, Permanent, RetryLater

MAX_BACKOFF_SECONDS = 60
MAX_ASKED_SECONDS = 3600
"""A task may ask for a later retry (`RetryLater`, a server's Retry-After), up to this."""


@dataclass(frozen=True)
class RetryPolicy:
    """How a task is retried. Delays are seconds.

    `retry_backoff`: True for 1, 2, 4, 8 ...; a number to start from; False for `default_retry_delay` each time.
    `retry_jitter`: a random delay between zero and the computed one, so that failures do not come back together.
    """

    autoretry_for: tuple[type[BaseException], ...] = (Exception,)
    dont_autoretry_for: tuple[type[BaseException], ...] = ()
    max_retries: int = 3
    retry_backoff: bool | int = True
    retry_backoff_max: int = MAX_BACKOFF_SECONDS
    retry_jitter: bool = True
    default_retry_delay: int = MAX_BACKOFF_SECONDS

    def __post_init__(self) -> None:
        if not 0 < self.retry_backoff_max <= MAX_BACKOFF_SECONDS:
            raise ValueError(f"retry_backoff_max must be from 1 to {MAX_BACKOFF_SECONDS} seconds")
        if not 0 <= self.default_retry_delay <= MAX_BACKOFF_SECONDS:
            raise ValueError(f"default_retry_delay must be from 0 to {MAX_BACKOFF_SECONDS} seconds")
        if self.max_retries < 0:
            raise ValueError("max_retries must not be negative")

    def delay_seconds(self, failures: int) -> float:
        """Seconds to wait after the `failures`-th failed attempt (1 for the first)."""
        if not self.retry_backoff:
            return self.default_retry_delay
        delay: float = get_exponential_backoff_interval(
            factor=int(max(1, self.retry_backoff)),
            retries=failures - 1,
            maximum=self.retry_backoff_max,
            full_jitter=self.retry_jitter,
        )
        return delay

    def wants_retry(self, error: BaseException) -> bool:
        """Whether this kind of error is worth another attempt."""
        if isinstance(error, RetryLater):
            return True
        if isinstance(error, Permanent) or isinstance(error, self.dont_autoretry_for):
            return False
        return isinstance(error, JobTimeout) or isinstance(error, self.autoretry_for)


def next_delay_seconds(policy: RetryPolicy, error: BaseException, *, failures: int, max_retries: int) -> float | None:
    """Seconds until the next attempt, or None when there is none.

    `failures` counts the attempts that failed, this one included. `max_retries` is the job's own limit.
    """
    if failures > max_retries or not policy.wants_retry(error):
        return None
    if isinstance(error, RetryLater):
        return min(max(error.seconds, 0.0), MAX_ASKED_SECONDS)
    return policy.delay_seconds(failures)
