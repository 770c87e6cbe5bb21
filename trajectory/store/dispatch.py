"""What the dispatcher does all the time: queue what is due, count depth, count what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.exc import OperationalError

from trajectory.priorities import Priority, of_rank
from trajectory.store.durations import EDGES
from trajectory.store.ids import id_at
from trajectory.store.limits import IS_LIMITED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

_DISPATCHER_LOCK = 7_233_902


def try_lead(connection: Connection) -> bool:
    """Whether this session is the one dispatcher that acts. Holds until the session ends."""
    leads: bool = connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (_DISPATCHER_LOCK,)).scalar_one()
    return leads


def queue_due_jobs(connection: Connection, *, at_most: int = 1000) -> list[tuple[UUID, Priority]]:
    """Queue jobs whose time has come. `run_at` becomes now: a claim starts to scan where the last one ended."""
    rows = connection.exec_driver_sql(
        f"""
        UPDATE jobs SET state = 'queued', run_at = now(), held = {IS_LIMITED}, version = version + 1
        FROM (
            SELECT id FROM jobs WHERE state IN ('scheduled', 'retrying') AND run_at <= now()
            ORDER BY run_at LIMIT %s FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE jobs.id = due.id RETURNING jobs.id, jobs.priority
        """,
        (at_most,),
    )
    return [(row.id, of_rank(row.priority)) for row in rows]


def has_work(connection: Connection, rank: int, tasks: Sequence[str], *, floor: str) -> bool:
    """Whether a job of these tasks may be claimed in this priority, as far as one that scans from `floor` sees."""
    # Not EXISTS: the planner makes a join of it, and the join reads every job that waits.
    found: bool = connection.exec_driver_sql(
        """
        SELECT (
            SELECT id FROM jobs
            WHERE state = 'queued' AND NOT held AND priority = %(rank)s AND run_at >= %(floor)s
                AND task = ANY(%(tasks)s::text[])
            ORDER BY run_at, id LIMIT 1
        ) IS NOT NULL AND NOT EXISTS (SELECT FROM queues WHERE priority = %(rank)s AND paused_at IS NOT NULL)
        """,
        {"rank": rank, "tasks": list(tasks), "floor": floor},
    ).scalar_one()
    return found


def measure_depth(connection: Connection) -> None:
    """Count what waits and runs in each priority and keep it in `queues`."""
    connection.exec_driver_sql(
        """
        INSERT INTO queues (priority, queued, held, scheduled, retrying, running, oldest_run_at, measured_at)
        SELECT p.rank, coalesce(q.ready, 0) + coalesce(h.held, 0), coalesce(h.held, 0), coalesce(l.scheduled, 0),
            coalesce(l.retrying, 0), coalesce(r.running, 0), least(o.waits_since, h.waits_since), now()
        FROM unnest(ARRAY[0, 1, 2]::smallint[]) AS p (rank)
        LEFT JOIN (SELECT priority, count(*) AS ready FROM jobs WHERE state = 'queued' AND NOT held GROUP BY 1) AS q
            ON q.priority = p.rank
        LEFT JOIN (
            SELECT priority, count(*) AS held, min(greatest(run_at, returned_at)) AS waits_since
            FROM jobs WHERE state = 'queued' AND held GROUP BY 1
        ) AS h ON h.priority = p.rank
        LEFT JOIN (
            SELECT priority, count(*) FILTER (WHERE state = 'scheduled') AS scheduled,
                count(*) FILTER (WHERE state = 'retrying') AS retrying
            FROM jobs WHERE state IN ('scheduled', 'retrying') GROUP BY 1
        ) AS l ON l.priority = p.rank
        LEFT JOIN (SELECT priority, count(*) AS running FROM jobs WHERE state = 'running' GROUP BY 1) AS r
            ON r.priority = p.rank
        LEFT JOIN LATERAL (
            -- At the head may be some that have just come back from their slots: those behind them waited for longer.
            SELECT min(greatest(run_at, returned_at)) AS waits_since FROM (
                SELECT run_at, returned_at FROM jobs WHERE state = 'queued' AND NOT held AND priority = p.rank
                ORDER BY run_at, id LIMIT 100
            ) AS first
        ) AS o ON true
        ORDER BY p.rank  -- the order in which slots lock these rows
        ON CONFLICT (priority) DO UPDATE SET queued = excluded.queued, held = excluded.held,
            scheduled = excluded.scheduled,
            retrying = excluded.retrying, running = excluded.running, oldest_run_at = excluded.oldest_run_at,
            measured_at = excluded.measured_at
        """
    )


def note_queue_ages(connection: Connection) -> None:
    """Keep how old each queue is, by the minute. Call it after `measure_depth`: it takes what that found."""
    connection.exec_driver_sql(
        """
        INSERT INTO queue_ages (minute, priority, oldest_wait_seconds)
        SELECT date_trunc('minute', now()), priority, greatest(extract(epoch FROM now() - oldest_run_at), 0)
        FROM queues WHERE oldest_run_at IS NOT NULL
        ON CONFLICT (minute, priority) DO UPDATE
        SET oldest_wait_seconds = greatest(queue_ages.oldest_wait_seconds, excluded.oldest_wait_seconds)
        """
    )


def count_inversions(connection: Connection) -> None:
    """Count jobs that were started while one of a higher priority, free to run, had waited for a second.

    Call it before `measure_depth`: it looks at what started since the last measure, half a second late, because a claim
    that was made is seen only when it has committed. The second leaves a submission time to commit.
    """
    connection.exec_driver_sql(
        """
        -- At most two rows, and most often none: found first, they say how little of what started has to be read.
        WITH waiting AS MATERIALIZED (
            SELECT q.priority, o.task, q.measured_at, greatest(
                o.run_at, o.returned_at, q.resumed_at, CASE WHEN o.run_at = q.returned_run_at THEN q.returned_at END
            ) + interval '1 second' AS since
            FROM queues AS q CROSS JOIN LATERAL (
                SELECT run_at, returned_at, task FROM jobs WHERE state = 'queued' AND NOT held AND priority = q.priority
                ORDER BY run_at, id LIMIT 1
            ) AS o
            WHERE q.paused_at IS NULL AND q.priority < 2 AND o.run_at < now() - interval '1 second'
        ), started AS (
            SELECT priority, claim, started_at FROM jobs WHERE state = 'running'
            UNION ALL
            SELECT priority, claim, started_at FROM jobs
            WHERE finished_at > (
                SELECT greatest(min(measured_at) - interval '0.5 seconds', now() - interval '10 seconds')
                FROM waiting HAVING count(*) > 0
            )
            -- No job ends later. Of what lies between two bounds the planner expects little, and takes the index; after
            -- one bound alone it expects a third of the table.
            AND finished_at < now() + interval '1 hour'
        )
        UPDATE queues SET inversions = queues.inversions + found.jobs FROM (
            SELECT waiting.priority, count(*) AS jobs
            FROM waiting JOIN started ON started.priority > waiting.priority AND started.started_at > waiting.since
                AND started.started_at > waiting.measured_at - interval '0.5 seconds'
                AND started.started_at <= now() - interval '0.5 seconds'
            JOIN slots ON slots.claim = started.claim JOIN workers ON workers.id = slots.worker_id
            WHERE (ARRAY['high', 'medium', 'low'])[waiting.priority + 1] = ANY(workers.queues)
                AND waiting.task = ANY(workers.tasks)
            GROUP BY 1
        ) AS found
        WHERE queues.priority = found.priority
        """
    )


def count_what_happened(connection: Connection, *, lag_seconds: float, at_most_seconds: float) -> bool:
    """Add what happened since the last count, up to `lag_seconds` ago, to the statistics. Whether there may be more.

    The lag leaves statements that began before and commit now the time to be seen. Of a long past it counts
    `at_most_seconds`, so that no statement takes longer than one may. Needs a transaction: counted and remembered
    together, or not at all.
    """
    since, until, end = connection.exec_driver_sql(
        """
        INSERT INTO instance (name, value) VALUES ('counted_until', (now() - interval '1 minute')::text)
        ON CONFLICT (name) DO UPDATE SET value = instance.value
        RETURNING value::timestamptz,
            date_trunc('second', least(now() - %(lag)s * interval '1 second',
                value::timestamptz + %(at_most)s * interval '1 second')),
            date_trunc('second', now() - %(lag)s * interval '1 second')
        """,
        {"lag": lag_seconds, "at_most": at_most_seconds},
    ).one()
    if until <= since:
        return False
    span = {"since": since, "until": until, "edges": list(EDGES), "first": id_at(since), "end": id_at(until)}
    for statement in (_COUNT_SUBMITTED, _COUNT_ENDED, _COUNT_RETRIED, _COUNT_DURATIONS):
        connection.exec_driver_sql(statement, span)
    connection.exec_driver_sql("UPDATE instance SET value = %s::text WHERE name = 'counted_until'", (until,))
    return bool(until < end)


_COUNT_SUBMITTED = """
INSERT INTO stats (minute, priority, task, submitted)
SELECT date_trunc('minute', created_at), priority, task, count(*) FROM jobs
WHERE id >= %(first)s AND id < %(end)s GROUP BY 1, 2, 3
ON CONFLICT (minute, priority, task) DO UPDATE SET submitted = stats.submitted + excluded.submitted
"""
_COUNT_ENDED = """
INSERT INTO stats (minute, priority, task, succeeded, failed, cancelled)
SELECT date_trunc('minute', finished_at), priority, task, count(*) FILTER (WHERE state = 'succeeded'),
    count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'cancelled')
