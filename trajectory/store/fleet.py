"""Workers, their slots, and the catalogue of tasks that they announce."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.priorities import of_rank
from trajectory.schemas import Slot, SlotJob, TaskInfo, Worker

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

_ONLINE = "stopped_at IS NULL AND lost_at IS NULL"


class Held(NamedTuple):
    """A job that a slot held when that slot, or its worker, went away."""

    id: str
    task: str
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
    release: str = "",
    slot_memory: Mapping[int, int] | None = None,
) -> None:
    """Announce a worker, or say again that it lives. `slot_memory`: what each slot holds, in bytes."""
    values = {"id": worker_id, "name": name, "host": host, "pid": pid}
    values |= {"queues": list(queues), "tasks": list(tasks), "slots": slots, "release": release}
    values["slot_memory"] = json.dumps(slot_memory or {})
    connection.exec_driver_sql(
        """
        INSERT INTO workers (id, name, host, pid, queues, tasks, slots, release, slot_memory)
        VALUES (%(id)s, %(name)s, %(host)s, %(pid)s, %(queues)s, %(tasks)s, %(slots)s, %(release)s,
            %(slot_memory)s::jsonb)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), lost_at = NULL, slots = excluded.slots,
            slot_memory = excluded.slot_memory,
            wanted_slots = nullif(workers.wanted_slots, excluded.slots)
        """,
        values,
    )


def stop_worker(connection: Connection, worker_id: UUID) -> None:
    connection.exec_driver_sql("UPDATE workers SET stopped_at = now() WHERE id = %s", (worker_id,))


class Orders(NamedTuple):
    """What people asked of a worker."""

    stop: bool
    wanted_slots: int | None


def read_orders(connection: Connection, worker_id: UUID) -> Orders:
    statement = "SELECT stop_requested_at IS NOT NULL, wanted_slots FROM workers WHERE id = %s"
    return Orders(*connection.exec_driver_sql(statement, (worker_id,)).one())


def request_stop(connection: Connection, worker_id: UUID) -> bool:
    """Whether the worker is there to be stopped."""
    statement = f"""
        UPDATE workers SET stop_requested_at = coalesce(stop_requested_at, now()) WHERE id = %s AND {_ONLINE}
    """
    return connection.exec_driver_sql(statement, (worker_id,)).rowcount == 1


def request_slots(connection: Connection, worker_id: UUID, slots: int) -> bool:
    """Whether the worker is there to be resized."""
    statement = f"UPDATE workers SET wanted_slots = %s WHERE id = %s AND {_ONLINE}"
    return connection.exec_driver_sql(statement, (slots, worker_id)).rowcount == 1


def register_slot(connection: Connection, *, worker_id: UUID, slot: int, pid: int) -> int:
    """A claim number for a slot process: unique for ever."""
    statement = "INSERT INTO slots (worker_id, slot, pid) VALUES (%s, %s, %s) RETURNING claim"
    claim: int = connection.exec_driver_sql(statement, (worker_id, slot, pid)).scalar_one()
    return claim


class Overdue(NamedTuple):
    """A running job whose task should have stopped by now: it was asked to, or is over its time limit."""

    id: str
    task: str
    attempt: int
    claim: int
    pid: int
    failures: int
    losses: int
    max_retries: int
    timeout_seconds: float | None
    started_ago: float
    cancel_requested: bool
    is_alone: bool  # its slot holds no other job, so it is the one that runs


def overdue_jobs(
    connection: Connection, worker_id: UUID, living_pids: Collection[int], *, grace_seconds: float
) -> list[Overdue]:
    """Jobs in the living slots of a worker that were to stop more than the grace period ago."""
    rows = connection.exec_driver_sql(
        """
        SELECT jobs.id::text, task, attempt, jobs.claim, slots.pid, failures, losses, max_retries, timeout_seconds,
            extract(epoch FROM now() - jobs.started_at)::float8, cancel_requested_at IS NOT NULL,
            NOT EXISTS (SELECT FROM jobs AS other WHERE other.state = 'running' AND other.claim = jobs.claim
                AND other.id <> jobs.id)
        FROM slots JOIN jobs ON jobs.claim = slots.claim AND jobs.state = 'running'
        WHERE slots.worker_id = %s AND slots.pid = ANY(%s::int[])
            AND least(cancel_requested_at, jobs.started_at + timeout_seconds * interval '1 second')
                < now() - %s * interval '1 second'
        """,
        (worker_id, list(living_pids), grace_seconds),
    )
    return [Overdue(*row) for row in rows]


_HELD = """
SELECT jobs.id::text, jobs.task, jobs.attempt, jobs.claim, jobs.failures, jobs.losses,
    extract(epoch FROM now() - jobs.started_at)::float8, jobs.priority, slots.pid
