"""Why a job waits: the facts. What they mean is said in `trajectory.waiting`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trajectory.priorities import RANKED, Priority, of_rank
from trajectory.states import JobState
from trajectory.store.limits import BEST_FIRST, HELD, HELD_OF_KEY, PLACED, PLACED_OF_KEY

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_RECENT_MINUTES = 5


@dataclass(frozen=True)
class Limits:
    """What holds a job, and how much of it is taken. `key_taken` and `task_taken` are places."""

    concurrency_key: str | None
    key_places: int | None
    key_taken: int
    task_places: int | None
    task_taken: int
    rate_per_second: float | None

    @property
    def key_is_full(self) -> bool:
        return self.key_places is not None and self.key_taken >= self.key_places

    @property
    def task_is_full(self) -> bool:
        return self.task_places is not None and self.task_taken >= self.task_places


@dataclass(frozen=True)
class Facts:
    """A job and what stands between it and a slot, at `now`.

    `ahead`: jobs that come before it, counted no further than asked; of a held job, those that its limit holds too.
    `serving`: slots of living workers that serve its queue; `able`: of those, the slots whose worker knows its task.
    `per_second`: how many jobs ended lately, of its task if a limit of the task holds it.
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
    ahead: dict[Priority, int] = field(default_factory=dict)


def read_facts(connection: Connection, job_id: UUID, *, count_to: int) -> Facts | None:
    """None when there is no such job. Of one that is not queued, only where it stands."""
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
    of_task = held is not None and held.task_places is not None and not held.key_is_full
    return Facts(
        **stands,
        held=held,
        is_paused=job.is_paused,
        paused_by=job.paused_by,
        serving=serving,
        able=able,
        busy=busy,
        per_second=_per_second(connection, job.task if of_task else None),
        ahead=_held_ahead(connection, job, held, count_to) if held else _ready_ahead(connection, job, count_to),
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
    key_taken, task_taken = connection.exec_driver_sql(
        f"""
        SELECT (SELECT count(*) FROM jobs WHERE {PLACED_OF_KEY}), (SELECT count(*) FROM jobs WHERE {PLACED}
            AND jobs.task = k.task) FROM (SELECT %s::text AS key, %s::text AS task) AS k
        """,
        (job.key, job.task),
    ).one()
    return Limits(job.key, job.concurrency_limit, key_taken, job.max_running, task_taken, job.rate_per_second)


def _ready_ahead(connection: Connection, job: Any, count_to: int) -> dict[Priority, int]:
    """By the index that claims scan. A queue that is paused is in nobody's way."""
    paused = set(connection.exec_driver_sql("SELECT priority FROM queues WHERE paused_at IS NOT NULL").scalars())
    ahead = {}
    for priority in RANKED[: job.priority + 1]:
        if priority.rank in paused and priority.rank != job.priority:
            continue
        before = "AND (run_at, id) < (%(run_at)s, %(id)s)" if priority.rank == job.priority else ""
        ahead[priority] = connection.exec_driver_sql(
            f"""
            SELECT count(*) FROM (
                SELECT FROM jobs WHERE state = 'queued' AND NOT held AND priority = {priority.rank} {before}
                LIMIT %(to)s
            ) AS found
            """,
            {"run_at": job.run_at, "id": job.id, "to": count_to},
        ).scalar_one()
    return ahead


def _held_ahead(connection: Connection, job: Any, held: Limits, count_to: int) -> dict[Priority, int]:
    """Of the jobs that wait for the same limit."""
    same = HELD_OF_KEY if held.key_is_full else f"{HELD} AND jobs.task = k.task"
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


def _per_second(connection: Connection, task: str | None) -> float | None:
    """How many jobs ended in a second lately, as the dispatcher counted; None when none did."""
    pace: float | None = connection.exec_driver_sql(
        """
        SELECT (sum(succeeded + failed) / nullif(extract(epoch FROM now() - min(minute)), 0))::float8 FROM stats
        WHERE minute >= date_trunc('minute', now()) - %(minutes)s * interval '1 minute'
            AND (%(task)s::text IS NULL OR task = %(task)s)
        """,
        {"task": task, "minutes": _RECENT_MINUTES},
    ).scalar_one()
    return pace or None
