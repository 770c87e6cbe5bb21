"""What clients called their requests, so that a repeated one makes nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trajectory.errors import IdempotencyConflict

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection


class NamedRequest(NamedTuple):
    """A request that its client gave a name. `scope`: who submits; `digest`: SHA-256 of the body."""

    scope: str
    key: str
    digest: bytes


class Made(NamedTuple):
    """What a request made: a job or a batch."""

    job_id: UUID | None
    batch_id: UUID | None


_FIND = """
SELECT digest, job_id, batch_id FROM idempotency_keys
WHERE scope = %(scope)s AND key = %(key)s AND created_at > now() - %(kept)s * interval '1 second'
"""
# Of two at the same instant the second waits here until the first has committed, and then finds its row. One that is
# too old to count and not yet pruned is taken over.
_RESERVE = """
INSERT INTO idempotency_keys (scope, key, digest) VALUES (%(scope)s, %(key)s, %(digest)s)
ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest, job_id = NULL, batch_id = NULL, created_at = now()
WHERE idempotency_keys.created_at <= now() - %(kept)s * interval '1 second'
RETURNING true
"""


def find_request(cursor: Any, request: NamedRequest, *, kept_seconds: float) -> Made | None:
    """What the request of this name made. Raises `IdempotencyConflict` if that was another one."""
    cursor.execute(_FIND, {**request._asdict(), "kept": kept_seconds})
    row = cursor.fetchone()
    if row is None:
        return None
    digest, job_id, batch_id = row
    if bytes(digest) != request.digest:
        raise IdempotencyConflict(f"the Idempotency-Key {request.key!r} came with another body before")
    return Made(job_id, batch_id)


def reserve_key(cursor: Any, request: NamedRequest, *, kept_seconds: float) -> bool:
    """Whether the name is this request's from now on; it is another's otherwise. Holds until the transaction ends."""
    cursor.execute(_RESERVE, {**request._asdict(), "kept": kept_seconds})
    return cursor.fetchone() is not None


def note_made(cursor: Any, request: NamedRequest, made: Made) -> None:
    cursor.execute(
        "UPDATE idempotency_keys SET job_id = %s, batch_id = %s WHERE scope = %s AND key = %s",
        (made.job_id, made.batch_id, request.scope, request.key),
    )


def ids_of_batch(connection: Connection, batch_id: UUID) -> list[UUID]:
    """In the order of submission."""
    statement = "SELECT id FROM jobs WHERE batch_id = %s ORDER BY id"
    return list(connection.exec_driver_sql(statement, (batch_id,)).scalars())


def prune_keys(connection: Connection, *, kept_seconds: float, at_most: int) -> int:
    """Forget names that are too old to count: how many."""
    statement = """
        DELETE FROM idempotency_keys WHERE (scope, key) IN (
            SELECT scope, key FROM idempotency_keys WHERE created_at <= now() - %s * interval '1 second'
            ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
        )
    """
    return connection.exec_driver_sql(statement, (kept_seconds, at_most)).rowcount
