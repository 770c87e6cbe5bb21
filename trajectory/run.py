"""Run: what a task function is handed. It reports, and learns whether it should stop."""

from __future__ import annotations

import io
import logging
import mimetypes
import threading
import time
from collections.abc import Sized
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeVar, get_args

from trajectory.artifacts import spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from trajectory.errors import TrajectoryError

T = TypeVar("T")
Level = Literal["debug", "info", "warning", "error"]

LEVELS: tuple[Level, ...] = get_args(Level)
MAX_LOG_LINES = 10_000
MAX_LINE_LENGTH = 10_000
MAX_NAME_BYTES = 255  # of a file, on most file systems
_UNSTORABLE = {0: "�", **dict.fromkeys(range(0xD800, 0xE000), "�")}


class ProgressNow(NamedTuple):
    done: float
    total: float | None
    message: str | None


class Line(NamedTuple):
    """A log line: its number in the attempt, the monotonic time it was written, level and text."""

    number: int
    at: float
    level: Level
    message: str


class Keeper(Protocol):
    def keep_artifact(self, run: Run, name: str, media_type: str, source: IO[bytes]) -> None:
        """Store a file of a run and record it."""


class Run:
    """One attempt of a job, as its task sees it.

    Reporting never waits: what is reported lies here until the slot's watch writes it, at most four times a second,
    and the last word always.
    """

    def __init__(self, job_id: UUID, task: str, attempt: int, keeper: Keeper) -> None:
        self.job_id = job_id
        self.task = task
        self.attempt = attempt
        self._keeper = keeper
        self._lock = threading.Lock()
        self._progress: ProgressNow | None = None
        self._progress_is_news = False
        self._lines: list[Line] = []
        self._line_count = 0
        self._stop: TrajectoryError | None = None
        self._told = False

    @property
    def cancelled(self) -> bool:
        """Whether the task should stop: its job was cancelled or given to another slot."""
        if self._stop is None:
            return False
        self._told = True
        return True

    def progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """Report how far the work is: `done` of `total`, in any unit. Raises if the task should stop."""
        if self._stop is not None:
            self._told = True
            raise self._stop
        if message is not None:
            message = storable(message)[:MAX_LINE_LENGTH]
        with self._lock:
            self._progress = ProgressNow(float(done), None if total is None else float(total), message)
            self._progress_is_news = True

    def track(self, items: Iterable[T], total: int | None = None, message: str | None = None) -> Iterator[T]:
        """The items, reporting progress after each. `total` is found out when the items have a length."""
        if total is None and isinstance(items, Sized):
            total = len(items)
        for done, item in enumerate(items, start=1):
            yield item
            self.progress(done, total, message)

    def log(self, message: object, level: Level | int = "info") -> None:
        """Add a line to the job's log; lines after the 10,000th of an attempt are dropped, and the last says so.

        A number is a level of Python's `logging`. Raises `ValueError` for another level.
        """
        level = _named(level)
        with self._lock:
            if self._line_count >= MAX_LOG_LINES:
                return
            self._line_count += 1
            text = storable(str(message))[:MAX_LINE_LENGTH]
            if self._line_count == MAX_LOG_LINES:
                level, text = "warning", f"the log of this attempt is full: {MAX_LOG_LINES} lines"
            self._lines.append(Line(self._line_count, time.monotonic(), level, text))

    def artifact(self, name: str, data: bytes | str | IO[bytes], media_type: str | None = None) -> None:
        """Keep a file with the job. A later one of the same name takes its place."""
        if isinstance(data, str):
            data = data.encode()
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        self._keep(name, source, media_type)

    @contextmanager
    def open_artifact(self, name: str, media_type: str | None = None) -> Iterator[IO[bytes]]:
        """A binary file to write an artifact to; it is kept when the block ends without an error."""
        with spool() as file:
            yield file
            file.seek(0)
            self._keep(name, file, media_type)

    def _keep(self, name: str, source: IO[bytes], media_type: str | None) -> None:
        fits = 0 < len(name.encode()) <= MAX_NAME_BYTES
        if not fits or name.startswith(".") or any(c in "/\\" or ord(c) < 32 for c in name):
            raise ValueError(f"{name!r} is not a file name")
        guessed = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._keeper.keep_artifact(self, name, guessed, source)

    # The rest is for the slot that runs the task.

    def stop(self, reason: TrajectoryError) -> None:
        """Raise `reason` at the task's next report."""
        self._stop = reason

    def raise_if_told(self) -> None:
        """Raise the reason to stop if the task knew of it: it returned because of that, not because it was done."""
        if self._told and self._stop is not None:
            raise self._stop

    def take_progress(self) -> ProgressNow | None:
        """Progress that has not been written yet."""
        with self._lock:
            if not self._progress_is_news:
                return None
            self._progress_is_news = False
            return self._progress

    def take_lines(self) -> list[Line]:
        """Log lines that have not been written yet."""
        with self._lock:
            lines, self._lines = self._lines, []
            return lines


def _named(level: Level | int) -> Level:
    """The level in the word that is stored: the API shows no other, and a list of mixed types cannot be written."""
    if isinstance(level, int):
        if level >= logging.ERROR:
            return "error"
        if level >= logging.WARNING:
            return "warning"
        return "info" if level >= logging.INFO else "debug"
    for known in LEVELS:
        if level == known:
            return known
    raise ValueError(f"{level!r} is not a level: {', '.join(LEVELS)}, or a number of the module logging")


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    return text.translate(_UNSTORABLE)
