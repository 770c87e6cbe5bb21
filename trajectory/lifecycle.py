"""How a job comes to be: submit. One transaction; then those who wait for news are told. `acts` has the other verbs.

`submit` is for Python programs, `submit_job` and `submit_batch` for what came over the wire.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from trajectory.catalogue import json_pointer
from trajectory.errors import FieldError, InvalidSubmission, NotFound, Rejected
from trajectory.limits import let_in_submitted
from trajectory.parts import parts
from trajectory.priorities import RANKED, Priority
from trajectory.repeats import Fate, Submitted, batch_of, insert_unless_unique, job_of
from trajectory.schemas import Job, Submission
from trajectory.states import JobState, allowed_actions, celery_state
from trajectory.store.engine import cursor_in_transaction
from trajectory.store.idempotency import Made, find_request, ids_of_batch, note_made, reserve_key
from trajectory.store.jobs import NewJob, copy_jobs, get_job, notify_due
from trajectory.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from trajectory.schemas import UniquePolicy
    from trajectory.store.idempotency import NamedRequest
    from trajectory.store.jobs import Inserted

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
    unique_key: str | None = None,
    unique_window_seconds: float | None = None,
    unique_policy: UniquePolicy = "return",
    concurrency_key: str | None = None,
    concurrency_limit: int | None = None,
    connection: Any = None,
) -> Job:
    """Submit a job. It is committed when this returns.

    While a job of the same task and `unique_key` waits, or was submitted within the window and has not failed or been
    cancelled, none is made: this returns that one, or with the policy "replace" changes it and keeps its id.
    At most `concurrency_limit` jobs (1 if not given) of one `concurrency_key` run at a time.

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
        "unique_key": unique_key,
        "unique_window_seconds": unique_window_seconds,
        "unique_policy": unique_policy,
        "concurrency_key": concurrency_key,
        "concurrency_limit": concurrency_limit,
    }
    return submit_job(parse(Submission.model_validate, wanted), connection=connection)


def submit_job(
    submission: Submission, *, created_by: str | None = None, source: str | None = None, connection: Any = None
) -> Job:
    """Submit one job that has the right shape. Raises `UnknownTask` or `InvalidSubmission`."""
    if connection is None:
        return submit_request(submission, created_by=created_by, source=source).job
    new = _new_job(submission, created_by=created_by, source=source)
    with _cursor_of(connection) as cursor:
        submitted = insert_unless_unique(cursor, submission, new)
        notify_due(cursor, submission.priority)
    if submitted.standing:
        return submitted.standing
    assert submitted.inserted is not None
    return _as_submitted(submission, new, submitted.inserted)


class Answer(NamedTuple):
    """The job that a submission led to, as it now is, and whether it is new."""

    job: Job
    fate: Fate


def submit_request(
    submission: Submission,
    *,
    created_by: str | None = None,
    source: str | None = None,
    request: NamedRequest | None = None,
) -> Answer:
    """Submit one job, and say what became of it. A request that its client named makes nothing when it is repeated.

    Raises `UnknownTask`, `InvalidSubmission`, or `IdempotencyConflict` when the name is of another request.
    """
    if request and (made := _made_before(request)):
        return Answer(_job_now(job_of(request, made)), Fate.REPEATED)
    new = _new_job(submission, created_by=created_by, source=source)
    if request is None and submission.unique_key is None:
        submitted = Submitted(new.id, Fate.NEW, parts().intake.insert(new))
    else:
        with _request(request) as (cursor, made):
            if request and made:
                submitted = Submitted(job_of(request, made), Fate.REPEATED)
            else:
                submitted = insert_unless_unique(cursor, submission, new)
                if request:
                    note_made(cursor, request, Made(submitted.job_id, None))
        if submitted.fate in (Fate.NEW, Fate.REPLACED) and not new.limited:
            parts().wake(submission.priority)
    if submitted.inserted:
        job = _as_submitted(submission, new, submitted.inserted)
        parts().announcer.add_submitted(job)
    else:
        job = submitted.standing or _job_now(submitted.job_id)
        parts().announcer.add([job.id])
    if submitted.fate in (Fate.NEW, Fate.REPLACED):
        let_in_submitted([new])
    return Answer(job, submitted.fate)


@contextmanager
def _request(request: NamedRequest | None) -> Iterator[tuple[Any, Made | None]]:
    """A cursor in a transaction, and what the request made if another one of its name came first."""
    kept_seconds = parts().settings.idempotency_kept_seconds
    with cursor_in_transaction(parts().engine) as cursor:
        made = None
        if request and not reserve_key(cursor, request, kept_seconds=kept_seconds):
            made = find_request(cursor, request, kept_seconds=kept_seconds)
        yield cursor, made


def _made_before(request: NamedRequest) -> Made | None:
    with cursor_in_transaction(parts().engine) as cursor:
        return find_request(cursor, request, kept_seconds=parts().settings.idempotency_kept_seconds)


def _job_now(job_id: UUID) -> Job:
    with parts().engine.connect() as connection:
        job = get_job(connection, job_id)
    if job is None:
        raise NotFound(f"there is no job {job_id}")
    return job


