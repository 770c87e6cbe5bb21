"""The jobs that a list shows, as CSV or JSON Lines, however many they are.

They are read page by page, as the list is, and not from a cursor on the server: that would hold a snapshot for as long
as the slowest reader takes, and no dead row could be cleaned away from the head of the queue meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trajectory.parts import parts
from trajectory.rows import as_csv
from trajectory.store.listing import list_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trajectory.rows import TextFormat
    from trajectory.schemas import JobSummary
    from trajectory.store.filters import JobFilter
    from trajectory.store.listing import Page

COLUMNS = (
    "id",
    "task",
    "priority",
    "state",
    "tags",
    "source",
    "batch_id",
    "schedule_id",
    "unique_key",
    "concurrency_key",
    "held",
    "created_by",
    "attempt",
    "max_retries",
    "timeout_seconds",
    "created_at",
    "run_at",
    "started_at",
    "finished_at",
    "wait_seconds",
    "run_seconds",
    "worker",
    "error_type",
    "error_message",
)
_AT_ONCE = 500


def export_jobs(chosen: JobFilter, form: TextFormat) -> Iterator[bytes]:
    """The file in pieces, newest first. Jobs that are submitted meanwhile are not in it.

    Whatever may be wrong with the database is raised at once, if it is wrong then.
    """
    return _written(_page(chosen, None), chosen, form)


def _written(page: Page, chosen: JobFilter, form: TextFormat) -> Iterator[bytes]:
    if form == "csv":
        yield as_csv([COLUMNS])
    while True:
        if page.items:
            yield as_csv(map(_cells, page.items)) if form == "csv" else _as_listed(page.items)
        if page.next_cursor is None:
            return
        page = _page(chosen, page.next_cursor)


def _page(chosen: JobFilter, cursor: str | None) -> Page:
    with parts().engine.connect() as connection:
        return list_jobs(connection, chosen, limit=_AT_ONCE, cursor=cursor)


def _as_listed(jobs: Sequence[JobSummary]) -> bytes:
    """Each as the list answers it, written by what writes that."""
    return "".join(f"{job.model_dump_json()}\n" for job in jobs).encode()


def _cells(job: JobSummary) -> list[Any]:
    values = job.model_dump(mode="json")
    error = values["error"] or {}
    values |= {"tags": " ".join(job.tags), "error_type": error.get("type"), "error_message": error.get("message")}
    return [values[name] for name in COLUMNS]
