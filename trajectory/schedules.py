"""The verbs and questions of schedules. Each verb is one transaction; then those who wait for news are told.

The dispatcher's part, making jobs of ticks, is `workers.dispatcher.schedules`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from uuid_utils.compat import uuid7

from trajectory import views
from trajectory.cron import in_words, next_tick, next_ticks
from trajectory.errors import DeclaredInCode, NotFound
from trajectory.lifecycle import new_job, parse
from trajectory.limits import let_in_submitted
from trajectory.parts import parts
from trajectory.priorities import RANKED
from trajectory.schedule_schemas import NewSchedule, ScheduleInfo, SchedulePage, SchedulePreview
from trajectory.schemas import Submission
from trajectory.store.engine import transaction
from trajectory.store.fleet import list_tasks
from trajectory.store.jobs import insert_jobs
from trajectory.store.schedules import (
    change_schedule,
    database_time,
    delete_schedules,
    insert_schedule,
    list_schedules,
    lock_declared,
    lock_schedule,
    pause_schedule,
    read_schedules,
    resume_schedule,
    schedule_params,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.schedule_schemas import ScheduleChange
    from trajectory.schemas import Job
    from trajectory.store.jobs import NewJob
    from trajectory.store.schedules import Due, Stored
    from trajectory.tasks import Task

_NEXT_RUNS = 5
_PER_ENTRY = 20

log = structlog.get_logger(__name__)


def schedules(*, limit: int = 50, cursor: str | None = None) -> SchedulePage:
    with parts().engine.connect() as connection:
        items, next_cursor = list_schedules(connection, limit=limit, cursor=cursor)
    return SchedulePage(items=items, next_cursor=next_cursor)


def schedule(schedule_id: UUID) -> ScheduleInfo:
    """A schedule, whole. Raises `NotFound`."""
    with parts().engine.connect() as connection:
        found = read_schedules(connection, [schedule_id])
        params = schedule_params(connection, schedule_id)
    if not found:
        raise _not_found(schedule_id)
    [item] = found
    next_runs = []
    if item.next_run_at:
        next_runs = [item.next_run_at, *next_ticks(item.cron, item.timezone, item.next_run_at, _NEXT_RUNS - 1)]
    return ScheduleInfo(**dict(item), params=params, next_runs=next_runs)


def preview(cron: str, timezone: str, count: int) -> SchedulePreview:
    """When a valid cron expression is due from now on."""
    with parts().engine.connect() as connection:
        now = database_time(connection)
    return SchedulePreview(
        cron=cron, timezone=timezone, cron_in_words=in_words(cron), next_runs=next_ticks(cron, timezone, now, count)
    )


def create(new: NewSchedule, *, created_by: str | None = None) -> ScheduleInfo:
    """Make a schedule. Raises `UnknownTask`, `InvalidSubmission` or `NameTaken`."""
    parts().catalogue.check(new.task, new.params)
    schedule_id = uuid7()
    with transaction(parts().engine) as connection:
        first = None if new.paused else next_tick(new.cron, new.timezone, database_time(connection))
        insert_schedule(connection, schedule_id, new, declared=False, created_by=created_by, next_run_at=first)
    return _told(schedule_id)


def change(schedule_id: UUID, asked: ScheduleChange) -> ScheduleInfo:
    """Change what was sent of a schedule; another cron or timezone counts from now.

    Raises `NotFound`, `DeclaredInCode`, `UnknownTask`, `InvalidSubmission` or `NameTaken`.
    """
    with _changing(schedule_id) as (connection, stored):
        _refuse_if_declared(stored)
        before = stored.definition
        wanted = parse(NewSchedule.model_validate, before.model_dump() | asked.model_dump(exclude_unset=True))
        if (wanted.task, wanted.params) != (before.task, before.params):
            parts().catalogue.check(wanted.task, wanted.params)
        _write(connection, stored, wanted, declared=False)
    return _told(schedule_id)


def delete(schedule_id: UUID) -> None:
    """Forget a schedule; its jobs stay. Raises `NotFound`.

    Raises `DeclaredInCode` while a worker lives that can run its task: it would declare the schedule again.
    """
    with _changing(schedule_id) as (connection, stored):
        if any(task.workers for task in list_tasks(connection) if task.name == stored.definition.task):
            _refuse_if_declared(stored)
        delete_schedules(connection, [schedule_id])
    parts().feed.publish([{"kind": "schedule_deleted", "id": str(schedule_id)}])


def pause(schedule_id: UUID) -> ScheduleInfo:
    """Let no tick make a job until it is resumed; jobs that were made go on. Raises `NotFound`."""
    with _changing(schedule_id) as (connection, _):
        pause_schedule(connection, schedule_id)
    return _told(schedule_id)


def resume(schedule_id: UUID) -> ScheduleInfo:
    """Let it go on with the next tick: what came during the pause is not made up for. Raises `NotFound`."""
    with _changing(schedule_id) as (connection, stored):
        first = next_tick(stored.definition.cron, stored.definition.timezone, stored.now)
        resume_schedule(connection, schedule_id, next_run_at=first)
    return _told(schedule_id)


def run_now(schedule_id: UUID, *, created_by: str | None = None) -> Job:
    """Submit its job at once, whatever runs and even if it is paused; its ticks stay as they are.

    Raises `NotFound`, `UnknownTask` or `InvalidSubmission`.
    """
    with _changing(schedule_id) as (connection, stored):
        job = job_of(stored, created_by=created_by)
        insert_jobs(connection, [job])
    announce_jobs([job])
    announce([schedule_id])
    return views.job(job.id)


def declare(tasks: Mapping[str, Task]) -> None:
    """Let the declared schedules of these tasks be what the code says: made, changed, or removed when they are gone.

    Whether one is paused stays. One that was made by the API under a declared name becomes the declared one.
    """
    wanted = {declared.name: declared for task in tasks.values() for declared in task.schedules}
    changed = []
    with transaction(parts().engine) as connection:
        known = lock_declared(connection, names=list(wanted), tasks=list(tasks))
        gone = [stored.id for name, stored in known.items() if name not in wanted]
        delete_schedules(connection, gone)
        for name, definition in wanted.items():
            stored = known.get(name)
            if stored is None:
                changed.append(uuid7())
                first = next_tick(definition.cron, definition.timezone, database_time(connection))
                insert_schedule(connection, changed[-1], definition, declared=True, created_by=None, next_run_at=first)
            elif stored.declared and stored.definition.task not in tasks:
                log.warning("a schedule is declared by two tasks", schedule=name, of=stored.definition.task)
            elif not stored.declared or stored.definition != definition:
                changed.append(stored.id)
                _write(connection, stored, definition, declared=True)
    announce(changed)
    parts().feed.publish([{"kind": "schedule_deleted", "id": str(schedule_id)} for schedule_id in gone])


def job_of(stored: Stored | Due, *, created_by: str | None = None) -> NewJob:
    """The job that a tick makes. Raises `UnknownTask` or `InvalidSubmission`."""
    wanted = stored.definition
    submission = Submission.model_construct(
        task=wanted.task,
        params=wanted.params,
        priority=wanted.priority,
        tags=wanted.tags,
        max_retries=wanted.max_retries,
        timeout_seconds=wanted.timeout_seconds,
    )
    return new_job(submission, created_by=created_by, source=f"schedule:{wanted.name}", schedule_id=stored.id)


def announce_jobs(jobs: Sequence[NewJob]) -> None:
    """Tell of jobs that were committed a moment ago, and wake slots for them."""
    parts().announcer.add(job.id for job in jobs)
    for priority in RANKED:
        if count := sum(job.priority == priority.rank and not job.limited for job in jobs):
            parts().wake(priority, jobs=count)
    let_in_submitted(jobs)


def announce(schedule_ids: Sequence[UUID]) -> None:
    """Tell the live feed what these schedules now are."""
    if not schedule_ids:
        return
    with parts().engine.connect() as connection:
        items = read_schedules(connection, schedule_ids)
    events = [{"kind": "schedule", "schedule": item.model_dump(mode="json")} for item in items]
    for start in range(0, len(events), _PER_ENTRY):
        parts().feed.publish(events[start : start + _PER_ENTRY])


def _write(connection: Connection, stored: Stored, wanted: NewSchedule, *, declared: bool) -> None:
    before, next_run_at = stored.definition, stored.next_run_at
    if not stored.paused_at and (wanted.cron, wanted.timezone) != (before.cron, before.timezone):
        next_run_at = next_tick(wanted.cron, wanted.timezone, stored.now)
    change_schedule(connection, stored.id, wanted, declared=declared, next_run_at=next_run_at)


@contextmanager
def _changing(schedule_id: UUID) -> Iterator[tuple[Connection, Stored]]:
    with transaction(parts().engine) as connection:
        stored = lock_schedule(connection, schedule_id)
        if stored is None:
            raise _not_found(schedule_id)
        yield connection, stored


def _told(schedule_id: UUID) -> ScheduleInfo:
    announce([schedule_id])
    return schedule(schedule_id)


def _not_found(schedule_id: UUID) -> NotFound:
    return NotFound(f"there is no schedule {schedule_id}")


def _refuse_if_declared(stored: Stored) -> None:
    if stored.declared:
        raise DeclaredInCode(stored.definition.name, stored.definition.task)
