"""Duty: queue jobs whose time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.dispatch import queue_due_jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection


def queue_what_is_due(connection: Connection) -> None:
    while due := queue_due_jobs(connection):
        parts().announcer.add(job_id for job_id, _ in due)
        for priority in {priority for _, priority in due}:
            parts().wake(priority, jobs=len(due))
