"""A worker's place in the fleet: it joins, says every few seconds that it lives, and leaves.

Runs in the worker's parent process, which outlives its slots: it also notices a slot that died, and gives its jobs
back.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from trajectory.parts import parts
from trajectory.schedules import declare
from trajectory.states import Outcome
from trajectory.store.fleet import held_by_worker, put_tasks, register_worker, stop_worker
from trajectory.store.held import hold_for_new_limit, tasks_with_limits
from trajectory.tasks import registered
from workers.control import Control
from workers.memory import resident_bytes
from workers.patience import Patience
from workers.rescue import give_back

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.priorities import Priority
    from trajectory.settings import Settings

_LOOK_SECONDS = 0.1
_MISSED_SECONDS = 1.0
"""A heartbeat that failed is tried again so soon: when the database is back, who lives says so before it is asked."""
_AWAY = (SQLAlchemyError, psycopg.Error)
"""`together` raises SQLAlchemy's; psycopg's too, since no thread that others rely on may end by either."""

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
        self._left = threading.Event()
        self._living_pids: Callable[[], Collection[int]] = list
        self._slot_pids: Callable[[], Mapping[int, int]] = dict
        self._count_slots: Callable[[], int] = lambda: slots

    def join(self) -> None:
        """Announce the worker, the tasks it can run and their schedules. Waits for the database."""
        catalogue = [task.announced() for task in registered().values()]
        patience = Patience(parts().engine)
        patience.insist(lambda connection: announce(connection, catalogue))
        patience.insist(lambda _: declare(registered()))
        patience.insist(self._register)

    def begin_heartbeat(
        self,
        *,
        living_pids: Callable[[], Collection[int]],
        slot_pids: Callable[[], Mapping[int, int]],
        count_slots: Callable[[], int],
        resize: Callable[[int], None],
    ) -> None:
        """Say from now on that the worker lives, and do what is asked of it."""
        self._living_pids = living_pids
        self._slot_pids = slot_pids
        self._count_slots = count_slots
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        control = Control(self._settings, worker_id=self._id, left=self._left, living_pids=living_pids, resize=resize)
        control.begin()

    def leave(self) -> None:
        """Give back what still runs here and say goodbye. The slots must be gone, or be going at once."""
        if self._left.is_set():
            return
        self._left.set()
        try:
            with parts().engine.connect() as connection:
                held = held_by_worker(connection, self._id)
                stop_worker(connection, self._id)
            give_back(held, Outcome.INTERRUPTED)
            parts().announcer.flush()
        except _AWAY as error:
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
        while not self._left.is_set():
            living = self._living_pids()
            try:
                self._say_that_it_lives()
            except _AWAY as error:
                log.warning("a heartbeat was missed", error=str(error))
                self._left.wait(_MISSED_SECONDS)
            else:
                self._wait_for_next(living)

    def _say_that_it_lives(self) -> None:
        """And give back what slots held that are no more."""
        self._slots = self._count_slots()
        with parts().engine.connect() as connection:
            self._register(connection)
            held = held_by_worker(connection, self._id)
        # Looked up after the question what is held: a slot that has just begun is in the answer only if it is here.
        living = self._living_pids()
        if not self._left.is_set():  # from then on slots are ended, and what they hold is interrupted
            give_back([job for job in held if job.pid not in living], Outcome.LOST)

    def _wait_for_next(self, living: Collection[int]) -> None:
        """Until the next heartbeat is due, or a slot has died, or there are more or fewer of them.

        Celery itself may take five seconds to notice a death.
        """
        due_at = time.monotonic() + self._settings.heartbeat_seconds
        while time.monotonic() < due_at and not self._left.wait(_LOOK_SECONDS):
            if not set(living) <= set(self._living_pids()) or self._count_slots() != self._slots:
                return

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
            release=self._settings.release,
            slot_memory=resident_bytes(self._slot_pids()),
        )


def announce(connection: Connection, catalogue: Sequence[dict[str, Any]]) -> None:
    """Write the catalogue. What waits of a task that had no limit until now is held to it."""
    limited = tasks_with_limits(connection)
    put_tasks(connection, catalogue)
    for name in sorted(tasks_with_limits(connection) - limited):
        while hold_for_new_limit(connection, name, at_most=_HELD_AT_ONCE):
            log.info("what waits of a task is held to its new limit", task=name)
