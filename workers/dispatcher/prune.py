"""Duty: forget what was kept long enough, for a moment at a time."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from trajectory.removal import Pruning, prune_past
from trajectory.states import FINAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_TURN_SECONDS = 0.05
_AT_ONCE = 500
_REST_SECONDS = 60.0


class Prune:
    """Jobs by the state they ended in, then the rest; it begins where the last turn ran out of time."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pruning = Pruning()
        self._kinds: list[Callable[[], bool]] = [
            partial(self._pruning.step, state, at_most=_AT_ONCE) for state in sorted(FINAL)
        ]
        self._kinds.append(partial(prune_past, at_most=_AT_ONCE))
        self._rest_until = 0.0

    def __call__(self, _: Connection) -> None:
        turn_ends_at = self._clock() + _TURN_SECONDS
        if self._clock() < self._rest_until:
            return
        for _kind in range(len(self._kinds)):
            while self._kinds[0]():
                if self._clock() >= turn_ends_at:
                    return
            self._kinds.append(self._kinds.pop(0))
        self._rest_until = self._clock() + _REST_SECONDS
