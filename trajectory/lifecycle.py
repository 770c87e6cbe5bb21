"""The verbs: submit, cancel, retry. Each is one transaction; then those who wait for news are told.

`submit` is for Python programs, `submit_job` and `submit_batch` for what came over the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from trajectory.catalogue import json_pointer
from trajectory.errors import FieldError, InvalidSubmission, InvalidTransition, NotFound, Rejected
from trajectory.parts import parts
from trajectory.priorities import RANKED, Priority
from trajectory.schemas import Job, Submission
from trajectory.states import JobState, allowed_actions, celery_state
from trajectory.store.engine import transaction
from trajectory.store.jobs import (
    NewJob,
    cancel_waiting,
    copy_jobs,
    get_job,
    insert_job,
    notify_due,
    retry_final,
)
from trajectory.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from trajectory.schemas import TaskInfo

T = TypeVar("T")

_MAX_FAULTS = 100


def submit(
    task: str | Task,
    params: BaseModel | dict[str, Any] | None = None,
    *,
    priority: Priority | str = Priority.MEDIUM,
    delay_seconds: float | None = None,
    run_at: datetime | None = None,
    max_retries: int | None = None,
    timeout_seconds: float | None = None,
    tags: Iterable[str] = (),
    connection: Any = None,
) -> Job:
    """Submit a job. It is committed when this returns.

    With `connection` (SQLAlchemy's `Connection` or `Session`, psycopg's, or Django's) the job joins the transaction
    that is open there: it exists when the caller commits, and never if the caller rolls back.
    Raises `UnknownTask` or `InvalidSubmission`, and stores nothing then.
    """
    wanted = {
        "task": task.name if isinstance(task, Task) else task,
        "params": params.model_dump(mode="json") if isinstance(params, BaseModel) else params or {},
        "priority": priority,
        "delay_seconds": delay_seconds,
        "run_at": run_at,
        "max_retries": max_retries,
        "timeout_seconds": timeout_seconds,
        "tags": list(tags),
    }
    return submit_job(parse(Submission.model_validate, wanted), connection=connection)


def submit_job(
    submission: Submission, *, created_by: str | None = None, source: str | None = None, connection: Any = None
) -> Job:
    """Submit one job that has the right shape. Raises `UnknownTask` or `InvalidSubmission`."""
    task, params = parts().catalogue.check(submission.task, submission.params)
    new = _new_job(submission, task, params, created_by=created_by, source=source, batch_id=None)
    if connection is not None:
        with _cursor_of(connection) as cursor:
            job = _as_submitted(submission, new, *insert_job(cursor, new))
            notify_due(cursor, submission.priority)
        return job
    job = _as_submitted(submission, new, *parts().intake.insert(new))
    parts().announcer.add_submitted(job)
    return job


def submit_batch(
    submissions: Sequence[Submission], *, created_by: str | None = None, source: str | None = None
) -> tuple[UUID, list[UUID]]:
    """Submit many jobs, all or none: the id of the batch and of each job, in order.

    Raises `InvalidSubmission` with the faults of every job that has some.
    """
    batch_id = uuid7()
    new: list[NewJob] = []
    faults: list[FieldError] = []
    catalogue = parts().catalogue
    for index, submission in enumerate(submissions):
        try:
            task, params = catalogue.check(submission.task, submission.params, f"/jobs/{index}")
        except Rejected as error:
            faults += error.errors
            if len(faults) >= _MAX_FAULTS:
                break
        else:
            new.append(_new_job(submission, task, params, created_by=created_by, source=source, batch_id=batch_id))
    if faults:
        raise InvalidSubmission("some jobs of the batch are not valid; none was stored", faults[:_MAX_FAULTS])
    with transaction(parts().engine) as connection, _cursor_of(connection) as cursor:
        copy_jobs(cursor, new)
    parts().announcer.add(job.id for job in new)
    for priority in RANKED:
        if jobs := sum(job.priority == priority.rank for job in new):
            parts().wake(priority, jobs=jobs)
    return batch_id, [job.id for job in new]


def cancel(job_id: UUID) -> Job:
    """Cancel a waiting job. Raises `NotFound`, or `InvalidTransition` when it does not wait."""
    return _act(job_id, "cancel", cancel_waiting)


def retry(job_id: UUID) -> Job:
    """Queue a failed or cancelled job again, with all its retries. Raises `NotFound` or `InvalidTransition`."""
    job = _act(job_id, "retry", retry_final)
    parts().wake(job.priority)
    return job


def _act(job_id: UUID, move: str, change: Callable[[Connection, UUID], bool]) -> Job:
    with parts().engine.connect() as connection:
        changed = change(connection, job_id)
        job = get_job(connection, job_id)
    if job is None:
        raise NotFound(f"there is no job {job_id}")
    if not changed:
        raise InvalidTransition(state=job.state, move=move)
    parts().announcer.add([job_id])
    return job


def parse(validate: Callable[[Any], T], data: Any, pointer: str = "") -> T:
    """What pydantic makes of `data`, or `InvalidSubmission` with a JSON pointer to each fault."""
    try:
        return validate(data)
    except ValidationError as error:
        faults = [
            FieldError(json_pointer(pointer, fault["loc"]), fault["msg"].removeprefix("Value error, "))
            for fault in error.errors(include_url=False, include_context=False, include_input=False)[:_MAX_FAULTS]
        ]
        raise InvalidSubmission("the submission is not valid", faults) from None


def _new_job(
    submission: Submission,
    task: TaskInfo,
    params: str,
    *,
    created_by: str | None,
    source: str | None,
    batch_id: UUID | None,
) -> NewJob:
    defaults = task.defaults
    return NewJob(
        id=uuid7(),
        task=submission.task,
        params=params,
        tags=submission.tags,
        source=source,
        batch_id=batch_id,
        created_by=created_by,
        max_retries=defaults.max_retries if submission.max_retries is None else submission.max_retries,
        timeout_seconds=submission.timeout_seconds or defaults.timeout_seconds,
        priority=submission.priority.rank,
        delay_seconds=submission.delay_seconds or 0.0,
        run_at=submission.run_at,
    )


def _as_submitted(submission: Submission, new: NewJob, state: JobState, created_at: datetime, run_at: datetime) -> Job:
    return Job.model_construct(
        id=new.id,
        task=new.task,
        priority=submission.priority,
        state=state,
        celery_state=celery_state(state),
        tags=new.tags,
        source=new.source,
        batch_id=new.batch_id,
        created_by=new.created_by,
        attempt=0,
        max_retries=new.max_retries,
        timeout_seconds=new.timeout_seconds,
        progress=None,
        error=None,
        created_at=created_at,
        run_at=run_at,
        started_at=None,
        finished_at=None,
        wait_seconds=0.0 if state is JobState.QUEUED else None,
        run_seconds=None,
        worker=None,
        version=1,
        allowed_actions=allowed_actions(state),
        params=submission.params,
        result=None,
    )


def _cursor_of(connection: Any) -> Any:
    """A DB-API cursor in the transaction that is open on `connection`."""
    if hasattr(connection, "get_bind"):  # SQLAlchemy's Session
        connection = connection.connection()
    if isinstance(connection, Connection):
        if not connection.in_transaction():
            connection.begin()
        connection = connection.connection
    return connection.cursor()
