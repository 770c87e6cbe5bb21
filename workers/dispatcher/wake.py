"""Duty: make up for wake-ups that are missing: lost with the broker, or never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.dispatch import priorities_with_work

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PLENTY = 1_000_000


def wake_for_what_waits(connection: Connection) -> None:
    """As many wake-ups as slots: one that finds nothing to do costs little."""
    for priority in priorities_with_work(connection):
        parts().wake(priority, jobs=_PLENTY)
