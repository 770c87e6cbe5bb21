"""Errors in groups: the wire shapes."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from trajectory.schemas import Text, Time, Wire
from trajectory.states import JobState

ErrorStatus = Literal["open", "resolved", "ignored"]
ErrorAction = Literal["resolve", "ignore", "reopen"]

STATUS_AFTER: dict[ErrorAction, ErrorStatus] = {"resolve": "resolved", "ignore": "ignored", "reopen": "open"}


class ErrorQuery(Wire):
    """Which groups: all conditions must hold; `status` and `task` may be repeated."""

    status: tuple[ErrorStatus, ...] = ()
    task: tuple[Text, ...] = ()
    q: Annotated[Text | None, Field(max_length=200, description="Text in type, message, task or place")] = None


class ErrorHour(Wire):
    at: Time
    count: int


class ErrorGroup(Wire):
    """Failures that are the same: of one task, type, place and shape of message.

    `count` and the times are of attempts that failed, also of jobs that succeeded later or were deleted since. `hours`:
    how many there were in each of the last hours, the oldest first, those without any too. `regressed_at`: it was
    resolved, failed again then, and nobody has decided since.
    """

    fingerprint: str
    task: str
    type: str
    message: Annotated[str, Field(description="Its shape: what varies is replaced by what it is")]
    place: Annotated[str | None, Field(description="`module:function` of the innermost own frame")]
    status: ErrorStatus
    status_changed_at: Time | None
    status_changed_by: str | None
    regressed_at: Time | None
    count: int
    first_seen_at: Time
    last_seen_at: Time
    hours: list[ErrorHour]
    allowed_actions: list[ErrorAction]


class ErrorCounts(Wire):
    """How many groups there are of each status, whatever status was asked for."""

    open: int
    resolved: int
    ignored: int


class ErrorPage(Wire):
    """The last seen first."""

    items: list[ErrorGroup]
    next_cursor: str | None
    counts: ErrorCounts


class ErrorRelease(Wire):
    """How often it failed in one release of the code, from the hour of the first to the hour of the last time."""

    release: str
    count: int
    first_hour: Time
    last_hour: Time


class ErrorExample(Wire):
    """One attempt that failed so, and how its job stands."""

    job_id: UUID
    attempt: int
    failed_at: Time
    message: str
    state: JobState


class WholeErrorGroup(ErrorGroup):
    """A group, whole. The message and the traceback are of the latest example, or what was kept of an earlier one."""

    sample_message: str
    traceback: str | None
    releases: list[ErrorRelease]
    examples: list[ErrorExample]
