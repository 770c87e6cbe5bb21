"""A slot: one pool process. Awake, it drains: claims the best jobs, runs them, records them, until none is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from datetime import timedelta
from functools import partial
from typing import IO, TYPE_CHECKING, NamedTuple
from uuid import UUID

import structlog

from trajectory.artifacts import artifact_key, artifacts
from trajectory.errors import ClaimLost
from trajectory.feed import Announcer, Feed
from trajectory.priorities import Priority, of_rank
from trajectory.run import Run
from trajectory.store.claims import (
    Claimed,
    Finished,
    claim_jobs,
    give_back_orphans,
    give_back_unstarted,
    names_of,
    record_finished,
    record_succeeded,
)
from trajectory.store.engine import slot_engine
from trajectory.store.fleet import register_slot
from trajectory.store.limits import let_in
from trajectory.store.running import begin_artifact, is_there, put_artifact
from trajectory.tasks import registered
from workers.ground import Ground
from workers.pace import ALONE_SECONDS, RELIEVE_SECONDS, Pace
from workers.patience import Patience
from workers.perform import perform, raise_timeout
from workers.watch import Watch, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from trajectory.settings import Settings

SLICE_SECONDS = 0.25
# The watch reports while a job runs. It must not keep a job that just came from starting for Python's usual 5 ms.
SWITCH_SECONDS = 0.0005
# The wake-up of a job travels while the job is committed, and may be here first; a commit takes a millisecond or, where
# the disk is slow just then, some.
LOOK_AGAIN_SECONDS = (0.0003, 0.0006, 0.0012, 0.0024)
_FLOOR_SLACK = timedelta(seconds=1)
_OF_ANOTHER = "this job belongs to another slot now"

log = structlog.get_logger(__name__)


class Current(NamedTuple):
    """The job that runs now, and since when (monotonic)."""

    job: Claimed
    run: Run
    began_at: float


class Slot:
    """What one pool process knows: its claim number, what it holds, how fast its jobs are.

    Two threads share it: the one that runs jobs, and the watch, which reports and gives back what waits behind a job
    that turned out slow. `lock` guards `waiting` and `unrecorded`.
    """

    def __init__(self, settings: Settings, *, worker_id: UUID, slot: int, queues: Sequence[Priority]) -> None:
        self.lock = threading.Lock()
        self.waiting: deque[Claimed] = deque()
        self.unrecorded: list[Finished] = []
        self.current: Current | None = None
        self.claimed_at = 0.0  # when the answer came: from then on what waits is kept waiting
        self._asked_at = 0.0  # when the claim was sent: it may have held since
        self.engine = slot_engine(settings)
        self.announcer = Announcer(self.engine, Feed(settings))
        self.patience = Patience(self.engine)
        with self.engine.connect() as connection:
            self.claim = register_slot(connection, worker_id=worker_id, slot=slot, pid=os.getpid())
        self._artifacts = artifacts(settings)
        self._ages_after = settings.ages_after_seconds
        # A worker is silent for as long as its heartbeats are apart before it stands still.
        self._lease_seconds = settings.lost_after_seconds - settings.heartbeat_seconds
        self._floors: dict[int, str] = {}
        self._alone = True  # the last claim was of one job: it began when it was claimed
        self._pace = Pace()
        self._tasks = registered()
        self._names = names_of(self._tasks)
        self._ground = Ground(sorted(priority.rank for priority in queues), self._names)
        self._wake: Callable[[Priority], None] = lambda _: None
        self._watch = Watch(self)
        self._pause = threading.Event()
        sys.setswitchinterval(SWITCH_SECONDS)
        signal.signal(signal.SIGALRM, raise_timeout)

    def drain(self, wake: Callable[[Priority], None]) -> int:
        """Run jobs for up to a time slice: how many. `wake` is called if more may be waiting when it is over."""
        slice_ends = time.monotonic() + SLICE_SECONDS
        ran = 0
        # A scan from the very start finds jobs whose transaction was open for long: they lie before the floor.
        self._floors = self.patience.insist(self._ground.floors)
        self._wake = wake
        self._watch.begin()
        try:
            self._record_and_claim(want=self._pace.want())
            self._ground.note(self.claimed_at - self._asked_at)
            for pause in LOOK_AGAIN_SECONDS:
                if self.waiting or self._ground.is_due:
                    break
                self._pause.wait(pause)
                self._record_and_claim(want=self._pace.want())
            while job := self._next():
                self._run(job)
                ran += 1
                if self.waiting:
                    continue
                if time.monotonic() < slice_ends:
                    self._record_and_claim(want=self._pace.want())
                else:
                    self._record_and_claim(want=0)
                    wake(of_rank(job.priority))
            if self._ground.is_due:
                for rank in self.patience.insist(self._ground.survey):
                    wake(of_rank(rank))
        finally:
            self._watch.end()
        return ran

    def _record_and_claim(self, *, want: int) -> None:
        """Record what succeeded and claim what comes next: one statement, one commit."""
        with self.lock:
            ended, self.unrecorded = self.unrecorded, []
            if want:
                jobs = self.patience.insist(
                    partial(self._claim_jobs, want, ended), after_loss=partial(self._give_back_orphans, ended)
                )
                self.waiting.extend(jobs)
                self._alone = len(jobs) == 1
                self.claimed_at = time.monotonic()
                for job in jobs:
                    self._floors[job.priority] = (job.run_at - _FLOOR_SLACK).isoformat()
                if any(job.losses for job in jobs[1:]):
                    self._send_suspects_away()
            elif ended:
                self.patience.insist(lambda connection: record_succeeded(connection, self.claim, ended))
        self.announcer.add(end.id for end in ended)

    def _send_suspects_away(self) -> None:
        """Give back a job that was lost before, and what follows it, when others come before it: one may kill slots.

        So a job whose only fault is that it was held beside a killer is lost once, not time after time. It comes back
        as the first of a claim, and then runs alone. `lock` must be held.
        """
        suspect = next(index for index, job in enumerate(self.waiting) if index and job.losses)
        kept = [self.waiting.popleft() for _ in range(suspect)]
        self.patience.insist(self.relieve)
        self.waiting.extend(kept)

    def _claim_jobs(self, want: int, ended: Sequence[Finished], connection: Connection) -> list[Claimed]:
        self._asked_at = time.monotonic()
        return claim_jobs(
            connection,
            self.claim,
            want=want,
            floors=self._floors,
            tasks=self._names,
            succeeded=ended,
            ages_after=self._ages_after,
        )

    def _give_back_orphans(self, ended: Sequence[Finished], connection: Connection) -> None:
        """After a connection was lost: jobs may be claimed here whose names never arrived."""
        known = [job.id for job in self.waiting] + [end.id for end in ended]
        if self.current:
            known.append(self.current.job.id)
        give_back_orphans(connection, self.claim, known)

    def _next(self) -> Claimed | None:
        """The next job that this slot holds. Before one that should run alone, the others are sent away."""
        with self.lock:
            if not self.waiting:
                return None
            now = time.monotonic()
            if now - self._asked_at > self._lease_seconds:
                # This process stood still, or the database was away: others may have these jobs by now.
                self.patience.insist(self.relieve)
                return None
            job = self.waiting.popleft()
            late = now - self.claimed_at > RELIEVE_SECONDS
            if late or job.losses or self._pace.expected_seconds(job.task) > ALONE_SECONDS:
                self.patience.insist(self.relieve)
            return job

    def relieve(self, connection: Connection) -> None:
        """Record what has ended and give back what has not begun. `lock` must be held."""
        if self.unrecorded:
            record_succeeded(connection, self.claim, self.unrecorded)
            self.announcer.add(end.id for end in self.unrecorded)
            self.unrecorded = []
        if self.waiting:
            give_back_unstarted(connection, self.claim, self.waiting)
            self.announcer.add(job.id for job in self.waiting)
            self.waiting.clear()

    def _run(self, job: Claimed) -> None:
        """One attempt: perform, record."""
        task = self._tasks[job.task]
        run = Run(UUID(job.id), job.task, job.attempt, self)
        self.current = Current(job, run, time.monotonic())
        end = perform(task, job, run)
        if end:
            if self._alone:
                end.began_at = None
            self._record(job, run, end, at_once=task.commit == "each")
        else:
            log.warning("a job went to another slot while it ran here", job_id=job.id, attempt=job.attempt)
        # With its record: what waits behind a job of `commit="each"` waits for that commit too.
        self._pace.learn(job.task, time.monotonic() - self.current.began_at)
        self.current = None

    def _record(self, job: Claimed, run: Run, end: Finished, *, at_once: bool) -> None:
        """A plain success waits for the next claim and shares its commit; everything else is written now."""
        progress, lines = run.take_progress(), run.take_lines()
        if end.error_type is None and progress is None and not lines and not job.limited:
            with self.lock:
                self.unrecorded.append(end)
                if at_once and self.waiting:
                    ended, self.unrecorded = self.unrecorded, []
                    self.patience.insist(lambda connection: record_succeeded(connection, self.claim, ended))
                    self.announcer.add([job.id])
            return
        if lines:
            self.patience.insist(lambda connection: write_lines(connection, self.claim, job, lines))
        if progress:
            end.progress_done, end.progress_total, end.progress_message = progress
        self.patience.insist(lambda connection: record_finished(connection, self.claim, [end]))
        self.announcer.add([job.id])
        if job.limited:
            self._give_its_place_away(job)

    def _give_its_place_away(self, job: Claimed) -> None:
        """A job that takes up a place of a limit has ended: let in who waits for it."""
        keys = [job.concurrency_key] if job.concurrency_key else []
        changed = self.patience.insist(lambda connection: let_in(connection, tasks=[job.task], keys=keys))
        self.announcer.add(moved.id for moved in (*changed.ready, *changed.held_again))
        for rank in sorted({moved.priority for moved in changed.ready}):
            self._wake(of_rank(rank))

    def keep_artifact(self, run: Run, name: str, media_type: str, source: IO[bytes]) -> None:
        """On record before it is put: however this ends, the file goes with its job."""
        assert self.current is not None
        job, key = self.current.job, artifact_key(run.job_id, run.attempt, name)
        if not self.patience.insist(
            lambda connection: begin_artifact(connection, self.claim, job, name=name, media_type=media_type)
        ):
            raise ClaimLost(_OF_ANOTHER)
        size_bytes = self._artifacts.put(key, source)
        kept = self.patience.insist(
            lambda connection: put_artifact(
                connection, self.claim, job, name=name, size_bytes=size_bytes, media_type=media_type
            )
        )
        if not kept:
            if not self.patience.insist(lambda connection: is_there(connection, job.id)):
                self._artifacts.remove([key])  # its job was deleted while it was being put
            raise ClaimLost(_OF_ANOTHER)
