"""Why a job waits and when it may start: the meaning of the facts in `store.waiting`. Pure."""

from __future__ import annotations

from datetime import timedelta
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING

from trajectory.errors import NotWaiting
from trajectory.priorities import Priority
from trajectory.schemas import Ahead, SlotUse, Waiting, WaitReason
from trajectory.states import DUE_LATER, WAITING

if TYPE_CHECKING:
    from trajectory.store.waiting import Facts, Limits, Places

COUNT_TO = 10_000

_BASIS: dict[WaitReason, str] = {
    "due_later": "the time it is due",
    "paused": "no estimate: nobody knows when the queue is resumed",
    "no_worker": "no estimate: nobody knows when a worker comes",
}
"""Where no pace says when it may start."""


def explain(facts: Facts) -> Waiting:
    """Why a job waits. Raises `NotWaiting`."""
    if facts.state not in WAITING:
        raise NotWaiting(f"the job is {facts.state}")
    counted = {priority: facts.ahead.get(priority, 0) for priority in Priority}
    ahead = min(sum(counted.values()), COUNT_TO)
    reason, detail = _reason(facts, ahead)
    later = reason == "due_later"
    seconds, basis = (None, _BASIS[reason]) if reason in _BASIS else _estimate(facts, reason, ahead)
    starts_at = None if seconds is None else facts.now + timedelta(seconds=seconds)
    return Waiting(
        reason=reason,
        detail=detail,
        position=None if later else ahead + 1,
        ahead=Ahead(**{priority.value: count for priority, count in counted.items()}),
        counted_to=COUNT_TO,
        slots=SlotUse(busy=facts.busy, total=facts.able),
        estimated_start_at=facts.run_at if later else starts_at,
        basis=basis,
    )


def _reason(facts: Facts, ahead: int) -> tuple[WaitReason, str]:
    """The first that holds: what people can change comes before what time will."""
    queue = facts.priority.value
    if facts.state in DUE_LATER:
        return "due_later", "it is due later" if facts.state == "scheduled" else "it is tried again later"
    if facts.is_paused:
        return "paused", f"the queue {queue} is paused" + (f" by {facts.paused_by}" if facts.paused_by else "")
    if not facts.able:
        who = "no living worker serves" if not facts.serving else f"no worker that knows {facts.task} serves"
        return "no_worker", f"{who} the queue {queue}"
    if facts.held:
        return _limit(facts.task, facts.held)
    if ahead:
        return "ahead", "others come first"
    return "starting", "it is next"


def _limit(task: str, held: Limits) -> tuple[WaitReason, str]:
    if held.of_key and held.of_key.are_full:
        return "limit", f"{_taken(held.of_key)} of concurrency key {held.concurrency_key!r} are taken"
    if held.of_task and held.of_task.are_full:
        return "limit", f"{_taken(held.of_task)} of task {task} are taken"
    if held.rate_per_second is not None:
        return "limit", f"task {task} starts at most {held.rate_per_second:g} jobs a second"
    return "starting", "its limit has room: it is about to be let in"


def _taken(places: Places) -> str:
    return f"{len(places.taken)} of {places.total} places"


def _estimate(facts: Facts, reason: WaitReason, ahead: int) -> tuple[float | None, str]:
    """In how many seconds the job may start, and what that is made from."""
    if reason == "limit" and facts.held:
        return _estimate_by_limit(facts, facts.held, ahead)
    if not ahead and facts.busy < facts.able:
        return 0.0, "nothing is ahead and a slot is free"
    if facts.per_second is None:
        return None, "no estimate: nothing has ended in the last minutes"
    pace = f"{facts.per_second * 60:,.1f} jobs a minute in all queues"
    return (ahead + 1) / facts.per_second, f"its place at the pace of the last minutes, {pace}"


def _estimate_by_limit(facts: Facts, held: Limits, ahead: int) -> tuple[float | None, str]:
    if held.of_key and held.of_key.are_full:
        return _estimate_by_places(facts, held.of_key, ahead)
    estimates: list[tuple[float | None, str]] = []
    if held.of_task and held.of_task.are_full:
        estimates.append(_estimate_by_places(facts, held.of_task, ahead))
    if held.rate_per_second is not None:
        rate = held.rate_per_second
        estimates.append(((ahead + 1) / rate, f"its place at {rate:g} jobs a second, the rate of its task"))
    return max(estimates, key=lambda estimate: float("inf") if estimate[0] is None else estimate[0])


def _estimate_by_places(facts: Facts, places: Places, ahead: int) -> tuple[float | None, str]:
    """As if every job that has a place, or comes before this one, ran for as long as the latest of its task."""
    if not facts.run_seconds:
        return None, f"no estimate: no job of task {facts.task} has ended yet"
    takes = sum(facts.run_seconds) / len(facts.run_seconds)
    basis = f"its place, {places.total} at a time, as if each took {takes:,.1f} s, the average of the last of its task"
    return _free_in(places, takes, ahead), basis


def _free_in(places: Places, takes: float, ahead: int) -> float:
    """In how many seconds a place is free for the job that comes after `ahead` others."""
    ends = [max(takes - ran, 0.0) for ran in places.taken]
    heapify(ends)
    for _ in range(len(ends) - places.total):  # a limit that was lowered is given up only by those who have it
        heappop(ends)
    for _ in range(ahead):
        heapreplace(ends, ends[0] + takes)
    return ends[0]
