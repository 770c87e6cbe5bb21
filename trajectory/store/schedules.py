"""Schedules: kept, listed, and claimed tick by tick."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import IntegrityError

from trajectory.cron import in_words
from trajectory.errors import NameTaken
from trajectory.priorities import of_rank
from trajectory.schedule_schemas import NewSchedule, ScheduleItem, ScheduleSummary
from trajectory.states import WAITING, JobState
from trajectory.store.filters import literals
from trajectory.store.jobs import job_summaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Row

    from trajectory.schemas import JobSummary

_COLUMNS = """
s.id, s.name, s.cron, s.timezone, s.task, s.priority, s.tags, s.max_retries, s.timeout_seconds, s.overlap, s.catch_up,
s.catch_up_limit, s.declared, s.created_by, s.created_at, s.updated_at, s.version, s.paused_at, s.next_run_at,
s.last_run_at, s.last_error, s.skipped
"""
_LAST_JOB = "(SELECT id FROM jobs WHERE schedule_id = s.id ORDER BY id DESC LIMIT 1) AS last_job_id"
_DECLARING_LOCK = 7_233_910
_UNFINISHED = literals(sorted(WAITING | {JobState.RUNNING}))


class Stored(NamedTuple):
    """A schedule that is locked by the transaction that read it, and the database's time."""

    id: UUID
    definition: NewSchedule  # `paused` is not told by it
    declared: bool
    paused_at: datetime | None
    next_run_at: datetime | None
    now: datetime


class Due(NamedTuple):
    """A schedule whose tick was claimed. `unfinished`: a job of it waits or runs, if its overlap policy asks."""

    id: UUID
    definition: NewSchedule
    next_run_at: datetime
    unfinished: bool
    now: datetime


class Ticked(NamedTuple):
    """What became of a claimed tick. `last_run_at`: the newest time that made a job, or None if none did."""

    id: UUID
    next_run_at: datetime | None
    last_run_at: datetime | None
    last_error: str | None
    skipped: int


def database_time(connection: Connection) -> datetime:
    now: datetime = connection.exec_driver_sql("SELECT now()").scalar_one()
    return now


def list_schedules(connection: Connection, *, limit: int, cursor: str | None) -> tuple[list[ScheduleItem], str | None]:
    """A page by name, whatever its case, after the name that `cursor` is; and the cursor of the next, if there is one.

    They are few enough to be sorted each time.
    """
    items = _read(
        connection,
        "%(after)s::text IS NULL OR (lower(s.name), s.name) > (lower(%(after)s), %(after)s)",
        {"after": cursor, "limit": limit + 1},
    )
    return items[:limit], items[limit - 1].name if len(items) > limit else None


def read_schedules(connection: Connection, ids: Sequence[UUID]) -> list[ScheduleItem]:
    """Those with these ids, by name."""
    return _read(connection, "s.id = ANY(%(ids)s)", {"ids": list(ids), "limit": None})


def _read(connection: Connection, condition: str, values: dict[str, Any]) -> list[ScheduleItem]:
    """Each with its latest job."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {_COLUMNS}, {_LAST_JOB} FROM schedules AS s WHERE {condition}
        ORDER BY lower(s.name), s.name LIMIT %(limit)s
        """,
        values,
    ).all()
    last = {job.id: job for job in job_summaries(connection, [row.last_job_id for row in rows if row.last_job_id])}
    return [_item(row, last.get(row.last_job_id)) for row in rows]


def schedule_params(connection: Connection, schedule_id: UUID) -> dict[str, Any]:
    statement = "SELECT params FROM schedules WHERE id = %s"
    params: dict[str, Any] = connection.exec_driver_sql(statement, (schedule_id,)).scalar_one_or_none() or {}
    return params


def lock_schedule(connection: Connection, schedule_id: UUID) -> Stored | None:
    """A schedule to be changed by the transaction that is open: no dispatcher claims its tick meanwhile."""
    return next(iter(_lock(connection, "s.id = %s", schedule_id)), None)


def lock_declared(connection: Connection, *, names: Sequence[str], tasks: Sequence[str]) -> dict[str, Stored]:
    """By name: the schedules of these names, and all that are declared beside one of these tasks."""
    # Workers that start together declare one after the other.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_DECLARING_LOCK,))
    condition = "s.name = ANY(%s::text[]) OR s.declared AND s.task = ANY(%s::text[])"
    return {stored.definition.name: stored for stored in _lock(connection, condition, list(names), list(tasks))}


def _lock(connection: Connection, condition: str, *values: object) -> list[Stored]:
    # Not FOR UPDATE: a job of the schedule that is inserted meanwhile need not wait.
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS}, s.params, now() AS now FROM schedules AS s WHERE {condition}"
        " ORDER BY s.name FOR NO KEY UPDATE",
        values,
    )
    return [Stored(row.id, _definition(row), row.declared, row.paused_at, row.next_run_at, row.now) for row in rows]


_PUT = """
INSERT INTO schedules (id, name, cron, timezone, task, params, priority, tags, max_retries, timeout_seconds, overlap,
    catch_up, catch_up_limit, declared, created_by, paused_at, next_run_at)
VALUES (%(id)s, %(name)s, %(cron)s, %(timezone)s, %(task)s, %(params)s::jsonb, %(priority)s, %(tags)s::text[],
    %(max_retries)s, %(timeout_seconds)s, %(overlap)s, %(catch_up)s, %(catch_up_limit)s, %(declared)s, %(created_by)s,
    CASE WHEN %(paused)s THEN now() END, %(next_run_at)s)
"""
_CHANGE = """
UPDATE schedules SET name = %(name)s, cron = %(cron)s, timezone = %(timezone)s, task = %(task)s,
    params = %(params)s::jsonb, priority = %(priority)s, tags = %(tags)s::text[], max_retries = %(max_retries)s,
    timeout_seconds = %(timeout_seconds)s, overlap = %(overlap)s, catch_up = %(catch_up)s,
    catch_up_limit = %(catch_up_limit)s, declared = %(declared)s, next_run_at = %(next_run_at)s, last_error = NULL,
    version = version + 1, updated_at = now()
WHERE id = %(id)s
"""


