"""Which jobs changed since a moment: the live feed's answer while Redis is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.store.jobs import job_summaries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trajectory.schemas import JobSummary

_AT_MOST = 500
_SLACK = "2 seconds"
"""Transactions that were open at the moment have committed since; a reader knows by the version what is not news."""


def changed_since(connection: Connection, after_ms: int | None) -> tuple[int, list[JobSummary] | None]:
    """The database's time in milliseconds, and the jobs that changed after `after_ms`; None if they are too many."""
    now_ms: int = connection.exec_driver_sql("SELECT floor(extract(epoch FROM now()) * 1000)::bigint").scalar_one()
    if after_ms is None:
        return now_ms, []
    ids = connection.exec_driver_sql(
        f"""
        WITH since AS MATERIALIZED (
            SELECT to_timestamp(%(after_ms)s / 1000.0) - interval '{_SLACK}' AS at,
                lpad(to_hex(%(after_ms)s::bigint - 2000), 12, '0') || repeat('0', 20) AS id
        )
        SELECT id FROM (
            -- Each in the order of an index: without, the planner expects to find so many in the first pages of a table
            -- whose last ones hold them.
            (SELECT id FROM jobs WHERE id >= (SELECT id::uuid FROM since) ORDER BY id DESC LIMIT %(limit)s)
            UNION (SELECT id FROM jobs WHERE finished_at >= (SELECT at FROM since)
                ORDER BY finished_at DESC LIMIT %(limit)s)
            UNION (SELECT id FROM jobs WHERE state = 'running' ORDER BY claim LIMIT %(limit)s)
            UNION (SELECT job_id FROM attempts WHERE finished_at >= (SELECT at FROM since)
                ORDER BY finished_at DESC LIMIT %(limit)s)
            UNION (SELECT ready.id FROM unnest(ARRAY[0, 1, 2]::smallint[]) AS p (rank) CROSS JOIN LATERAL (
                SELECT id FROM jobs WHERE state = 'queued' AND NOT held AND priority = p.rank
                    AND run_at >= (SELECT at FROM since) ORDER BY run_at DESC, id DESC LIMIT %(limit)s
            ) AS ready)
        ) AS changed
        """,
        {"after_ms": after_ms, "limit": _AT_MOST + 1},
    )
    changed = list(ids.scalars())
    if len(changed) > _AT_MOST:
        return now_ms, None
    return now_ms, job_summaries(connection, changed)
