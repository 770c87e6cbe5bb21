"""data_export: the jobs that match a filter, as a file. Memory does not grow with their number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from trajectory.parts import parts
from trajectory.priorities import Priority
from trajectory.states import JobState
from trajectory.store.filters import JobFilter
from trajectory.store.jobs import count_matching, stream_jobs
from trajectory.store.report_data import reading
from trajectory.tasks import task
from workers.tasks.export_formats import MEDIA_TYPES, Format, writer
from workers.tasks.file_names import FileName, with_ending

if TYPE_CHECKING:
    from trajectory.run import Run
    from trajectory.schemas import Job

Column = Literal[
    "id",
    "task",
    "priority",
    "state",
    "tags",
    "source",
    "batch_id",
    "created_by",
    "attempt",
    "max_retries",
    "timeout_seconds",
    "progress_percent",
    "created_at",
    "run_at",
    "started_at",
    "finished_at",
    "wait_seconds",
    "run_seconds",
    "worker",
    "error_type",
    "error_message",
    "error_traceback",
    "params",
    "result",
]
_DEFAULT_COLUMNS = [name for name in get_args(Column) if name not in ("progress_percent", "error_traceback")]
_AT_ONCE = 100
"""Rows read together. A job can hold two megabytes of params and result."""


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Format = Field("csv", description="CSV for spreadsheets, JSON Lines or Parquet for programs")
    states: list[JobState] = Field(default_factory=list, max_length=7, description="Only these states; none: all")
    priorities: list[Priority] = Field(default_factory=list, max_length=3, description="Only these; none: all")
    tasks: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=100, description="Only jobs of these tasks; none: all"
    )
    tag: str = Field("", max_length=100, description="Only jobs with this tag")
    q: str = Field("", max_length=200, description="Only jobs with this text in id, task, tags or error")
    created_after: AwareDatetime | None = Field(None, description="Only jobs submitted at this time or later")
    created_before: AwareDatetime | None = Field(
        None, description="Only jobs submitted before this time; without it, before the export began"
    )
    columns: list[Column] = Field(
        default_factory=lambda: list(_DEFAULT_COLUMNS),
        min_length=1,
        max_length=len(get_args(Column)),
        description="What is written of each job, in this order",
    )
    file_name: FileName = Field("", description="Name of the file; without it, jobs and the time")

    def filter(self) -> JobFilter:
        return JobFilter(
            states=tuple(self.states),
            priorities=tuple(self.priorities),
            tasks=tuple(self.tasks),
            tag=self.tag or None,
            q=self.q or None,
            created_after=self.created_after,
            created_before=self.created_before,
        )


@task("data_export", timeout=6 * 3600)
def data_export(params: Params, run: Run) -> dict[str, object]:
    """Write the jobs that match a filter to a CSV, JSON Lines or Parquet file."""
    now = datetime.now(UTC)
    chosen = params.filter()
    if chosen.created_before is None:
        # Without an end, an export could run after jobs that arrive as fast as it writes.
        chosen = replace(chosen, created_before=now)
    columns = list(dict.fromkeys(params.columns))
    name = with_ending(params.file_name, params.format, default=f"jobs-{now:%Y-%m-%d-%H%M%S}")
    rows = 0
    with reading(parts().engine) as connection, run.open_artifact(name, MEDIA_TYPES[params.format]) as file:
        total = count_matching(connection, chosen)
        run.log(f"{total} jobs match")
        run.progress(0, total, "writing")
        output = writer(params.format, file, columns)
        for rows, job in enumerate(stream_jobs(connection, chosen, at_once=_AT_ONCE), start=1):
            output.write(_row(job, columns))
            run.progress(rows, max(rows, total), "writing")
        output.finish()
        size_bytes = file.tell()
    run.progress(rows, rows or None, "written")
    run.log(f"{rows} jobs, {size_bytes} bytes in {name}")
    return {"rows": rows, "size_bytes": size_bytes, "format": params.format, "columns": columns, "artifact": name}


def _row(job: Job, columns: list[Column]) -> dict[str, Any]:
    return {name: _value(job, name) for name in columns}


def _value(job: Job, name: Column) -> Any:
    match name:
        case "error_type" | "error_message" | "error_traceback":
            return getattr(job.error, name.removeprefix("error_")) if job.error else None
        case "progress_percent":
            return job.progress.percent if job.progress else None
        case "id" | "batch_id":
            value = getattr(job, name)
            return None if value is None else str(value)
        case "state" | "priority":
            return str(getattr(job, name))
        case _:
            return getattr(job, name)
