"""Acts on many jobs, in chunks. Each chunk is a short transaction that waits for nobody.

A chunk looks at the next ids, up to the newest one there was when the act was asked for, and locks what it may act
on. A row that a slot holds at that moment is neither waited for nor passed by: the chunk ends before it, and the next
chunk begins with it. So it is with a unique key that somebody has locked. The progress is written with the act itself:
who resumes begins exactly where it stopped.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from trajectory.priorities import Priority
from trajectory.selection import BulkAct, JobQuery
from trajectory.states import FINAL, WAITING, JobState, sources_of
from trajectory.store.acts import queue_again
from trajectory.store.engine import together
from trajectory.store.filters import literals, where
from trajectory.store.limits import IS_LIMITED
from trajectory.store.unique import NONE_WAITS, unlocked_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from trajectory.selection import BulkAction, BulkRequest

_LOOKED_AT = 20_000
"""How many ids a chunk looks at: where few match, that is what it costs."""

_EXACT_MS = 3000
_NEWEST_SECONDS = 2.0
"""How long a count may take, and how long what stands in for one that takes longer: both together, somebody waits."""

_BEYOND_ALL = UUID(int=2**128 - 1)

_MOST_KEYS = 500
"""How many unique keys a chunk locks: PostgreSQL has room for some thousand locks in all."""

_ENDS_AT_ONCE = [state for state in sources_of("cancel") if state is not JobState.RUNNING]

_GUARDS: dict[BulkAction, str] = {
    "cancel": f"(jobs.state IN ({literals(_ENDS_AT_ONCE)})"
    " OR jobs.state = 'running' AND jobs.cancel_requested_at IS NULL)",
    "retry": f"jobs.state IN ({literals(sources_of('retry'))})",
    "delete": f"jobs.state IN ({literals(sorted(FINAL))})",
    "priority": f"jobs.state IN ({literals(sorted(WAITING))}) AND jobs.priority <> %(rank)s",
    "run-now": f"jobs.state IN ({literals(sources_of('due'))})",
}
"""Which jobs an act may be applied to."""

_CANCEL = """
UPDATE jobs SET
    state = CASE state WHEN 'running' THEN state ELSE 'cancelled' END,
    finished_at = CASE state WHEN 'running' THEN NULL ELSE now() END,
    cancel_requested_at = CASE state WHEN 'running' THEN now() END,
    version = version + 1
WHERE id = ANY(%(ids)s::uuid[])
"""
# A queued job takes its place among those of its new priority now: a claim starts to scan where the last one ended.
_PRIORITY = """
UPDATE jobs SET priority = %(rank)s, run_at = CASE state WHEN 'queued' THEN now() ELSE run_at END,
    version = version + 1
