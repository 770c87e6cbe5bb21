"""Keeps a list of children alive until it is asked to stop, then stops them in reverse order.

Ctrl-C, TERM and a closed terminal ask once; asked a second time, it waits for no running job.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from local.steps import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from local.child import Child

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LOOK_SECONDS = 0.1


class StopAsked(KeyboardInterrupt):
    """A signal asked us to stop while we were still starting."""


@dataclass
class Watched:
    """A child with the history of its restarts; it has proven itself when it ran longer than the longest pause."""

    child: Child
    pause_seconds: float = FIRST_PAUSE_SECONDS
    started_at: float = field(default_factory=time.monotonic)
    due_at: float | None = None

    def note_end(self, now: float) -> float:
        """Plan the restart; return the pause before it."""
        if now - self.started_at > LONGEST_PAUSE_SECONDS:
            self.pause_seconds = FIRST_PAUSE_SECONDS
        pause = self.pause_seconds
        self.pause_seconds = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self.due_at = now + pause
        return pause

    def restart(self, now: float) -> None:
        self.due_at = None
        self.started_at = now
        self.child.start()


class Supervisor:
    """A context: signals are caught while it is open, and all its children are gone when it closes.

    Children of one group are started, and later asked to stop, together.
    """

    def __init__(self, tell: Callable[[str], None] = say) -> None:
        self.groups: list[list[Watched]] = []
        self.asked = 0
        self._tell = tell
        self._starting = True
        self._handlers: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._handlers[number] = signal.signal(number, self._note_signal)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
        if self._starting and self.asked == 1:
            raise StopAsked

    def adopt(self, child: Child) -> None:
        """Take over a child that runs already, as a group of its own."""
        self.groups.append([Watched(child)])

    def start(self, *children: Child) -> None:
        """Start a group, without waiting for it."""
        group: list[Watched] = []
        self.groups.append(group)
        for child in children:
            group.append(Watched(child))
            child.start()

    def watch(self) -> None:
        """Return when asked to stop; until then start again, after a growing pause, whatever ends."""
        self._starting = False
        while not self.asked:
            self.look(time.monotonic())
            time.sleep(LOOK_SECONDS)

    def look(self, now: float) -> None:
        """Plan the restart of each child that ended, and restart each whose pause is over."""
        for watched in [watched for group in self.groups for watched in group]:
            if watched.due_at is not None:
                if now >= watched.due_at:
                    watched.restart(now)
            elif not watched.child.is_running():
                pause = watched.note_end(now)
                child = watched.child
                self._tell(
                    f"! {child.name} ended with {child.exit_code()}, starts again in {pause:g} s: see {child.log}"
                )

    def stop(self) -> None:
        """Stop the last group first. A second signal hastens it."""
        self._starting = False
        for group in reversed(self.groups):
            for watched in reversed(group):
                watched.child.ask_to_stop()
            for watched in reversed(group):
                watched.child.finish(in_haste=lambda: self.asked > 1)
        self.groups.clear()
