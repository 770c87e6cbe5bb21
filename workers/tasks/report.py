"""report_generation: a PDF about a period of this very service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from trajectory.errors import Permanent
from trajectory.parts import parts
from trajectory.store.report_data import (
    Period,
    counted_until,
    reading,
    slowest_jobs,
    tallies_by_task,
    tallies_over_time,
    top_errors,
    workers_in,
)
from trajectory.tasks import task
from workers.tasks.file_names import FileName, with_ending
from workers.tasks.report_pages import Findings, story
from workers.tasks.typeset.sheet import PageSize, Sheet
from workers.tasks.words import DASH, span

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trajectory.run import Run

_BUCKETS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 7 * 86_400]
_BUCKETS_AT_MOST = 72
_LONGEST_HOURS = 366 * 24
_ERRORS, _SLOWEST, _WORKERS = 15, 8, 30
_READS = 6
"""How many things are read, each a step of the progress; the pages are the rest."""


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime | None = Field(None, description="Begin of the period; without it, last_hours before the end")
    end: AwareDatetime | None = Field(None, description="End of the period; without it, now")
    last_hours: float = Field(24.0, gt=0, le=_LONGEST_HOURS, description="Length of the period when no start is given")
    page_size: PageSize = Field("a4", description="Size of the sheets")
    file_name: FileName = Field("", description="Name of the file; without it, report and the period's end")


@task("report_generation", timeout=1800)
def report_generation(params: Params, run: Run) -> dict[str, object]:
    """Report on a period of this service as a PDF: throughput, waits, failures, the slowest jobs and the workers."""
    period = period_of(params, now=datetime.now(UTC))
    run.log(f"{span(period.start, period.end)}, {len(period.bucket_starts)} buckets of {period.bucket_seconds} s")
    with reading(parts().engine) as connection:
        findings = _read(connection, period, run)
    title = f"Service report {DASH} {span(period.start, period.end)}"
    name = with_ending(params.file_name, "pdf", default=f"report-{period.end:%Y-%m-%d-%H%M}")
    with run.open_artifact(name, "application/pdf") as file:
        sheet = Sheet(file, title=title, author="Trajectory", page_size=params.page_size, side=54)
        pages = sheet.set(
            story(findings, width=sheet.text_width, height=sheet.text_height),
            lambda done, total: run.progress(_READS + done, _READS + total, "setting pages"),
        )
        size_bytes = file.tell()
    total = findings.total
    run.log(f"{pages} pages, {size_bytes} bytes in {name}")
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "bucket_seconds": period.bucket_seconds,
        "submitted": total.submitted,
        "succeeded": total.succeeded,
        "failed": total.failed,
        "pages": pages,
        "size_bytes": size_bytes,
        "artifact": name,
    }


def period_of(params: Params, *, now: datetime) -> Period:
    """The period in whole minutes, and the bucket that cuts it into a number of bars that can be told apart."""
    end = _minute((params.end or now).astimezone(UTC) + timedelta(seconds=59))
    start = _minute((params.start or end - timedelta(hours=params.last_hours)).astimezone(UTC))
    if start >= end:
        raise Permanent(f"the period ends at {end:%Y-%m-%d %H:%M} UTC, before it begins")
    if end - start > timedelta(hours=_LONGEST_HOURS):
        raise Permanent(f"the period is longer than {_LONGEST_HOURS // 24} days")
    return Period(start, end, bucket_seconds_for(end - start))


def bucket_seconds_for(length: timedelta) -> int:
    return next((seconds for seconds in _BUCKETS if length.total_seconds() / seconds <= _BUCKETS_AT_MOST), _BUCKETS[-1])


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _read(connection: Connection, period: Period, run: Run) -> Findings:
    run.progress(0, _READS, "reading statistics")
    over_time = tallies_over_time(connection, period)
    run.progress(1, _READS, "reading tasks")
    by_task = tallies_by_task(connection, period)
    run.progress(2, _READS, "reading errors")
    errors, error_groups = top_errors(connection, period, limit=_ERRORS)
    run.progress(3, _READS, "reading the slowest jobs")
    slowest = slowest_jobs(connection, period, limit=_SLOWEST)
    run.progress(4, _READS, "reading workers")
    workers, worker_count = workers_in(connection, period, limit=_WORKERS)
    run.progress(5, _READS, "reading how far was counted")
    return Findings(
        period, over_time, by_task, errors, error_groups, slowest, workers, worker_count, counted_until(connection)
    )
