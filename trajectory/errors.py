"""The exceptions of Trajectory. The docstring of a class is the title that a person reads.

TrajectoryError
├── InvalidSettings          the process does not start
├── Rejected                 a submission that is refused; nothing is stored
│   ├── UnknownTask
│   ├── InvalidSubmission
│   └── InvalidIdempotencyKey
├── IdempotencyConflict      the key of another request
├── NotFound
├── InvalidTransition        a legal act at the wrong moment
├── UniqueKeyWaits           a retry beside another job of its unique key that waits
├── NotWaiting               a question about a job that no longer waits
├── NameTaken                another schedule, or another view of the same owner, has this name
├── NotYours                 somebody else's view
├── DeclaredInCode           a schedule that only code may change
├── BulkEnded                nothing is left to abort
├── ArtifactsAway            files of jobs cannot be reached
├── WorkerGone               an order to a worker that has stopped or is lost
├── InvalidCursor
├── Unauthenticated
├── InvalidTask              a mistake in the definition of a task
└── raised inside a run, to end it
    ├── RetryLater           by a task: try again after so many seconds
    ├── Permanent            by a task: do not try again
    ├── JobTimeout           to a task whose time is over
    ├── JobCancelled         to a task whose job was cancelled
    └── ClaimLost            to a task whose job was given to another slot
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@dataclass(frozen=True)
class FieldError:
    """One fault in what was sent: a JSON pointer to the field, and what is wrong with it."""

    pointer: str
    message: str


class TrajectoryError(Exception):
    """Something went wrong"""


class InvalidSettings(TrajectoryError):
    """The settings are not valid"""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


class Rejected(TrajectoryError):
    """The submission was refused"""

    code = "invalid_submission"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        self.errors = list(errors)
        super().__init__(detail)


class UnknownTask(Rejected):
    """There is no task of this name"""

    code = "unknown_task"

    def __init__(self, name: str, nearest: str | None, pointer: str = "/task") -> None:
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        message = f"no worker has announced a task named {name!r}{hint}"
        super().__init__(message, [FieldError(pointer, message)])


class InvalidSubmission(Rejected):
    """The submission does not fit the task"""


class InvalidIdempotencyKey(Rejected):
    """The header Idempotency-Key is not valid"""

    code = "invalid_idempotency_key"


class IdempotencyConflict(TrajectoryError):
    """This Idempotency-Key belongs to another request"""


class NotFound(TrajectoryError):
    """It does not exist"""


class InvalidTransition(TrajectoryError):
    """The job is not in a state that allows this"""

    def __init__(self, *, state: str, move: str) -> None:
        self.state = state
        self.move = move
        super().__init__(f"a job that is {state} does not allow: {move}")


class UniqueKeyWaits(TrajectoryError):
    """Another job of its unique key waits"""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        super().__init__(f"the job {job_id} of the same task and unique key waits")


class WorkerGone(TrajectoryError):
    """The worker has stopped or is lost"""


class NotWaiting(TrajectoryError):
    """The job does not wait"""


class NameTaken(TrajectoryError):
    """The name is taken"""

    def __init__(self, kind: str, name: str) -> None:
        message = f"there is a {kind} named {name!r} already"
        self.errors = [FieldError("/name", message)]
        super().__init__(message)


class NotYours(TrajectoryError):
    """It belongs to somebody else"""


class DeclaredInCode(TrajectoryError):
    """The schedule is declared in code"""

    def __init__(self, name: str, task: str) -> None:
        super().__init__(
            f"the schedule {name!r} is declared beside the task {task!r}: change it there; it can be paused and run now"
        )


class BulkEnded(TrajectoryError):
    """The act on many jobs has ended"""


class ArtifactsAway(TrajectoryError):
    """The files of jobs cannot be reached"""


class InvalidCursor(TrajectoryError):
    """The cursor was not made by this service"""


class Unauthenticated(TrajectoryError):
    """A valid key is needed"""


class InvalidTask(TrajectoryError):
    """The task is not defined correctly"""


class RetryLater(TrajectoryError):
    """Raised by a task to be tried again after `seconds`; uses up a retry like any failure."""

    def __init__(self, message: str, *, seconds: float) -> None:
        # What is no number is said here, in the task that gave it: whoever reckons with it has a job to record.
        self.seconds = float(seconds)
        if math.isnan(self.seconds):
            raise ValueError("seconds must be a number, not NaN")
        super().__init__(message)


class Permanent(TrajectoryError):
    """Raised by a task whose failure no retry can mend."""


class JobTimeout(TrajectoryError):
    """The job ran longer than its timeout"""


class JobCancelled(TrajectoryError):
    """The job was cancelled"""


class ClaimLost(TrajectoryError):
    """The job no longer belongs to this slot"""
