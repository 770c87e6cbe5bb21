"""The life of a job: its states, the legal moves between them, and what may be asked of it. Pure.

Everything that depends on a job's state is derived from `MOVES`: the guards in `lifecycle`, the diagram in
`docs/lifecycle.md`, and `allowed_actions` in every answer of the API.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from trajectory.errors import InvalidTransition


class JobState(StrEnum):
    """Where a job stands. Each state names who moves it on."""

    SCHEDULED = "scheduled"  # due later; the dispatcher queues it at `run_at`
    QUEUED = "queued"  # due now; a free slot claims it
    RUNNING = "running"  # claimed; ends with its attempt, or is given back when its slot is lost
    RETRYING = "retrying"  # an attempt failed; the dispatcher queues it again at `run_at`
    SUCCEEDED = "succeeded"  # final
    FAILED = "failed"  # final until a person asks for a retry
    CANCELLED = "cancelled"  # final until a person asks for a retry


class Outcome(StrEnum):
    """How one attempt ended: a different thing from the state its job is then in."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the task raised
    TIMED_OUT = "timed_out"  # it ran longer than its timeout
    CANCELLED = "cancelled"  # it was told to stop
    LOST = "lost"  # its slot or worker died
    INTERRUPTED = "interrupted"  # its worker was shut down; never uses up a retry


class Action(StrEnum):
    """What a person or system may ask of a job."""

    CANCEL = "cancel"
    RETRY = "retry"
    RUN_NOW = "run-now"
    PRIORITY = "priority"
    DELETE = "delete"


# None: the job is no more.
MOVES: dict[JobState, dict[str, JobState | None]] = {
    JobState.SCHEDULED: {
        "due": JobState.QUEUED,
        "run-now": JobState.QUEUED,
        "replace, due now": JobState.QUEUED,
        "priority": JobState.SCHEDULED,
        "cancel": JobState.CANCELLED,
    },
    JobState.QUEUED: {
        "claim": JobState.RUNNING,
        "replace, due later": JobState.SCHEDULED,
        "priority": JobState.QUEUED,
        "cancel": JobState.CANCELLED,
    },
    JobState.RUNNING: {
        "cancel": JobState.RUNNING,  # its task is asked to stop
        "succeed": JobState.SUCCEEDED,
        "fail for good": JobState.FAILED,
        "fail": JobState.RETRYING,
        "give back": JobState.QUEUED,
        "stop": JobState.CANCELLED,
    },
    JobState.RETRYING: {
        "due": JobState.QUEUED,
        "run-now": JobState.QUEUED,
        "replace, due now": JobState.QUEUED,
        "replace, due later": JobState.SCHEDULED,
        "priority": JobState.RETRYING,
        "cancel": JobState.CANCELLED,
    },
    JobState.SUCCEEDED: {"delete": None},
    JobState.FAILED: {"retry": JobState.QUEUED, "delete": None},
    JobState.CANCELLED: {"retry": JobState.QUEUED, "delete": None},
}

FINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})
WAITING = frozenset({JobState.SCHEDULED, JobState.QUEUED, JobState.RETRYING})
DUE_LATER = frozenset({JobState.SCHEDULED, JobState.RETRYING})

MAX_LOSSES = 3
"""A job that loses its worker this often fails: it would kill a fourth."""

CeleryState = Literal["PENDING", "STARTED", "PROGRESS", "RETRY", "SUCCESS", "FAILURE", "REVOKED"]

_CELERY_STATE: dict[JobState, CeleryState] = {
    JobState.SCHEDULED: "PENDING",
    JobState.QUEUED: "PENDING",
    JobState.RETRYING: "RETRY",
    JobState.SUCCEEDED: "SUCCESS",
    JobState.FAILED: "FAILURE",
    JobState.CANCELLED: "REVOKED",
}


def sources_of(move: str) -> list[JobState]:
    """The states from which `move` is legal. SQL guards are made from this."""
    return [state for state, moves in MOVES.items() if move in moves]


def target_of(state: JobState, move: str) -> JobState | None:
    """The state that `move` leads to, None when the job is no more after it, or `InvalidTransition`."""
    try:
        return MOVES[state][move]
    except KeyError:
        raise InvalidTransition(state=state, move=move) from None


def allowed_actions(state: JobState, *, cancel_requested: bool = False) -> list[Action]:
    """What may be asked of a job in this state, in the order of `Action`. A running one is asked to stop once."""
    asked = {Action.CANCEL} if cancel_requested and state is JobState.RUNNING else set()
    return [action for action in Action if action.value in MOVES[state] and action not in asked]


def state_after(outcome: Outcome, *, retries_left: bool, losses: int) -> JobState:
    """The state of a job after an attempt that ended so. `losses` counts this attempt if it was lost."""
    match outcome:
        case Outcome.SUCCEEDED:
            move = "succeed"
        case Outcome.CANCELLED:
            move = "stop"
        case Outcome.INTERRUPTED:
            move = "give back"
        case Outcome.LOST:
            move = "give back" if losses < MAX_LOSSES else "fail for good"
        case Outcome.FAILED | Outcome.TIMED_OUT:
            move = "fail" if retries_left else "fail for good"
    state = target_of(JobState.RUNNING, move)
    assert state is not None
    return state


def celery_state(state: JobState, *, has_progress: bool = False) -> CeleryState:
    """The word that Celery uses for this state."""
    if state is JobState.RUNNING:
        return "PROGRESS" if has_progress else "STARTED"
    return _CELERY_STATE[state]


def diagram() -> str:
    """The table of moves as a Mermaid state diagram; `docs/lifecycle.md` holds a copy."""
    lines = ["stateDiagram-v2", "    [*] --> scheduled: submit, due later", "    [*] --> queued: submit"]
    lines += [
        f"    {state} --> {target or '[*]'}: {move}" for state, moves in MOVES.items() for move, target in moves.items()
    ]
    return "\n".join(lines) + "\n"
