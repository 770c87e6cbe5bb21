"""How an attempt ended, from what its task returned or raised: the one place where exceptions become outcomes."""

from __future__ import annotations

import json
import time
import traceback
from typing import TYPE_CHECKING, Any

from trajectory.errors import JobCancelled, JobTimeout, Permanent
from trajectory.fingerprints import Cause, cause_of, message_of
from trajectory.retries import RetryPolicy, next_delay_seconds
from trajectory.run import storable
from trajectory.states import JobState, Outcome, state_after
from trajectory.store.claims import Claimed, Finished

if TYPE_CHECKING:
    from types import TracebackType

    from trajectory.store.fleet import Held, Overdue

MAX_RESULT_BYTES = 1024 * 1024
_MAX_MESSAGE = 10_000
_MAX_TRACEBACK = 100_000
_OUR_FRAMES = ("workers.perform", "trajectory.tasks")


def result_json(result: Any) -> str | None:
    """The result as PostgreSQL can hold it. Raises `Permanent` when it cannot: another attempt would not help."""
    if result is None:
        return None
    try:
        text = json.dumps(result, allow_nan=False)
        if "\\u0000" in text or "\\ud" in text:
            text = json.dumps(_storable(result), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Permanent(f"the task returned something that JSON cannot hold: {error}") from None
    if len(text) > MAX_RESULT_BYTES:
        raise Permanent(f"the result takes {len(text)} bytes of JSON; leave it as an artifact, the limit is 1 MiB")
    return text


def _storable(value: Any) -> Any:
    if isinstance(value, dict):
        return {storable(str(name)): _storable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(item) for item in value]
    return storable(value) if isinstance(value, str) else value


def succeeded(job: Claimed, result: str | None, *, began_at: float, ended_at: float) -> Finished:
    """`began_at` and `ended_at` are monotonic."""
    return Finished(
        job.id, job.attempt, JobState.SUCCEEDED, Outcome.SUCCEEDED, began_at, ended_at, job.failures, job.losses, result
    )


def failed(
    job: Claimed | Overdue, error: BaseException, policy: RetryPolicy, *, began_at: float, ended_at: float
) -> Finished:
    """An attempt that raised: tried again or not, by the policy."""
    frames = _own_frames(error)
    failures = job.failures + 1
    retry_in = next_delay_seconds(policy, error, failures=failures, max_retries=job.max_retries)
    outcome = Outcome.FAILED
    if isinstance(error, JobTimeout):
        outcome = Outcome.TIMED_OUT
    elif isinstance(error, JobCancelled):
        outcome = Outcome.CANCELLED
    return Finished(
        job.id,
        job.attempt,
        state_after(outcome, retries_left=retry_in is not None, losses=job.losses),
        outcome,
        began_at,
        ended_at,
        failures,
        job.losses,
        error_type=type(error).__qualname__,
        error_message=storable(message_of(error))[:_MAX_MESSAGE],
        error_traceback=_traceback(error, frames),
        cause=None if outcome is Outcome.CANCELLED else cause_of(job.task, error, frames),
        retry_in=retry_in,
    )


def _own_frames(error: BaseException) -> TracebackType | None:
    """From the task's own code on: the frames that led there tell a reader nothing."""
    frames = error.__traceback__
    while frames and frames.tb_next and frames.tb_frame.f_globals.get("__name__") in _OUR_FRAMES:
        frames = frames.tb_next
    return frames


def _traceback(error: BaseException, frames: TracebackType | None) -> str:
    text = "".join(traceback.format_exception(type(error), error, frames))
    text = storable(text)
    if len(text) <= _MAX_TRACEBACK:
        return text
    half = _MAX_TRACEBACK // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def killed(job: Overdue, policy: RetryPolicy, *, grace_seconds: float) -> Finished:
    """The attempt of a job whose slot is killed, because its task did not stop when it should have."""
    error: JobCancelled | JobTimeout = JobTimeout(
        f"the job ran longer than its timeout, and {grace_seconds:g} s more: its slot was killed"
    )
    if job.cancel_requested:
        error = JobCancelled(
            f"the task went on for {grace_seconds:g} s after its job was cancelled: its slot was killed"
        )
    now = time.monotonic()
    return failed(job, error, policy, began_at=now - job.started_ago, ended_at=now)


def given_back(held: Held, outcome: Outcome) -> Finished:
    """A job whose slot or worker went away: lost, or interrupted by a shutdown."""
    losses = held.losses + (outcome is Outcome.LOST)
    state = state_after(outcome, retries_left=False, losses=losses)
    now = time.monotonic()
    began_at = now - held.started_ago
    end = Finished(held.id, held.attempt, state, outcome, began_at, now, failures=held.failures, losses=losses)
    if outcome is Outcome.LOST:
        end.error_type = "WorkerLostError"
        end.error_message = "the process that ran this job died"
        end.cause = Cause(held.task, end.error_type, end.error_message, None)
        if state is JobState.FAILED:
            end.error_message = f"the process that ran this job died, {losses} times: it is not tried again"
    return end
