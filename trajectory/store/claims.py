"""The statements that a slot runs all day: finish what ran, claim what comes next, give back what did not start.

Every write is fenced: it changes a job only while the job is `running`, in the attempt and under the claim that
the slot believes in. A job that was given to another slot meanwhile is left alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from trajectory.states import JobState
from trajectory.store.engine import execute
from trajectory.store.error_groups import Failure, count_failures
from trajectory.store.limits import IS_LIMITED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from trajectory.fingerprints import Cause
    from trajectory.states import Outcome


class Claimed(NamedTuple):
    """A job that a slot holds: what it needs to run it. `params` is JSON text."""

    id: str
    task: str
    params: str
    priority: int
    run_at: datetime
    attempt: int
    failures: int
    losses: int
    max_retries: int
    timeout_seconds: float | None
    limited: bool  # it takes up a place that another may wait for
    concurrency_key: str | None


@dataclass(slots=True)
class Finished:
    """How one attempt ended.

    `began_at` and `ended_at` are monotonic, of this process. The database is told how long ago that was, at the
    moment of telling: this process's clock is never compared with its. Without `began_at` the attempt began when it was
    claimed.
    """

    id: str
    attempt: int
    state: JobState
    outcome: Outcome
    began_at: float | None
    ended_at: float
    failures: int = 0
    losses: int = 0
    result: str | None = None  # JSON text
    error_type: str | None = None
    error_message: str | None = None
    error_traceback: str | None = None
    cause: Cause | None = None  # of a failure: which others are the same
    retry_in: float | None = None
    progress_done: float | None = None
    progress_total: float | None = None
    progress_message: str | None = None


# The inner SELECT stops at `want` rows and the outer one too, so that rows of a lower priority are read, and
# locked, only when the higher ones do not fill the claim. `floor` is where the last claim ended: the entries
# before it are dead, but until vacuum removes them each scan from the start would walk over all of them. A job that was
# given back meanwhile keeps its place, which may lie before: for a second the queue says where.
# `taken_at` is read after the row is locked. now() is when the statement began: one that was held up before it found
# the high job taken would then record that its low job had started first.
_READY = """
ready AS MATERIALIZED (
    SELECT r.id, clock_timestamp() AS taken_at
    FROM {lanes}
    CROSS JOIN LATERAL (
        SELECT id FROM jobs
        WHERE state = 'queued' AND NOT held AND priority = p.priority AND run_at >= p.floor{ceiling}
            AND task = ANY(%(tasks)s::text[])
        ORDER BY run_at, id
        LIMIT %(want)s
        FOR UPDATE SKIP LOCKED
    ) AS r
    WHERE NOT EXISTS (SELECT FROM queues WHERE queues.priority = p.priority AND paused_at IS NOT NULL)
    LIMIT %(want)s
)"""
_LANES = """(
        SELECT priority, least(floor, (
            SELECT returned_run_at FROM queues
            WHERE queues.priority = l.priority AND returned_at > now() - interval '1 second'
        )) FROM unnest(%(ranks)s::smallint[], %(floors)s::timestamptz[]) AS l (priority, floor)
    )"""
_STRICT = _READY.format(lanes=f"{_LANES} AS p (priority, floor)", ceiling="")
# A job that waited for `ages_after` seconds counts as one priority higher. So each priority has two lanes, those that
# waited so long and the others, and the old of the next priority come before the young of this one.
_AGEING = _READY.format(
    lanes=f"""(
        SELECT priority, CASE WHEN old THEN floor ELSE greatest(floor, cut) END,
            CASE WHEN old THEN cut ELSE 'infinity' END
        FROM {_LANES} AS l (priority, floor), unnest(ARRAY[true, false]) AS old,
            (SELECT now() - %(ages_after)s * interval '1 second') AS c (cut)
        ORDER BY CASE WHEN old THEN greatest(priority - 1, 0) ELSE priority END, NOT old, priority
    ) AS p (priority, floor, ceiling)""",
    ceiling=" AND run_at < p.ceiling",
)
_CLAIM = """
{ready}, claimed AS (
    UPDATE jobs SET state = 'running', attempt = jobs.attempt + 1, claim = %(claim)s, started_at = ready.taken_at,
        finished_at = NULL, outcome = NULL, progress_done = NULL, progress_total = NULL, progress_message = NULL,
        version = version + 1
    FROM ready WHERE jobs.id = ready.id
    RETURNING jobs.id, task, params, priority, run_at, attempt, failures, losses, max_retries, timeout_seconds,
        held_run_at IS NOT NULL AS limited, concurrency_key
)
SELECT id::text, task, params::text, priority, run_at, attempt, failures, losses, max_retries, timeout_seconds,
    limited, concurrency_key
