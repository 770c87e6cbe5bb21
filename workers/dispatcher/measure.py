"""Duties: count what waits, count what happened, and tell the live feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.dispatch import (
    count_inversions,
    count_what_happened,
    measure_depth,
    note_queue_ages,
    say_dispatcher_lives,
)
from trajectory.store.engine import transaction
from trajectory.store.fleet import list_workers
from trajectory.store.reports import list_queues
from trajectory.store.rollups import GRAINS, roll_up

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LAG_SECONDS = 3.0
GONE_WORKERS_SHOWN_SECONDS = 60.0


def measure_what_waits(connection: Connection) -> None:
    say_dispatcher_lives(connection)
    count_inversions(connection)
    measure_depth(connection)
    note_queue_ages(connection)
    queues = [queue.model_dump(mode="json") for queue in list_queues(connection)]
    parts().feed.publish([{"kind": "queues", "queues": queues}])


def count_events(_: Connection) -> None:
    with transaction(parts().engine) as connection:
        count_what_happened(connection, lag_seconds=_LAG_SECONDS)
    for grain in GRAINS:
        with transaction(parts().engine) as connection:
            roll_up(connection, grain)


def tell_of_workers(connection: Connection) -> None:
    workers = list_workers(connection, gone_for_seconds=GONE_WORKERS_SHOWN_SECONDS)
    parts().feed.publish([{"kind": "worker", "worker": worker.model_dump(mode="json")} for worker in workers])
