"""What a report and an export read: sums over a period, in statements that may take long."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.priorities import Priority, of_rank
from trajectory.store.durations import percentile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection, Engine, Row

_PATIENCE = "10min"
_ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
"""A Monday: buckets of days begin at midnight, buckets of weeks on Mondays."""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for a job that reads much: its statements may last longer than those that a person waits for."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET statement_timeout = '{_PATIENCE}'")
        try:
            yield connection
        except BaseException:
            # A time limit or a stop can strike inside a statement: the connection may be at any point of it.
            connection.invalidate()
            raise
        connection.exec_driver_sql("RESET statement_timeout")


@dataclass
class Tally:
    """What happened to jobs in some part of a period. Durations are histograms, as `durations` reads them."""

    submitted: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    retried: int = 0
    waits: Counter[int] = field(default_factory=Counter)
    runs: Counter[int] = field(default_factory=Counter)

    @property
    def success_rate(self) -> float | None:
        """Of the jobs that ran to an end, the share that succeeded; None when none did."""
        ended = self.succeeded + self.failed
        return self.succeeded / ended if ended else None

    def wait_seconds(self, share: float) -> float | None:
        return percentile(self.waits, share)

    def run_seconds(self, share: float) -> float | None:
        return percentile(self.runs, share)

    def add(self, other: Tally) -> None:
        self.submitted += other.submitted
        self.succeeded += other.succeeded
        self.failed += other.failed
        self.cancelled += other.cancelled
        self.retried += other.retried
        self.waits.update(other.waits)
        self.runs.update(other.runs)


class Period(NamedTuple):
    """From `start` up to `end`, cut into buckets. Whole minutes: finer is not counted."""

    start: datetime
    end: datetime
    bucket_seconds: int

    @property
    def bucket_starts(self) -> list[datetime]:
        """Where each bucket begins; the first may begin before the period."""
        width = timedelta(seconds=self.bucket_seconds)
        first = _ORIGIN + (self.start - _ORIGIN) // width * width
        return [first + width * index for index in range(-(-(self.end - first) // width))]


Cell = tuple[datetime, Priority]


def tallies_over_time(connection: Connection, period: Period) -> dict[Cell, Tally]:
    """A tally for each bucket and priority in which something happened."""
    tallies: dict[Cell, Tally] = defaultdict(Tally)
    counts = connection.exec_driver_sql(
        f"""
        SELECT date_bin(%(bucket)s, minute, %(origin)s) AS at, priority, {_SUMS}
        FROM stats {_IN_PERIOD} GROUP BY 1, 2
        """,
        _values(period),
    )
    for row in counts:
        _count(tallies[row.at, of_rank(row.priority)], row)
    durations = connection.exec_driver_sql(
        f"""
        SELECT date_bin(%(bucket)s, minute, %(origin)s) AS at, priority, measure, bucket, sum(count)::bigint AS jobs
        FROM stats_durations {_IN_PERIOD} GROUP BY 1, 2, 3, 4
        """,
        _values(period),
    )
    for row in durations:
        _measure(tallies[row.at, of_rank(row.priority)], row)
    return tallies


def tallies_by_task(connection: Connection, period: Period) -> dict[str, Tally]:
    """A tally for each task, the one with most jobs first."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    counts = connection.exec_driver_sql(
        f"SELECT task, {_SUMS} FROM stats {_IN_PERIOD} GROUP BY 1 ORDER BY sum(submitted) DESC, 1", _values(period)
    )
    for row in counts:
        _count(tallies[row.task], row)
    durations = connection.exec_driver_sql(
        f"""
        SELECT task, measure, bucket, sum(count)::bigint AS jobs
        FROM stats_durations {_IN_PERIOD} GROUP BY 1, 2, 3
        """,
        _values(period),
    )
    for row in durations:
        _measure(tallies[row.task], row)
    return dict(tallies)


_SUMS = """
sum(submitted)::bigint AS submitted, sum(succeeded)::bigint AS succeeded, sum(failed)::bigint AS failed,
sum(cancelled)::bigint AS cancelled, sum(retried)::bigint AS retried
"""
_IN_PERIOD = "WHERE minute >= %(start)s AND minute < %(end)s"


def _values(period: Period) -> dict[str, object]:
    bucket = timedelta(seconds=period.bucket_seconds)
    return {"start": period.start, "end": period.end, "bucket": bucket, "origin": _ORIGIN}


def _count(tally: Tally, row: Row[Any]) -> None:
    for name in ("submitted", "succeeded", "failed", "cancelled", "retried"):
        setattr(tally, name, getattr(row, name))


def _measure(tally: Tally, row: Row[Any]) -> None:
    histogram = tally.waits if row.measure == "wait" else tally.runs
    histogram[row.bucket] += row.jobs


