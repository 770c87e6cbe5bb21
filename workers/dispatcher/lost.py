"""Duty: find workers that are silent, and give back what they held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from trajectory.parts import parts
from trajectory.states import Outcome
from trajectory.store.fleet import gone_workers_with_jobs, held_by_worker, mark_lost_workers
from workers.rescue import give_back

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)


def give_back_what_was_lost(connection: Connection) -> None:
    for worker_id in mark_lost_workers(connection, parts().settings.lost_after_seconds):
        log.warning("a worker is lost", worker_id=str(worker_id))
    for worker_id in gone_workers_with_jobs(connection):
        give_back(held_by_worker(connection, worker_id), Outcome.LOST)
