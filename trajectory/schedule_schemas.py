"""The wire shapes of schedules."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from trajectory.cron import checked_cron, checked_timezone
from trajectory.priorities import Priority
from trajectory.schemas import JobSummary, Tag, Text, Time, Wire

MAX_CATCH_UP = 1000
MAX_PREVIEW = 100

Overlap = Literal["skip", "queue", "cancel_running"]
CatchUp = Literal["none", "last", "all"]

Cron = Annotated[str, Field(max_length=200, description="Five fields"), AfterValidator(checked_cron)]
TimeZone = Annotated[str, Field(max_length=100, description="IANA name"), AfterValidator(checked_timezone)]
Name = Annotated[Text, Field(min_length=1, max_length=100)]
Retries = Annotated[int | None, Field(ge=0, le=1000)]
Seconds = Annotated[float | None, Field(gt=0, le=30 * 86_400, allow_inf_nan=False)]


class Terms(Wire):
    """When, and with what; the task is said elsewhere.

    `overlap`: what a tick does while an earlier job of the schedule waits or runs. `catch_up`: which of the ticks that
    came while no dispatcher ran are made up for; `all` means the newest `catch_up_limit`.
    """

    cron: Cron
    timezone: TimeZone = "UTC"
    params: Annotated[dict[str, Any], Field(default_factory=dict, json_schema_extra={"default": {}})]
    priority: Priority = Priority.MEDIUM
    tags: Annotated[list[Tag], Field(max_length=20, default_factory=list, json_schema_extra={"default": []})]
    max_retries: Retries = None
    timeout_seconds: Seconds = None
    overlap: Overlap = "skip"
    catch_up: CatchUp = "last"
    catch_up_limit: Annotated[int, Field(ge=1, le=MAX_CATCH_UP)] = 10


class NewSchedule(Terms):
    """A schedule to be made."""

    name: Name
    task: Annotated[str, Field(min_length=1, max_length=200)]
    paused: bool = False


class ScheduleChange(Wire):
    """What of a schedule is to be changed; what is not sent stays."""

    name: Name | None = None
    cron: Cron | None = None
    timezone: TimeZone | None = None
    task: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    params: dict[str, Any] | None = None
    priority: Priority | None = None
    tags: Annotated[list[Tag] | None, Field(max_length=20)] = None
    max_retries: Retries = None
    timeout_seconds: Seconds = None
    overlap: Overlap | None = None
    catch_up: CatchUp | None = None
    catch_up_limit: Annotated[int | None, Field(ge=1, le=MAX_CATCH_UP)] = None


class ScheduleSummary(Wire):
    """A schedule as lists and the live feed show it.

    `next_run_at`: null while it is paused. `skipped`: ticks that made no job, because an earlier one was unfinished.
    `last_error`: why the latest tick made no job.
    """

    id: UUID
    name: str
    cron: str
    cron_in_words: str
    timezone: str
    task: str
    priority: Priority
    tags: list[str]
    max_retries: int | None
    timeout_seconds: float | None
    overlap: Overlap
    catch_up: CatchUp
    catch_up_limit: int
    declared: bool
    created_by: str | None
    created_at: Time
    updated_at: Time
    version: int
    paused_at: Time | None
    next_run_at: Time | None
    last_run_at: Time | None
    last_error: str | None
    skipped: int


class ScheduleItem(ScheduleSummary):
    """A schedule in a list, with its latest job."""

    last_job: JobSummary | None


class ScheduleInfo(ScheduleItem):
    """A schedule, whole."""

    params: dict[str, Any]
    next_runs: list[Time]


class SchedulePage(Wire):
    """By name, whatever its case."""

    items: list[ScheduleItem]
    next_cursor: str | None


class SchedulePreview(Wire):
    """When a cron expression is due, soonest first, and what it says in words."""

    cron: str
    timezone: str
    cron_in_words: str
    next_runs: list[Time]
