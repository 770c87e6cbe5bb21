"""The watch of a slot: a thread that reports while the task runs, so that reporting costs the task nothing."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from trajectory.errors import ClaimLost, JobCancelled
from trajectory.store.running import add_log_lines, is_asked_to_stop, write_progress
from workers.pace import RELIEVE_SECONDS
from workers.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from trajectory.run import Line, ProgressNow
    from trajectory.store.claims import Claimed
    from workers.slot import Current, Slot

_TICK_SECONDS = 0.025
_ANNOUNCE_SECONDS = 0.05
_REPORT_SECONDS = 0.25
_LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Watch:
    """Awake while its slot drains, and for one round after."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._patience = Patience(slot.engine)
        self._awake = threading.Event()
        self._ended = threading.Event()  # set while the slot does not drain
        self._lock = threading.Lock()  # of those that say whether to go on: `_awake`, `_ended` and `_drains`
        self._drains = 0  # how many have begun
        self._announced_at = 0.0
        self._reported_at: tuple[str, float] = ("", 0.0)
        self._heard_at = 0.0  # when the job was last read, and so whether it should stop
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()
        with self._lock:
            self._drains += 1
            self._ended.clear()
            self._awake.set()

    def end(self) -> None:
        with self._lock:
            self._ended.set()

    @property
    def is_awake(self) -> bool:
        """Whether its slot drains, or has news that is not told yet."""
        return self._awake.is_set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._awake.wait()
            if self._ended.wait(_TICK_SECONDS):
                # What a drain did is told as it ends, not when the next one may begin.
                rest = self._announced_at + _ANNOUNCE_SECONDS - time.monotonic()
                pause.wait(min(max(rest, 0.0), _TICK_SECONDS))
            try:
                self._round()
            except Exception:
                # Whatever it was, the jobs go on, and need their watch.
                log.exception("the watch of a slot failed for a moment")
                pause.wait(_TICK_SECONDS)

    def _round(self) -> None:
        slot, now = self._slot, time.monotonic()
        tells = now - self._announced_at >= _ANNOUNCE_SECONDS
        # Asked before what is announced is taken: what is added after this, if only by a drain that begins and ends
        # meanwhile, is told by a later round.
        with self._lock:
            is_last, drains = tells and self._ended.is_set(), self._drains
        if slot.waiting and now - slot.claimed_at > RELIEVE_SECONDS:
            with slot.lock:
                self._patience.insist(slot.relieve)
        if slot.current:
            self._report(slot.current, now)
        if tells:
            self._announced_at = now
            slot.announcer.flush()
        with self._lock:
            if is_last and drains == self._drains and not slot.announcer.is_behind:
                self._awake.clear()

    def _report(self, current: Current, now: float) -> None:
        """Write progress and log lines, at most four times a second for a job; the first at once."""
        job, run, began_at = current
        reported_id, reported_at = self._reported_at
        if now - began_at < _ANNOUNCE_SECONDS or (reported_id == job.id and now - reported_at < _REPORT_SECONDS):
            return
        if reported_id != job.id:
            self._slot.announcer.add([job.id])  # that it runs: shorter jobs are only announced when they end
            self._heard_at = now
        self._reported_at = (job.id, now)
        progress, lines = run.take_progress(), run.take_lines()
        if lines:
            self._patience.insist(lambda connection: write_lines(connection, self._slot.claim, job, lines))
            self._slot.announcer.add_lines(job.id, job.attempt, len(lines))
        if progress is not None or now - self._heard_at >= _LOOK_SECONDS:
            self._heard_at = now
            self._hear(current, progress)

    def _hear(self, current: Current, progress: ProgressNow | None) -> None:
        """Write progress if there is news, and learn by the way whether the job should stop."""
        job, slot = current.job, self._slot
        if progress is None:
            asked = self._patience.insist(lambda connection: is_asked_to_stop(connection, slot.claim, job))
        else:
            done, total, message = progress
            asked = self._patience.insist(
                lambda connection: write_progress(connection, slot.claim, job, done=done, total=total, message=message)
            )
            slot.announcer.add([job.id])
        if slot.current is not current:
            return
        if asked is None:
            current.run.stop(ClaimLost("this job belongs to another slot now"))
        elif asked:
            current.run.stop(JobCancelled("the job was cancelled while it ran"))


def write_lines(connection: Connection, claim: int, job: Claimed, lines: Sequence[Line]) -> None:
    now = time.monotonic()
    rows = [(job.attempt * 1_000_000 + line.number, now - line.at, line.level, line.message) for line in lines]
    add_log_lines(connection, claim, job, rows)
