"""What a list or a count of jobs is put together from, so that it stays quick beside millions of them.

A question is answered from branches, each of which is quick for a reason: it follows an index that is in the order of
the answer, it reads a set that is small, or it looks at the newest so many jobs and says how far it looked. One plan
for any filter could be none of these: the planner guesses how often a condition holds, and what is rare and old makes
it read everything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from trajectory.priorities import RANKED
from trajectory.states import FINAL, JobState
from trajectory.store.filters import JobFilter, all_of, literals, where
from trajectory.store.ids import id_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

LOOKED_AT = 3_000
"""How many jobs a branch looks at where no index knows the answer."""

MOST_STREAMS = 300
_IN_ORDER = ("batch_id", "schedule_id", "fingerprint", "source")
"""Each has an index that goes on in the order of the answer."""

_FOUND = "jobs.id, jobs.state, jobs.priority, jobs.task"
_CLOCKS_DIFFER_MS = 3_600_000
"""An id says when the job was made by the clock of who made it; `created_at` is when its transaction began."""

_READY = "state = 'queued' AND NOT held"
_UNFINISHED = (
    f"{_READY} ORDER BY priority, run_at, id",
    "state = 'queued' AND held ORDER BY task, priority, run_at",
    "state IN ('scheduled', 'retrying') ORDER BY run_at",
    "state = 'running' ORDER BY claim",
)
"""Each in the order of its index, so that the index is read and no more of it than is wanted."""
_OF_EACH_PRIORITY = (
    *(f"{_READY} AND priority = {priority.rank} ORDER BY run_at, id" for priority in RANKED),
    *_UNFINISHED[1:],
)
"""The same, where many of one priority must not hide those of another."""

Dimension = Literal["state", "priority", "task"]
"""A column by whose values jobs are counted."""


class Branch(NamedTuple):
    """A part of the answer: SQL for `id, state, priority, task` of jobs that match."""

    rows: str
    looked_at: str | None = None  # WHERE and ORDER BY of the jobs of which only the newest were looked at
    cut: bool = False  # other jobs than the newest were left out
    counted: bool = False  # it is SQL for `value, n` instead


class Horizon(NamedTuple):
    id: UUID
    created_at: datetime


class Maker:
    """Makes the branches of one question. They share their values: each name means the same in all of them.

    A list takes `at_most` jobs, before the one of that id. A count, which is `counting`, takes no further than that
    of each value of `by`; without that, its branches are rows to be counted in whatever way.
    """

    def __init__(
        self,
        connection: Connection,
        chosen: JobFilter,
        *,
        at_most: int,
        before: UUID | None = None,
        counting: bool = False,
        by: Dimension | None = None,
    ) -> None:
        self._connection = connection
        self._chosen = chosen
        self._counting = counting
        self._by = by
        self._most = max(LOOKED_AT, at_most)  # of a set that is read whole
        self.values: dict[str, Any] = {**where(chosen)[1], "at_most": at_most}
        self._span: list[str] = []  # between which ids a job must lie
        if before is not None:
            self._bound("<", "before_id", before)
        if chosen.created_before is not None:
            self._bound("<", "until_id", id_at(chosen.created_before, _CLOCKS_DIFFER_MS))
        if chosen.created_after is not None:
            self._bound(">=", "after_id", id_at(chosen.created_after, -_CLOCKS_DIFFER_MS))

    def _bound(self, operator: str, name: str, value: UUID) -> None:
        self._span.append(f"jobs.id {operator} %({name})s")
        self.values[name] = value

    def branches(self) -> list[Branch]:
        chosen = self._chosen
        for name in _IN_ORDER:
            if getattr(chosen, name) is not None:
                return [self._newest(chosen, f"jobs.{name} = %({name})s")]
        if chosen.tag is not None:
            return [self._tagged(chosen, "tag")]
        if chosen.key is not None:
            return [self._newest(chosen, f"jobs.{kind}_key = %(key)s") for kind in ("unique", "concurrency")]
        narrow = chosen.q is not None or chosen.states or chosen.tasks or chosen.priorities
        if not narrow and not self._counting:
            return [self._newest(chosen)]
        unfinished, finished = (
            replace(chosen, states=tuple(state for state in JobState if state in part and state in states))
            for states in [chosen.states or tuple(JobState)]
            for part in (set(JobState) - FINAL, FINAL)
        )
        sets = _OF_EACH_PRIORITY if self._counting and self._by in (None, "priority") else _UNFINISHED
        made = [self._whole(unfinished, sets) or self._newest(unfinished)] if unfinished.states else []
        if finished.states:
            made += self._finished(finished) if chosen.q is None else self._searched(finished)
        return made

    def is_complete(self, branches: Sequence[Branch]) -> bool:
        """Whether no job that might match was left out."""
        return not any(branch.cut for branch in branches) and self.horizon(branches) is None

    def horizon(self, branches: Sequence[Branch]) -> Horizon | None:
        """The job down to which every branch has looked; None when nothing was left out."""
        found = []
        for branch in branches:
            if branch.looked_at is not None:
                oldest = f"SELECT jobs.id FROM jobs {branch.looked_at} OFFSET {LOOKED_AT - 1} LIMIT 1"
                statement = f"SELECT id, created_at FROM jobs WHERE id = ({oldest})"
                found += [Horizon(*row) for row in self._connection.exec_driver_sql(statement, self.values)]
        return max(found, default=None)

    def _newest(self, chosen: JobFilter, driver: str = "true", more: str = "true") -> Branch:
        """Of the newest jobs for which `driver` holds, in the order of an index, those that match."""
        looked_at = f"WHERE {all_of([driver, *self._span])} ORDER BY jobs.id DESC"
        newest = f"SELECT * FROM jobs {looked_at} LIMIT {LOOKED_AT}"
        rows = f"SELECT {_FOUND} FROM ({newest}) AS jobs WHERE {all_of([*where(chosen)[0], more])}"
        return Branch(rows if self._counting else f"{rows} ORDER BY jobs.id DESC LIMIT %(at_most)s", looked_at)

    def _whole(self, chosen: JobFilter, sources: Sequence[str], more: str = "true") -> Branch | None:
        """What matches of everything that the sources hold; None when that is too much for a list."""

        def everything(columns: str) -> str:
            limit = self._most + 1
            return " UNION ALL ".join(f"(SELECT {columns} FROM jobs WHERE {one} LIMIT {limit})" for one in sources)

        statement = f"SELECT count(*) FROM ({everything('1')}) AS held"
        too_many = self._connection.exec_driver_sql(statement, self.values).scalar_one() > self._most
        if too_many and not self._counting:
            return None
        conditions = all_of([*where(chosen)[0], more, *self._span])
        rows = f"SELECT {_FOUND} FROM ({everything('*')}) AS jobs WHERE {conditions}"
        # As many as are counted in a state are in each set, unless something else is asked of them.
        plain = self._by != "task" and replace(chosen, states=()) == JobFilter()
        return Branch(rows, cut=too_many and not plain)

    def _tagged(self, chosen: JobFilter, name: str, more: str = "true") -> Branch:
        """A tag that few jobs have is read whole: its index is in no order, and reads all that a common one has."""
        has_tag = f"jobs.tags @> ARRAY[%({name})s::text] AND jobs.tags <> '{{}}'"
        if self._expected(has_tag) <= self._most and (whole := self._whole(chosen, [has_tag], more)):
            return whole
        return self._newest(chosen, more=all_of([has_tag, more]))

    def _expected(self, condition: str) -> float:
        """How many jobs the planner thinks there are."""
        explained = self._connection.exec_driver_sql(
            f"EXPLAIN (FORMAT JSON) SELECT FROM jobs WHERE {condition}", self.values
        ).scalar_one()
        rows: float = explained[0]["Plan"]["Plan Rows"]
        return rows

    def _finished(self, chosen: JobFilter) -> list[Branch]:
        """Task, priority and state are the first columns of an index that is then in order: one stream for each."""
        tasks = chosen.tasks or _finished_tasks(self._connection)
        priorities = chosen.priorities or RANKED
        self.values["stream_tasks"] = list(tasks)
        if len(tasks) * len(priorities) * len(chosen.states) > MOST_STREAMS:
            of_them = "jobs.task = ANY(%(stream_tasks)s::text[])" if chosen.tasks else "true"
            return [self._newest(replace(chosen, tasks=()), more=of_them)]
        ranks = ", ".join(f"({priority.rank}::smallint)" for priority in priorities)
        states = ", ".join(f"('{state}')" for state in chosen.states)
        sources = {
            "task": "unnest(%(stream_tasks)s::text[]) AS t (task)",
            "priority": f"(VALUES {ranks}) AS p (priority)",
            "state": f"(VALUES {states}) AS s (state)",
        }
        conditions = [
            *self._span,
            *where(JobFilter(created_after=chosen.created_after, created_before=chosen.created_before))[0],
        ]
        over = f"""
            FROM jobs WHERE jobs.finished_at IS NOT NULL AND jobs.task = t.task AND jobs.priority = p.priority
                AND jobs.state = s.state AND {all_of(conditions)}
        """
        if self._by is not None:
            own = sources.pop(self._by)
            others = " CROSS JOIN ".join(sources.values())
            return [
                Branch(
                    f"""
                    SELECT {self._by}::text AS value, n FROM {own} CROSS JOIN LATERAL (
                        SELECT count(*) AS n FROM (
                            SELECT FROM {others} CROSS JOIN LATERAL (SELECT {over} LIMIT %(at_most)s) AS stream
                            LIMIT %(at_most)s
                        ) AS seen
                    ) AS counted WHERE n > 0
                    """,
                    counted=True,
                )
            ]
        every = " CROSS JOIN ".join((sources["task"], sources["priority"]))
        return [
            Branch(f"""
                SELECT stream.* FROM {every} CROSS JOIN (VALUES ('{state}')) AS s (state) CROSS JOIN LATERAL (
                    SELECT {_FOUND} {over} ORDER BY jobs.id DESC LIMIT %(at_most)s
                ) AS stream
            """)
            for state in chosen.states
        ]

    def _searched(self, chosen: JobFilter) -> list[Branch]:
        """Text is looked for in names of tasks, in ids, in tags, and in the errors of jobs that did not succeed.

        A count leaves out the jobs of tasks that are named so: they are counted by their tasks.
        """
        text = str(chosen.q)
        named = tasks_named(self._connection, text)
        self.values["named"] = named
        others = "jobs.task <> ALL(%(named)s::text[])" if self._counting else "true"
        made = [self._tagged(chosen, "q", others)]
        if not self._counting and (tasks := [name for name in named if not chosen.tasks or name in chosen.tasks]):
            made += self._finished(replace(chosen, tasks=tuple(tasks)))
        if span := _ids_that_begin_with(text.lower()):
            self.values |= {"lowest_id": span[0], "highest_id": span[1]}
            made.append(self._newest(chosen, "jobs.id BETWEEN %(lowest_id)s AND %(highest_id)s", others))
        if set(chosen.states) - {JobState.SUCCEEDED}:
            unlucky = f"jobs.state IN ({literals((JobState.FAILED, JobState.CANCELLED))})"
            made.append(self._newest(chosen, unlucky, others))
        return made


def is_driven(chosen: JobFilter) -> bool:
    """Whether it names what a job belongs to: an index knows those jobs, and not their states, priorities and tasks."""
    return any(getattr(chosen, name) is not None for name in (*_IN_ORDER, "tag", "key"))


def tasks_named(connection: Connection, text: str) -> list[str]:
    """The tasks of jobs that are over whose names have `text` in them."""
    return [name for name in _finished_tasks(connection) if text.lower() in name.lower()]


def _finished_tasks(connection: Connection) -> list[str]:
    """The tasks of jobs that are over. Reads one entry of the index for each."""
    rows = connection.exec_driver_sql("""
        WITH RECURSIVE found AS (
            (SELECT task FROM jobs WHERE finished_at IS NOT NULL ORDER BY task LIMIT 1)
            UNION ALL
            SELECT (SELECT jobs.task FROM jobs WHERE finished_at IS NOT NULL AND jobs.task > found.task
                ORDER BY jobs.task LIMIT 1)
            FROM found WHERE found.task IS NOT NULL
        )
        SELECT task FROM found WHERE task IS NOT NULL
    """)
    return list(rows.scalars())


def union(branches: Sequence[Branch]) -> str:
    return " UNION ".join(f"({branch.rows})" for branch in branches)


def _ids_that_begin_with(text: str) -> tuple[UUID, UUID] | None:
    """The lowest and the highest id that begin with `text`; None when none can."""
    digits = text.replace("-", "")
    if not re.fullmatch("[0-9a-f]{1,32}", digits):
        return None
    lowest, highest = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    return (lowest, highest) if str(lowest).startswith(text) else None