FROM jobs JOIN slots ON slots.claim = jobs.claim JOIN workers ON workers.id = slots.worker_id
WHERE jobs.state = 'running'
"""


def held_by_worker(connection: Connection, worker_id: UUID) -> list[Held]:
    return _held(connection, "slots.worker_id = %s", worker_id)


def held_under_claim(connection: Connection, claim: int) -> list[Held]:
    return _held(connection, "jobs.claim = %s", claim)


def _held(connection: Connection, condition: str, *values: object) -> list[Held]:
    return [Held(*row) for row in connection.exec_driver_sql(f"{_HELD} AND {condition}", values)]


def mark_lost_workers(connection: Connection, silent_for_seconds: float) -> list[UUID]:
    """Workers that have not been heard of for so long: each is returned once."""
    statement = f"""
        UPDATE workers SET lost_at = now()
        WHERE {_ONLINE} AND heartbeat_at < now() - %s * interval '1 second' RETURNING id
    """
    return list(connection.exec_driver_sql(statement, (silent_for_seconds,)).scalars())


def held_by_stopped_workers(connection: Connection) -> list[Held]:
    return _held(connection, "stopped_at IS NOT NULL")


def held_by_lost_workers(connection: Connection, silent_for_seconds: float) -> list[Held]:
    """A slot may claim again before its worker, awake once more, has said so: that is not lost unless it lasts."""
    condition = """
        stopped_at IS NULL AND lost_at IS NOT NULL
        AND jobs.started_at < greatest(lost_at, now() - %s * interval '1 second')
    """
    return _held(connection, condition, silent_for_seconds)


def slots_by_queue(connection: Connection) -> dict[str, int]:
    """How many slots of living workers serve each queue."""
    statement = f"SELECT queue, sum(slots) FROM workers, unnest(queues) AS queue WHERE {_ONLINE} GROUP BY queue"
    return {queue: int(count) for queue, count in connection.exec_driver_sql(statement)}


def tasks_by_queue(connection: Connection) -> dict[str, list[str]]:
    """The tasks that the living workers of each queue know."""
    statement = f"""
        SELECT queue, array_agg(DISTINCT task) FROM workers, unnest(queues) AS queue, unnest(tasks) AS task
        WHERE {_ONLINE} GROUP BY queue
    """
    return {queue: list(tasks) for queue, tasks in connection.exec_driver_sql(statement)}


def list_workers(connection: Connection, *, gone_for_seconds: float) -> list[Worker]:
    """Living workers, and those that went away within so many seconds, each with the job in every slot."""
    condition = f"{_ONLINE} OR greatest(stopped_at, lost_at) > now() - %s * interval '1 second'"
    return _workers(connection, condition, gone_for_seconds)


def get_worker(connection: Connection, worker_id: UUID) -> Worker | None:
    return next(iter(_workers(connection, "id = %s", worker_id)), None)


def _workers(connection: Connection, condition: str, value: object) -> list[Worker]:
    rows = connection.exec_driver_sql(
        f"""
        SELECT id, name, host, pid, queues, slots, wanted_slots, stop_requested_at, stopped_at, lost_at, slot_memory,
            extract(epoch FROM now() - heartbeat_at)::float8 AS age
        FROM workers WHERE {condition} ORDER BY name, started_at
        """,
        (value,),
    ).all()
    running: dict[UUID, dict[int, SlotJob]] = defaultdict(dict)
    for (worker_id, slot), job in _running_jobs(connection).items():
        running[worker_id][slot] = job
    return [
        Worker(
            id=row.id,
            name=row.name,
            host=row.host,
            pid=row.pid,
            queues=row.queues,
            slots=_slots(row.slots, running[row.id], row.slot_memory),
            heartbeat_age_seconds=row.age,
            state="stopped" if row.stopped_at else "lost" if row.lost_at else "online",
            wanted_slots=row.wanted_slots,
            stop_requested_at=row.stop_requested_at,
        )
        for row in rows
    ]


def _slots(count: int, running: Mapping[int, SlotJob], memory: Mapping[str, int]) -> list[Slot]:
    """Those with a job and as many idle ones as make up the count: a worker that shrank may have gaps in between."""
    idle = [slot for slot in range(count) if slot not in running][: max(count - len(running), 0)]
    return [
        Slot(slot=slot, job=running.get(slot), memory_bytes=memory.get(str(slot))) for slot in sorted([*running, *idle])
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
