"""Forgetting jobs: their rows and their files.

The files go first, while the rows are locked and still say where the files are. Whoever dies in between leaves rows
whose files are gone, and whoever comes next removes those; the other way round the files would stay for ever, known
to nobody.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import structlog

from trajectory.errors import ArtifactsAway
from trajectory.parts import parts
from trajectory.states import FINAL, JobState
from trajectory.store.engine import transaction
from trajectory.store.removal import delete_jobs, delete_past, file_keys, lock_aged, lock_these_aged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.settings import Settings
    from trajectory.store.removal import Place


log = structlog.get_logger(__name__)

MOST_FAULTS = 3
"""So many jobs one after the other whose files cannot be removed: then it is the place where files are kept."""


class Forgotten(NamedTuple):
    jobs: int
    files: bool  # some were removed


def forget(connection: Connection, ids: Sequence[UUID]) -> Forgotten:
    """Remove jobs that the transaction on `connection` has locked. Raises `ArtifactsAway`: their rows stay then."""
    if not ids:
        return Forgotten(0, files=False)
    if keys := file_keys(connection, ids):
        parts().artifacts.remove(keys)
    return Forgotten(delete_jobs(connection, ids), files=bool(keys))


def kept_seconds(settings: Settings) -> dict[JobState, float]:
    """How long a job is kept after it became final."""
    kept = {
        JobState.SUCCEEDED: settings.keep_succeeded_seconds,
        JobState.FAILED: settings.keep_failed_seconds,
        JobState.CANCELLED: settings.keep_cancelled_seconds,
    }
    assert set(kept) == FINAL
    return kept


class _Progress:
    """How far the jobs that ended in one state have been pruned."""

    def __init__(self) -> None:
        self.looked: Place | None = None
        self.singly = 0  # so many jobs are looked at one at a time, because files of one of them cannot be removed
        self.faults = 0  # one after the other, in this round
        self.left: deque[UUID] = deque()  # jobs whose files could not be removed
        self.fresh = 0  # of these, how many were left out in this round
        self.again = 0  # of the others, how many this round has still to try: at its end

    def end_round(self) -> None:
        self.faults = self.fresh = self.again = 0


class Pruning:
    """Prunes in small steps, each a short transaction that nobody waits for.

    Where it has looked for each state is kept in memory: a job that stays longer than those around it, because it
    ended otherwise, is looked at once and not by every step. One whose files cannot be removed is left out, so that
    those behind it do not stay with it, and is tried again at the end of each round.
    """

    def __init__(self) -> None:
        self._progress = {state: _Progress() for state in FINAL}

    def step(self, state: JobState, *, at_most: int) -> bool:
        """Prune some of the jobs that ended so. Whether there may be more in this round."""
        progress = self._progress[state]
        more = self._try_again(progress, state) if progress.again else self._look_on(progress, state, at_most)
        if not more:
            progress.end_round()
        return more

    def _look_on(self, progress: _Progress, state: JobState, at_most: int) -> bool:
        at_most = 1 if progress.singly else at_most
        kept = kept_seconds(parts().settings)[state]
        try:
            with transaction(parts().engine) as connection:
                aged = lock_aged(connection, state, kept_seconds=kept, after=progress.looked, at_most=at_most)
                forgotten = forget(connection, aged.ids)
        except ArtifactsAway as error:
            if at_most > 1:
                progress.singly = at_most
                return True
            progress.left.extend(aged.ids)
            progress.fresh += 1
            _leave(progress, aged.ids[0], error)
        else:
            progress.faults = 0 if forgotten.files else progress.faults
        progress.singly = max(0, progress.singly - 1)
        if aged.last is None:
            progress.singly = 0
            progress.again = len(progress.left) - progress.fresh
            return progress.again > 0
        progress.looked = aged.last
        return progress.faults < MOST_FAULTS

    def _try_again(self, progress: _Progress, state: JobState) -> bool:
        job_id = progress.left[0]
        kept = kept_seconds(parts().settings)[state]
        try:
            with transaction(parts().engine) as connection:
                forgotten = forget(connection, lock_these_aged(connection, [job_id], state, kept_seconds=kept))
        except ArtifactsAway as error:
            progress.left.rotate(-1)
            _leave(progress, job_id, error)
        else:
            progress.left.popleft()
            progress.faults = 0 if forgotten.files else progress.faults
        progress.again -= 1
        return progress.again > 0 and progress.faults < MOST_FAULTS


def _leave(progress: _Progress, job_id: UUID, error: ArtifactsAway) -> None:
    progress.faults += 1
    log.warning("files of an old job cannot be removed now", job_id=str(job_id), error=str(error))


def prune_past(*, at_most: int) -> bool:
    """Prune some of the statistics, workers, acts on many jobs and errors that are past. Whether there may be more.

    A worker and an act are kept as long as any job is: a job says where it ran. A group of errors is kept as long as
    any job and as the statistics are, since it was last seen.
    """
    settings = parts().settings
    longest = max(kept_seconds(settings).values())
    kept = dict.fromkeys(
        ("stats", "stats_durations", "stats_rolled", "stats_durations_rolled", "queue_ages"),
        settings.keep_stats_seconds,
    )
    kept |= dict.fromkeys(("bulk_acts", "workers"), longest)
    kept |= dict.fromkeys(("error_hours", "error_groups"), max(longest, settings.keep_stats_seconds))
    with parts().engine.connect() as connection:
        pruned = [delete_past(connection, table, kept_seconds=age, at_most=at_most) for table, age in kept.items()]
    return max(pruned) == at_most