WHERE id = ANY(%(ids)s::uuid[])
"""
_RUN_NOW = f"""
UPDATE jobs SET state = 'queued', run_at = now(), held = {IS_LIMITED}, held_run_at = NULL, version = version + 1
WHERE id = ANY(%(ids)s::uuid[])
"""
# Of those that share a task and unique key, the first, and none while another one waits.
_NEXT_OF_ITS_KEY = f"""
id IN (
    SELECT DISTINCT ON (task, unique_key, CASE WHEN unique_key IS NULL THEN id END) id FROM jobs
    WHERE id = ANY(%(ids)s::uuid[]) AND {NONE_WAITS}
    ORDER BY task, unique_key, CASE WHEN unique_key IS NULL THEN id END, id
)
"""
_STATEMENTS = {
    "cancel": _CANCEL,
    "retry": queue_again(_NEXT_OF_ITS_KEY),
    "priority": _PRIORITY,
    "run-now": _RUN_NOW,
}
"""Delete is not one of them: it removes files too."""


class Running(NamedTuple):
    """An act that is under way, locked: what the next chunk needs to know of it."""

    id: UUID
    action: BulkAction
    arguments: dict[str, Any]
    filter: dict[str, Any] | None
    ids: list[UUID] | None
    last_id: UUID
    created_at: datetime
    cursor: UUID


class Chunk(NamedTuple):
    """Jobs to act on, locked, and the last id that is then done with; None when there is nothing left to look at."""

    ids: list[UUID]
    cursor: UUID | None


class Counted(NamedTuple):
    """Not `complete`: there are at least so many."""

    matched: int
    complete: bool


def count_for(connection: Connection, asked: BulkRequest) -> Counted:
    """How many jobs match and are in a state that allows the act.

    The act itself goes through millions of jobs in chunks, so that no count that takes too long may stand in its way.
    """
    conditions, values = _meant(asked.action, _arguments(asked), asked.filter, asked.ids)
    try:
        with together(connection):
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_EXACT_MS}")
            statement = f"SELECT count(*) FROM {_source(values)} WHERE {' AND '.join(conditions)}"
            return Counted(connection.exec_driver_sql(statement, values).scalar_one(), complete=True)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
    return _count_newest(connection, conditions, values)


def _source(values: dict[str, Any]) -> str:
    """The jobs of one error are few; beside their state the planner would read the index of all that failed too."""
    if "fingerprint" not in values:
        return "jobs"
    return "(SELECT * FROM jobs WHERE jobs.fingerprint = %(fingerprint)s OFFSET 0) AS jobs"


def _count_newest(connection: Connection, conditions: Sequence[str], values: dict[str, Any]) -> Counted:
    """As many as are found in a moment, from the newest job back."""
    statement = f"""
        SELECT count(*) FILTER (WHERE {" AND ".join(conditions)}), count(*), (array_agg(jobs.id ORDER BY jobs.id))[1]
        FROM (SELECT * FROM jobs WHERE id < %(before)s ORDER BY id DESC LIMIT {_LOOKED_AT}) AS jobs
    """
    ends_at = time.monotonic() + _NEWEST_SECONDS
    matched, before = 0, _BEYOND_ALL
    while True:
        found, looked_at, oldest = connection.exec_driver_sql(statement, {**values, "before": before}).one()
        matched += found
        if looked_at < _LOOKED_AT:
            return Counted(matched, complete=True)
        if time.monotonic() >= ends_at:
            return Counted(matched, complete=False)
        before = oldest


def insert_act(
    connection: Connection, bulk_id: UUID, asked: BulkRequest, *, counted: Counted, created_by: str | None
) -> None:
    chosen = asked.filter.model_dump_json(exclude_defaults=True) if asked.filter else None
    connection.exec_driver_sql(
        """
        INSERT INTO bulk_acts (id, action, arguments, filter, ids, last_id, matched, complete, created_by)
        SELECT %(id)s, %(action)s, %(arguments)s::jsonb, %(filter)s::jsonb, %(ids)s::uuid[],
            coalesce((SELECT jobs.id FROM jobs ORDER BY jobs.id DESC LIMIT 1), %(id)s), %(matched)s, %(complete)s,
            %(created_by)s
        """,
        {
            "id": bulk_id,
            "action": asked.action,
            "arguments": json.dumps(_arguments(asked)),
            "filter": chosen,
            "ids": sorted(set(asked.ids)) if asked.ids else None,
            "matched": counted.matched,
            "complete": counted.complete,
            "created_by": created_by,
        },
    )


_ACT = """
SELECT id, action, arguments, filter, cardinality(ids) AS ids, created_by, created_at, state, matched, complete, done,
    refused, error, finished_at
