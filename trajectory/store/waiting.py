"""Why a job waits: the facts. What they mean is said in `trajectory.waiting`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.priorities import RANKED, Priority, of_rank
from trajectory.states import JobState
from trajectory.store.limits import BEST_FIRST, HELD, HELD_OF_KEY, PLACED, PLACED_OF_KEY

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_RECENT_MINUTES = 5
_RECENT_JOBS = 20


@dataclass(frozen=True)
class Places:
    """How many jobs a limit lets run at a time, and who takes them up: for how many seconds each has run so far."""

    total: int
    taken: tuple[float, ...] = ()

    @property
    def are_full(self) -> bool:
        return len(self.taken) >= self.total


@dataclass(frozen=True)
class Limits:
    """What holds a job."""

    concurrency_key: str | None = None
    of_key: Places | None = None
    of_task: Places | None = None
    rate_per_second: float | None = None


@dataclass(frozen=True)
class Facts:
    """A job and what stands between it and a slot, at `now`.

    `ahead`: jobs that come before it, counted no further than asked; of a held job, those that its limit holds too.
    `serving`: slots of living workers that serve its queue; `able`: of those, the slots whose worker knows its task.
    `per_second`: how many jobs ended lately. `run_seconds`: how long the latest jobs of its task that ended took, if a
    limit holds it.
    """

    task: str
    priority: Priority
    state: JobState
    run_at: datetime
    now: datetime
    held: Limits | None = None
    paused_by: str | None = None
    is_paused: bool = False
    serving: int = 0
    able: int = 0
    busy: int = 0
    per_second: float | None = None
    run_seconds: tuple[float, ...] = ()
    ahead: dict[Priority, int] = field(default_factory=dict)


def read_facts(connection: Connection, job_id: UUID, *, count_to: int, ages_after: float | None = None) -> Facts | None:
    """None when there is no such job. Of one that is not queued, only where it stands.

    With `ages_after`, a job that waited for so many seconds counts as one priority higher, as it does for claims.
    """
    job = connection.exec_driver_sql(
        """
        SELECT jobs.id, jobs.task, jobs.priority, jobs.state, jobs.run_at, jobs.held, jobs.concurrency_key AS key,
            jobs.concurrency_limit, tasks.max_running, tasks.rate_per_second, queues.paused_at IS NOT NULL AS is_paused,
            queues.paused_by, clock_timestamp() AS now
        FROM jobs LEFT JOIN tasks ON tasks.name = jobs.task LEFT JOIN queues ON queues.priority = jobs.priority
        WHERE jobs.id = %s
        """,
        (job_id,),
    ).one_or_none()
    if job is None:
        return None
    stands = {"task": job.task, "priority": of_rank(job.priority), "state": JobState(job.state)}
    stands |= {"run_at": job.run_at, "now": job.now}
    if job.state != JobState.QUEUED:
        return Facts(**stands)
    serving, able, busy = _slots(connection, job)
    held = _limits(connection, job) if job.held else None
    return Facts(
        **stands,
        held=held,
        is_paused=job.is_paused,
        paused_by=job.paused_by,
        serving=serving,
        able=able,
        busy=busy,
        per_second=_per_second(connection),
        run_seconds=_run_seconds(connection, job.task) if held else (),
        ahead=_held_ahead(connection, job, held, count_to)
        if held
        else _ready_ahead(connection, job, count_to, ages_after),
    )


def _slots(connection: Connection, job: Any) -> tuple[int, int, int]:
    row = connection.exec_driver_sql(
        """
        SELECT coalesce(sum(slots), 0)::int, coalesce(sum(slots) FILTER (WHERE %(task)s = ANY(tasks)), 0)::int,
            (SELECT count(DISTINCT jobs.claim) FROM jobs JOIN slots ON slots.claim = jobs.claim
                WHERE jobs.state = 'running' AND slots.worker_id = ANY(
                    array_agg(workers.id) FILTER (WHERE %(task)s = ANY(tasks))))::int
        FROM workers WHERE stopped_at IS NULL AND lost_at IS NULL AND %(queue)s = ANY(queues)
        """,
        {"task": job.task, "queue": of_rank(job.priority).value},
    ).one()
    return row[0], row[1], row[2]


def _limits(connection: Connection, job: Any) -> Limits:
    rows = connection.exec_driver_sql(
        f"""
        SELECT of_key, CASE state WHEN 'running' THEN extract(epoch FROM clock_timestamp() - started_at)::float8 ELSE 0
            END AS ran
        FROM (SELECT %s::text AS key, %s::text AS task) AS k CROSS JOIN LATERAL (
            SELECT true AS of_key, state, started_at FROM jobs WHERE {PLACED_OF_KEY}
            UNION ALL SELECT false, state, started_at FROM jobs WHERE {PLACED} AND jobs.task = k.task
        ) AS placed
        """,
        (job.key, job.task),
    ).all()
    of_key, of_task = (tuple(max(row.ran, 0.0) for row in rows if row.of_key is of) for of in (True, False))
    return Limits(
        job.key,
        None if job.concurrency_limit is None else Places(job.concurrency_limit, of_key),
        None if job.max_running is None else Places(job.max_running, of_task),
        job.rate_per_second,
    )


class _Lane(NamedTuple):
    """Claims take jobs lane by lane, and within one by `run_at` and id; this is the order of lanes."""

    counts_as: int  # the rank of a priority
    is_young: bool
    rank: int


def _lanes(ages_after: float | None) -> list[_Lane]:
    """The best first. Without ageing nobody grows old."""
    lanes = [_Lane(priority.rank, True, priority.rank) for priority in RANKED]
    if ages_after is not None:
        lanes += [_Lane(max(priority.rank - 1, 0), False, priority.rank) for priority in RANKED]
    return sorted(lanes)


def _ready_ahead(connection: Connection, job: Any, count_to: int, ages_after: float | None) -> dict[Priority, int]:
    """By the index that claims scan. A queue that is paused is in nobody's way."""
    paused = set(connection.exec_driver_sql("SELECT priority FROM queues WHERE paused_at IS NOT NULL").scalars())
    grown_old_at = None if ages_after is None else job.now - timedelta(seconds=ages_after)
    is_young = grown_old_at is None or job.run_at >= grown_old_at
    lanes = _lanes(ages_after)
    own = next(lane for lane in lanes if (lane.rank, lane.is_young) == (job.priority, is_young))
    ahead: dict[Priority, int] = defaultdict(int)
    for lane in lanes[: lanes.index(own) + 1]:
        if lane.rank in paused and lane.rank != job.priority:
            continue
        conditions = [f"state = 'queued' AND NOT held AND priority = {lane.rank}"]
        if grown_old_at is not None:
            conditions.append(f"run_at {'>=' if lane.is_young else '<'} %(grown_old_at)s")
        if lane is own:
            conditions.append("(run_at, id) < (%(run_at)s, %(id)s)")
        found = f"SELECT FROM jobs WHERE {' AND '.join(conditions)} LIMIT %(to)s"
        values = {"grown_old_at": grown_old_at, "run_at": job.run_at, "id": job.id, "to": count_to}
        counted = connection.exec_driver_sql(f"SELECT count(*) FROM ({found}) AS found", values).scalar_one()
        priority = of_rank(lane.rank)
        ahead[priority] = min(ahead[priority] + counted, count_to)
    return dict(ahead)


