"""The wire shapes: what the HTTP API takes and gives, and what the live feed carries. Times are UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from trajectory.priorities import Priority
from trajectory.states import Action, CeleryState, JobState, Outcome

MAX_BATCH = 10_000
MAX_DELAY_SECONDS = 366 * 86_400

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FIRST_COUNTABLE = datetime(1970, 1, 1, tzinfo=UTC)
_END_COUNTABLE = datetime(9999, 1, 1, tzinfo=UTC)


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _storable(value: str) -> str:
    if _UNSTORABLE.search(value):
        raise ValueError("must not contain NUL or half of a surrogate pair")
    return value


def _countable(value: datetime) -> datetime:
    if not _FIRST_COUNTABLE <= value < _END_COUNTABLE:
        raise ValueError("must be in the years 1970 to 9998")
    return value


Time = Annotated[AwareDatetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]
Moment = Annotated[AwareDatetime, AfterValidator(_countable)]
"""One that is counted from: a span before it or a bucket after it is still a moment."""
Text = Annotated[str, AfterValidator(_storable)]
Tag = Annotated[Text, Field(min_length=1, max_length=100)]
Key = Annotated[Text, Field(min_length=1, max_length=200)]
UniquePolicy = Literal["return", "replace"]
T = TypeVar("T")


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Submission(Wire):
    """One job to be run: a task, its params, and how."""

    task: Annotated[str, Field(min_length=1, max_length=200)]
    # Made anew by a factory: a default that can change would be deep-copied for each job of a batch.
    params: Annotated[dict[str, Any], Field(default_factory=dict, json_schema_extra={"default": {}})]
    priority: Priority = Priority.MEDIUM
    delay_seconds: Annotated[float | None, Field(ge=0, le=MAX_DELAY_SECONDS, allow_inf_nan=False)] = None
    run_at: AwareDatetime | None = None
    max_retries: Annotated[int | None, Field(ge=0, le=1000)] = None
    timeout_seconds: Annotated[float | None, Field(gt=0, le=30 * 86_400, allow_inf_nan=False)] = None
    tags: Annotated[list[Tag], Field(max_length=20, default_factory=list, json_schema_extra={"default": []})]
    unique_key: Annotated[Key | None, Field(description="No second job of this task and key while one waits")] = None
    unique_window_seconds: Annotated[
        float | None,
        Field(gt=0, le=MAX_DELAY_SECONDS, allow_inf_nan=False, description="nor for so long after it was submitted"),
    ] = None
    unique_policy: Annotated[
        UniquePolicy, Field(description="Answer with the one that waits (return), or change it (replace)")
    ] = "return"
    concurrency_key: Annotated[Key | None, Field(description="Jobs of this key, of any task, share a limit")] = None
    concurrency_limit: Annotated[
        int | None, Field(ge=1, le=10_000, description="At most so many of them run at a time; 1 if not given")
    ] = None

    # Of one field each, because they then run for the few jobs that have it.
    @field_validator("run_at")
    @classmethod
    def _one_time_not_too_far(cls, run_at: datetime | None, others: ValidationInfo) -> datetime | None:
        if run_at is not None and others.data.get("delay_seconds") is not None:
            raise ValueError("give delay_seconds or run_at, not both")
        # As far as a delay may reach. Far beyond it are moments that the database keeps and Python cannot read back.
        if run_at is not None and run_at > datetime.now(UTC) + timedelta(seconds=MAX_DELAY_SECONDS):
            raise ValueError(f"must be at most {MAX_DELAY_SECONDS // 86_400} days from now")
        return run_at

    @field_validator("unique_window_seconds", "unique_policy", "concurrency_limit")
    @classmethod
    def _of_a_key(cls, value: T, others: ValidationInfo) -> T:
        name = str(others.field_name)
        key = f"{name.partition('_')[0]}_key"
        if value not in (None, "return") and key in others.data and others.data[key] is None:
            raise ValueError(f"is of no use without {key}")
        if value == "replace" and others.data.get("unique_window_seconds") is not None:
            raise ValueError("replaces a job that waits; a window goes with the policy return")
        return value


class SubmissionBatch(Wire):
    """Up to 10,000 jobs, stored all or none."""

    jobs: Annotated[list[Submission], Field(min_length=1, max_length=MAX_BATCH)]


class BatchAccepted(Wire):
    count: int
    ids: list[UUID]
    batch_id: UUID


WaitReason = Literal["ahead", "paused", "no_worker", "limit", "due_later", "starting"]


class Ahead(Wire):
    """How many jobs of each priority come first."""

    high: int
    medium: int
    low: int


class SlotUse(Wire):
    busy: int
    total: int


class Waiting(Wire):
    """Why a job waits: its place among those that wait for the same, and when it may start.

    Nothing is counted further than `counted_to`. `slots`: those that serve its queue and know its task. `basis` says
    what the estimate is made from, or why there is none.
    """

    reason: WaitReason
    detail: str
    position: int | None
    ahead: Ahead
    counted_to: int
    slots: SlotUse
    estimated_start_at: Time | None
    basis: str


class Progress(Wire):
    percent: float | None
    done: float
    total: float | None
    message: str | None


class JobError(Wire):
    type: str
    message: str
    traceback: str | None
    attempt: int


class JobSummary(Wire):
    """A job as lists and the live feed show it."""

    id: UUID
    task: str
    priority: Priority
    state: JobState
    celery_state: CeleryState
    tags: list[str]
    source: str | None
    batch_id: UUID | None
    schedule_id: UUID | None
    unique_key: str | None
    concurrency_key: str | None
    held: Annotated[bool, Field(description="It is queued, and a limit holds it")]
    created_by: str | None
    attempt: int
    max_retries: int
    timeout_seconds: float | None
    progress: Progress | None
    error: JobError | None
    fingerprint: Annotated[str | None, Field(description="Of the error: which group of errors it belongs to")]
    created_at: Time
    run_at: Time
    waits_since: Annotated[
        Time | None, Field(description="While it is queued: `run_at`, or when it came back from a slot that it had")
    ]
    started_at: Time | None
    finished_at: Time | None
    cancel_requested_at: Time | None
    wait_seconds: float | None
    run_seconds: float | None
    worker: str | None
    version: int
    allowed_actions: list[Action]


class Job(JobSummary):
    """A job, whole."""

    params: dict[str, Any]
    result: Any


class Attempt(Wire):
    attempt: int
    outcome: Outcome | None
    started_at: Time | None
    finished_at: Time | None
    run_seconds: float | None
    worker: str | None
    error: JobError | None
    fingerprint: str | None
    retry_at: Time | None


class AttemptList(Wire):
    items: list[Attempt]


class LogLine(Wire):
    number: int
    attempt: int
    at: Time
    level: Literal["debug", "info", "warning", "error"]
    message: str


class LogPage(Wire):
    items: list[LogLine]
    next_after: int


class Artifact(Wire):
    name: str
    attempt: int
    size_bytes: int
    media_type: str
    created_at: Time
    url: str


class ArtifactList(Wire):
    items: list[Artifact]


class TaskDefaults(Wire):
    max_retries: int
    timeout_seconds: float | None
    retry_backoff_max_seconds: int


class TaskInfo(Wire):
    name: str
    description: str
    params_schema: dict[str, Any]
    defaults: TaskDefaults
    max_running: int | None = None
    rate_per_second: float | None = None
    workers: int

    @property
    def is_limited(self) -> bool:
        """Whether its jobs wait for a place or a turn before any slot sees them."""
        return self.max_running is not None or self.rate_per_second is not None


class TaskList(Wire):
    items: list[TaskInfo]


class Percentiles(Wire):
    p50: float
    p95: float
    p99: float


class Queue(Wire):
    name: Priority
    queued: int
    scheduled: int
    retrying: int
    running: int
    held: Annotated[int, Field(description="Of the queued ones: held by a limit")]
    paused: bool
    paused_at: Time | None
    paused_by: str | None
    inversions: Annotated[
        int, Field(description="Jobs of a lower priority that were started while one here, free to run, had waited")
    ]
    oldest_wait_seconds: float | None
    wait_seconds: Percentiles | None
    finished_per_minute: float
    slots: int
    drain_seconds: float | None
    measured_at: Time


class QueueList(Wire):
    items: list[Queue]


class SlotJob(Wire):
    id: UUID
    task: str
    priority: Priority
    started_at: Time


class Slot(Wire):
    """`memory_bytes`: what its process held at the last heartbeat; null where the system does not tell it."""

    slot: int
    job: SlotJob | None
    memory_bytes: int | None


class Worker(Wire):
    id: UUID
    name: str
    host: str
    pid: int
    queues: list[str]
    slots: list[Slot]
    heartbeat_age_seconds: float
    state: Literal["online", "lost", "stopped"]
    wanted_slots: int | None
    stop_requested_at: Time | None


class WorkerList(Wire):
    items: list[Worker]


class Events(Wire):
    """What has happened since a cursor. `resync`: too much was missed; read everything again."""

    cursor: str
    events: list[dict[str, Any]]
    resync: bool


class Ticket(Wire):
    """A short-lived stand-in for the key, for addresses that cannot carry a header."""

    ticket: str
    expires_in_seconds: int


class Health(Wire):
    status: Literal["ok"]


class Part(Wire):
    state: Literal["ok", "down"]
    detail: str


class Readiness(Wire):
    status: Literal["ready", "not ready"]
    parts: dict[str, Part]


class ProblemField(Wire):
    pointer: str
    message: str


class Problem(Wire):
    """RFC 9457: what went wrong, with a stable `code`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemField]
