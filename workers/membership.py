"""A worker's place in the fleet: it joins, says every few seconds that it lives, and leaves.

Runs in the worker's parent process, which outlives its slots: it also notices a slot that died, and gives its jobs
back.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from trajectory.parts import parts
from trajectory.schedules import declare
from trajectory.states import Outcome
from trajectory.store.fleet import held_by_dead_slots, held_by_worker, put_tasks, register_worker, stop_worker
from trajectory.store.held import hold_for_new_limit, tasks_with_limits
from trajectory.tasks import registered
from workers.patience import Patience
from workers.rescue import give_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.priorities import Priority
    from trajectory.settings import Settings

log = structlog.get_logger(__name__)


_HELD_AT_ONCE = 1000


class Membership:
    """One worker, from joining to leaving."""

    def __init__(
        self,
        settings: Settings,
        *,
        worker_id: UUID,
        name: str,
        host: str,
        queues: Sequence[Priority],
        slots: int,
    ) -> None:
        self._settings = settings
        self._id = worker_id
        self._name = name
        self._host = host
        self._queues = [priority.value for priority in queues]
        self._slots = slots
        self._look = threading.Event()
        self._left = False
        self._living_pids: Callable[[], list[int]] = list

    def join(self) -> None:
        """Announce the worker, the tasks it can run and their schedules. Waits for the database."""
        catalogue = [task.announced() for task in registered().values()]
        patience = Patience(parts().engine)
        patience.insist(lambda connection: announce(connection, catalogue))
        patience.insist(lambda _: declare(registered()))
        patience.insist(self._register)

    def begin_heartbeat(self, living_pids: Callable[[], list[int]]) -> None:
        self._living_pids = living_pids
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def look_at_slots(self) -> None:
        """A slot died: give its jobs back now."""
        self._look.set()

    def leave(self) -> None:
        """Give back what still runs here and say goodbye. The slots must be gone, or be going at once."""
        if self._left:
            return
        self._left = True
        try:
            with parts().engine.connect() as connection:
                held = held_by_worker(connection, self._id)
                stop_worker(connection, self._id)
            give_back(held, Outcome.INTERRUPTED)
            parts().announcer.flush()
        except SQLAlchemyError as error:
            # The dispatcher will find this worker silent and do the same.
            log.warning("left without a word", error=str(error))

    def leave_within_grace(self) -> None:
        """Let running jobs go on for the grace period, then give them back and end this process."""
        threading.Thread(target=self._end_after_grace, name="grace", daemon=True).start()

    def _end_after_grace(self) -> None:
        threading.Event().wait(self._settings.grace_seconds)
        self.leave()
        os._exit(0)  # the slots die with their parent

    def _beat(self) -> None:
        while not self._left:
            try:
                with parts().engine.connect() as connection:
                    self._register(connection)
                    held = held_by_dead_slots(connection, self._id, self._living_pids())
                give_back(held, Outcome.LOST)
            except SQLAlchemyError as error:
                log.warning("a heartbeat was missed", error=str(error))
            self._look.wait(self._settings.heartbeat_seconds)
            self._look.clear()

    def _register(self, connection: Connection) -> None:
        register_worker(
            connection,
            worker_id=self._id,
            name=self._name,
            host=self._host,
            pid=os.getpid(),
            queues=self._queues,
            tasks=list(registered()),
            slots=self._slots,
        )


def announce(connection: Connection, catalogue: Sequence[dict[str, Any]]) -> None:
    """Write the catalogue. What waits of a task that had no limit until now is held to it."""
    limited = tasks_with_limits(connection)
    put_tasks(connection, catalogue)
    for name in sorted(tasks_with_limits(connection) - limited):
        while hold_for_new_limit(connection, name, at_most=_HELD_AT_ONCE):
            log.info("what waits of a task is held to its new limit", task=name)
