"""Schedules: cron in a time zone; the jobs of one are `GET /jobs?schedule_id=`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Blueprint, Response
from pydantic import Field

from functions.app import as_function
from functions.endpoint import caller, endpoint
from trajectory import schedules
from trajectory.schedule_schemas import (
    MAX_PREVIEW,
    Cron,
    NewSchedule,
    ScheduleChange,
    ScheduleInfo,
    SchedulePage,
    SchedulePreview,
    TimeZone,
)
from trajectory.schemas import Job, Text, Wire

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("schedules", __name__, url_prefix="/api/v1/schedules")


class ScheduleListQuery(Wire):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[Text | None, Field(description="`next_cursor` of the page before")] = None


class PreviewQuery(Wire):
    """A cron expression of five fields and an IANA time zone."""

    cron: Cron
    timezone: TimeZone = "UTC"
    count: Annotated[int, Field(ge=1, le=MAX_PREVIEW)] = 5


@blueprint.get("")
@endpoint(query=ScheduleListQuery, answer=SchedulePage)
def list_schedules(query: ScheduleListQuery) -> SchedulePage:
    """Schedules by name, each with its next run and latest job."""
    return schedules.schedules(limit=query.limit, cursor=query.cursor)


@blueprint.post("")
@endpoint(body=NewSchedule, answer=ScheduleInfo, status=201)
def create_schedule(body: NewSchedule) -> tuple[ScheduleInfo, dict[str, str]]:
    """Make a schedule."""
    made = schedules.create(body, created_by=caller().name)
    return made, {"Location": f"/api/v1/schedules/{made.id}"}


@blueprint.get("/preview")
@endpoint(query=PreviewQuery, answer=SchedulePreview)
def preview_schedule(query: PreviewQuery) -> SchedulePreview:
    """When a cron expression is due next, and what it says in words."""
    return schedules.preview(query.cron, query.timezone, query.count)


@blueprint.get("/<uuid:schedule_id>")
@endpoint(answer=ScheduleInfo)
def get_schedule(schedule_id: UUID) -> ScheduleInfo:
    """One schedule, whole, with its next runs."""
    return schedules.schedule(schedule_id)


@blueprint.patch("/<uuid:schedule_id>")
@endpoint(body=ScheduleChange, answer=ScheduleInfo)
def change_schedule(schedule_id: UUID, body: ScheduleChange) -> ScheduleInfo:
    """Change what is sent; another cron or timezone counts from now. Refused for one that is declared in code."""
    return schedules.change(schedule_id, body)


@blueprint.delete("/<uuid:schedule_id>")
@endpoint(answer=None, status=204)
def delete_schedule(schedule_id: UUID) -> Response:
    """Forget a schedule; its jobs stay."""
    schedules.delete(schedule_id)
    return Response(status=204)


@blueprint.post("/<uuid:schedule_id>/pause")
@endpoint(answer=ScheduleInfo)
def pause_schedule(schedule_id: UUID) -> ScheduleInfo:
    """Let no tick make a job until it is resumed."""
    return schedules.pause(schedule_id)


@blueprint.post("/<uuid:schedule_id>/resume")
@endpoint(answer=ScheduleInfo)
def resume_schedule(schedule_id: UUID) -> ScheduleInfo:
    """Go on with the next tick; those during the pause are not made up for."""
    return schedules.resume(schedule_id)


@blueprint.post("/<uuid:schedule_id>/run-now")
@endpoint(answer=Job, status=201)
def run_schedule_now(schedule_id: UUID) -> tuple[Job, dict[str, str]]:
    """Submit its job at once, even if it is paused; its ticks stay as they are."""
    job = schedules.run_now(schedule_id, created_by=caller().name)
    return job, {"Location": f"/api/v1/jobs/{job.id}"}


handler = as_function(blueprint)
