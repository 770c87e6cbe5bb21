"""`python -m workers.dispatcher`: does each duty when it is due, until told to stop."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from trajectory.parts import parts
from trajectory.settings import settings
from trajectory.store.dispatch import listen_for_due, say_dispatcher_lives, try_lead, wait_for_due
from workers.dispatcher.bulk import Bulk
from workers.dispatcher.due import queue_what_is_due
from workers.dispatcher.faults import was_cancelled
from workers.dispatcher.forget import forget_old_idempotency_keys
from workers.dispatcher.limits import LetIn, release_what_no_limit_holds
from workers.dispatcher.lost import Rescue
from workers.dispatcher.measure import CountEvents, measure_what_waits, tell_of_workers
from workers.dispatcher.prune import Prune
from workers.dispatcher.schedules import run_due_schedules
from workers.dispatcher.wake import Wake
from workers.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

_SHARE_OF_TIME = 0.02
_SHARE_OF_WORK = 0.5  # of a duty that people or jobs wait for
_SHARE_OF_PRUNING = 0.1
_URGENT = 1.0  # a duty that others wait for rests no longer than it took
_LONGEST_PAUSE = 10.0
_LONGEST_REST = 120.0  # of a duty whose statements are cancelled
_RETRY_SECONDS = 1.0
_LEAD_SECONDS = 1.0


@dataclass
class Duty:
    """Something to do every `seconds`, and never for more than a share of the time, within limits.

    One moment in which a server did not answer must not keep a duty away for long. One whose statement is cancelled
    because it takes too long is tried again, and each time it rests twice as long: it keeps the others away while it
    tries.

    An `act` that ends its turn before its work says so with True: it goes on as soon as its share of the time lets it.
    """

    act: Callable[[Connection], bool | None]
    seconds: float
    share: float = _SHARE_OF_TIME
    next_at: float = field(default=0.0)
    clock: Callable[[], float] = time.monotonic
    _cancelled: int = field(default=0, init=False)

    def do(self, connection: Connection) -> None:
        began_at = self.clock()
        try:
            has_more = self.act(connection)
        except (DBAPIError, psycopg.Error) as error:
            if not was_cancelled(error):
                raise
            rest = min(_LONGEST_PAUSE * 2**self._cancelled, _LONGEST_REST)
            self._cancelled += 1
            log.warning("a duty took too long", duty=self.name, error=str(error), tried_again_in_seconds=rest)
            self.next_at = self.clock() + rest
            return
        self._cancelled = 0
        ended_at = self.clock()
        rest = min((ended_at - began_at) / self.share, _LONGEST_PAUSE)
        self.next_at = ended_at + (rest if has_more else max(self.seconds, rest))

    @property
    def name(self) -> str:
        return getattr(self.act, "__name__", type(self.act).__name__)


def duties() -> list[Duty]:
    return [
        Duty(queue_what_is_due, 0.2, share=_URGENT),
        Duty(LetIn(), 0.2, share=_SHARE_OF_WORK),
        Duty(release_what_no_limit_holds, 2.0, share=_SHARE_OF_WORK),
        Duty(run_due_schedules, 0.5, share=_SHARE_OF_WORK),
        Duty(Wake(), 0.5, share=_URGENT),
        Duty(Rescue(parts().settings), 1.0, share=_URGENT),
        Duty(say_dispatcher_lives, 1.0),
        Duty(measure_what_waits, 1.0),
        Duty(tell_of_workers, 2.0),
        Duty(CountEvents(), 2.0),
        Duty(forget_old_idempotency_keys, 1.0),
        Duty(Bulk(), 0.1, share=_SHARE_OF_WORK),
        Duty(Prune(), 1.0, share=_SHARE_OF_PRUNING),
    ]


def main() -> None:
    configure_logs(settings().log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    keep_leading(stopping)


def keep_leading(stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            _lead(stopping)
        # `together` raises SQLAlchemy's; psycopg's too, since the dispatcher may end by neither.
        except (SQLAlchemyError, psycopg.Error) as error:
            log.warning("the database is away", error=str(error))
            stopping.wait(_RETRY_SECONDS)


def _lead(stopping: threading.Event) -> None:
    """Wait for the lock, then do the duties until told to stop. The lock goes with the connection."""
    with parts().engine.connect() as connection:
        try:
            while not try_lead(connection):
                if stopping.wait(_LEAD_SECONDS):
                    return
            log.info("this dispatcher leads")
            listen_for_due(connection)
            do_duties(duties(), connection, stopping)
        finally:
            connection.invalidate()


def do_duties(
    all_duties: Sequence[Duty],
    connection: Connection,
    stopping: threading.Event,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    while not stopping.is_set():
        for duty in all_duties:
            if duty.next_at <= clock():
                duty.do(connection)
        pause = min(duty.next_at for duty in all_duties) - clock()
        for priority in wait_for_due(connection, seconds=max(pause, 0.0)):
            parts().wake(priority)


if __name__ == "__main__":
    main()
