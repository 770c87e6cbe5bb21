"""Limits: how many jobs of a task or of a concurrency key run at a time, and how many of a task start in a second.

A job that a limit applies to is queued as `held`, where no claim looks. `let_in` moves the best of them to where claims
look, while there is room. A job that was let in has a `held_run_at` and takes up a place of each of its limits until
its attempt ends. All of it happens under one lock, so that nobody counts what another is about to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from trajectory.store.engine import together

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_LOCK = 7_233_903
_PAGE = 100
_MOST_AT_ONCE = 500
"""More would keep others from the lock for long; the dispatcher comes back for the rest."""

TASK_HAS_LIMIT = "(tasks.max_running IS NOT NULL OR tasks.rate_per_second IS NOT NULL)"
IS_LIMITED = f"""(jobs.concurrency_key IS NOT NULL
    OR EXISTS (SELECT FROM tasks WHERE tasks.name = jobs.task AND {TASK_HAS_LIMIT}))"""
"""Whether a limit applies to a row of `jobs`, for statements that queue jobs now and then."""

HELD = "jobs.state = 'queued' AND jobs.held"
HELD_OF_KEY = f"{HELD} AND jobs.concurrency_key IS NOT NULL AND jobs.concurrency_key = k.key"
PLACED = "jobs.state IN ('queued', 'running') AND jobs.held_run_at IS NOT NULL"
PLACED_OF_KEY = f"{PLACED} AND jobs.concurrency_key IS NOT NULL AND jobs.concurrency_key = k.key"
BEST_FIRST = "jobs.priority, jobs.run_at, jobs.id"
_WORST_FIRST = "jobs.priority DESC, jobs.held_run_at DESC, jobs.id DESC"

# A row that somebody holds is left for the next time: who lets in must not wait for anybody.
# `run_at` becomes now, because a claim starts to scan where the last one ended.
_LET_IN = f"""
UPDATE jobs SET held = false, held_run_at = jobs.run_at, run_at = clock_timestamp(), version = jobs.version + 1
FROM (SELECT id FROM jobs WHERE id = ANY(ARRAY(SELECT id FROM chosen)) AND {HELD} FOR UPDATE SKIP LOCKED) AS free
WHERE jobs.id = free.id RETURNING jobs.id::text, jobs.priority
"""
_HOLD_AGAIN = f"""
UPDATE jobs SET held = true, run_at = jobs.held_run_at, held_run_at = NULL, version = jobs.version + 1
FROM (
    SELECT id FROM jobs WHERE id = ANY(ARRAY(SELECT id FROM chosen)) AND state = 'queued' AND {PLACED}
    FOR UPDATE SKIP LOCKED
) AS free
WHERE jobs.id = free.id RETURNING jobs.id::text, jobs.priority, jobs.task, jobs.concurrency_key
"""
_THESE = "WITH chosen AS (SELECT unnest(%(ids)s::uuid[]) AS id)"

# How many places a key has is said by each job; the best that waits counts, and no other is let in beyond its own.
_BEST_OF_KEYS = f"""
WITH chosen AS MATERIALIZED (
    SELECT held.id FROM unnest(%(keys)s::text[]) AS k (key)
    CROSS JOIN LATERAL (
        SELECT concurrency_limit AS places FROM jobs WHERE {HELD_OF_KEY} ORDER BY {BEST_FIRST} LIMIT 1
    ) AS head
    CROSS JOIN LATERAL (SELECT count(*) AS taken FROM jobs WHERE {PLACED_OF_KEY}) AS placed
    CROSS JOIN LATERAL (
        SELECT best.id, best.concurrency_limit, row_number() OVER (ORDER BY priority, run_at, id) AS number FROM (
            SELECT id, priority, run_at, concurrency_limit FROM jobs
            WHERE {HELD_OF_KEY} AND task <> ALL(%(limited)s::text[])
            ORDER BY {BEST_FIRST} LIMIT least(greatest(head.places - placed.taken, 0), {_PAGE})
        ) AS best
    ) AS held
    WHERE placed.taken + held.number <= held.concurrency_limit
)
"""
_WORSE_THAN_HELD = f"""
WITH chosen AS MATERIALIZED (
    SELECT worst.id FROM unnest(%(keys)s::text[]) AS k (key)
    CROSS JOIN LATERAL (
        SELECT id, priority FROM jobs WHERE {PLACED_OF_KEY} AND state = 'queued' ORDER BY {_WORST_FIRST} LIMIT 1
    ) AS worst
    CROSS JOIN LATERAL (
        SELECT concurrency_limit AS places FROM jobs
        WHERE {HELD_OF_KEY} AND priority < worst.priority AND task <> ALL(%(limited)s::text[])
        ORDER BY {BEST_FIRST} LIMIT 1
    ) AS head
    WHERE head.places <= (SELECT count(*) FROM jobs WHERE {PLACED_OF_KEY})
)
"""


class Moved(NamedTuple):
    """A job that was let in, or is held again."""

    id: str
    priority: int


class LetIn(NamedTuple):
    """What `let_in` changed."""

    ready: list[Moved]
    held_again: list[Moved]


class _Held(NamedTuple):
    id: UUID
    priority: int
    run_at: datetime
    key: str | None
    places: int | None


class _Placed(NamedTuple):
    """A job that was let in and has not started."""

    id: str
    priority: int
    task: str
    key: str | None


@dataclass
class _TaskLimit:
    """The limits of one task. `tokens`: how many of its jobs may start now, by its rate."""

    name: str
    max_running: int | None
    rate_per_second: float | None
    tokens: float | None
    read_at: datetime
    spent: bool = False

    def room(self, *, placed: int, unstarted: int) -> int:
        """For how many more jobs there is room.

        What was let in and has not started counts against a second's worth: while no slot is free, turns are not saved
        up for a rush.
        """
        rooms = []
        if self.max_running is not None:
            rooms.append(self.max_running - placed)
        if self.rate_per_second is not None and self.tokens is not None:
            rooms.append(int(min(self.tokens, max(1.0, self.rate_per_second) - unstarted) + 1e-9))
        return max(0, min(rooms))

    def spend(self, tokens: int) -> None:
        if self.tokens is not None:
            self.tokens -= tokens
            self.spent = True


def let_in(connection: Connection, *, tasks: Collection[str], keys: Collection[str]) -> LetIn:
    """Let in the best held jobs of these tasks and concurrency keys for which there is room.

    A better job takes the place of a worse one that was let in and has not started: that one is held again.
    Safe to repeat. In a transaction of its own.
    """
    changed = LetIn([], [])
    with together(connection):
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        limits = _task_limits(connection)
        wanted = dict.fromkeys(tasks)
        if keys and limits:
            wanted |= dict.fromkeys(_limited_tasks_first_of(connection, keys, limits))
        for name in wanted:
            if name in limits:
                _OfTask(connection, limits, limits[name], changed).let_in()
        if keys:
            _let_in_of_keys(connection, keys, limits, changed)
        _write_tokens(connection, limits)
    return changed


def _task_limits(connection: Connection) -> dict[str, _TaskLimit]:
    rows = connection.exec_driver_sql(f"""
        SELECT name, max_running, rate_per_second,
            CASE WHEN rate_per_second IS NOT NULL THEN least(greatest(rate_per_second, 1), coalesce(rate_tokens
                + extract(epoch FROM clock_timestamp() - rate_refilled_at)::float8 * rate_per_second, 'infinity'))
            END AS tokens, clock_timestamp() AS read_at
        FROM tasks WHERE {TASK_HAS_LIMIT}
    """)
    return {row.name: _TaskLimit(*row) for row in rows}


def _write_tokens(connection: Connection, limits: dict[str, _TaskLimit]) -> None:
    for limit in limits.values():
        if limit.spent:
            connection.exec_driver_sql(
                "UPDATE tasks SET rate_tokens = %s, rate_refilled_at = %s WHERE name = %s",
                (limit.tokens, limit.read_at, limit.name),
            )


def _limited_tasks_first_of(connection: Connection, keys: Collection[str], limits: dict[str, _TaskLimit]) -> list[str]:
    """The tasks with limits of their own whose job is the best that waits for one of the keys."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT DISTINCT head.task FROM unnest(%s::text[]) AS k (key) CROSS JOIN LATERAL (
            SELECT task FROM jobs WHERE {HELD_OF_KEY} ORDER BY {BEST_FIRST} LIMIT 1
        ) AS head WHERE head.task = ANY(%s::text[])
        """,
        (list(keys), list(limits)),
    )
    return list(rows.scalars())


def _let_in_of_keys(
    connection: Connection, keys: Collection[str], limits: dict[str, _TaskLimit], changed: LetIn
) -> None:
    """Jobs that only a concurrency key holds, of many keys at once."""
    values = {"keys": list(keys), "limited": list(limits)}
    worse = connection.exec_driver_sql(f"{_WORSE_THAN_HELD} {_HOLD_AGAIN}", values).all()
    _note_held_again([_Placed(*row) for row in worse], limits, changed)
    changed.ready.extend(Moved(*row) for row in connection.exec_driver_sql(f"{_BEST_OF_KEYS} {_LET_IN}", values))


def _note_held_again(jobs: Sequence[_Placed], limits: dict[str, _TaskLimit], changed: LetIn) -> None:
    for job in jobs:
        changed.held_again.append(Moved(job.id, job.priority))
        if job.task in limits:
            limits[job.task].spend(-1)


class _OfTask:
    """Letting in the jobs of one task that has a limit. Each may have a concurrency key, and then needs both."""

    def __init__(
        self, connection: Connection, limits: dict[str, _TaskLimit], limit: _TaskLimit, changed: LetIn
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._limit = limit
        self._changed = changed
        self._placed_of_key: dict[str, int] = {}
        self._full_keys: set[str] = set()
        self._room = 0

    def let_in(self) -> None:
        placed, unstarted = self._connection.exec_driver_sql(
            f"SELECT count(*), count(*) FILTER (WHERE state = 'queued') FROM jobs WHERE {PLACED} AND task = %s",
            (self._limit.name,),
        ).one()
        self._room = self._limit.room(placed=placed, unstarted=unstarted)
        # Whether anything can be done is asked before what waits is read: it may be a great deal.
        if self._room < 1 and not unstarted:
            return
        chosen = self._choose()
        rows = self._connection.exec_driver_sql(f"{_THESE} {_LET_IN}", {"ids": chosen}) if chosen else ()
        ready = [Moved(*row) for row in rows]
        self._limit.spend(len(ready))
        self._changed.ready.extend(ready)

    def _choose(self) -> list[UUID]:
        """The best held jobs that have room, best first."""
        chosen: list[UUID] = []
        after: tuple[object, ...] = (-1, "-infinity", "00000000-0000-0000-0000-000000000000")
        while page := self._page(after):
            for job in page:
                worse_of_key = self._worse_of_key(job)
                if worse_of_key is None:
                    self._full_keys.add(str(job.key))
                    continue
                worse_of_task = self._worse_of_task(job, worse_of_key)
                # Where this one has no place, those that come after it have none either: they are no better.
                if worse_of_task is None or not self._hold_again([*worse_of_key, *worse_of_task]):
                    return chosen
                self._room -= 1
                if job.key is not None:
                    self._placed_of_key[job.key] += 1
                chosen.append(job.id)
                if len(chosen) == _MOST_AT_ONCE:
                    return chosen
            after = page[-1].priority, page[-1].run_at, page[-1].id
        return chosen

    def _page(self, after: tuple[object, ...]) -> list[_Held]:
        rows = self._connection.exec_driver_sql(
            f"""
            SELECT id, priority, run_at, concurrency_key, concurrency_limit FROM jobs
            WHERE {HELD} AND task = %s AND (priority, run_at, id) > (%s::smallint, %s::timestamptz, %s::uuid)
                AND (concurrency_key IS NULL OR concurrency_key <> ALL(%s::text[]))
            ORDER BY {BEST_FIRST} LIMIT %s
            """,
            (self._limit.name, *after, list(self._full_keys), min(_PAGE, self._room + 10)),
        )
        return [_Held(*row) for row in rows]

    def _worse_of_key(self, job: _Held) -> list[_Placed] | None:
        """Whose place this job needs to take to have one of its key; None when it cannot."""
        if job.key is None or job.places is None:
            return []
        if job.key in self._full_keys:
            return None
        if job.key not in self._placed_of_key:
            self._placed_of_key[job.key] = self._connection.exec_driver_sql(
                f"SELECT count(*) FROM (SELECT %s::text AS key) AS k, jobs WHERE {PLACED_OF_KEY}", (job.key,)
            ).scalar_one()
        if self._placed_of_key[job.key] < job.places:
            return []
        return self._worse_than(job, "concurrency_key IS NOT NULL AND concurrency_key = %s", job.key)

    def _worse_of_task(self, job: _Held, leaving: Sequence[_Placed]) -> list[_Placed] | None:
        """The same for the task, of which some may leave already."""
        if self._room + sum(placed.task == self._limit.name for placed in leaving) > 0:
            return []
        return self._worse_than(job, "task = %s", self._limit.name)

    def _worse_than(self, job: _Held, condition: str, value: str) -> list[_Placed] | None:
        worst = self._worst(condition, value)
        return [worst] if worst and worst.priority > job.priority else None

    def _worst(self, condition: str, value: str) -> _Placed | None:
        row = self._connection.exec_driver_sql(
            f"""
            SELECT id::text, priority, task, concurrency_key FROM jobs
            WHERE {PLACED} AND state = 'queued' AND {condition} ORDER BY {_WORST_FIRST} LIMIT 1
            """,
            (value,),
        ).one_or_none()
        return _Placed(*row) if row else None

    def _hold_again(self, victims: Sequence[_Placed]) -> bool:
        """Whether all of these still waited and are held again."""
        if not victims:
            return True
        ids = [victim.id for victim in victims]
        held = [_Placed(*row) for row in self._connection.exec_driver_sql(f"{_THESE} {_HOLD_AGAIN}", {"ids": ids})]
        _note_held_again(held, self._limits, self._changed)
        for job in held:
            self._room += job.task == self._limit.name
            if job.key in self._placed_of_key:
                self._placed_of_key[job.key] -= 1
        return len(held) == len(victims)
