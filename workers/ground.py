"""Where a scan for work begins, when much of what waits is work for others.

A slot claims only jobs of tasks that it knows, and walks over the rest. Most often there is next to none, and a scan
begins at the very start. After one that took long the ground is surveyed, and later scans begin where that found the
first job of a known task.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trajectory.store.ground import returned_since, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from trajectory.store.ground import Surveyed

LONG_SECONDS = 0.010
"""What a scan may take before it is worth asking why: a claim's commit alone takes up to half of that."""
_REST = 20
"""A survey is too old after so many times as long as it took."""
_LEAST_REST_SECONDS = 1.0
_FROM_THE_START = "-infinity"


class Ground:
    """What is remembered between scans of the same queues for the same tasks."""

    def __init__(
        self, ranks: Sequence[int], tasks: str | Sequence[str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ranks = ranks
        self._tasks = tasks
        self._clock = clock
        self._found: dict[int, Surveyed] = {}
        self._took = 0.0  # the latest survey
        self._lost = 0.0  # by long scans since then
        self._due_at = float("inf")

    def floors(self, connection: Connection) -> dict[int, str]:
        """The `run_at` to scan from, for each rank. Asks the database only when something is remembered."""
        if self._found:
            self._step_back_for(returned_since(connection, min(found.at for found in self._found.values())))
        return {
            rank: self._found[rank].floor.isoformat() if rank in self._found else _FROM_THE_START
            for rank in self._ranks
        }

    def _step_back_for(self, returned: set[int]) -> None:
        """A job that ran at the time of the survey may have been given back, to where it stood."""
        for rank in returned & self._found.keys():
            found = self._found[rank]
            if found.returnable is not None and found.returnable < found.floor:
                self._found[rank] = found._replace(floor=found.returnable)

    def note(self, seconds: float) -> None:
        """A scan took so long."""
        if seconds > LONG_SECONDS:
            self._lost += seconds

    @property
    def is_due(self) -> bool:
        """Whether long scans have cost what a survey does, or the latest survey is old."""
        return self._lost > self._took or self._clock() >= self._due_at

    def survey(self, connection: Connection) -> list[int]:
        """Look from the very start: the ranks that hold a job of a known task.

        This also finds a job whose transaction was open for long, and that lies before what later scans look at.
        """
        began_at = self._clock()
        found = survey(connection, self._ranks, self._tasks)
        ended_at = self._clock()
        self._took, self._lost = ended_at - began_at, 0.0
        if self._took > LONG_SECONDS:
            self._found = {one.rank: one for one in found}
            self._due_at = ended_at + max(_REST * self._took, _LEAST_REST_SECONDS)
        else:  # it was something else, or is over
            self._found, self._due_at = {}, float("inf")
        return [one.rank for one in found if one.has_work]
