"""The verbs of queues and workers: pause, resume, stop, resize. Each is one transaction; then the feed is told.

The verbs of jobs are in `lifecycle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.errors import NotFound, WorkerGone
from trajectory.parts import parts
from trajectory.store.fleet import get_worker, request_slots, request_stop
from trajectory.store.queues import pause_queue, resume_queue
from trajectory.store.reports import list_queues

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.priorities import Priority
    from trajectory.schemas import Queue, Worker

_PLENTY = 1_000_000


def pause(priority: Priority, *, paused_by: str | None = None) -> Queue:
    """Let no job of this priority start until it is resumed; running ones finish. Pausing again changes nothing."""
    return _steer_queue(priority, lambda connection: pause_queue(connection, priority.rank, paused_by))


def resume(priority: Priority) -> Queue:
    """Let jobs of this priority start again."""
    queue = _steer_queue(priority, lambda connection: resume_queue(connection, priority.rank))
    # As many wake-ups as slots: one that finds nothing to do costs little.
    parts().wake(priority, jobs=_PLENTY)
    return queue


def stop_worker(worker_id: UUID) -> Worker:
    """Ask a worker to shut down as on TERM: running jobs get the grace period. Raises `NotFound` or `WorkerGone`."""
    return _steer_worker(worker_id, lambda connection: request_stop(connection, worker_id))


def resize_worker(worker_id: UUID, slots: int) -> Worker:
    """Ask a worker for another number of slots; one too many leaves when its job has ended.

    Raises `NotFound` or `WorkerGone`.
    """
    return _steer_worker(worker_id, lambda connection: request_slots(connection, worker_id, slots))


def _steer_queue(priority: Priority, change: Callable[[Connection], None]) -> Queue:
    with parts().engine.connect() as connection:
        change(connection)
        queues = list_queues(connection)
    parts().feed.publish([{"kind": "queues", "queues": [queue.model_dump(mode="json") for queue in queues]}])
    return next(queue for queue in queues if queue.name is priority)


def _steer_worker(worker_id: UUID, request: Callable[[Connection], bool]) -> Worker:
    with parts().engine.connect() as connection:
        requested = request(connection)
        worker = get_worker(connection, worker_id)
    if worker is None:
        raise NotFound(f"there is no worker {worker_id}")
    if not requested:
        raise WorkerGone(f"the worker {worker.name} is {worker.state}")
    parts().feed.publish([{"kind": "worker", "worker": worker.model_dump(mode="json")}])
    return worker