def _held_ahead(connection: Connection, job: Any, held: Limits, count_to: int) -> dict[Priority, int]:
    """Of the jobs that wait for the same limit."""
    same = HELD_OF_KEY if held.of_key and held.of_key.are_full else f"{HELD} AND jobs.task = k.task"
    values = {"key": job.key, "task": job.task, "priority": job.priority, "run_at": job.run_at, "id": job.id}
    rows = connection.exec_driver_sql(
        f"""
        SELECT ahead.priority, count(*) FROM (SELECT %(key)s::text AS key, %(task)s::text AS task) AS k
        CROSS JOIN LATERAL (
            SELECT jobs.priority FROM jobs WHERE {same}
                AND (priority, run_at, id) < (%(priority)s::smallint, %(run_at)s, %(id)s)
            ORDER BY {BEST_FIRST} LIMIT %(to)s
        ) AS ahead GROUP BY 1
        """,
        {**values, "to": count_to},
    )
    return {of_rank(rank): count for rank, count in rows}


def _per_second(connection: Connection) -> float | None:
    """How many jobs ended in a second lately, as the dispatcher counted; None when none did."""
    pace: float | None = connection.exec_driver_sql(
        """
        SELECT (sum(succeeded + failed) / nullif(extract(epoch FROM now() - min(minute)), 0))::float8 FROM stats
        WHERE minute >= date_trunc('minute', now()) - %s * interval '1 minute'
        """,
        (_RECENT_MINUTES,),
    ).scalar_one()
    return pace or None


def _run_seconds(connection: Connection, task: str) -> tuple[float, ...]:
    """How long the last attempts of the newest jobs of a task took. By the index that lists follow."""
    rows = connection.exec_driver_sql(
        """
        SELECT extract(epoch FROM newest.finished_at - newest.started_at)::float8
        FROM unnest(ARRAY[0, 1, 2]::smallint[]) AS p (rank) CROSS JOIN (VALUES ('succeeded'), ('failed')) AS s (state)
        CROSS JOIN LATERAL (
            SELECT id, started_at, finished_at FROM jobs
            WHERE finished_at IS NOT NULL AND task = %(task)s AND priority = p.rank AND jobs.state = s.state
            ORDER BY id DESC LIMIT %(newest)s
        ) AS newest
        WHERE newest.started_at IS NOT NULL ORDER BY newest.id DESC LIMIT %(newest)s
        """,
        {"task": task, "newest": _RECENT_JOBS},
    )
    return tuple(rows.scalars())