FROM bulk_acts
"""


def get_act(connection: Connection, bulk_id: UUID) -> BulkAct | None:
    row = connection.exec_driver_sql(f"{_ACT} WHERE id = %s", (bulk_id,)).one_or_none()
    return _act(row) if row else None


def list_acts(connection: Connection, *, limit: int) -> list[BulkAct]:
    """Newest first."""
    return [_act(row) for row in connection.exec_driver_sql(f"{_ACT} ORDER BY id DESC LIMIT %s", (limit,))]


def _act(row: Row[Any]) -> BulkAct:
    return BulkAct(
        id=row.id,
        action=row.action,
        priority=row.arguments.get("priority"),
        filter=None if row.filter is None else JobQuery.model_validate(row.filter),
        ids=row.ids,
        created_by=row.created_by,
        created_at=row.created_at,
        state=row.state,
        matched=row.matched,
        complete=row.complete,
        done=row.done,
        refused=row.refused,
        error=row.error,
        finished_at=row.finished_at,
    )


def oldest_running(connection: Connection) -> UUID | None:
    statement = "SELECT id FROM bulk_acts WHERE state = 'running' ORDER BY id LIMIT 1"
    found: UUID | None = connection.exec_driver_sql(statement).scalar_one_or_none()
    return found


def lock_running(connection: Connection, bulk_id: UUID) -> Running | None:
    """The act, if it has not ended and nobody else is at it."""
    row = connection.exec_driver_sql(
        """
        SELECT id, action, arguments, filter, ids, last_id, created_at,
            coalesce(cursor, '00000000-0000-0000-0000-000000000000') AS cursor
        FROM bulk_acts WHERE id = %s AND state = 'running' FOR UPDATE SKIP LOCKED
        """,
        (bulk_id,),
    ).one_or_none()
    return Running(*row) if row else None


def end_act(connection: Connection, bulk_id: UUID, state: str, *, error: str | None = None) -> bool:
    """Whether it was under way and now has ended so."""
    statement = """
        UPDATE bulk_acts SET state = %(state)s, error = coalesce(%(error)s, error), finished_at = now(),
            abort_requested_at = CASE %(state)s WHEN 'aborted' THEN now() END,
            refused = CASE %(state)s WHEN 'finished' THEN greatest(0, matched - done) ELSE 0 END
        WHERE id = %(id)s AND state = 'running'
    """
    return connection.exec_driver_sql(statement, {"id": bulk_id, "state": state, "error": error}).rowcount == 1


def lock_chunk(connection: Connection, act: Running, *, at_most: int) -> Chunk:
    """Lock the next jobs that the act is meant for."""
    span_end = _span_end(connection, act)
    if span_end is None:
        return Chunk([], None)
    chosen = None if act.filter is None else JobQuery.model_validate(act.filter)
    conditions, values = _meant(act.action, act.arguments, chosen, act.ids)
    conditions += ["jobs.id > %(after)s", "jobs.id <= %(span_end)s", "jobs.created_at <= %(asked_at)s"]
    values |= {"after": act.cursor, "span_end": span_end, "asked_at": act.created_at, "at_most": at_most}
    meant = f"SELECT jobs.id FROM jobs WHERE {' AND '.join(conditions)}"
    these = f"{meant} AND jobs.id = ANY(%(these)s::uuid[])"

    wanted = list(connection.exec_driver_sql(f"{meant} ORDER BY jobs.id LIMIT %(at_most)s", values).scalars())
    is_full = len(wanted) == at_most
    if act.action == "retry" and (too_many := _after_most_keys(connection, wanted)):
        wanted, is_full = wanted[: wanted.index(too_many)], True
    # `FOR UPDATE` would make a slot that writes a log line wait; only a deletion must.
    strength = "UPDATE" if act.action == "delete" else "NO KEY UPDATE"
    locked = set(
        connection.exec_driver_sql(f"{these} FOR {strength} SKIP LOCKED", {**values, "these": wanted}).scalars()
    )
    missing = [job_id for job_id in wanted if job_id not in locked]
    # One that is not locked has moved on, or another transaction holds it.
    busy = list(connection.exec_driver_sql(these, {**values, "these": missing}).scalars()) if missing else []
    if act.action == "retry":
        busy += unlocked_of(connection, wanted)
    if busy:
        first = min(busy)
        before = [job_id for job_id in wanted if job_id < first]
        return Chunk([job_id for job_id in before if job_id in locked], before[-1] if before else act.cursor)
    return Chunk(sorted(locked), wanted[-1] if is_full else span_end)


def _after_most_keys(connection: Connection, ids: Sequence[UUID]) -> UUID | None:
    """The first that the next chunk must take, because these have too many unique keys."""
    statement = """
        SELECT id FROM jobs WHERE id = ANY(%s::uuid[]) AND unique_key IS NOT NULL ORDER BY id OFFSET %s LIMIT 1
    """
    found: UUID | None = connection.exec_driver_sql(statement, (list(ids), _MOST_KEYS)).scalar_one_or_none()
    return found


def _span_end(connection: Connection, act: Running) -> UUID | None:
    """The last of the ids that come next; None when there is none."""
    source = "jobs" if act.ids is None else "unnest(%(ids)s::uuid[]) AS given (id)"
    statement = f"""
        SELECT id FROM (
            SELECT id FROM {source} WHERE id > %(after)s AND id <= %(last)s ORDER BY id LIMIT {_LOOKED_AT}
        ) AS span ORDER BY id DESC LIMIT 1
    """
    values = {"ids": act.ids, "after": act.cursor, "last": act.last_id}
    found: UUID | None = connection.exec_driver_sql(statement, values).scalar_one_or_none()
    return found


def apply(connection: Connection, act: Running, ids: Sequence[UUID]) -> int:
    """Do it to jobs that are locked: how many. Not for the action `delete`."""
    values = {"ids": list(ids), "rank": _rank(act.arguments)}
    return connection.exec_driver_sql(_STATEMENTS[act.action], values).rowcount


def note_progress(connection: Connection, act: Running, *, done: int, cursor: UUID, error: str | None = None) -> None:
    """`error`: why a job was left out; the first such reason stays."""
    statement = "UPDATE bulk_acts SET done = done + %s, cursor = %s, error = coalesce(error, %s) WHERE id = %s"
    connection.exec_driver_sql(statement, (done, cursor, error, act.id))


def _arguments(asked: BulkRequest) -> dict[str, Any]:
    return {"priority": asked.priority.value} if asked.priority else {}


def _rank(arguments: dict[str, Any]) -> int | None:
    return Priority(arguments["priority"]).rank if "priority" in arguments else None


def _meant(
    action: BulkAction, arguments: dict[str, Any], chosen: JobQuery | None, ids: Sequence[UUID] | None
) -> tuple[list[str], dict[str, Any]]:
    """Conditions and values for the jobs that an act is meant for."""
    conditions, values = ([], {}) if chosen is None else where(chosen.chosen())
    if ids is not None:
        conditions.append("jobs.id = ANY(%(chosen_ids)s::uuid[])")
        values["chosen_ids"] = list(ids)
    return [*conditions, _GUARDS[action]], {**values, "rank": _rank(arguments)}
