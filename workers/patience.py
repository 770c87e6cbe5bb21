"""Getting through a database that is away for a while: what a slot has done is not lost because it cannot say so."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Patience:
    """One connection of one thread, made again when it is lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def insist(self, act: Callable[[Connection], T], *, after_loss: Callable[[Connection], None] | None = None) -> T:
        """What `act` returns, tried again until the database is back. `act` must be safe to repeat.

        `after_loss` runs on the new connection first: the old one may have done what it did not report.
        """
        pause = _FIRST_PAUSE_SECONDS
        lost = False
        while True:
            try:
                if self._connection is None:
                    self._connection = self._engine.connect()
                if lost and after_loss:
                    after_loss(self._connection)
                return act(self._connection)
            except DBAPIError as error:
                if not (error.connection_invalidated or isinstance(error, OperationalError)):
                    raise
                log.warning("the database is away; trying again", error=str(error.orig), pause_seconds=pause)
            except psycopg.OperationalError as error:
                log.warning("the database is away; trying again", error=str(error), pause_seconds=pause)
            self._drop()
            lost = True
            threading.Event().wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
