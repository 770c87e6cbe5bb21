"""What a job says while it runs: progress, log lines, files. Fenced as everything is that a slot writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from trajectory.store.claims import Claimed

PROGRESS = """
UPDATE jobs SET progress_done = %(done)s, progress_total = %(total)s, progress_message = %(message)s,
    version = version + 1
WHERE id = %(id)s AND attempt = %(attempt)s AND claim = %(claim)s AND state = 'running'
RETURNING cancel_requested_at IS NOT NULL
"""

LOOK = """
SELECT cancel_requested_at IS NOT NULL FROM jobs
WHERE id = %(id)s AND attempt = %(attempt)s AND claim = %(claim)s AND state = 'running'
"""

ADD_LOG_LINES = """
INSERT INTO job_logs (job_id, number, attempt, at, level, message)
SELECT %(id)s, e.number, %(attempt)s, now() - e.ago * interval '1 second', e.level, e.message
FROM unnest(%(numbers)s::bigint[], %(ago)s::float8[], %(levels)s::text[], %(messages)s::text[])
    AS e (number, ago, level, message)
WHERE EXISTS (SELECT FROM jobs WHERE id = %(id)s AND attempt = %(attempt)s AND claim = %(claim)s)
ON CONFLICT DO NOTHING
"""

BEGIN_ARTIFACT = """
WITH ours AS (
    SELECT id, attempt FROM jobs
    WHERE id = %(id)s AND attempt = %(attempt)s AND claim = %(claim)s AND state = 'running'
), begun AS (
    INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type, kept)
    SELECT id, %(name)s, attempt, 0, %(media_type)s, false FROM ours
    ON CONFLICT (job_id, name) DO NOTHING
)
SELECT count(*) FROM ours
"""

PUT_ARTIFACT = """
INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type)
SELECT id, %(name)s, attempt, %(size_bytes)s, %(media_type)s FROM jobs
WHERE id = %(id)s AND attempt = %(attempt)s AND claim = %(claim)s AND state = 'running'
ON CONFLICT (job_id, name) DO UPDATE SET attempt = excluded.attempt, size_bytes = excluded.size_bytes,
    media_type = excluded.media_type, kept = true, created_at = now()
"""


def write_progress(
    connection: Connection, claim: int, job: Claimed, *, done: float, total: float | None, message: str | None
) -> bool | None:
    """Whether the job is asked to stop; None when it is no longer this slot's."""
    values = {"claim": claim, "id": job.id, "attempt": job.attempt, "done": done, "total": total, "message": message}
    return connection.exec_driver_sql(PROGRESS, values).scalar_one_or_none()


def is_asked_to_stop(connection: Connection, claim: int, job: Claimed) -> bool | None:
    """Whether the job is asked to stop; None when it is no longer this slot's."""
    values = {"claim": claim, "id": job.id, "attempt": job.attempt}
    return connection.exec_driver_sql(LOOK, values).scalar_one_or_none()


def add_log_lines(
    connection: Connection, claim: int, job: Claimed, lines: Sequence[tuple[int, float, str, str]]
) -> None:
    """`lines`: number, seconds ago, level, message."""
    numbers, ago, levels, messages = (list(column) for column in zip(*lines, strict=True))
    values = {"claim": claim, "id": job.id, "attempt": job.attempt}
    values |= {"numbers": numbers, "ago": ago, "levels": levels, "messages": messages}
    connection.exec_driver_sql(ADD_LOG_LINES, values)


def begin_artifact(connection: Connection, claim: int, job: Claimed, *, name: str, media_type: str) -> bool:
    """Put on record that a file is about to be put into the store. Whether the job still is this slot's."""
    values = {"claim": claim, "id": job.id, "attempt": job.attempt, "name": name, "media_type": media_type}
    return bool(connection.exec_driver_sql(BEGIN_ARTIFACT, values).scalar_one())


def put_artifact(
    connection: Connection, claim: int, job: Claimed, *, name: str, size_bytes: int, media_type: str
) -> bool:
    """Whether the job still is this slot's."""
    values = {"claim": claim, "id": job.id, "attempt": job.attempt}
    values |= {"name": name, "size_bytes": size_bytes, "media_type": media_type}
    return connection.exec_driver_sql(PUT_ARTIFACT, values).rowcount == 1


def is_there(connection: Connection, job_id: str) -> bool:
    """Whether there is such a job. Waits for a transaction that is about to delete it."""
    statement = "SELECT FROM jobs WHERE id = %s FOR KEY SHARE"
    return connection.exec_driver_sql(statement, (job_id,)).one_or_none() is not None