class BatchAnswer(NamedTuple):
    """A batch and its jobs, in order, and whether the request that made it was repeated."""

    batch_id: UUID
    ids: list[UUID]
    fate: Fate


def submit_batch(
    submissions: Sequence[Submission], *, created_by: str | None = None, source: str | None = None
) -> tuple[UUID, list[UUID]]:
    """Submit many jobs, all or none: the id of the batch and of each job, in order.

    Raises `InvalidSubmission` with the faults of every job that has some.
    """
    answer = submit_batch_request(submissions, created_by=created_by, source=source)
    return answer.batch_id, answer.ids


def submit_batch_request(
    submissions: Sequence[Submission],
    *,
    created_by: str | None = None,
    source: str | None = None,
    request: NamedRequest | None = None,
) -> BatchAnswer:
    """Submit many jobs, all or none. A request that its client named makes nothing when it is repeated.

    Raises `InvalidSubmission` with the faults of every job that has some, or `IdempotencyConflict`.
    """
    if request and (made := _made_before(request)):
        return _batch_now(batch_of(request, made))
    batch_id = uuid7()
    new = _new_jobs(submissions, created_by=created_by, source=source, batch_id=batch_id)
    with _request(request) as (cursor, made):
        if request and made is None:
            note_made(cursor, request, Made(None, batch_id))
        if made is None:
            copy_jobs(cursor, new)
    if request and made:
        return _batch_now(batch_of(request, made))
    parts().announcer.add(job.id for job in new)
    for priority in RANKED:
        if jobs := sum(job.priority == priority.rank and not job.limited for job in new):
            parts().wake(priority, jobs=jobs)
    let_in_submitted(new)
    return BatchAnswer(batch_id, [job.id for job in new], Fate.NEW)


def _batch_now(batch_id: UUID) -> BatchAnswer:
    with parts().engine.connect() as connection:
        ids = ids_of_batch(connection, batch_id)
    if not ids:  # an empty batch would read as if nothing had ever been stored
        raise NotFound(f"every job of the batch {batch_id} was deleted after it was submitted")
    return BatchAnswer(batch_id, ids, Fate.REPEATED)


def _new_jobs(
    submissions: Sequence[Submission], *, created_by: str | None, source: str | None, batch_id: UUID
) -> list[NewJob]:
    """The jobs of a batch, or `InvalidSubmission` with the faults of every one that has some."""
    new: list[NewJob] = []
    faults: list[FieldError] = []
    for index, submission in enumerate(submissions):
        pointer = f"/jobs/{index}"
        try:
            if submission.unique_key is not None:
                fault = FieldError(f"{pointer}/unique_key", "is not taken in a batch: submit the job on its own")
                raise InvalidSubmission("a job of a batch is not valid", [fault])
            new.append(_new_job(submission, created_by=created_by, source=source, batch_id=batch_id, pointer=pointer))
        except Rejected as error:
            faults += error.errors
            if len(faults) >= _MAX_FAULTS:
                break
    if faults:
        raise InvalidSubmission("some jobs of the batch are not valid; none was stored", faults[:_MAX_FAULTS])
    return new


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


def new_job(submission: Submission, *, created_by: str | None, source: str, schedule_id: UUID) -> NewJob:
    """The job that a schedule is about to insert. Raises `UnknownTask` or `InvalidSubmission`."""
    return _new_job(submission, created_by=created_by, source=source)._replace(schedule_id=schedule_id)


def _new_job(
    submission: Submission,
    *,
    created_by: str | None,
    source: str | None,
    batch_id: UUID | None = None,
    pointer: str = "",
) -> NewJob:
    """The job that a submission asks for, if its task is known and its params fit. Raises `Rejected`."""
    task, params = parts().catalogue.check(submission.task, submission.params, pointer)
    defaults = task.defaults
    new = NewJob(
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
    keyed = submission.concurrency_key is not None
    if keyed or submission.unique_key is not None or task.is_limited:  # few are, and batches are large
        return new._replace(
            unique_key=submission.unique_key,
            concurrency_key=submission.concurrency_key,
            concurrency_limit=submission.concurrency_limit or 1 if keyed else None,
            limited=keyed or task.is_limited,
        )
    return new


def _as_submitted(submission: Submission, new: NewJob, inserted: Inserted) -> Job:
    state, created_at, run_at = inserted
    return Job.model_construct(
        id=new.id,
        task=new.task,
        priority=submission.priority,
        state=state,
        celery_state=celery_state(state),
        tags=new.tags,
        source=new.source,
        batch_id=new.batch_id,
        schedule_id=new.schedule_id,
        unique_key=new.unique_key,
        concurrency_key=new.concurrency_key,
        held=new.limited and state is JobState.QUEUED,
        created_by=new.created_by,
        attempt=0,
        max_retries=new.max_retries,
        timeout_seconds=new.timeout_seconds,
        progress=None,
        error=None,
        fingerprint=None,
        created_at=created_at,
        run_at=run_at,
        waits_since=run_at if state is JobState.QUEUED else None,
        started_at=None,
        finished_at=None,
        cancel_requested_at=None,
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