def insert_schedule(
    connection: Connection,
    schedule_id: UUID,
    definition: NewSchedule,
    *,
    declared: bool,
    created_by: str | None,
    next_run_at: datetime | None,
) -> None:
    """Raises `NameTaken`."""
    values = _values(schedule_id, definition, declared=declared, next_run_at=next_run_at)
    _write(connection, _PUT, {**values, "paused": definition.paused, "created_by": created_by})


def change_schedule(
    connection: Connection,
    schedule_id: UUID,
    definition: NewSchedule,
    *,
    declared: bool,
    next_run_at: datetime | None,
) -> None:
    """Write another definition; whether it is paused stays. Raises `NameTaken`."""
    _write(connection, _CHANGE, _values(schedule_id, definition, declared=declared, next_run_at=next_run_at))


def _write(connection: Connection, statement: str, values: dict[str, Any]) -> None:
    try:
        connection.exec_driver_sql(statement, values)
    except IntegrityError as error:
        raise NameTaken("schedule", values["name"]) from error


def _values(
    schedule_id: UUID, definition: NewSchedule, *, declared: bool, next_run_at: datetime | None
) -> dict[str, Any]:
    values = definition.model_dump(exclude={"paused"})
    values |= {"id": schedule_id, "declared": declared, "next_run_at": next_run_at}
    values |= {"params": json.dumps(definition.params), "priority": definition.priority.rank}
    return values


def pause_schedule(connection: Connection, schedule_id: UUID) -> None:
    connection.exec_driver_sql(
        "UPDATE schedules SET paused_at = now(), next_run_at = NULL, version = version + 1, updated_at = now()"
        " WHERE id = %s AND paused_at IS NULL",
        (schedule_id,),
    )


def resume_schedule(connection: Connection, schedule_id: UUID, *, next_run_at: datetime | None) -> None:
    connection.exec_driver_sql(
        "UPDATE schedules SET paused_at = NULL, next_run_at = %s, version = version + 1, updated_at = now()"
        " WHERE id = %s AND paused_at IS NOT NULL",
        (next_run_at, schedule_id),
    )


def delete_schedules(connection: Connection, ids: Sequence[UUID]) -> None:
    """Forget schedules; their jobs stay."""
    connection.exec_driver_sql("DELETE FROM schedules WHERE id = ANY(%s::uuid[])", (list(ids),))


def claim_due(connection: Connection, *, at_most: int) -> list[Due]:
    """Schedules that are due, locked until the transaction ends: no other dispatcher sees them meanwhile."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {_COLUMNS}, s.params,
            s.overlap <> 'queue' AND EXISTS (
                SELECT FROM jobs WHERE schedule_id = s.id AND state IN ({_UNFINISHED})
            ) AS unfinished,
            now() AS now
        FROM schedules AS s WHERE s.paused_at IS NULL AND s.next_run_at <= now()
        ORDER BY s.next_run_at LIMIT %s FOR NO KEY UPDATE OF s SKIP LOCKED
        """,
        (at_most,),
    )
    return [Due(row.id, _definition(row), row.next_run_at, row.unfinished, row.now) for row in rows]


def advance(connection: Connection, ticked: Sequence[Ticked]) -> None:
    """Write what became of claimed ticks, by one statement."""
    connection.exec_driver_sql(
        """
        UPDATE schedules AS s SET next_run_at = t.next_run_at, last_run_at = coalesce(t.last_run_at, s.last_run_at),
            last_error = t.last_error, skipped = s.skipped + t.skipped, version = s.version + 1
        FROM json_to_recordset(%s::json) AS t (id uuid, next_run_at timestamptz, last_run_at timestamptz,
            last_error text, skipped integer)
        WHERE s.id = t.id
        """,
        (json.dumps([one._asdict() for one in ticked], default=str),),
    )


def cancel_unfinished(connection: Connection, schedule_ids: Sequence[UUID]) -> list[UUID]:
    """Cancel what waits of these schedules and ask what runs to stop: the jobs that this changed."""
    statement = f"""
        UPDATE jobs SET
            state = CASE state WHEN 'running' THEN 'running' ELSE 'cancelled' END,
            finished_at = CASE state WHEN 'running' THEN NULL ELSE now() END,
            cancel_requested_at = CASE state WHEN 'running' THEN now() END,
            version = version + 1
        WHERE schedule_id = ANY(%s::uuid[]) AND state IN ({_UNFINISHED}) AND cancel_requested_at IS NULL RETURNING id
    """
    return list(connection.exec_driver_sql(statement, (list(schedule_ids),)).scalars())


def _item(row: Row[Any], last_job: JobSummary | None) -> ScheduleItem:
    fields = {name: getattr(row, name) for name in ScheduleSummary.model_fields if name != "cron_in_words"}
    fields |= {"priority": of_rank(row.priority), "cron_in_words": in_words(row.cron)}
    return ScheduleItem(**fields, last_job=last_job)


def _definition(row: Row[Any]) -> NewSchedule:
    # As it was stored: a time zone may have gone from the database of zones since.
    fields = {name: getattr(row, name) for name in NewSchedule.model_fields if name != "paused"}
    return NewSchedule.model_construct(**{**fields, "priority": of_rank(row.priority), "paused": False})
