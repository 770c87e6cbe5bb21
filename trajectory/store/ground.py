"""What lies at the head of queues: where the first job is that somebody can do, and what may come back before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class Surveyed(NamedTuple):
    """A queue at the moment `at`, for somebody who knows some tasks. A paused one has no work.

    Before `floor` no job of theirs waits, but one that runs now may be given back there: not before `returnable`.
    A second is taken off each time: a transaction that submits was under way for no longer, most likely.
    """

    rank: int
    has_work: bool
    floor: datetime
    returnable: datetime | None
    at: datetime


def survey(connection: Connection, ranks: Sequence[int], tasks: str | Sequence[str]) -> list[Surveyed]:
    """Walks over all that waits before the first job of these tasks: not for every claim."""
    rows = connection.exec_driver_sql(
        """
        SELECT p.rank, first.run_at IS NOT NULL
                AND NOT EXISTS (SELECT FROM queues WHERE queues.priority = p.rank AND paused_at IS NOT NULL),
            least(first.run_at, now()) - interval '1 second',
            (SELECT min(run_at) FROM jobs WHERE state = 'running' AND priority = p.rank) - interval '1 second',
            now() - interval '1 second'
        FROM unnest(%(ranks)s::smallint[]) AS p (rank) LEFT JOIN LATERAL (
            SELECT run_at FROM jobs
            WHERE state = 'queued' AND NOT held AND priority = p.rank AND task = ANY(%(tasks)s::text[])
            ORDER BY run_at, id LIMIT 1
        ) AS first ON true
        """,
        {"ranks": list(ranks), "tasks": tasks if isinstance(tasks, str) else list(tasks)},
    )
    return [Surveyed(*row) for row in rows]


def returned_since(connection: Connection, moment: datetime) -> set[int]:
    """The ranks of the queues to which a job was given back since then, at the place where it stood."""
    statement = "SELECT priority FROM queues WHERE returned_at >= %s"
    return set(connection.exec_driver_sql(statement, (moment,)).scalars())
