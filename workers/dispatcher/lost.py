"""Duty: find workers that are silent, and give back what they held."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from trajectory.states import Outcome
from trajectory.store.fleet import held_by_lost_workers, held_by_stopped_workers, mark_lost_workers
from workers.rescue import give_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from trajectory.settings import Settings

_LEAST_GAP_SECONDS = 3.0
_TO_SPEAK_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Rescue:
    """Silence counts only while it was listened to.

    When this dispatcher has just begun, or the database was away from it, then it was away from the workers too: all of
    them get the time of a heartbeat to speak before any is taken for lost.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lost_after = settings.lost_after_seconds
        self._to_speak = settings.heartbeat_seconds + _TO_SPEAK_SECONDS
        self._gap = max(self._lost_after / 2, _LEAST_GAP_SECONDS)
        self._looked_at = float("-inf")
        self._patient_until = 0.0

    def __call__(self, connection: Connection) -> None:
        now = self._clock()
        if now - self._looked_at > self._gap:
            self._patient_until = now + self._to_speak
        if now >= self._patient_until:
            for worker_id in mark_lost_workers(connection, self._lost_after):
                log.warning("a worker is lost", worker_id=str(worker_id))
        give_back(held_by_lost_workers(connection, self._lost_after), Outcome.LOST)
        # A worker that says goodbye gives back what it holds; what a slot claims at that moment is left to us.
        give_back(held_by_stopped_workers(connection), Outcome.INTERRUPTED)
        self._looked_at = self._clock()
