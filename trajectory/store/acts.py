"""What people and systems ask of a job: cancel, retry, run now, another priority, delete.

Each statement says which states it changes a job from, by the table of moves: no row means that it came too late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.states import sources_of
from trajectory.store.filters import literals
from trajectory.store.limits import IS_LIMITED
from trajectory.store.unique import NONE_WAITS

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection


def queue_again(which: str, *also: str) -> str:
    """The statement that queues jobs again as if they were new, and keeps how they ended among their attempts.

    `also`: what else is set.
    """
    last = ", ".join(["version = jobs.version + 1", *also])
    return f"""
        WITH chosen AS (
            SELECT * FROM jobs WHERE {which}
        ), archived AS (
            INSERT INTO attempts (job_id, attempt, outcome, claim, started_at, finished_at,
                error_type, error_message, error_traceback, fingerprint)
            SELECT id, attempt, outcome, claim, started_at, finished_at, error_type, error_message, error_traceback,
                fingerprint
            FROM chosen WHERE outcome IS NOT NULL
        )
        UPDATE jobs SET state = 'queued', run_at = now(), started_at = NULL, finished_at = NULL, outcome = NULL,
            claim = NULL, failures = 0, losses = 0, progress_done = NULL, progress_total = NULL,
            progress_message = NULL, cancel_requested_at = NULL, held = {IS_LIMITED}, held_run_at = NULL,
            {last}
        FROM chosen WHERE jobs.id = chosen.id
    """


def cancel_job(connection: Connection, job_id: UUID) -> bool:
    """Whether the job waited and now is cancelled, or runs and now is asked to stop. Asking again changes nothing."""
    statement = f"""
        UPDATE jobs SET
            state = CASE state WHEN 'running' THEN 'running' ELSE 'cancelled' END,
            finished_at = CASE state WHEN 'running' THEN NULL ELSE now() END,
            cancel_requested_at = CASE state WHEN 'running' THEN coalesce(cancel_requested_at, now()) END,
            version = version + 1
        WHERE id = %s AND state IN ({literals(sources_of("cancel"))})
    """
    return connection.exec_driver_sql(statement, (job_id,)).rowcount == 1


def retry_final(connection: Connection, job_id: UUID, *, params: str | None, priority: int | None) -> bool:
    """Whether the job had ended in a way that may be retried and now is queued, with all its retries again.

    Not while another of its unique key waits: call it in a transaction that has locked the key.
    `params` (JSON text) and `priority` (rank) replace what the job has, unless they are None.
    """
    which = f"id = %(id)s AND state IN ({literals(sources_of('retry'))}) AND {NONE_WAITS} FOR UPDATE"
    statement = queue_again(
        which,
        "params = coalesce(%(params)s::jsonb, jobs.params)",
        "priority = coalesce(%(priority)s::smallint, jobs.priority)",
    )
    values = {"id": job_id, "params": params, "priority": priority}
    return connection.exec_driver_sql(statement, values).rowcount == 1


def queue_now(connection: Connection, job_id: UUID) -> bool:
    """Whether the job was due later and now is queued."""
    statement = f"""
        UPDATE jobs SET state = 'queued', run_at = now(), held = {IS_LIMITED}, version = version + 1
        WHERE id = %s AND state IN ({literals(sources_of("run-now"))})
    """
    return connection.exec_driver_sql(statement, (job_id,)).rowcount == 1


def change_priority(connection: Connection, job_id: UUID, rank: int) -> bool:
    """Whether the job still waited and now has this priority.

    A queued job joins the end of its new queue: a claim starts to scan where the last one ended, never before.
    """
    statement = f"""
        UPDATE jobs SET priority = %(rank)s,
            run_at = CASE WHEN state = 'queued' AND priority <> %(rank)s THEN now() ELSE run_at END,
            version = version + 1
        WHERE id = %(id)s AND state IN ({literals(sources_of("priority"))})
    """
    return connection.exec_driver_sql(statement, {"id": job_id, "rank": rank}).rowcount == 1


def lock_final(connection: Connection, job_id: UUID) -> bool:
    """Whether the job has ended, and until the transaction ends nobody else changes it."""
    statement = f"SELECT FROM jobs WHERE id = %s AND state IN ({literals(sources_of('delete'))}) FOR UPDATE"
    return connection.exec_driver_sql(statement, (job_id,)).one_or_none() is not None