FROM claimed ORDER BY priority, run_at, id
"""

CLAIM = "WITH " + _CLAIM.format(ready=_STRICT)
CLAIM_AGEING = "WITH " + _CLAIM.format(ready=_AGEING)

# The row still is this slot's. Said so that no index but the primary key can serve it: over `jobs_running` the planner
# would walk everything the slot holds, and all that it held and vacuum has not removed, for each job that ended.
_OURS = "jobs.claim IS NOT DISTINCT FROM %(claim)s AND jobs.state || '' = 'running'"

# Success is by far the most common end and needs few columns; the long form below writes all of them.
_SUCCESS = """
UPDATE jobs SET state = 'succeeded', outcome = 'succeeded', result = e.result::jsonb,
    started_at = coalesce(now() - e.started_ago * interval '1 second', jobs.started_at),
    finished_at = now() - e.ended_ago * interval '1 second',
    error_type = NULL, error_message = NULL, error_traceback = NULL, error_attempt = NULL, fingerprint = NULL,
    version = version + 1
"""
_SUCCEED = f"""
finished AS (
    {_SUCCESS}
    FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(results)s::text[],
        %(started_ago)s::float8[], %(ended_ago)s::float8[]) AS e (id, attempt, result, started_ago, ended_ago)
    WHERE jobs.id = e.id AND jobs.attempt = e.attempt AND {_OURS}
)
"""

SUCCEED_AND_CLAIM = f"WITH {_SUCCEED}, " + _CLAIM.format(ready=_STRICT)
SUCCEED_AND_CLAIM_AGEING = f"WITH {_SUCCEED}, " + _CLAIM.format(ready=_AGEING)
SUCCEED = f"WITH {_SUCCEED} SELECT"
SUCCEED_ONE = f"""
{_SUCCESS}
FROM (VALUES (%(result)s::text, %(started_ago)s::float8, %(ended_ago)s::float8)) AS e (result, started_ago, ended_ago)
WHERE jobs.id = %(id)s::uuid AND jobs.attempt = %(attempt)s AND {_OURS}
"""

# A job that was asked to stop while it ran is cancelled unless it succeeded, whatever its slot made of this attempt. An
# error of a task that cleans up, or a third loss, is told by the attempt.
_NEXT = """
CASE WHEN jobs.cancel_requested_at IS NOT NULL AND e.state <> 'succeeded' THEN 'cancelled' ELSE e.state END
"""

_FINISHED = f"""
ended AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(attempts)s::int[], %(states)s::text[], %(outcomes)s::text[], %(started_ago)s::float8[],
        %(ended_ago)s::float8[], %(failures)s::int[], %(losses)s::int[], %(results)s::text[], %(error_types)s::text[],
        %(error_messages)s::text[], %(error_tracebacks)s::text[], %(retry_in)s::float8[],
        %(progress_done)s::float8[], %(progress_total)s::float8[], %(progress_messages)s::text[],
        %(fingerprints)s::text[]
    ) AS e (id, attempt, state, outcome, started_ago, ended_ago, failures, losses, result, error_type,
        error_message, error_traceback, retry_in, progress_done, progress_total, progress_message, fingerprint)
), finished AS (
    UPDATE jobs SET
        state = {_NEXT},
        outcome = CASE WHEN {_NEXT} IN ('queued', 'retrying') THEN NULL ELSE e.outcome END,
        failures = e.failures, losses = e.losses, result = e.result::jsonb,
        started_at = coalesce(now() - e.started_ago * interval '1 second', jobs.started_at),
        finished_at = CASE WHEN {_NEXT} IN ('queued', 'retrying') THEN NULL
            ELSE now() - e.ended_ago * interval '1 second' END,
        run_at = CASE {_NEXT}
            WHEN 'queued' THEN CASE WHEN {IS_LIMITED} THEN coalesce(held_run_at, run_at) ELSE run_at END
            WHEN 'retrying' THEN now() + e.retry_in * interval '1 second' ELSE run_at END,
        returned_at = CASE {_NEXT} WHEN 'queued' THEN now() ELSE returned_at END,
        held = {_NEXT} = 'queued' AND {IS_LIMITED},
        held_run_at = CASE WHEN {_NEXT} NOT IN ('queued', 'retrying') THEN held_run_at END,
        error_type = e.error_type, error_message = e.error_message, error_traceback = e.error_traceback,
        error_attempt = CASE WHEN e.error_type IS NULL THEN NULL ELSE e.attempt END, fingerprint = e.fingerprint,
        progress_done = coalesce(e.progress_done, jobs.progress_done),
        progress_total = coalesce(e.progress_total, jobs.progress_total),
        progress_message = coalesce(e.progress_message, jobs.progress_message),
        version = version + 1
    FROM ended AS e
    WHERE jobs.id = e.id AND jobs.attempt = e.attempt AND {_OURS}
    RETURNING jobs.id, jobs.attempt, jobs.state, e.outcome AS ended_as, jobs.claim, jobs.started_at, e.ended_ago,
        jobs.error_type, jobs.error_message, jobs.error_traceback, jobs.fingerprint, jobs.run_at,
        jobs.priority, jobs.held
), archived AS (
    INSERT INTO attempts (job_id, attempt, outcome, claim, started_at, finished_at,
        error_type, error_message, error_traceback, fingerprint, retry_at)
    SELECT id, attempt, ended_as, claim, started_at, now() - ended_ago * interval '1 second',
        error_type, error_message, error_traceback, fingerprint, CASE state WHEN 'retrying' THEN run_at END
    FROM finished WHERE state IN ('queued', 'retrying')
)
"""
FINISH = f"WITH {_FINISHED} SELECT id::text FROM finished"

# A job that did not start keeps its place, in its queue and in the limit that let it in.
_NOT_STARTED = """
UPDATE jobs SET state = CASE WHEN cancel_requested_at IS NULL THEN 'queued' ELSE 'cancelled' END,
    finished_at = CASE WHEN cancel_requested_at IS NOT NULL THEN now() END,
    attempt = jobs.attempt - 1, claim = NULL, started_at = NULL, version = version + 1
