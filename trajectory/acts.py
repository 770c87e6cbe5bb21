"""What may be asked of a job: cancel, retry, run now, another priority, delete.

Each is one transaction that acts from the states in the table of moves; then those who wait for news are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trajectory import views
from trajectory.errors import InvalidTransition, UniqueKeyWaits
from trajectory.parts import parts
from trajectory.removal import forget
from trajectory.states import Action, JobState, target_of
from trajectory.store.acts import cancel_job, change_priority, lock_final, queue_now, retry_final
from trajectory.store.engine import together, transaction
from trajectory.store.unique import lock_unique_of, waiting_beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.priorities import Priority
    from trajectory.schemas import Job


def cancel(job_id: UUID) -> Job:
    """Cancel a job: one that waits at once; one that runs is asked to stop, and killed when it does not.

    Raises `NotFound`, or `InvalidTransition` when it is final.
    """
    return _act(job_id, Action.CANCEL, lambda connection: cancel_job(connection, job_id))


def retry(job_id: UUID, *, params: dict[str, Any] | None = None, priority: Priority | None = None) -> Job:
    """Queue a failed or cancelled job again, with all its retries, and with other params or priority if given.

    Raises `NotFound`, `InvalidTransition`, `UniqueKeyWaits` while another job of its unique key waits, or
    `InvalidSubmission` when the params do not fit; nothing has changed then.
    """
    text = None
    if params is not None:
        job = views.job(job_id)
        target_of(job.state, Action.RETRY)
        _, text = parts().catalogue.check(job.task, params)
    rank = None if priority is None else priority.rank
    job = _act(job_id, Action.RETRY, lambda connection: _retry(connection, job_id, params=text, priority=rank))
    parts().wake(job.priority)
    return job


def _retry(connection: Connection, job_id: UUID, *, params: str | None, priority: int | None) -> bool:
    with together(connection):
        lock_unique_of(connection, job_id)
        retried = retry_final(connection, job_id, params=params, priority=priority)
        waiting = None if retried else waiting_beside(connection, job_id)
    if waiting:
        raise UniqueKeyWaits(waiting)
    return retried


def run_now(job_id: UUID) -> Job:
    """Queue a job that is due later. Raises `NotFound` or `InvalidTransition`."""
    job = _act(job_id, Action.RUN_NOW, lambda connection: queue_now(connection, job_id))
    parts().wake(job.priority)
    return job


def set_priority(job_id: UUID, priority: Priority) -> Job:
    """Give a waiting job another priority; a queued one goes to the end of its new queue.

    Raises `NotFound` or `InvalidTransition`.
    """
    job = _act(job_id, Action.PRIORITY, lambda connection: change_priority(connection, job_id, priority.rank))
    if job.state is JobState.QUEUED:
        parts().wake(job.priority)
    return job


def delete(job_id: UUID) -> None:
    """Forget a final job: its row, attempts, log and files.

    Raises `NotFound`, `InvalidTransition`, or `ArtifactsAway`; the job stays then, and can be deleted again.
    """
    with transaction(parts().engine) as connection:
        deleted = lock_final(connection, job_id) and forget(connection, [job_id]).jobs
    if not deleted:
        raise InvalidTransition(state=views.job(job_id).state, move=Action.DELETE)
    parts().feed.publish([{"kind": "job_deleted", "id": str(job_id)}])


def _act(job_id: UUID, action: Action, change: Callable[[Connection], bool]) -> Job:
    with parts().engine.connect() as connection:
        changed = change(connection)
    job = views.job(job_id)
    if not changed:
        raise InvalidTransition(state=job.state, move=action)
    parts().announcer.add([job_id])
    return job
