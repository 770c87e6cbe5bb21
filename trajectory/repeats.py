"""Submissions that may make no new job: a request that came before, and a job that is to be the only one of its key."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.errors import IdempotencyConflict, InvalidIdempotencyKey
from trajectory.store.idempotency import NamedRequest
from trajectory.store.jobs import Inserted, insert_job
from trajectory.store.unique import find_unique, lock_unique, read_job, replace_waiting

if TYPE_CHECKING:
    from uuid import UUID

    from trajectory.schemas import Job, Submission
    from trajectory.store.idempotency import Made
    from trajectory.store.jobs import NewJob

MAX_KEY_LENGTH = 255


class Fate(StrEnum):
    """What became of a submission."""

    NEW = "new"
    REPEATED = "repeated"  # the same request came before: its job, as it now is
    KEPT = "kept"  # another job of its unique key stands: that one
    REPLACED = "replaced"  # another job of its unique key waited, and now is what was submitted


class Submitted(NamedTuple):
    """The job that a submission led to: its id, what the database made of it if it is new, and else itself.

    Of a request that was repeated only the id.
    """

    job_id: UUID
    fate: Fate
    inserted: Inserted | None = None
    standing: Job | None = None


def named_request(scope: object, key: str, body: bytes) -> NamedRequest:
    """A request that its client named by the header Idempotency-Key. Raises `InvalidIdempotencyKey`."""
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isprintable()):
        raise InvalidIdempotencyKey(
            f"an Idempotency-Key is 1 to {MAX_KEY_LENGTH} printable characters; none was stored"
        )
    return NamedRequest(str(scope), key, hashlib.sha256(body).digest())


def job_of(request: NamedRequest, made: Made) -> UUID:
    if made.job_id is None:
        raise IdempotencyConflict(f"the Idempotency-Key {request.key!r} came with a batch before")
    return made.job_id


def batch_of(request: NamedRequest, made: Made) -> UUID:
    if made.batch_id is None:
        raise IdempotencyConflict(f"the Idempotency-Key {request.key!r} came with a single job before")
    return made.batch_id


def insert_unless_unique(cursor: Any, submission: Submission, new: NewJob) -> Submitted:
    """Insert a job, unless one of its unique key stands. In the transaction that is open."""
    key = submission.unique_key
    if key is not None:
        lock_unique(cursor, new.task, key)
        # One that is deleted between the look and the reading stands in nobody's way: look again.
        while found := find_unique(cursor, new.task, key, window_seconds=submission.unique_window_seconds):
            replaces = submission.unique_policy == "replace"
            if replaces and not replace_waiting(cursor, found, new):
                break
            if standing := read_job(cursor, found):
                return Submitted(found, Fate.REPLACED if replaces else Fate.KEPT, standing=standing)
    return Submitted(new.id, Fate.NEW, insert_job(cursor, new))
