"""The account of what ran, kept by the tasks themselves, and its comparison with what the database says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.waiting import wait_until
from trajectory.states import FINAL, JobState, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.system import System

_JOBS = """
SELECT id::text, task, state, attempt, created_at, started_at, finished_at, clock_timestamp() AS now,
    (SELECT array_agg(attempts.attempt ORDER BY attempts.attempt) FROM attempts WHERE job_id = jobs.id) AS numbers,
    (SELECT array_agg(attempts.outcome ORDER BY attempts.attempt) FROM attempts WHERE job_id = jobs.id) AS outcomes
FROM jobs
"""


@dataclass(frozen=True)
class Recorded:
    """A job as the database has it. `before`: the outcomes of the attempts before the latest."""

    id: str
    task: str
    state: JobState
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    now: datetime
    numbers: list[int]
    before: list[str]


def recorded(system: System) -> list[Recorded]:
    with system.parts.engine.connect() as connection:
        return [
            Recorded(
                row.id,
                row.task,
                JobState(row.state),
                row.attempt,
                row.created_at,
                row.started_at,
                row.finished_at,
                row.now,
                row.numbers or [],
                row.outcomes or [],
            )
            for row in connection.exec_driver_sql(_JOBS)
        ]


@dataclass(frozen=True)
class Journal:
    path: Path

    def entries(self, word: str) -> Counter[tuple[str, int]]:
        """How often each attempt of each job began or ended: by job and attempt."""
        return Counter((job_id, int(attempt)) for kind, job_id, attempt in self._lines() if kind == word)

    def begun(self) -> list[str]:
        """The jobs in the order in which their attempts began."""
        return [job_id for kind, job_id, _ in self._lines() if kind == "begin"]

    def _lines(self) -> Iterator[list[str]]:
        return map(str.split, self.path.read_text().splitlines() if self.path.exists() else [])

    def length(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def grows_within(self, seconds: float) -> bool:
        """Whether anything runs."""
        before = self.length()
        return wait_until(lambda: self.length() > before, seconds)

    def audit(self, system: System, accepted: Iterable[str | None], *, seconds: float = 60) -> list[Recorded]:
        """Wait until every job is final; then nothing was lost and nothing ended twice or ran for nothing.

        Each attempt ran at most once. The attempts are numbered without a gap. The one that succeeded ran to its end;
        those before it were lost or interrupted, as the database says, and nothing ran that it does not know of.
        """
        waiting = [state for state in JobState if state not in FINAL]
        ended = wait_until(lambda: not any(map(system.count, waiting)), seconds, every=0.2)
        assert ended, {state.value: system.count(state) for state in waiting}
        jobs = recorded(system)
        begun, done = self.entries("begin"), self.entries("end")

        assert set(accepted) <= {job.id for job in jobs}
        assert {attempt: times for attempt, times in (begun + done).items() if times > 2} == {}
        assert {attempt: times for attempt, times in begun.items() if times > 1} == {}
        latest = {job.id: job.attempt for job in jobs}
        assert [entry for entry in begun if entry[1] > latest[entry[0]]] == []
        for job in jobs:
            assert job.numbers == list(range(1, job.attempt)), job
            assert set(job.before) <= {Outcome.LOST, Outcome.INTERRUPTED}, job
            assert job.started_at
            assert job.finished_at
            assert job.created_at <= job.started_at <= job.finished_at <= job.now, job
            if job.task == "chaos.work":
                assert job.state is JobState.SUCCEEDED, job
                assert done[job.id, job.attempt] == 1, job
        return jobs
