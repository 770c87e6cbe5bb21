"""How many jobs ran, and when the first and the last began: numbers that the slots and the bench share in memory.

Every contestant's task does nothing but count here, so that all pay the same for being measured: half a microsecond
a job. Times are of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time
from pathlib import Path

VARIABLE = "BENCH_TALLY"
_PROCESSES = 64
_COUNT, _FIRST, _LAST = range(3)
_BYTES = (_PROCESSES + 1) * 3 * 8  # the row before the first says how many are taken


def _rows(file: int) -> list[memoryview]:
    numbers = memoryview(mmap.mmap(file, _BYTES)).cast("q")
    return [numbers[3 * row : 3 * row + 3] for row in range(_PROCESSES + 1)]


class Tally:
    """The bench's side: reads what all processes counted."""

    def __init__(self, path: Path) -> None:
        with path.open("w+b") as file:
            file.truncate(_BYTES)
            self._taken, *self._counted = _rows(file.fileno())

    def reset(self) -> None:
        """Nobody may be counting."""
        for row in self._counted:
            row[_COUNT] = row[_FIRST] = row[_LAST] = 0

    def forget_processes(self) -> None:
        """Give the rows to the processes that start from now on."""
        self.reset()
        self._taken[0] = 0

    def count(self) -> int:
        return sum(row[_COUNT] for row in self._counted)

    def processes(self) -> int:
        """How many processes have counted something."""
        return sum(row[_COUNT] > 0 for row in self._counted)

    def first_at(self) -> float:
        return min(row[_FIRST] for row in self._counted if row[_COUNT]) / 1e9

    def last_at(self) -> float:
        return max(row[_LAST] for row in self._counted) / 1e9


class _Own:
    """The row of this process, taken when it first counts: after the pool has forked."""

    row: memoryview | None = None


def count() -> None:
    """One more job runs."""
    now = time.monotonic_ns()
    row = _Own.row or _take_row()
    row[_COUNT] += 1
    row[_LAST] = now
    if not row[_FIRST]:
        row[_FIRST] = now


def _take_row() -> memoryview:
    with Path(os.environ[VARIABLE]).open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        taken, *rows = _rows(file.fileno())
        _Own.row = rows[taken[0]]
        taken[0] += 1
        fcntl.flock(file, fcntl.LOCK_UN)  # closing would not: the mapping keeps the file open
    return _Own.row
