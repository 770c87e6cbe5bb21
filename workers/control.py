"""Looks once a second at what is asked of this worker: to stop, to have other slots, to end a job that goes on.

In the worker's parent process, because a slot may be beyond listening.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

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

log = structlog.get_logger(__name__)


class Control:
    """Begin it when the pool runs; it ends when the worker has `left`."""

    def __init__(
        self,
        settings: Settings,
        *,
        worker_id: UUID,
        left: threading.Event,
        living_pids: Callable[[], Collection[int]],
        resize: Callable[[int], None],
    ) -> None:
        self._grace_seconds = settings.kill_grace_seconds
        self._worker_id = worker_id
        self._left = left
        self._living_pids = living_pids
        self._resize = resize
        self._stopping = False

    def begin(self) -> None:
        threading.Thread(target=self._run, name="control", daemon=True).start()

    def _run(self) -> None:
        while not self._left.wait(_LOOK_SECONDS):
            try:
                self._look()
            except SQLAlchemyError as error:
                log.warning("could not look at what is asked of this worker", error=str(error))
            except Exception:
                # Whatever it was, tasks that do not stop need somebody who looks.
                log.exception("the control of a worker failed for a moment")

    def _look(self) -> None:
        with parts().engine.connect() as connection:
            orders = read_orders(connection, self._worker_id)
            overdue = overdue_jobs(connection, self._worker_id, self._living_pids(), grace_seconds=self._grace_seconds)
        if orders.wanted_slots is not None:
            self._resize(orders.wanted_slots)
        if orders.stop and not self._stopping:
            self._stopping = True  # Celery takes a second TERM for haste
            # To the main thread: it may be waiting in the kernel, and only a signal of its own wakes it.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        kill_slots(overdue, grace_seconds=self._grace_seconds)
