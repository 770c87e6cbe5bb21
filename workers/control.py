"""Looks once a second at what is asked of this worker: to stop, to have other slots, to end a job that goes on.

In the worker's parent process, because a slot may be beyond listening.
"""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from trajectory.parts import parts
from trajectory.store.fleet import overdue_jobs, read_orders
from workers.overdue import kill_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    from trajectory.settings import Settings

_LOOK_SECONDS = 1.0
_LEAST_GAP_SECONDS = 3.0
_TO_RECORD_SECONDS = 8.0
"""The longest pause of `Patience`, the time a connection may take to be made, and a second for the record itself."""

log = structlog.get_logger(__name__)


class Control:
    """Begin it when the pool runs; it ends when the worker has `left`.

    That a job goes on counts only while its slot could say otherwise. When a look failed, or came much later than the
    one before, the database was away from the slots too: all of them get the time to record what ended meanwhile
    before any is killed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        worker_id: UUID,
        left: threading.Event,
        living_pids: Callable[[], Collection[int]],
        resize: Callable[[int], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grace_seconds = settings.kill_grace_seconds
        self._worker_id = worker_id
        self._left = left
        self._living_pids = living_pids
        self._resize = resize
        self._stopping = False
        self._clock = clock
        self._looked_at = clock()
        self._patient_until = float("-inf")

    def begin(self) -> None:
        threading.Thread(target=self._run, name="control", daemon=True).start()

    def _run(self) -> None:
        while not self._left.wait(_LOOK_SECONDS):
            self._try_to_look()

    def _try_to_look(self) -> None:
        try:
            self._look()
        except (SQLAlchemyError, psycopg.Error) as error:
            self._looked_at = float("-inf")
            log.warning("could not look at what is asked of this worker", error=str(error))
        except Exception:
            # Whatever it was, tasks that do not stop need somebody who looks.
            log.exception("the control of a worker failed for a moment")

    def _look(self) -> None:
        with parts().engine.connect() as connection:
            orders = read_orders(connection, self._worker_id)
            overdue = overdue_jobs(connection, self._worker_id, self._living_pids(), grace_seconds=self._grace_seconds)
        # Asked after the answer has come, which may have taken long itself.
        is_patient = self._is_patient()
        if orders.wanted_slots is not None:
            self._resize(orders.wanted_slots)
        if orders.stop and not self._stopping:
            self._stopping = True  # Celery takes a second TERM for haste
            # To the main thread: it may be waiting in the kernel, and only a signal of its own wakes it.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        if not is_patient:
            kill_slots(overdue, grace_seconds=self._grace_seconds)

    def _is_patient(self) -> bool:
        """Whether slots may still be about to record what ended while the database was away. A look has succeeded."""
        now = self._clock()
        if now - self._looked_at > _LEAST_GAP_SECONDS:
            self._patient_until = now + _TO_RECORD_SECONDS
        self._looked_at = now
        return now < self._patient_until