"""
# The queue says for a second where claims must look again. Slots that give back at the same time lock the queues in the
# same order.
_LOCK_QUEUES = """
locked AS MATERIALIZED (
    SELECT q.priority, returned.run_at FROM queues AS q JOIN (
        SELECT priority, min(run_at) AS run_at FROM given_back GROUP BY 1
    ) AS returned ON returned.priority = q.priority
    ORDER BY q.priority FOR UPDATE OF q
)
"""
_TELL_QUEUES = """
UPDATE queues SET returned_at = now(),
    returned_run_at = least(locked.run_at, CASE WHEN returned_at > now() - interval '1 second' THEN returned_run_at END)
FROM locked WHERE queues.priority = locked.priority
"""
GIVE_BACK_UNSTARTED = f"""
WITH given_back AS (
    {_NOT_STARTED}
    FROM unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS e (id, attempt)
    WHERE jobs.id = e.id AND jobs.attempt = e.attempt AND {_OURS}
    RETURNING priority, run_at
), {_LOCK_QUEUES} {_TELL_QUEUES}
"""
GIVE_BACK_ORPHANS = f"""
WITH given_back AS (
    {_NOT_STARTED} WHERE state = 'running' AND claim = %s AND id <> ALL(%s::uuid[])
    RETURNING priority, run_at
), {_LOCK_QUEUES} {_TELL_QUEUES}
"""
# One whose attempt was lost or interrupted keeps its place too; if a limit holds it, the one where that held it before.
FINISH_AND_GIVE_BACK = f"""
WITH {_FINISHED}, given_back AS (
    SELECT priority, run_at FROM finished WHERE state = 'queued' AND NOT held
), {_LOCK_QUEUES}, told AS ({_TELL_QUEUES})
SELECT id::text FROM finished
"""


def names_of(tasks: Iterable[str]) -> str:
    """Names of tasks as an array literal, written once for all claims of a slot."""
    return "{" + ",".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in tasks) + "}"


def claim_jobs(
    connection: Connection,
    claim: int,
    *,
    want: int,
    floors: Mapping[int, str],
    tasks: str,
    succeeded: Sequence[Finished] = (),
    ages_after: float | None = None,
) -> list[Claimed]:
    """Record `succeeded` and claim up to `want` of the best jobs, in one statement and one commit.

    `floors`: the ranks of the priorities to claim from, best first, each with the `run_at` to scan from.
    `tasks`: those that the slot knows, as `names_of` writes them; jobs of others are left to workers that do.
    With `ages_after`, a job that waited for so many seconds counts as one priority higher.
    """
    values: dict[str, object] = {"claim": claim, "want": want, "tasks": tasks}
    values |= {"ranks": list(floors), "floors": list(floors.values())}
    statement = CLAIM if ages_after is None else CLAIM_AGEING
    if succeeded:
        statement = SUCCEED_AND_CLAIM if ages_after is None else SUCCEED_AND_CLAIM_AGEING
        values.update(_success_columns(succeeded))
    if ages_after is not None:
        values["ages_after"] = ages_after
    return list(map(Claimed._make, execute(connection, statement, values)))


def record_succeeded(connection: Connection, claim: int, succeeded: Sequence[Finished]) -> None:
    if len(succeeded) == 1:
        (end,) = succeeded
        values = {"claim": claim, "id": end.id, "attempt": end.attempt, "result": end.result}
        now = time.monotonic()
        values |= {"started_ago": _ago(now, end.began_at), "ended_ago": now - end.ended_at}
        execute(connection, SUCCEED_ONE, values)
    else:
        execute(connection, SUCCEED, {"claim": claim, **_success_columns(succeeded)})


def record_finished(connection: Connection, claim: int, finished: Sequence[Finished]) -> set[str]:
    """Record attempts that ended in any way, then count failures. The ids of those that still were this slot's."""
    columns = {
        **_success_columns(finished),
        "states": [end.state for end in finished],
        "outcomes": [end.outcome for end in finished],
        "failures": [end.failures for end in finished],
        "losses": [end.losses for end in finished],
        "error_types": [end.error_type for end in finished],
        "error_messages": [end.error_message for end in finished],
        "error_tracebacks": [end.error_traceback for end in finished],
        "retry_in": [end.retry_in for end in finished],
        "progress_done": [end.progress_done for end in finished],
        "progress_total": [end.progress_total for end in finished],
        "progress_messages": [end.progress_message for end in finished],
        "fingerprints": [end.cause and end.cause.fingerprint for end in finished],
    }
    statement = FINISH_AND_GIVE_BACK if any(end.state is JobState.QUEUED for end in finished) else FINISH
    moved = {row[0] for row in connection.exec_driver_sql(statement, {"claim": claim, **columns})}
    now = time.monotonic()
    failures = [
        Failure(end.cause, now - end.ended_at, end.error_message or "", end.error_traceback)
        for end in finished
        if end.cause and end.id in moved
    ]
    if failures:
        count_failures(connection, claim, failures)
    return moved


