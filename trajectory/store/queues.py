"""Whether people let a queue run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def pause_queue(connection: Connection, rank: int, paused_by: str | None) -> None:
    """Who paused it first, and when, stays on record."""
    statement = "UPDATE queues SET paused_at = now(), paused_by = %s WHERE priority = %s AND paused_at IS NULL"
    connection.exec_driver_sql(statement, (paused_by, rank))


def resume_queue(connection: Connection, rank: int) -> None:
    statement = "UPDATE queues SET paused_at = NULL, paused_by = NULL, resumed_at = now() WHERE priority = %s"
    connection.exec_driver_sql(statement, (rank,))
