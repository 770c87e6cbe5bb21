"""What limits hold, as the dispatcher looks for it, and what changes when a task gets a limit or loses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.store.limits import BEST_FIRST, HELD, HELD_OF_KEY, IS_LIMITED, PLACED_OF_KEY, TASK_HAS_LIMIT, Moved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def held_tasks(connection: Connection) -> list[str]:
    """The tasks of which some job is held. Reads one entry of the index for each."""
    rows = connection.exec_driver_sql(f"""
        WITH RECURSIVE found AS (
            (SELECT task FROM jobs WHERE {HELD} ORDER BY task LIMIT 1)
            UNION ALL
            SELECT (SELECT jobs.task FROM jobs WHERE {HELD} AND jobs.task > found.task ORDER BY jobs.task LIMIT 1)
            FROM found WHERE found.task IS NOT NULL
        )
        SELECT task FROM found WHERE task IS NOT NULL
    """)
    return list(rows.scalars())


def held_keys(connection: Connection, *, after: str, at_most: int) -> tuple[list[str], str | None]:
    """The next held concurrency keys where something can be done, and the last key looked at; None at the end."""
    rows = connection.exec_driver_sql(
        f"""
        WITH RECURSIVE found AS (
            (SELECT concurrency_key AS key FROM jobs
                WHERE {HELD} AND concurrency_key IS NOT NULL AND concurrency_key > %(after)s
                ORDER BY concurrency_key LIMIT 1)
            UNION ALL
            SELECT (SELECT concurrency_key FROM jobs
                WHERE {HELD} AND concurrency_key IS NOT NULL AND concurrency_key > found.key
                ORDER BY concurrency_key LIMIT 1)
            FROM found WHERE found.key IS NOT NULL
        )
        SELECT k.key, head.places > placed.taken OR placed.worst > head.priority AS possible
        FROM (SELECT key FROM found WHERE key IS NOT NULL LIMIT %(at_most)s) AS k
        CROSS JOIN LATERAL (
            SELECT concurrency_limit AS places, priority FROM jobs WHERE {HELD_OF_KEY} ORDER BY {BEST_FIRST} LIMIT 1
        ) AS head
        CROSS JOIN LATERAL (
            SELECT count(*) AS taken, max(priority) FILTER (WHERE state = 'queued') AS worst
            FROM jobs WHERE {PLACED_OF_KEY}
        ) AS placed
        ORDER BY k.key
        """,
        {"after": after, "at_most": at_most},
    ).all()
    return [row.key for row in rows if row.possible], rows[-1].key if len(rows) == at_most else None


def release_unlimited(connection: Connection, tasks: Sequence[str], *, at_most: int) -> list[Moved]:
    """Queue jobs of these tasks that no limit holds any more.

    In the order of `jobs_held`: without one, PostgreSQL reads all jobs there ever were and expects to have soon found
    as many as it may take.
    """
    rows = connection.exec_driver_sql(
        f"""
        UPDATE jobs SET held = false, run_at = clock_timestamp(), version = version + 1
        FROM (
            SELECT id FROM jobs WHERE {HELD} AND task = ANY(%s::text[]) AND NOT {IS_LIMITED}
            ORDER BY task, priority, run_at, id LIMIT %s FOR UPDATE SKIP LOCKED
        ) AS free WHERE jobs.id = free.id RETURNING jobs.id::text, jobs.priority
        """,
        (list(tasks), at_most),
    )
    return [Moved(*row) for row in rows]


def tasks_with_limits(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql(f"SELECT name FROM tasks WHERE {TASK_HAS_LIMIT}").scalars())


def hold_for_new_limit(connection: Connection, task: str, *, at_most: int) -> bool:
    """A task that had no limit has one now: hold what waits, count what runs. Whether there may be more.

    In the order of `jobs_ready`, for the reason that `release_unlimited` gives.
    """
    connection.exec_driver_sql(
        """
        UPDATE jobs SET held_run_at = run_at WHERE state = 'running' AND held_run_at IS NULL AND task = %s
        """,
        (task,),
    )
    changed = connection.exec_driver_sql(
        """
        UPDATE jobs SET held = true, version = version + 1
        FROM (
            SELECT id FROM jobs WHERE state = 'queued' AND NOT held AND held_run_at IS NULL AND task = %s
            ORDER BY priority, run_at, id LIMIT %s FOR UPDATE SKIP LOCKED
        ) AS free WHERE jobs.id = free.id
        """,
        (task, at_most),
    )
    return changed.rowcount == at_most