def _success_columns(ended: Sequence[Finished]) -> dict[str, object]:
    results = [end.result for end in ended]
    now = time.monotonic()
    return {
        "ids": _literal(end.id for end in ended),
        "attempts": _literal(end.attempt for end in ended),
        # Most tasks return nothing, and `unnest` fills up with NULL what is missing.
        "results": results if any(results) else None,
        "started_ago": _literal(_ago(now, end.began_at) for end in ended),
        "ended_ago": _literal(now - end.ended_at for end in ended),
    }


def _ago(now: float, moment: float | None) -> float | None:
    return None if moment is None else now - moment


def _literal(values: Iterable[object]) -> str:
    """An array of ids or numbers as PostgreSQL reads it: the driver takes five times as long to write a list."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def give_back_unstarted(connection: Connection, claim: int, jobs: Sequence[Claimed]) -> None:
    """Return jobs that were claimed and not begun, as if they had not been claimed: each keeps its place."""
    values = {"claim": claim, "ids": [job.id for job in jobs], "attempts": [job.attempt for job in jobs]}
    connection.exec_driver_sql(GIVE_BACK_UNSTARTED, values)


def give_back_orphans(connection: Connection, claim: int, known: Sequence[str]) -> None:
    """Return jobs that are on record as this slot's, but of which it knows nothing."""
    connection.exec_driver_sql(GIVE_BACK_ORPHANS, (claim, list(known)))
