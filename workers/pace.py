"""How long jobs take here, and so how many to claim at once. Pure."""

from __future__ import annotations

TOGETHER_SECONDS = 0.010
"""Jobs are claimed together when they are expected to run in so long: a higher job waits for no more than that."""
ALONE_SECONDS = 0.010
"""A job that is expected to run longer has nothing waiting behind it."""
RELIEVE_SECONDS = 0.050
"""What waits behind a job that turned out slow goes back after so long."""
MOST_TOGETHER = 100
_WEIGHT = 0.2


class Pace:
    """Moving averages of run times, in seconds, for each task and for all."""

    def __init__(self) -> None:
        self._of_task: dict[str, float] = {}
        self._of_all: float | None = None

    def learn(self, task: str, seconds: float) -> None:
        known = self._of_task.get(task, seconds)
        self._of_task[task] = known + _WEIGHT * (seconds - known)
        of_all = seconds if self._of_all is None else self._of_all
        self._of_all = of_all + _WEIGHT * (seconds - of_all)

    def expected_seconds(self, task: str) -> float:
        return self._of_task.get(task, 0.0)

    def want(self) -> int:
        """How many jobs to claim: one until something is known."""
        if self._of_all is None:
            return 1
        return max(1, min(MOST_TOGETHER, int(TOGETHER_SECONDS / max(self._of_all, 1e-6))))
