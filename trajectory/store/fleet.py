"""Workers, their slots, and the catalogue of tasks that they announce."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.priorities import of_rank
from trajectory.schemas import Slot, SlotJob, TaskInfo, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

_ONLINE = "stopped_at IS NULL AND lost_at IS NULL"


class Held(NamedTuple):
    """A job that a slot held when that slot, or its worker, went away."""

    id: str
    attempt: int
    claim: int
    failures: int
    losses: int
    started_ago: float
    priority: int
    pid: int  # of the slot


def register_worker(
    connection: Connection,
    *,
    worker_id: UUID,
    name: str,
    host: str,
    pid: int,
    queues: Sequence[str],
    tasks: Sequence[str],
    slots: int,
) -> None:
    """Announce a worker, or say again that it lives."""
    values = {"id": worker_id, "name": name, "host": host, "pid": pid}
    values |= {"queues": list(queues), "tasks": list(tasks), "slots": slots}
    connection.exec_driver_sql(
        """
        INSERT INTO workers (id, name, host, pid, queues, tasks, slots)
        VALUES (%(id)s, %(name)s, %(host)s, %(pid)s, %(queues)s, %(tasks)s, %(slots)s)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), lost_at = NULL, slots = excluded.slots
        """,
        values,
    )


def stop_worker(connection: Connection, worker_id: UUID) -> None:
    connection.exec_driver_sql("UPDATE workers SET stopped_at = now() WHERE id = %s", (worker_id,))


def register_slot(connection: Connection, *, worker_id: UUID, slot: int, pid: int) -> int:
    """A claim number for a slot process: unique for ever."""
    statement = "INSERT INTO slots (worker_id, slot, pid) VALUES (%s, %s, %s) RETURNING claim"
    claim: int = connection.exec_driver_sql(statement, (worker_id, slot, pid)).scalar_one()
    return claim


_HELD = """
SELECT jobs.id::text, jobs.attempt, jobs.claim, jobs.failures, jobs.losses,
    extract(epoch FROM now() - jobs.started_at)::float8, jobs.priority, slots.pid
FROM jobs JOIN slots ON slots.claim = jobs.claim WHERE jobs.state = 'running'
"""


def held_by_worker(connection: Connection, worker_id: UUID) -> list[Held]:
    return [Held(*row) for row in connection.exec_driver_sql(f"{_HELD} AND slots.worker_id = %s", (worker_id,))]


def mark_lost_workers(connection: Connection, silent_for_seconds: float) -> list[UUID]:
    """Workers that have not been heard of for so long: each is returned once."""
    statement = f"""
        UPDATE workers SET lost_at = now()
        WHERE {_ONLINE} AND heartbeat_at < now() - %s * interval '1 second' RETURNING id
    """
    return list(connection.exec_driver_sql(statement, (silent_for_seconds,)).scalars())


def gone_workers_with_jobs(connection: Connection) -> list[tuple[UUID, bool]]:
    """Workers that are on record as holding a job and yet are lost or have stopped, and whether they have stopped."""
    statement = f"""
        SELECT DISTINCT workers.id, stopped_at IS NOT NULL FROM jobs JOIN slots ON slots.claim = jobs.claim
        JOIN workers ON workers.id = slots.worker_id WHERE jobs.state = 'running' AND NOT ({_ONLINE})
    """
    return [(worker_id, has_stopped) for worker_id, has_stopped in connection.exec_driver_sql(statement)]


def slots_by_queue(connection: Connection) -> dict[str, int]:
    """How many slots of living workers serve each queue."""
    statement = f"SELECT queue, sum(slots) FROM workers, unnest(queues) AS queue WHERE {_ONLINE} GROUP BY queue"
    return {queue: int(count) for queue, count in connection.exec_driver_sql(statement)}


def list_workers(connection: Connection, *, gone_for_seconds: float) -> list[Worker]:
    """Living workers, and those that went away within so many seconds, each with the job in every slot."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT id, name, host, pid, queues, slots, stopped_at, lost_at,
            extract(epoch FROM now() - heartbeat_at)::float8 AS age
        FROM workers
        WHERE {_ONLINE} OR greatest(stopped_at, lost_at) > now() - %s * interval '1 second'
        ORDER BY name, started_at
        """,
        (gone_for_seconds,),
    ).all()
    running = _running_jobs(connection)
    return [
        Worker(
            id=row.id,
            name=row.name,
            host=row.host,
            pid=row.pid,
            queues=row.queues,
            slots=[Slot(slot=slot, job=running.get((row.id, slot))) for slot in range(row.slots)],
            heartbeat_age_seconds=row.age,
            state="stopped" if row.stopped_at else "lost" if row.lost_at else "online",
        )
        for row in rows
    ]


def _running_jobs(connection: Connection) -> dict[tuple[UUID, int], SlotJob]:
    """The job that each slot is at: of several claimed together, the oldest claim is the one that runs."""
    rows = connection.exec_driver_sql("""
        SELECT DISTINCT ON (jobs.claim) slots.worker_id, slots.slot, jobs.id, jobs.task, jobs.priority, jobs.started_at
        FROM jobs JOIN slots ON slots.claim = jobs.claim WHERE jobs.state = 'running'
        ORDER BY jobs.claim, jobs.priority, jobs.run_at, jobs.id
    """)
    return {
        (row.worker_id, row.slot): SlotJob(
            id=row.id, task=row.task, priority=of_rank(row.priority), started_at=row.started_at
        )
        for row in rows
    }


def put_tasks(connection: Connection, tasks: Sequence[dict[str, Any]]) -> None:
    """Write the catalogue, each task as `Task.announced` describes it."""
    for task in tasks:
        values = {**task, "params_schema": json.dumps(task["params_schema"]), "defaults": json.dumps(task["defaults"])}
        connection.exec_driver_sql(
            """
            INSERT INTO tasks (name, description, params_schema, defaults, max_running, rate_per_second)
            VALUES (%(name)s, %(description)s, %(params_schema)s::json, %(defaults)s::jsonb, %(max_running)s,
                %(rate_per_second)s)
            ON CONFLICT (name) DO UPDATE SET description = excluded.description,
                params_schema = excluded.params_schema, defaults = excluded.defaults,
                max_running = excluded.max_running, rate_per_second = excluded.rate_per_second, updated_at = now()
            """,
            values,
        )


def list_tasks(connection: Connection) -> list[TaskInfo]:
    rows = connection.exec_driver_sql(f"""
        SELECT name, description, params_schema, defaults, max_running, rate_per_second,
            (SELECT count(*) FROM workers WHERE tasks.name = ANY(workers.tasks) AND {_ONLINE}) AS workers
        FROM tasks ORDER BY name
    """).mappings()
    return [TaskInfo.model_validate(dict(row)) for row in rows]
