"""Letting in jobs that a limit holds, and telling those who wait for news of it. The rules are in `store.limits`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from trajectory.parts import parts
from trajectory.priorities import of_rank
from trajectory.store.limits import let_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from trajectory.store.jobs import NewJob
    from trajectory.store.limits import Moved

_KEYS_AT_ONCE = 100
"""A batch may bring thousands of concurrency keys: beyond these the dispatcher lets in."""

log = structlog.get_logger(__name__)


def let_in_submitted(jobs: Iterable[NewJob]) -> None:
    """Let in what there is room for, of jobs that were committed a moment ago. The dispatcher makes up for failures."""
    limited = [job for job in jobs if job.limited]
    if not limited:
        return
    tasks = {job.task for job in limited}
    keys = dict.fromkeys(job.concurrency_key for job in limited if job.concurrency_key)
    try:
        with parts().engine.connect() as connection:
            let_in_and_wake(connection, tasks=tasks, keys=list(keys)[:_KEYS_AT_ONCE])
    except SQLAlchemyError as error:
        log.warning("the dispatcher will let in what was submitted", error=str(error))


def let_in_and_wake(connection: Connection, *, tasks: Collection[str], keys: Collection[str]) -> int:
    """How many jobs were let in: slots were woken for them."""
    changed = let_in(connection, tasks=tasks, keys=keys)
    parts().announcer.add(job.id for job in changed.held_again)
    wake_for(changed.ready)
    return len(changed.ready)


def wake_for(ready: Collection[Moved]) -> None:
    """Tell of jobs that were let in, and wake slots for them."""
    parts().announcer.add(job.id for job in ready)
    for rank, jobs in sorted(Counter(job.priority for job in ready).items()):
        parts().wake(of_rank(rank), jobs=jobs)