class ErrorGroup(NamedTuple):
    """Failed attempts with the same type and, but for numbers, the same message."""

    type: str
    message: str
    attempts: int
    jobs: int
    tasks: list[str]
    last_at: datetime


def top_errors(connection: Connection, period: Period, *, limit: int) -> tuple[list[ErrorGroup], int]:
    """The groups with most failed attempts, and how many groups there are in all."""
    rows = connection.exec_driver_sql(
        """
        WITH failed AS (
            SELECT job_id, error_type, left(error_message, 500) AS message, finished_at FROM attempts
            WHERE finished_at >= %(start)s AND finished_at < %(end)s AND error_type IS NOT NULL
                AND outcome <> 'cancelled'
            UNION ALL
            SELECT id, error_type, left(error_message, 500), finished_at FROM jobs
            WHERE finished_at >= %(start)s AND finished_at < %(end)s AND error_type IS NOT NULL
                AND error_attempt = attempt AND state = 'failed'
        )
        SELECT failed.error_type, min(message) AS message, count(*) AS attempts, count(DISTINCT job_id) AS jobs,
            array_agg(DISTINCT jobs.task) AS tasks, max(failed.finished_at) AS last_at, count(*) OVER () AS groups
        FROM failed JOIN jobs ON jobs.id = failed.job_id
        GROUP BY failed.error_type, regexp_replace(message, '[0-9]+', '0', 'g')
        ORDER BY attempts DESC, last_at DESC LIMIT %(limit)s
        """,
        {**_values(period), "limit": limit},
    ).all()
    found = [ErrorGroup(r.error_type, r.message or "", r.attempts, r.jobs, r.tasks, r.last_at) for r in rows]
    return found, rows[0].groups if rows else 0


class SlowJob(NamedTuple):
    id: UUID
    task: str
    priority: Priority
    state: str
    wait_seconds: float
    run_seconds: float
    finished_at: datetime


def slowest_jobs(connection: Connection, period: Period, *, limit: int) -> list[SlowJob]:
    """The jobs that ended in the period and whose last attempt ran longest."""
    rows = connection.exec_driver_sql(
        """
        SELECT id, task, priority, state,
            greatest(0, extract(epoch FROM started_at - greatest(run_at, returned_at)))::float8 AS wait,
            extract(epoch FROM finished_at - started_at)::float8 AS run, finished_at
        FROM jobs WHERE finished_at >= %(start)s AND finished_at < %(end)s AND started_at IS NOT NULL
        ORDER BY finished_at - started_at DESC LIMIT %(limit)s
        """,
        {**_values(period), "limit": limit},
    )
    return [SlowJob(r.id, r.task, of_rank(r.priority), r.state, r.wait, r.run, r.finished_at) for r in rows]


class WorkerRow(NamedTuple):
    name: str
    host: str
    queues: list[str]
    slots: int
    started_at: datetime
    ended_at: datetime | None
    lost: bool
    jobs: int
    busy_seconds: float


def workers_in(connection: Connection, period: Period, *, limit: int) -> tuple[list[WorkerRow], int]:
    """Workers that lived in the period, those that ended most jobs first, and how many there were in all."""
    rows = connection.exec_driver_sql(
        """
        SELECT name, host, queues, workers.slots, started_at, ended_at,
            lost_at IS NOT NULL AND stopped_at IS NULL AS lost, coalesce(work.jobs, 0) AS jobs,
            coalesce(work.busy, 0)::float8 AS busy, count(*) OVER () AS found
        FROM workers CROSS JOIN LATERAL (SELECT coalesce(stopped_at, lost_at) AS ended_at) AS life LEFT JOIN (
            SELECT slots.worker_id, count(*) AS jobs, sum(extract(epoch FROM finished_at - jobs.started_at)) AS busy
            FROM jobs JOIN slots ON slots.claim = jobs.claim
            WHERE finished_at >= %(start)s AND finished_at < %(end)s GROUP BY 1
        ) AS work ON work.worker_id = workers.id
        WHERE started_at < %(end)s AND (ended_at IS NULL OR ended_at >= %(start)s)
        ORDER BY work.jobs DESC NULLS LAST, name LIMIT %(limit)s
        """,
        {**_values(period), "limit": limit},
    ).all()
    found = [
        WorkerRow(r.name, r.host, r.queues, r.slots, r.started_at, r.ended_at, r.lost, r.jobs, r.busy) for r in rows
    ]
    return found, rows[0].found if rows else 0


def counted_until(connection: Connection) -> datetime | None:
    """How far the dispatcher has counted; None when it never did."""
    statement = "SELECT value::timestamptz FROM instance WHERE name = 'counted_until'"
    moment: datetime | None = connection.exec_driver_sql(statement).scalar_one_or_none()
    return moment
