"""Duties: let in what limits hold, whenever there is room and whoever made it; release what no limit holds any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trajectory.limits import let_in_and_wake, wake_for
from trajectory.store.held import held_keys, held_tasks, release_unlimited, tasks_with_limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_KEYS_AT_ONCE = 500
_RELEASED_AT_ONCE = 1000
_TURN_SECONDS = 0.1


class LetIn:
    """Submitters and slots let in what they make room for; this is for crashes, rates, and jobs that came due."""

    def __init__(self) -> None:
        self._after = ""  # the last concurrency key looked at, when there were too many for one round

    def __call__(self, connection: Connection) -> None:
        tasks = held_tasks(connection)
        if not tasks:
            return
        keys, last = held_keys(connection, after=self._after, at_most=_KEYS_AT_ONCE)
        self._after = last or ""
        let_in_and_wake(connection, tasks=tasks, keys=keys)


def release_what_no_limit_holds(connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Whether there may be more: its turn is a moment, however many jobs a limit held."""
    turn_ends_at = clock() + _TURN_SECONDS
    tasks = set(held_tasks(connection))
    if tasks and (freed := tasks - tasks_with_limits(connection)):
        while ready := release_unlimited(connection, sorted(freed), at_most=_RELEASED_AT_ONCE):
            wake_for(ready)
            if clock() >= turn_ends_at:
                return True
    return False
