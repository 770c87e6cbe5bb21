"""How many jobs match, by state, priority or task."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.priorities import of_rank
from trajectory.states import FINAL, JobState
from trajectory.store.branches import Maker, is_driven, tasks_named, union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from trajectory.store.branches import Dimension
    from trajectory.store.filters import JobFilter

_FIELDS: dict[Dimension, str] = {"state": "states", "priority": "priorities", "task": "tasks"}


class Counts(NamedTuple):
    """By value, no further than asked for. `complete`: no job that might match was left out but for that."""

    counts: dict[Any, int]
    complete: bool


class _Rows(NamedTuple):
    """How many jobs of each state, rank and task were found row by row."""

    counts: dict[tuple[str, int, str], int]
    complete: bool


def count_jobs(connection: Connection, chosen: JobFilter, *, up_to: int) -> Counts:
    """How many jobs match in each state, counted no further than `up_to`; what states it names is left aside."""
    counts, complete = count_by(connection, _without(chosen, "state"), "state", up_to=up_to)
    return Counts({state: counts.get(state.value, 0) for state in JobState}, complete)


def count_by(connection: Connection, chosen: JobFilter, by: Dimension, *, up_to: int) -> Counts:
    """How many jobs match for each value of a column that some have; a priority is told by its rank."""
    return _count(connection, chosen, by, up_to, _found(connection, chosen, up_to))


def count_each(connection: Connection, chosen: JobFilter, up_to: Mapping[Dimension, int]) -> dict[Dimension, Counts]:
    """As `count_by` for several columns, each under all conditions but those on the column itself."""
    found = _found(connection, chosen, max(up_to.values()))
    return {by: _count(connection, _without(chosen, by), by, most, found) for by, most in up_to.items()}


def _without(chosen: JobFilter, *dimensions: Dimension) -> JobFilter:
    free: dict[str, Any] = {_FIELDS[one]: () for one in dimensions}
    return replace(chosen, **free)


def _found(connection: Connection, chosen: JobFilter, up_to: int) -> _Rows:
    """What no index counts, read once for whatever states, priorities and tasks are asked for."""
    if chosen.q is None and not is_driven(chosen):
        return _Rows({}, complete=True)
    maker = Maker(connection, _without(chosen, *_FIELDS), at_most=up_to, counting=True)
    branches = maker.branches()
    statement = f"SELECT state, priority, task, count(*) FROM ({union(branches)}) AS found GROUP BY 1, 2, 3"
    counts = {(state, rank, task): n for state, rank, task, n in connection.exec_driver_sql(statement, maker.values)}
    return _Rows(counts, maker.is_complete(branches))


def _count(connection: Connection, chosen: JobFilter, by: Dimension, up_to: int, found: _Rows) -> Counts:
    column = list(_FIELDS).index(by)
    counts: Counter[str] = Counter()
    for row, n in found.counts.items():
        if _has(chosen, *row):
            counts[str(row[column])] += n
    complete = found.complete
    if known := _known(connection, chosen):
        indexed = _by_index(connection, known, by, up_to)
        counts.update(indexed.counts)
        complete = complete and indexed.complete
    return Counts({value: min(n, up_to) for value, n in counts.items()}, complete)


def _has(chosen: JobFilter, state: str, rank: int, task: str) -> bool:
    return (
        (not chosen.states or state in chosen.states)
        and (not chosen.priorities or of_rank(rank) in chosen.priorities)
        and (not chosen.tasks or task in chosen.tasks)
    )


def _known(connection: Connection, chosen: JobFilter) -> JobFilter | None:
    """What of the filter an index counts: all of it, or the jobs that are over of tasks that have the text's name."""
    if is_driven(chosen):
        return None
    if chosen.q is None:
        return chosen
    tasks = tuple(name for name in tasks_named(connection, chosen.q) if not chosen.tasks or name in chosen.tasks)
    states = tuple(state for state in chosen.states or JobState if state in FINAL)
    return replace(chosen, q=None, tasks=tasks, states=states) if tasks and states else None


def _by_index(connection: Connection, chosen: JobFilter, by: Dimension, up_to: int) -> Counts:
    maker = Maker(connection, chosen, at_most=up_to, counting=True, by=by)
    branches = maker.branches()
    found = [branch for branch in branches if not branch.counted]
    parts = [f"({branch.rows})" for branch in branches if branch.counted]
    if found:
        parts.append(f"SELECT {by}::text AS value, count(*) AS n FROM ({union(found)}) AS found GROUP BY 1")
    statement = f"SELECT value, sum(n)::bigint FROM ({' UNION ALL '.join(parts)}) AS counted GROUP BY 1"
    counts = {value: min(n, up_to) for value, n in connection.exec_driver_sql(statement, maker.values)}
    return Counts(counts, maker.is_complete(branches))
