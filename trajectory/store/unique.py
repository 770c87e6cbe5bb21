"""Unique jobs: no second job of a task and key while one waits, or within a window.

What submits works on a DB-API cursor. Every function works in a transaction: who looks holds the lock until what it
made is committed.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from trajectory.states import WAITING, sources_of
from trajectory.store.filters import literals
from trajectory.store.jobs import FROM, SUMMARY, whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.schemas import Job
    from trajectory.store.jobs import NewJob

_CLOCKS_DIFFER_MS = 60_000
_LOCK = "hashtextextended({key}, hashtextextended({task}, 0))"
_LOCK_OF_JOB = _LOCK.format(key="unique_key", task="task")
_WAITS = f"state IN ({literals(sorted(WAITING))})"
_FIND_WAITING = f"""
SELECT id FROM jobs WHERE unique_key = %(key)s AND task = %(task)s AND {_WAITS} ORDER BY id LIMIT 1
"""
# Ids are in the order of their making, by the clock of who submitted: the index on key and id leads to the newest.
_FIND_RECENT = f"""
SELECT id FROM jobs WHERE unique_key IS NOT NULL AND unique_key = %(key)s AND task = %(task)s
    AND id >= (lpad(to_hex(floor(extract(epoch FROM now() - %(window)s * interval '1 second') * 1000)::bigint
        - {_CLOCKS_DIFFER_MS}), 12, '0')
        || repeat('0', 20))::uuid
    AND created_at > now() - %(window)s * interval '1 second'
    AND state NOT IN ('failed', 'cancelled') ORDER BY id DESC LIMIT 1
"""
# One that is queued and stays in its queue keeps its place: who replaces it often must not keep it from running. One
# that a limit held and that none applies to any more does not: claims do not look so far back.
_REPLACE = f"""
UPDATE jobs SET params = %(params)s::jsonb, tags = %(tags)s::text[], priority = %(priority)s,
    max_retries = %(max_retries)s, timeout_seconds = %(timeout_seconds)s::float8,
    concurrency_key = %(concurrency_key)s, concurrency_limit = %(concurrency_limit)s::int,
    run_at = CASE WHEN state <> 'queued' OR due.run_at > now() OR priority <> %(priority)s THEN due.run_at
        WHEN %(limited)s THEN coalesce(held_run_at, jobs.run_at) WHEN held THEN due.run_at ELSE jobs.run_at END,
    state = CASE WHEN due.run_at > now() THEN 'scheduled' ELSE 'queued' END,
    held = %(limited)s AND due.run_at <= now(), held_run_at = NULL, version = version + 1
FROM (SELECT greatest(now(), coalesce(%(run_at)s::timestamptz, now() + %(delay_seconds)s * interval '1 second'))
    AS run_at) AS due
WHERE id = %(id)s AND {_WAITS}
"""

NONE_WAITS = f"""
NOT EXISTS (SELECT FROM jobs AS other WHERE other.unique_key IS NOT NULL AND other.unique_key = jobs.unique_key
    AND other.task = jobs.task AND other.{_WAITS})
"""
"""No other job of the task and unique key of `jobs` waits, if it has one: of a job that does not wait itself."""


def lock_unique(cursor: Any, task: str, key: str) -> None:
    """Keep everybody else who submits a job of this task and key waiting until the transaction ends."""
    cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK.format(key='%s', task='%s')})", (key, task))


def find_unique(cursor: Any, task: str, key: str, *, window_seconds: float | None) -> UUID | None:
    """The job that stands in the way of another one of this task and key."""
    values = {"task": task, "key": key, "window": window_seconds}
    for statement in (_FIND_WAITING, *([_FIND_RECENT] if window_seconds else [])):
        cursor.execute(statement, values)
        if row := cursor.fetchone():
            job_id: UUID = row[0]
            return job_id
    return None


def replace_waiting(cursor: Any, job_id: UUID, new: NewJob) -> bool:
    """Whether the job still waited and now is what `new` asks for, under its old id."""
    cursor.execute(_REPLACE, {**new._asdict(), "id": job_id})
    replaced: bool = cursor.rowcount == 1
    return replaced


def read_job(cursor: Any, job_id: UUID) -> Job | None:
    """A job as it is in this transaction. JSON is read as text: whose cursor it is decides what it makes of JSON."""
    cursor.execute(
        f"SELECT {SUMMARY}, jobs.error_traceback, jobs.params::text, jobs.result::text {FROM} WHERE jobs.id = %s",
        (job_id,),
    )
    found = cursor.fetchone()
    if found is None:
        return None
    names = [column[0] for column in cursor.description]
    values = dict(zip(names, found, strict=True))
    for name in ("params", "result"):
        values[name] = None if values[name] is None else json.loads(values[name])
    row: Any = SimpleNamespace(**values)
    return whole(row)


def lock_unique_of(connection: Connection, job_id: UUID) -> None:
    """As `lock_unique`, for the task and key of a job; nothing if it has none."""
    statement = f"SELECT pg_advisory_xact_lock({_LOCK_OF_JOB}) FROM jobs WHERE id = %s AND unique_key IS NOT NULL"
    connection.exec_driver_sql(statement, (job_id,))


def unlocked_of(connection: Connection, job_ids: Sequence[UUID]) -> list[UUID]:
    """Lock the keys of these jobs without waiting: the jobs whose key somebody else has locked."""
    statement = f"""
        WITH these AS MATERIALIZED (
            SELECT id, task, unique_key FROM jobs WHERE id = ANY(%s::uuid[]) AND unique_key IS NOT NULL
        )
        SELECT id FROM these WHERE NOT pg_try_advisory_xact_lock({_LOCK_OF_JOB})
    """
    return list(connection.exec_driver_sql(statement, (list(job_ids),)).scalars())


def waiting_beside(connection: Connection, job_id: UUID) -> UUID | None:
    """The job that keeps this one from being tried again: it waits, and has the same task and unique key."""
    statement = f"""
        SELECT other.id FROM jobs JOIN jobs AS other ON other.unique_key = jobs.unique_key AND other.task = jobs.task
        WHERE jobs.id = %s AND jobs.state IN ({literals(sources_of("retry"))})
            AND other.unique_key IS NOT NULL AND other.{_WAITS}
        ORDER BY other.id LIMIT 1
    """
    found: UUID | None = connection.exec_driver_sql(statement, (job_id,)).scalar_one_or_none()
    return found
