"""One attempt of one job: call the task, and say how it ended."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from trajectory.errors import ClaimLost, JobTimeout, Permanent
from workers.outcomes import failed, result_json, succeeded

if TYPE_CHECKING:
    from trajectory.run import Run
    from trajectory.store.claims import Claimed, Finished
    from trajectory.tasks import Task


def perform(task: Task, job: Claimed, run: Run) -> Finished | None:
    """How the attempt ended; None when the job was given to another slot meanwhile, whose word counts."""
    began_at = time.monotonic()
    try:
        result = result_json(_call(task, job, run))
        run.raise_if_told()
    except ClaimLost:
        return None
    except KeyboardInterrupt:
        raise  # the pool's own: it ends the process
    except BaseException as error:
        # Also what is no Exception, as asyncio.CancelledError: a job whose end nobody records runs for ever.
        return failed(job, error, task.retry, began_at=began_at, ended_at=time.monotonic())
    return succeeded(job, result, began_at=began_at, ended_at=time.monotonic())


def _call(task: Task, job: Claimed, run: Run) -> Any:
    try:
        params = task.params_model.model_validate_json(job.params)
    except ValidationError as error:
        raise Permanent(f"the params do not fit the task: {error}") from None
    if job.timeout_seconds is None:
        return task(params, run)
    signal.setitimer(signal.ITIMER_REAL, job.timeout_seconds)
    try:
        return task(params, run)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def raise_timeout(*_: object) -> None:
    """The slot's handler of SIGALRM."""
    raise JobTimeout("the job ran longer than its timeout")
