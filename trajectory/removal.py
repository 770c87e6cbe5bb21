"""Forgetting jobs: their rows and their files.

The files go first, while the rows are locked and still say where the files are. Whoever dies in between leaves rows
whose files are gone, and whoever comes next removes those; the other way round the files would stay for ever, known
to nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.states import FINAL, JobState
from trajectory.store.engine import transaction
from trajectory.store.removal import delete_jobs, delete_past, file_keys, lock_aged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.settings import Settings
    from trajectory.store.removal import Place


def forget(connection: Connection, ids: Sequence[UUID]) -> int:
    """Remove jobs that the transaction on `connection` has locked: how many. Raises `ArtifactsAway`."""
    if not ids:
        return 0
    if keys := file_keys(connection, ids):
        parts().artifacts.remove(keys)
    return delete_jobs(connection, ids)


def kept_seconds(settings: Settings) -> dict[JobState, float]:
    """How long a job is kept after it became final."""
    kept = {
        JobState.SUCCEEDED: settings.keep_succeeded_seconds,
        JobState.FAILED: settings.keep_failed_seconds,
        JobState.CANCELLED: settings.keep_cancelled_seconds,
    }
    assert set(kept) == FINAL
    return kept


class Pruning:
    """Prunes in small steps, each a short transaction that nobody waits for.

    Where it has looked for each state is kept in memory: a job that stays longer than those around it, because it
    ended otherwise, is looked at once and not by every step.
    """

    def __init__(self) -> None:
        self._looked: dict[JobState, Place | None] = {}

    def step(self, state: JobState, *, at_most: int) -> bool:
        """Prune some of the jobs that ended so. Whether there may be more. Raises `ArtifactsAway`."""
        with transaction(parts().engine) as connection:
            kept = kept_seconds(parts().settings)[state]
            aged = lock_aged(connection, state, kept_seconds=kept, after=self._looked.get(state), at_most=at_most)
            forget(connection, aged.ids)
        if aged.last:
            self._looked[state] = aged.last
        return aged.last is not None


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
