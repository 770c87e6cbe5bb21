"""The jobs that a list shows, as CSV or JSON Lines, however many they are.

They are read page by page, as the list is, and not from a cursor on the server: that would hold a snapshot for as long
as the slowest reader takes, and no dead row could be cleaned away from the head of the queue meanwhile.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Literal

from trajectory.parts import parts
from trajectory.spreadsheets import harmless
from trajectory.store.listing import list_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trajectory.schemas import JobSummary
    from trajectory.store.filters import JobFilter
    from trajectory.store.listing import Page

Format = Literal["csv", "jsonl"]

MEDIA_TYPES: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
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


def export_jobs(chosen: JobFilter, form: Format) -> Iterator[bytes]:
    """The file in pieces, newest first. Jobs that are submitted meanwhile are not in it.

    Whatever may be wrong with the database is raised at once, if it is wrong then.
    """
    return _written(_page(chosen, None), chosen, _WRITERS[form])


def _written(page: Page, chosen: JobFilter, write: Callable[[Sequence[JobSummary]], str]) -> Iterator[bytes]:
    if write is _as_csv:
        yield _csv([COLUMNS]).encode()
    while True:
        if page.items:
            yield write(page.items).encode()
        if page.next_cursor is None:
            return
        page = _page(chosen, page.next_cursor)


def _page(chosen: JobFilter, cursor: str | None) -> Page:
    with parts().engine.connect() as connection:
        return list_jobs(connection, chosen, limit=_AT_ONCE, cursor=cursor)


def _as_json_lines(jobs: Sequence[JobSummary]) -> str:
    return "".join(f"{job.model_dump_json()}\n" for job in jobs)


def _as_csv(jobs: Sequence[JobSummary]) -> str:
    return _csv([_cells(job) for job in jobs])


def _cells(job: JobSummary) -> list[str]:
    values = job.model_dump(mode="json")
    error = values["error"] or {}
    values |= {"tags": " ".join(job.tags), "error_type": error.get("type"), "error_message": error.get("message")}
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else harmless(str(value))


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


_WRITERS: dict[Format, Callable[[Sequence[JobSummary]], str]] = {"csv": _as_csv, "jsonl": _as_json_lines}
