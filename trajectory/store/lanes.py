"""What each slot ran when: the runs of a span of time, by slot."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from trajectory.lane_schemas import Lane, LaneRun, Lanes
from trajectory.priorities import of_rank
from trajectory.states import Outcome

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Row

MOST_RUNS = 4_000
"""In one answer: more than a screen has room for, and little enough to be read each second."""

_MOST_LOOKED_AT = 50_000
"""Finished jobs that are looked at to find those that ran: many may have been cancelled before they started."""

_COLUMNS = "id, attempt, outcome, claim, started_at, finished_at"
_DUE = "greatest(run_at, returned_at) AS due_at"  # a job whose attempt was lost waits since then
_EARLIER = "job_id AS id, attempt, outcome, claim, started_at, finished_at"
_IS_LONG = "finished_at - started_at >= interval '10 seconds'"
_ENDED_IN_SPAN = "finished_at >= %(start)s AND finished_at < %(end)s ORDER BY finished_at DESC LIMIT"
# What began in the span and went on after it is found by how it ended: a short run soon after, a long one by the
# index that holds only long ones. `_IS_LONG` is what the two indexes `jobs_long` and `attempts_long` say.
_WENT_ON = "started_at < %(end)s AND finished_at >= %(end)s AND finished_at < %(end)s + interval '10 seconds'"
_WENT_ON_LONG = f"""
{_IS_LONG} AND tstzrange(started_at, finished_at) @> %(end)s::timestamptz
AND finished_at >= %(end)s::timestamptz + interval '10 seconds'
"""
# Of several jobs claimed together, the oldest claim is the one that runs.
_RUNS = f"""
WITH ran AS (
    (SELECT DISTINCT ON (claim) {_COLUMNS}, {_DUE} FROM jobs WHERE state = 'running' AND started_at < %(end)s
        ORDER BY claim, priority, run_at, id)
    UNION ALL (SELECT {_COLUMNS}, due_at FROM (
            SELECT {_COLUMNS}, {_DUE} FROM jobs WHERE {_ENDED_IN_SPAN} %(look_at)s
        ) AS ended WHERE outcome IS NOT NULL LIMIT %(limit)s)
    UNION ALL (SELECT {_COLUMNS}, {_DUE} FROM jobs WHERE {_WENT_ON} AND outcome IS NOT NULL LIMIT %(limit)s)
    UNION ALL (SELECT {_COLUMNS}, {_DUE} FROM jobs WHERE {_WENT_ON_LONG} AND outcome IS NOT NULL LIMIT %(limit)s)
    UNION ALL (SELECT {_EARLIER}, NULL FROM attempts WHERE {_ENDED_IN_SPAN} %(limit)s)
    UNION ALL (SELECT {_EARLIER}, NULL FROM attempts WHERE {_WENT_ON} LIMIT %(limit)s)
    UNION ALL (SELECT {_EARLIER}, NULL FROM attempts WHERE {_WENT_ON_LONG} LIMIT %(limit)s)
), newest AS MATERIALIZED (
    SELECT * FROM ran WHERE claim IS NOT NULL AND started_at IS NOT NULL
    ORDER BY finished_at DESC NULLS FIRST LIMIT %(limit)s
)
SELECT slots.worker_id, slots.slot, newest.id, jobs.task, jobs.priority, newest.attempt, newest.outcome,
    newest.due_at, newest.started_at, newest.finished_at
FROM newest JOIN slots ON slots.claim = newest.claim JOIN jobs ON jobs.id = newest.id
ORDER BY newest.finished_at DESC NULLS FIRST
"""
_NOT_LOOKED_AT = f"SELECT finished_at FROM jobs WHERE {_ENDED_IN_SPAN} 1 OFFSET %(look_at)s"
_SEEN = """
SELECT id, name, slots FROM workers
WHERE id = ANY(%(of_runs)s::uuid[]) OR started_at < %(end)s AND (
    stopped_at IS NULL AND lost_at IS NULL OR greatest(heartbeat_at, stopped_at) >= %(start)s
)
ORDER BY name, started_at, id
"""


def read_lanes(connection: Connection, *, start: datetime, end: datetime, most_runs: int = MOST_RUNS) -> Lanes:
    """Every slot of the workers seen from `start` to before `end`, with what it ran in that span.

    At most `most_runs`, the newest; see `Lanes.complete_from`. A run that is going on is in every span that ends
    after it started.
    """
    span = {"start": start, "end": end, "limit": most_runs + 1, "look_at": _MOST_LOOKED_AT}
    read_at: datetime = connection.exec_driver_sql("SELECT now()").scalar_one()
    rows = connection.exec_driver_sql(_RUNS, span).all()
    first_left_out: datetime | None
    if len(rows) > most_runs:
        first_left_out = rows[most_runs].finished_at
        rows = rows[:most_runs]
    else:
        first_left_out = connection.exec_driver_sql(_NOT_LOOKED_AT, span).scalar()
    by_slot: dict[tuple[UUID, int], list[LaneRun]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.started_at):
        by_slot[row.worker_id, row.slot].append(_run(row))
    of_runs = list({worker_id for worker_id, _ in by_slot})
    workers = connection.exec_driver_sql(_SEEN, {**span, "of_runs": of_runs}).all()
    return Lanes(
        start=start,
        end=end,
        read_at=read_at,
        truncated=first_left_out is not None,
        complete_from=start if first_left_out is None else first_left_out,
        runs=len(rows),
        lanes=[
            Lane(worker_id=worker.id, worker=worker.name, slot=slot, runs=by_slot.get((worker.id, slot), []))
            for worker in workers
            for slot in _slots_of(worker, by_slot)
        ],
    )


def _slots_of(worker: Row[Any], by_slot: dict[tuple[UUID, int], list[LaneRun]]) -> list[int]:
    """Those that it has, and those that it had when it ran something."""
    return sorted(set(range(worker.slots)) | {slot for worker_id, slot in by_slot if worker_id == worker.id})


def _run(row: Row[Any]) -> LaneRun:
    return LaneRun(
        job_id=row.id,
        task=row.task,
        priority=of_rank(row.priority),
        attempt=row.attempt,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        due_at=row.due_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
