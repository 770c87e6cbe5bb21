"""Duties: count what waits, count what happened, and tell the live feed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.dispatch import (
    count_inversions,
    count_what_happened,
    measure_depth,
    note_queue_ages,
)
from trajectory.store.engine import transaction
from trajectory.store.fleet import list_workers
from trajectory.store.reports import list_queues
from trajectory.store.rollups import GRAINS, roll_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_LAG_SECONDS = 3.0
_TURN_SECONDS = 0.2
_COUNT_SECONDS = 1.0
_SHORTEST_SPAN_SECONDS, _LONGEST_SPAN_SECONDS = 30.0, 300.0
GONE_WORKERS_SHOWN_SECONDS = 60.0


def measure_what_waits(connection: Connection) -> None:
    count_inversions(connection)
    measure_depth(connection)
    note_queue_ages(connection)
    queues = [queue.model_dump(mode="json") for queue in list_queues(connection)]
    parts().feed.publish([{"kind": "queues", "queues": queues}])


class CountEvents:
    """What happened while no dispatcher counted is made up for span by span, for a moment at a time.

    Spans are as long as are counted in a moment, and one that took longer than a statement may is tried again shorter:
    otherwise it would never be counted.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._span_seconds = _LONGEST_SPAN_SECONDS

    def __call__(self, _: Connection) -> None:
        turn_ends_at = self._clock() + _TURN_SECONDS
        while self._count() and self._clock() < turn_ends_at:
            pass
        for grain in GRAINS:
            with transaction(parts().engine) as connection:
                roll_up(connection, grain)

    def _count(self) -> bool:
        """Whether there may be more."""
        began_at = self._clock()
        try:
            with transaction(parts().engine) as connection:
                return count_what_happened(connection, lag_seconds=_LAG_SECONDS, at_most_seconds=self._span_seconds)
        finally:
            self._fit(self._clock() - began_at)

    def _fit(self, seconds: float) -> None:
        if seconds > _COUNT_SECONDS:
            self._span_seconds = max(self._span_seconds / 2, _SHORTEST_SPAN_SECONDS)
        elif seconds < _COUNT_SECONDS / 4:
            self._span_seconds = min(2 * self._span_seconds, _LONGEST_SPAN_SECONDS)


def tell_of_workers(connection: Connection) -> None:
    workers = list_workers(connection, gone_for_seconds=GONE_WORKERS_SHOWN_SECONDS)
    parts().feed.publish([{"kind": "worker", "worker": worker.model_dump(mode="json")} for worker in workers])