FROM jobs WHERE finished_at >= %(since)s AND finished_at < %(until)s GROUP BY 1, 2, 3
ON CONFLICT (minute, priority, task) DO UPDATE SET succeeded = stats.succeeded + excluded.succeeded,
    failed = stats.failed + excluded.failed, cancelled = stats.cancelled + excluded.cancelled
"""
_COUNT_RETRIED = """
INSERT INTO stats (minute, priority, task, retried)
SELECT date_trunc('minute', attempts.finished_at), priority, task, count(*)
FROM attempts JOIN jobs ON jobs.id = attempts.job_id
WHERE attempts.finished_at >= %(since)s AND attempts.finished_at < %(until)s AND attempts.retry_at IS NOT NULL
GROUP BY 1, 2, 3
ON CONFLICT (minute, priority, task) DO UPDATE SET retried = stats.retried + excluded.retried
"""
_COUNT_DURATIONS = """
INSERT INTO stats_durations (minute, priority, task, measure, bucket, count)
SELECT date_trunc('minute', finished_at), priority, task, d.measure,
    width_bucket(greatest(d.seconds, 0), %(edges)s::float8[]), count(*)
FROM jobs CROSS JOIN LATERAL (VALUES
    ('wait', extract(epoch FROM started_at - greatest(run_at, returned_at))::float8),
    ('run', extract(epoch FROM finished_at - started_at)::float8)
) AS d (measure, seconds)
WHERE finished_at >= %(since)s AND finished_at < %(until)s AND started_at IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (minute, priority, task, measure, bucket) DO UPDATE SET count = stats_durations.count + excluded.count
"""


def say_dispatcher_lives(connection: Connection) -> None:
    connection.exec_driver_sql("""
        INSERT INTO instance (name, value) VALUES ('dispatcher_seen_at', now()::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """)


def dispatcher_age_seconds(connection: Connection) -> float | None:
    """Seconds since a dispatcher was last seen at work; None when there never was one."""
    statement = """
        SELECT extract(epoch FROM now() - value::timestamptz)::float8 FROM instance WHERE name = 'dispatcher_seen_at'
    """
    age: float | None = connection.exec_driver_sql(statement).scalar_one_or_none()
    return age


def listen_for_due(connection: Connection) -> None:
    """Be told when a transaction that submitted a job commits."""
    connection.exec_driver_sql("LISTEN trajectory_due")


def wait_for_due(connection: Connection, *, seconds: float) -> list[Priority]:
    """Wait for up to `seconds`, or until a transaction that submitted commits: the priorities it submitted to."""
    driver: Any = connection.connection.driver_connection
    try:
        return [Priority(notice.payload) for notice in driver.notifies(timeout=seconds, stop_after=1)]
    except psycopg.Error as error:
        raise OperationalError("waiting for notifications", None, error) from error
