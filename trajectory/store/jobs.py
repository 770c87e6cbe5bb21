"""Jobs as people and systems see them: submitted, listed, read. What they ask of a job is in `acts`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from trajectory.priorities import Priority, of_rank
from trajectory.schemas import Artifact, Attempt, Job, JobError, JobSummary, LogLine, Progress
from trajectory.states import JobState, allowed_actions, celery_state
from trajectory.store.filters import JobFilter, all_of, where

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Row

FROM = """
FROM jobs LEFT JOIN slots ON slots.claim = jobs.claim LEFT JOIN workers ON workers.id = slots.worker_id
"""
SUMMARY = """
jobs.id, jobs.task, jobs.priority, jobs.state, jobs.tags, jobs.source, jobs.batch_id, jobs.schedule_id,
jobs.unique_key, jobs.concurrency_key, jobs.held, jobs.created_by, jobs.attempt, jobs.max_retries,
jobs.timeout_seconds, jobs.progress_done, jobs.progress_total, jobs.progress_message,
jobs.error_type, jobs.error_message, jobs.error_attempt, jobs.fingerprint, jobs.created_at, jobs.run_at,
greatest(jobs.run_at, jobs.returned_at) AS waits_since, jobs.started_at, jobs.finished_at, jobs.cancel_requested_at,
jobs.version, workers.name AS worker, now() AS read_at
"""
_WHOLE = f"{SUMMARY}, jobs.params, jobs.result, jobs.error_traceback"


class NewJob(NamedTuple):
    """A job to be inserted. `params` is JSON text; `delay_seconds` counts from the insertion, unless `run_at`."""

    id: UUID
    task: str
    params: str
    tags: list[str]
    source: str | None
    batch_id: UUID | None
    created_by: str | None
    max_retries: int
    timeout_seconds: float | None
    priority: int
    delay_seconds: float
    run_at: datetime | None
    unique_key: str | None = None
    concurrency_key: str | None = None
    concurrency_limit: int | None = None
    schedule_id: UUID | None = None
    limited: bool = False  # by its key, or by its task as the catalogue has it

    @property
    def is_due(self) -> bool:
        """Whether nobody asked for a later time. A time that was asked for is compared with the database's clock."""
        return self.run_at is None and not self.delay_seconds


# A time that has passed becomes now: a claim starts to scan where the last one ended, never before.
_INSERT = """
INSERT INTO jobs (id, task, params, tags, source, batch_id, created_by, max_retries, timeout_seconds, priority,
    unique_key, concurrency_key, concurrency_limit, schedule_id, run_at, state, held)
SELECT %(id)s, %(task)s, %(params)s::jsonb, %(tags)s::text[], %(source)s, %(batch_id)s::uuid, %(created_by)s,
    %(max_retries)s, %(timeout_seconds)s::float8, %(priority)s, %(unique_key)s, %(concurrency_key)s,
    %(concurrency_limit)s::int, %(schedule_id)s::uuid, due.run_at,
    CASE WHEN due.run_at > now() THEN 'scheduled' ELSE 'queued' END, %(limited)s AND due.run_at <= now()
FROM (SELECT greatest(now(), coalesce(%(run_at)s::timestamptz, now() + %(delay_seconds)s * interval '1 second'))
    AS run_at) AS due
RETURNING state, created_at, run_at
"""
_INSERT_MANY = """
INSERT INTO jobs (id, task, params, tags, source, batch_id, created_by, max_retries, timeout_seconds, priority,
    unique_key, concurrency_key, concurrency_limit, schedule_id, run_at, state, held)
SELECT j.id, j.task, j.params, j.tags, j.source, j.batch_id, j.created_by, j.max_retries, j.timeout_seconds,
    j.priority, j.unique_key, j.concurrency_key, j.concurrency_limit, j.schedule_id, due.run_at,
    CASE WHEN due.run_at > now() THEN 'scheduled' ELSE 'queued' END, j.limited AND due.run_at <= now()
FROM json_to_recordset(%s::json) AS j (id uuid, task text, params jsonb, tags text[], source text, batch_id uuid,
    created_by text, max_retries smallint, timeout_seconds float8, priority smallint, delay_seconds float8,
    run_at timestamptz, unique_key text, concurrency_key text, concurrency_limit int, schedule_id uuid,
    limited boolean)
CROSS JOIN LATERAL (
    SELECT greatest(now(), coalesce(j.run_at, now() + j.delay_seconds * interval '1 second')) AS run_at
) AS due
RETURNING id, state, created_at, run_at
"""
_COPIED = "id, task, params, tags, source, batch_id, created_by, max_retries, timeout_seconds, priority, run_at, state"
_COPY = f"COPY jobs ({_COPIED}) FROM STDIN"
_COPY_LIMITED = f"COPY jobs ({_COPIED}, concurrency_key, concurrency_limit, held) FROM STDIN"


