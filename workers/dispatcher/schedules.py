"""Duty: make the jobs of schedules that are due.

Claiming a tick, inserting its jobs and saying when the next one is are one transaction: whoever dies in between, and
however many dispatchers there are, a tick makes its jobs once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from trajectory.errors import Rejected
from trajectory.parts import parts
from trajectory.schedules import announce, announce_jobs, job_of
from trajectory.store.engine import transaction
from trajectory.store.jobs import insert_jobs
from trajectory.store.schedules import Due, Ticked, advance, cancel_unfinished, claim_due
from trajectory.ticks import Turn, turn

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trajectory.store.jobs import NewJob

_TOGETHER = 100

log = structlog.get_logger(__name__)


def run_due_schedules(_: Connection) -> None:
    while _run_some() == _TOGETHER:
        pass


def _run_some() -> int:
    """Claim some schedules that are due, and submit. How many there were."""
    with transaction(parts().engine) as connection:
        due = claim_due(connection, at_most=_TOGETHER)
        if not due:
            return 0
        turns = [(one, *_turn_of(one)) for one in due]
        cancelling = [one.id for one, now, _ in turns if now.cancels]
        cancelled = cancel_unfinished(connection, cancelling) if cancelling else []
        jobs = [job for _, _, made in turns for job in made]
        if jobs:
            insert_jobs(connection, jobs)
        advance(connection, [_ticked(one, now) for one, now, _ in turns])
    parts().announcer.add(cancelled)
    announce_jobs(jobs)
    announce([one.id for one in due])
    return len(due)


def _turn_of(due: Due) -> tuple[Turn, list[NewJob]]:
    """What becomes of the ticks of one schedule. A fault of it is noted with it, and stops no other."""
    wanted = due.definition
    try:
        now = turn(
            cron=wanted.cron,
            timezone=wanted.timezone,
            catch_up=wanted.catch_up,
            catch_up_limit=wanted.catch_up_limit,
            overlap=wanted.overlap,
            unfinished=due.unfinished,
            due_at=due.next_run_at,
            now=due.now,
        )
    except ValueError as error:
        return _failed(due, Turn([], None, note=str(error)))
    try:
        return now, [job_of(due) for _ in now.runs]
    except Rejected as error:
        faults = [f"{fault.pointer} {fault.message}" for fault in error.errors if fault.message not in str(error)]
        return _failed(due, Turn([], now.next_run_at, note="; ".join([str(error), *faults])))


def _failed(due: Due, instead: Turn) -> tuple[Turn, list[NewJob]]:
    log.warning("a tick made no job", schedule=due.definition.name, reason=instead.note)
    return instead, []


def _ticked(due: Due, now: Turn) -> Ticked:
    last_run_at = now.runs[-1] if now.runs else None
    return Ticked(due.id, now.next_run_at, last_run_at, now.note, now.skipped)
