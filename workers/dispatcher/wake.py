"""Duty: make up for wake-ups that are missing: lost with the broker, or never sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.priorities import Priority
from trajectory.store.dispatch import has_work
from trajectory.store.fleet import tasks_by_queue
from workers.ground import Ground

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PLENTY = 1_000_000


class Wake:
    """As many wake-ups as slots: one that finds nothing to do costs little.

    None for jobs that no living worker of their queue can do, however many wait.
    """

    def __init__(self) -> None:
        self._queues: dict[Priority, _Queue] = {}

    def __call__(self, connection: Connection) -> None:
        for name, tasks in tasks_by_queue(connection).items():
            priority = Priority(name)
            queue = self._queues.get(priority)
            if queue is None or queue.tasks != tasks:
                queue = self._queues[priority] = _Queue(priority, tasks)
            if queue.has_work(connection):
                parts().wake(priority, jobs=_PLENTY)


class _Queue:
    """One queue, and the tasks that its living workers know."""

    def __init__(self, priority: Priority, tasks: list[str]) -> None:
        self.tasks = tasks
        self._rank = priority.rank
        self._ground = Ground([self._rank], tasks)

    def has_work(self, connection: Connection) -> bool:
        floor = self._ground.floors(connection)[self._rank]
        began_at = time.monotonic()
        found = has_work(connection, self._rank, self.tasks, floor=floor)
        self._ground.note(time.monotonic() - began_at)
        if self._ground.is_due:
            # A job that it finds before the floor is seen by the next look, which begins there.
            self._ground.survey(connection)
        return found
