"""Duty: queue jobs whose time has come, for a moment at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.dispatch import queue_due_jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_TURN_SECONDS = 0.1


def queue_what_is_due(connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Whether there may be more: a million jobs may be due at one moment, and other duties have their turns between."""
    turn_ends_at = clock() + _TURN_SECONDS
    while due := queue_due_jobs(connection):
        parts().announcer.add(job_id for job_id, _ in due)
        for priority in {priority for _, priority in due}:
            parts().wake(priority, jobs=len(due))
        if clock() >= turn_ends_at:
            return True
    return False