class Inserted(NamedTuple):
    """What the database made of a new job."""

    state: JobState
    created_at: datetime
    run_at: datetime


def insert_job(cursor: Any, job: NewJob) -> Inserted:
    """Insert one job through a DB-API cursor, in whatever transaction that is in."""
    cursor.execute(_INSERT, job._asdict())
    state, created_at, run_at = cursor.fetchone()
    return Inserted(JobState(state), created_at, run_at)


def insert_jobs(connection: Connection, jobs: Sequence[NewJob]) -> dict[UUID, Inserted]:
    """Insert jobs by one statement in one commit, whatever the isolation of the connection is otherwise."""
    if len(jobs) == 1:
        [row] = connection.exec_driver_sql(_INSERT, jobs[0]._asdict())
        return {jobs[0].id: Inserted(JobState(row[0]), row[1], row[2])}
    rows = connection.exec_driver_sql(_INSERT_MANY, (f"[{','.join(map(_as_json, jobs))}]",))
    return {job_id: Inserted(JobState(state), created_at, run_at) for job_id, state, created_at, run_at in rows}


def _as_json(job: NewJob) -> str:
    others = job._asdict()
    params = others.pop("params")  # JSON text already
    return f'{{"params":{params},{json.dumps(others, default=str)[1:]}'


def copy_jobs(cursor: Any, batch: Collection[NewJob]) -> None:
    """Insert many jobs at once, through a psycopg cursor that is in a transaction."""
    cursor.execute("SELECT now()")
    now: datetime = cursor.fetchone()[0]
    now_text = now.isoformat()
    limited = any(job.limited for job in batch)  # most batches have none, and need not say so for each job
    with cursor.copy(_COPY_LIMITED if limited else _COPY) as copy:
        for job in batch:
            run_at, state = now_text, "queued"
            if not job.is_due:
                later = job.run_at or now + timedelta(seconds=job.delay_seconds)
                if later > now:
                    run_at, state = later.isoformat(), "scheduled"
            # As text where that is quick: the driver looks for a way to write each value of another type.
            row: tuple[object, ...]
            row = (str(job.id), job.task, job.params, job.tags or "{}", job.source, str(job.batch_id), job.created_by)
            row = (*row, str(job.max_retries), job.timeout_seconds, str(job.priority), run_at, state)
            if limited:
                row = (*row, job.concurrency_key, job.concurrency_limit, job.limited and state == "queued")
            copy.write_row(row)


def notify_due(cursor: Any, priority: Priority) -> None:
    """Tell the dispatcher, when the transaction commits, that there is work."""
    cursor.execute("SELECT pg_notify('trajectory_due', %s)", (priority.value,))


def get_job(connection: Connection, job_id: UUID) -> Job | None:
    row = connection.exec_driver_sql(f"SELECT {_WHOLE} {FROM} WHERE jobs.id = %s", (job_id,)).one_or_none()
    return whole(row) if row else None


def job_summaries(connection: Connection, ids: Sequence[UUID | str]) -> list[JobSummary]:
    rows = connection.exec_driver_sql(f"SELECT {SUMMARY} {FROM} WHERE jobs.id = ANY(%s::uuid[])", (list(ids),))
    return [summary(row) for row in rows]


def stream_jobs(connection: Connection, chosen: JobFilter, *, at_once: int = 1000) -> Iterator[Job]:
    """Every job that matches, oldest first, whole, by keyset: constant memory, no long transaction."""
    conditions, values = where(chosen)
    statement = (
        f"SELECT {_WHOLE} {FROM} WHERE {all_of([*conditions, 'jobs.id > %(after)s'])} ORDER BY jobs.id LIMIT %(limit)s"
    )
    after: object = "00000000-0000-0000-0000-000000000000"
    while rows := connection.exec_driver_sql(statement, {**values, "after": after, "limit": at_once}).all():
        yield from map(whole, rows)
        after = rows[-1].id


def count_matching(connection: Connection, chosen: JobFilter) -> int:
    conditions, values = where(chosen)
    statement = f"SELECT count(*) FROM jobs WHERE {all_of(conditions)}"
    total: int = connection.exec_driver_sql(statement, values).scalar_one()
    return total


