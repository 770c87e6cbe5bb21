"""Duty: go on with acts on many jobs, the oldest first, for a moment at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from trajectory import bulk
from trajectory.errors import ArtifactsAway
from trajectory.removal import MOST_FAULTS
from trajectory.store.bulk import oldest_running
from workers.dispatcher.faults import was_cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

_TURN_SECONDS = 0.1
_CHUNK_SECONDS = 0.05
_SMALLEST, _FIRST, _LARGEST = 50, 500, 5000
_TELL_SECONDS = 0.3


class Bulk:
    """Chunks are as large as are done in a moment: deleting a job with files takes longer than cancelling one."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at_most = _FIRST
        self._singly = 0  # so many jobs are done one at a time, because files of one of them cannot be removed
        self._faults = 0  # one after the other
        self._bulk_id: UUID | None = None
        self._untold = 0
        self._told_at = 0.0

    def __call__(self, connection: Connection) -> None:
        turn_ends_at = self._clock() + _TURN_SECONDS
        while bulk_id := oldest_running(connection):
            if bulk_id != self._bulk_id:
                self._bulk_id, self._at_most, self._singly, self._faults = bulk_id, _FIRST, 0, 0
            moved = self._advance(bulk_id)
            self._tell(bulk_id)
            if not moved or self._clock() >= turn_ends_at:
                return

    def _advance(self, bulk_id: UUID) -> bool:
        began_at = self._clock()
        singly = self._singly > 0
        try:
            advance = bulk.advance(bulk_id, at_most=1 if singly else self._at_most)
        except ArtifactsAway:
            self._singly = self._at_most
            return True
        except DBAPIError as error:
            if error.connection_invalidated or not _is_of_the_act(error):
                raise
            self._fail(bulk_id, error)
            return True
        self._untold += advance.done
        self._note_faults(bulk_id, advance)
        if singly:
            self._singly -= int(advance.moved)
        else:
            self._fit(advance.done, self._clock() - began_at)
        return advance.moved

    def _note_faults(self, bulk_id: UUID, advance: bulk.Advance) -> None:
        """A job whose files cannot be removed is left out; where none can be, the act ends."""
        if advance.files:
            self._faults = 0
        if advance.left_out is None:
            return
        log.warning("an act on many jobs left one out", bulk_id=str(bulk_id), error=advance.left_out)
        self._faults += 1
        if self._faults >= MOST_FAULTS:
            self._fail(bulk_id, ArtifactsAway(advance.left_out))

    def _fit(self, done: int, seconds: float) -> None:
        if seconds > _CHUNK_SECONDS:
            self._at_most = max(_SMALLEST, int(self._at_most * max(0.25, _CHUNK_SECONDS / seconds)))
        elif done == self._at_most and seconds < _CHUNK_SECONDS / 2:
            self._at_most = min(_LARGEST, 2 * self._at_most)

    @staticmethod
    def _fail(bulk_id: UUID, error: Exception) -> None:
        log.error("an act on many jobs failed", bulk_id=str(bulk_id), error=str(error))
        bulk.fail(bulk_id, str(error).splitlines()[0])

    def _tell(self, bulk_id: UUID) -> None:
        """Tell the feed of the act a few times a second and at its end, and of its jobs only how many they are."""
        act = bulk.act(bulk_id)
        if act.state == "running" and self._clock() - self._told_at < _TELL_SECONDS:
            return
        bulk.tell(act, jobs=self._untold)
        self._untold, self._told_at = 0, self._clock()


def _is_of_the_act(error: DBAPIError) -> bool:
    """Whether the statement is at fault, which would fail again, and not the database."""
    return was_cancelled(error) or not isinstance(error, OperationalError)
