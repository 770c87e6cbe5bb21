"""Acts on many jobs: asked for here, done by the dispatcher chunk by chunk, followed and aborted here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from uuid_utils.compat import uuid7

from trajectory.errors import ArtifactsAway, BulkEnded, FieldError, InvalidSubmission, NotFound
from trajectory.parts import parts
from trajectory.removal import forget
from trajectory.selection import BulkAct, BulkList, BulkMatched, BulkRequest
from trajectory.store import bulk as store
from trajectory.store.engine import transaction

if TYPE_CHECKING:
    from uuid import UUID

_LISTED = 50


def count(asked: BulkRequest) -> BulkMatched:
    """How many jobs it would be done to. Raises `InvalidSubmission` when they may be more than `at_most`."""
    return BulkMatched(**_count(asked)._asdict())


def _count(asked: BulkRequest) -> store.Counted:
    with parts().engine.connect() as connection:
        counted = store.count_for(connection, asked)
    if asked.at_most is not None and (counted.matched > asked.at_most or not counted.complete):
        least = "" if counted.complete else "at least "
        than = "more than" if counted.matched > asked.at_most else "too many to tell whether more than"
        message = f"{least}{counted.matched} jobs match, {than} {asked.at_most}"
        raise InvalidSubmission(f"{message}; nothing was done", [FieldError("/at_most", message)])
    return counted


def start(asked: BulkRequest, *, created_by: str | None) -> BulkAct:
    """Ask for it: the dispatcher begins within a second. Raises `InvalidSubmission` like `count`."""
    bulk_id, counted = uuid7(), _count(asked)
    with parts().engine.connect() as connection:
        store.insert_act(connection, bulk_id, asked, counted=counted, created_by=created_by)
    started = act(bulk_id)
    tell(started)
    return started


def act(bulk_id: UUID) -> BulkAct:
    with parts().engine.connect() as connection:
        found = store.get_act(connection, bulk_id)
    if found is None:
        raise NotFound(f"there is no act {bulk_id}")
    return found


def acts() -> BulkList:
    with parts().engine.connect() as connection:
        return BulkList(items=store.list_acts(connection, limit=_LISTED))


def abort(bulk_id: UUID) -> BulkAct:
    """End it after the chunk that is under way; what was done stays done. Raises `NotFound` or `BulkEnded`."""
    with parts().engine.connect() as connection:
        aborted = store.end_act(connection, bulk_id, "aborted")
    found = act(bulk_id)
    if not aborted:
        raise BulkEnded(f"it is {found.state}: there is nothing to abort")
    tell(found)
    return found


def fail(bulk_id: UUID, error: str) -> None:
    """End it because it cannot go on."""
    with parts().engine.connect() as connection:
        store.end_act(connection, bulk_id, "failed", error=error)


def tell(asked: BulkAct, *, jobs: int = 0) -> None:
    """Tell the feed how an act stands, and of its jobs only how many have changed since it was last told."""
    events: list[dict[str, Any]] = [{"kind": "bulk", "bulk": asked.model_dump(mode="json", exclude={"filter"})}]
    if jobs:
        events.append({"kind": "jobs_changed", "count": jobs})
    parts().feed.publish(events)


class Advance(NamedTuple):
    """What one chunk came to."""

    done: int
    moved: bool  # on to other jobs, or to the end
    files: bool = False  # some were removed
    left_out: str | None = None  # why the job it was meant for stays


def advance(bulk_id: UUID, *, at_most: int) -> Advance:
    """Do it to the next jobs, in one short transaction that waits for nobody.

    A single job whose files cannot be removed is left out; of several, nobody knows which: raises `ArtifactsAway`.
    """
    with transaction(parts().engine) as connection:
        running = store.lock_running(connection, bulk_id)
        if running is None:
            return Advance(0, moved=False)
        chunk = store.lock_chunk(connection, running, at_most=at_most)
        if chunk.cursor is None:
            store.end_act(connection, bulk_id, "finished")
            return Advance(0, moved=True)
        done, files, left_out = 0, False, None
        if running.action == "delete":
            try:
                done, files = forget(connection, chunk.ids)
            except ArtifactsAway as error:
                if len(chunk.ids) > 1:
                    raise
                left_out = f"files of a job cannot be removed: {error}"
        elif chunk.ids:
            done = store.apply(connection, running, chunk.ids)
        store.note_progress(connection, running, done=done, cursor=chunk.cursor, error=left_out)
    return Advance(done, chunk.cursor != running.cursor, files, left_out)
