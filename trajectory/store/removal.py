"""Taking jobs away for good: with everything in the database that belongs to them, and the keys of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trajectory.artifacts import artifact_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.states import JobState


def file_keys(connection: Connection, ids: Sequence[UUID]) -> list[str]:
    """The keys of every file that these jobs left, those that a later attempt replaced among them."""
    rows = connection.exec_driver_sql(
        """
        SELECT a.job_id, made.attempt, a.name
        FROM artifacts AS a JOIN jobs ON jobs.id = a.job_id
        CROSS JOIN LATERAL generate_series(1, greatest(a.attempt, jobs.attempt)) AS made (attempt)
        WHERE a.job_id = ANY(%s::uuid[])
        """,
        (list(ids),),
    )
    return [artifact_key(*row) for row in rows]


def delete_jobs(connection: Connection, ids: Sequence[UUID]) -> int:
    """How many there were. Their attempts, log lines and records of files go with them."""
    return connection.exec_driver_sql("DELETE FROM jobs WHERE id = ANY(%s::uuid[])", (list(ids),)).rowcount


class Place(NamedTuple):
    """A place in the order of `finished_at`, `id`."""

    finished_at: datetime
    id: UUID


class Aged(NamedTuple):
    """Jobs that were kept long enough, locked; and where to look on, None at the end."""

    ids: list[UUID]
    last: Place | None


def lock_aged(
    connection: Connection, state: JobState, *, kept_seconds: float, after: Place | None, at_most: int
) -> Aged:
    """Look at the next `at_most` jobs that became final so long ago, and lock those in this state.

    A job that another transaction holds is left for another time.
    """
    seen = connection.exec_driver_sql(
        """
        SELECT id, finished_at, state = %(state)s AS mine FROM jobs
        WHERE finished_at IS NOT NULL AND finished_at >= %(at)s AND (finished_at, id) > (%(at)s, %(id)s)
            AND finished_at < now() - %(kept)s * interval '1 second'
        ORDER BY finished_at, id LIMIT %(at_most)s
        """,
        {
            "state": state,
            "kept": kept_seconds,
            "at": after.finished_at if after else "-infinity",
            "id": after.id if after else "00000000-0000-0000-0000-000000000000",
            "at_most": at_most,
        },
    ).all()
    locked = lock_these_aged(connection, [row.id for row in seen if row.mine], state, kept_seconds=kept_seconds)
    last = Place(seen[-1].finished_at, seen[-1].id) if len(seen) == at_most else None
    return Aged(locked, last)


def lock_these_aged(connection: Connection, ids: Sequence[UUID], state: JobState, *, kept_seconds: float) -> list[UUID]:
    """Lock those of them that are in this state and became final so long ago, but for what others hold."""
    locked = connection.exec_driver_sql(
        """
        SELECT id FROM jobs
        WHERE id = ANY(%s::uuid[]) AND state = %s AND finished_at < now() - %s * interval '1 second'
        FOR UPDATE SKIP LOCKED
        """,
        (list(ids), state, kept_seconds),
    )
    return list(locked.scalars())


# Others that are rows of the past: what they are, and when they were over.
_PAST = {
    "stats": "minute < now() - %(kept)s * interval '1 second'",
    "queue_ages": "minute < now() - %(kept)s * interval '1 second'",
    "stats_durations": "minute < now() - %(kept)s * interval '1 second'",
    "stats_rolled": "at < now() - %(kept)s * interval '1 second'",
    "stats_durations_rolled": "at < now() - %(kept)s * interval '1 second'",
    "error_hours": "hour < now() - %(kept)s * interval '1 second'",
    "error_groups": "last_seen_at < now() - %(kept)s * interval '1 second'",
    "bulk_acts": "finished_at < now() - %(kept)s * interval '1 second'",
    # Its slots go with it; no job that still runs there is left without an owner.
    "workers": """
        coalesce(stopped_at, lost_at) < now() - %(kept)s * interval '1 second' AND NOT EXISTS (
            SELECT FROM slots JOIN jobs ON jobs.claim = slots.claim AND jobs.state = 'running'
            WHERE slots.worker_id = workers.id
        )
    """,
}


def delete_past(connection: Connection, table: str, *, kept_seconds: float, at_most: int) -> int:
    """Delete rows that were over so long ago, of one of the tables in `_PAST`: how many."""
    statement = f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE {_PAST[table]} LIMIT %(at_most)s)"
    return connection.exec_driver_sql(statement, {"kept": kept_seconds, "at_most": at_most}).rowcount