def list_attempts(connection: Connection, job_id: UUID) -> list[Attempt]:
    """Oldest first; the latest is still in the job's own row."""
    statement = """
        SELECT a.*, workers.name AS worker FROM (
            SELECT attempt, outcome, claim, started_at, finished_at, error_type, error_message, error_traceback,
                fingerprint, retry_at
            FROM attempts WHERE job_id = %(id)s
            UNION ALL
            SELECT attempt, outcome, claim, started_at, finished_at,
                CASE WHEN error_attempt = attempt THEN error_type END, error_message, error_traceback,
                CASE WHEN error_attempt = attempt THEN fingerprint END, NULL::timestamptz
            FROM jobs WHERE id = %(id)s AND (state = 'running' OR outcome IS NOT NULL)
        ) AS a LEFT JOIN slots ON slots.claim = a.claim LEFT JOIN workers ON workers.id = slots.worker_id
        ORDER BY a.attempt
    """
    return [_attempt(row) for row in connection.exec_driver_sql(statement, {"id": job_id})]


def list_log_lines(connection: Connection, job_id: UUID, *, after: int, limit: int) -> list[LogLine]:
    statement = """
        SELECT number, attempt, at, level, message FROM job_logs
        WHERE job_id = %s AND number > %s ORDER BY number LIMIT %s
    """
    rows = connection.exec_driver_sql(statement, (job_id, after, limit)).mappings()
    return [LogLine.model_validate(dict(row)) for row in rows]


def list_artifacts(connection: Connection, job_id: UUID) -> list[Artifact]:
    statement = """
        SELECT name, attempt, size_bytes, media_type, created_at FROM artifacts WHERE job_id = %s AND kept ORDER BY name
    """
    rows = connection.exec_driver_sql(statement, (job_id,)).mappings()
    return [Artifact(**row, url=f"/api/v1/jobs/{job_id}/artifacts/{quote(row['name'], safe='')}") for row in rows]


def summary(row: Row[Any]) -> JobSummary:
    return JobSummary(**_fields(row), error=_error(row, None))


def whole(row: Row[Any]) -> Job:
    return Job(**_fields(row), error=_error(row, row.error_traceback), params=row.params, result=row.result)


def _fields(row: Row[Any]) -> dict[str, Any]:
    state = JobState(row.state)
    began_after_due = row.started_at is not None and row.started_at >= row.waits_since
    if state is JobState.QUEUED:
        wait = (row.read_at - row.waits_since).total_seconds()
    else:
        wait = (row.started_at - row.waits_since).total_seconds() if began_after_due else None
    ended_at = row.finished_at or (row.read_at if state is JobState.RUNNING else None)
    run = (ended_at - row.started_at).total_seconds() if ended_at and row.started_at else None
    progress = _progress(row)
    return {
        "id": row.id,
        "task": row.task,
        "priority": of_rank(row.priority),
        "state": state,
        "celery_state": celery_state(state, has_progress=progress is not None),
        "tags": row.tags,
        "source": row.source,
        "batch_id": row.batch_id,
        "schedule_id": row.schedule_id,
        "unique_key": row.unique_key,
        "concurrency_key": row.concurrency_key,
        "held": row.held and state is JobState.QUEUED,
        "created_by": row.created_by,
        "attempt": row.attempt,
        "max_retries": row.max_retries,
        "timeout_seconds": row.timeout_seconds,
        "progress": progress,
        "fingerprint": row.fingerprint,
        "created_at": row.created_at,
        "run_at": row.run_at,
        "waits_since": row.waits_since if state is JobState.QUEUED else None,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "cancel_requested_at": row.cancel_requested_at,
        "wait_seconds": wait,
        "run_seconds": run,
        "worker": row.worker,
        "version": row.version,
        "allowed_actions": allowed_actions(state, cancel_requested=row.cancel_requested_at is not None),
    }


def _progress(row: Row[Any]) -> Progress | None:
    if row.progress_done is None:
        return None
    percent = None
    if row.progress_total:
        percent = round(max(0.0, min(100.0, 100 * row.progress_done / row.progress_total)), 1)
    return Progress(percent=percent, done=row.progress_done, total=row.progress_total, message=row.progress_message)


def _error(row: Row[Any], traceback: str | None) -> JobError | None:
    if row.error_type is None:
        return None
    return JobError(type=row.error_type, message=row.error_message, traceback=traceback, attempt=row.error_attempt)


def _attempt(row: Row[Any]) -> Attempt:
    error = None
    if row.error_type is not None:
        error = JobError(
            type=row.error_type, message=row.error_message, traceback=row.error_traceback, attempt=row.attempt
        )
    run = (row.finished_at - row.started_at).total_seconds() if row.finished_at and row.started_at else None
    return Attempt(
        attempt=row.attempt,
        outcome=row.outcome,
        started_at=row.started_at,
        finished_at=row.finished_at,
        run_seconds=run,
        worker=row.worker,
        error=error,
        fingerprint=row.fingerprint,
        retry_at=row.retry_at,
    )
