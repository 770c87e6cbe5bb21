"""The parts that one process works with, each made once and when it is first needed."""

from __future__ import annotations

import os
import threading
import time
from functools import cache, cached_property
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from trajectory.artifacts import Artifacts, artifacts
from trajectory.catalogue import Catalogue
from trajectory.feed import Announcer, Feed
from trajectory.intake import Intake
from trajectory.keys import Keyring
from trajectory.settings import Settings, settings
from trajectory.store.engine import api_engine
from trajectory.store.fleet import slots_by_queue
from trajectory.wakeups import Wakeups, wakeups

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from trajectory.priorities import Priority

_FRESH_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Parts:
    """Engine, feed, wake-ups and the rest, of one process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._slots: dict[str, int] = {}
        self._slots_read_at = -_FRESH_SECONDS

    @cached_property
    def engine(self) -> Engine:
        return api_engine(self.settings)

    @cached_property
    def feed(self) -> Feed:
        return Feed(self.settings)

    @cached_property
    def announcer(self) -> Announcer:
        return Announcer(self.engine, self.feed)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.engine)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.engine)

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.engine, self.wake, self.wake_ahead)

    @cached_property
    def artifacts(self) -> Artifacts:
        return artifacts(self.settings)

    @cached_property
    def _wakeups(self) -> Wakeups:
        return wakeups(self.settings)

    def close(self) -> None:
        """End what runs in the background and every connection of this process."""
        self.announcer.stop()
        self.engine.dispose()

    def wake(self, priority: Priority, *, jobs: int = 1) -> None:
        """Wake slots for so many new jobs: never more wake-ups than there are slots to follow them."""
        self._wakeups.top_up(priority, count=jobs, limit=self._slots_of(priority))

    def wake_ahead(self, priority: Priority) -> Callable[[], bool]:
        """Wake a slot for a job that is about to be committed: see `Wakeups.ahead`."""
        return self._wakeups.ahead(priority, limit=self._slots_of(priority))

    def _slots_of(self, priority: Priority) -> int:
        with self._lock:
            if time.monotonic() - self._slots_read_at > _FRESH_SECONDS:
                # Before the question: while there is no answer, what was known last is good for as long again.
                self._slots_read_at = time.monotonic()
                try:
                    with self.engine.connect() as connection:
                        self._slots = slots_by_queue(connection)
                except SQLAlchemyError as error:
                    # Who wakes has committed: what was committed must not be reported as failed.
                    log.warning("the database is away; as many are woken as before", error=str(error))
            return self._slots.get(priority.value, 0)


@cache
def parts() -> Parts:
    """The parts of this process."""
    made = Parts(settings())
    made.announcer.start()
    return made


# Connections do not survive a fork: a child makes its own.
os.register_at_fork(after_in_child=parts.cache_clear)
