"""The last resort for a task that goes on after its job was cancelled or its time was over: its slot is killed.

The slot is first held still, so that it cannot go on to the next job between the record and the kill. Only if the
record changed the job is the slot killed; otherwise it had ended the job itself, and goes on.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import structlog

from trajectory.parts import parts
from trajectory.priorities import RANKED
from trajectory.retries import RetryPolicy
from trajectory.states import Outcome
from trajectory.store.claims import record_finished
from trajectory.store.fleet import held_under_claim
from trajectory.tasks import registered
from workers.outcomes import killed
from workers.rescue import give_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trajectory.store.fleet import Overdue

log = structlog.get_logger(__name__)


def kill_slots(overdue: Sequence[Overdue], *, grace_seconds: float) -> None:
    """End these jobs and kill the slots that run them. A slot that went on to another job is left alone."""
    for job in {job.claim: job for job in overdue}.values():
        try:
            os.kill(job.pid, signal.SIGSTOP)
        except ProcessLookupError:
            continue  # it died on its own: the heartbeat sees to its jobs
        fate = signal.SIGCONT
        try:
            if _record(job, grace_seconds):
                fate = signal.SIGKILL
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(job.pid, fate)
        if fate is signal.SIGKILL:
            log.warning("a slot was killed", job_id=job.id, pid=job.pid, cancelled=job.cancel_requested)
            for priority in RANKED:  # its wake-up went with it
                parts().wake(priority)


def _record(job: Overdue, grace_seconds: float) -> bool:
    """Whether the job, or one that the slot holds with it, still was in its hands and no longer is."""
    with parts().engine.connect() as connection:
        if job.is_alone:
            task = registered().get(job.task)
            end = killed(job, task.retry if task else RetryPolicy(), grace_seconds=grace_seconds)
            changed = record_finished(connection, job.claim, [end])
            parts().announcer.add(changed)
            return bool(changed)
        # A slot that cannot even send away what waits behind its job. Which of them runs, only it knows: all are lost,
        # and a job that was lost runs alone the next time.
        held = held_under_claim(connection, job.claim)
    return give_back(held, Outcome.LOST) > 0
