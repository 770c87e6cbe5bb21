"""Whether people let a queue run. A row of `queues` may not exist before the dispatcher first counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def pause_queue(connection: Connection, rank: int, paused_by: str | None) -> None:
    """Who paused it first, and when, stays on record."""
    statement = """
        INSERT INTO queues (priority, paused_at, paused_by) VALUES (%s, now(), %s)
        ON CONFLICT (priority) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by
        WHERE queues.paused_at IS NULL
    """
    connection.exec_driver_sql(statement, (rank, paused_by))


def resume_queue(connection: Connection, rank: int) -> None:
    statement = "UPDATE queues SET paused_at = NULL, paused_by = NULL WHERE priority = %s"
    connection.exec_driver_sql(statement, (rank,))
