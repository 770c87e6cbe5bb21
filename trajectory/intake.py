"""The intake: submissions that arrive together share one statement, one commit and one wake-up.

Who comes first inserts for all who wait by then, while the next ones gather behind: nobody waits for company, and a
submission that is alone pays nothing. Safe for threads and greenlets.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError

from trajectory.priorities import RANKED, of_rank
from trajectory.states import JobState
from trajectory.store.jobs import Inserted, NewJob, insert_jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from trajectory.priorities import Priority

# More would make the first of them wait for the last.
_MOST_TOGETHER = 100


@dataclass(slots=True, eq=False)
class _Waiting:
    job: NewJob
    inserted: Inserted | None = None
    woken: bool = False
    error: BaseException | None = None


class Intake:
    def __init__(
        self, engine: Engine, wake: Callable[..., None], wake_ahead: Callable[[Priority], Callable[[], bool]]
    ) -> None:
        self._engine = engine
        self._wake = wake
        self._wake_ahead = wake_ahead
        self._gathering: list[_Waiting] = []
        self._gather = threading.Lock()
        self._turn = threading.Lock()

    def insert(self, job: NewJob) -> Inserted:
        """Insert a job, committed when this returns, and wake a slot for it if it is due."""
        mine = _Waiting(job)
        with self._gather:
            self._gathering.append(mine)
        together: list[_Waiting] = []
        with self._turn:
            # More than one round when so many came first that the limit left this one behind.
            while mine.inserted is None and mine.error is None:
                together += self._insert_next()
        self._wake_for(together)
        if mine.error is not None:
            raise mine.error
        assert mine.inserted is not None
        return mine.inserted

    def _insert_next(self) -> list[_Waiting]:
        """Insert those who came first: each of them then has what was inserted, or an error."""
        with self._gather:
            together = self._gathering[:_MOST_TOGETHER]
            del self._gathering[:_MOST_TOGETHER]
        try:
            if len(together) == 1 and together[0].job.is_due and not together[0].job.limited:
                self._insert_while_waking(together[0])
            else:
                self._insert(together)
        except DBAPIError as error:
            if len(together) == 1 or error.connection_invalidated or isinstance(error, OperationalError):
                self._fail(together, error)
            else:  # the fault may be of one of them: the others must not suffer from it
                for one in together:
                    self._insert_alone(one)
        except BaseException as error:
            self._fail(together, error)
            raise
        return together

    def _wake_for(self, together: list[_Waiting]) -> None:
        due = Counter(
            one.job.priority
            for one in together
            if one.inserted and one.inserted.state is JobState.QUEUED and not (one.woken or one.job.limited)
        )
        for priority in RANKED:
            if jobs := due[priority.rank]:
                self._wake(priority, jobs=jobs)

    def _insert_while_waking(self, one: _Waiting) -> None:
        """The wake-up for a job that is alone travels while the job is committed."""
        in_time = self._wake_ahead(of_rank(one.job.priority))
        try:
            self._insert([one])
        finally:
            one.woken = in_time()

    def _insert(self, together: list[_Waiting]) -> None:
        with self._engine.connect() as connection:
            inserted = insert_jobs(connection, [one.job for one in together])
        for one in together:
            one.inserted = inserted[one.job.id]

    def _insert_alone(self, one: _Waiting) -> None:
        try:
            self._insert([one])
        except DBAPIError as error:
            self._fail([one], error)

    @staticmethod
    def _fail(together: list[_Waiting], error: BaseException) -> None:
        for one in together:
            one.error = error
