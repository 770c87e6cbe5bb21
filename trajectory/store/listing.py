"""Pages of jobs, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from trajectory.errors import InvalidCursor
from trajectory.store.branches import Maker, union
from trajectory.store.jobs import job_summaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from trajectory.schemas import JobSummary
    from trajectory.store.filters import JobFilter


class Page(NamedTuple):
    """Newest first. `next_cursor`: there may be more. `searched_to`: what is older has not been looked at."""

    items: list[JobSummary]
    next_cursor: str | None
    searched_to: datetime | None


class IdPage(NamedTuple):
    """As `Page`."""

    ids: list[UUID]
    next_id: UUID | None
    searched_to: datetime | None


def list_jobs(connection: Connection, chosen: JobFilter, *, limit: int, cursor: str | None) -> Page:
    """Newest first, after the job that `cursor` names."""
    ids, next_id, searched_to = list_ids(connection, chosen, limit=limit, before=_cursor_id(cursor))
    return Page(_summaries(connection, ids), str(next_id) if next_id else None, searched_to)


def list_ids(connection: Connection, chosen: JobFilter, *, limit: int, before: UUID | None = None) -> IdPage:
    """The ids of a page, newest first."""
    maker = Maker(connection, chosen, before=before, at_most=limit + 1)
    branches = maker.branches()
    statement = f"SELECT id FROM ({union(branches)}) AS found ORDER BY id DESC LIMIT %(at_most)s"
    ids: list[UUID] = list(connection.exec_driver_sql(statement, maker.values).scalars())
    full = len(ids) > limit
    last = ids[limit - 1] if full else None
    ids = ids[:limit]
    horizon = None if full and len(branches) == 1 else maker.horizon(branches)
    if horizon is not None and (last is None or last < horizon.id):
        return IdPage([job_id for job_id in ids if job_id >= horizon.id], horizon.id, horizon.created_at)
    return IdPage(ids, last, None)


def _summaries(connection: Connection, ids: Sequence[UUID]) -> list[JobSummary]:
    return sorted(job_summaries(connection, ids), key=lambda job: job.id, reverse=True) if ids else []


def _cursor_id(cursor: str | None) -> UUID | None:
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError:
        raise InvalidCursor(f"{cursor!r} is not a cursor of this list") from None
