"""What the ticks of a schedule that is due come to: which of them make a job, and when the next one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trajectory.cron import checked_cron, checked_timezone, latest_ticks, next_tick

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trajectory.schedule_schemas import CatchUp, Overlap

ON_TIME_SECONDS = 60.0
"""A tick that is no older than this was not missed: a dispatcher that takes over for another needs a moment."""


@dataclass(frozen=True)
class Turn:
    """`runs`: the times that make a job each, soonest first. `note`: why there are none.

    `cancels`: what is unfinished of the schedule is cancelled first.
    """

    runs: Sequence[datetime]
    next_run_at: datetime | None
    cancels: bool = False
    skipped: int = 0
    note: str | None = None


def turn(
    *,
    cron: str,
    timezone: str,
    catch_up: CatchUp,
    catch_up_limit: int,
    overlap: Overlap,
    unfinished: bool,
    due_at: datetime,
    now: datetime,
) -> Turn:
    """What becomes of the ticks from `due_at` to `now`, while a job of the schedule is `unfinished` or not.

    Ticks that are made up for together are one group: overlap looks at the jobs before them.
    Raises `ValueError` when the cron expression or time zone is not valid any more.
    """
    checked_cron(cron)
    checked_timezone(timezone)
    following = next_tick(cron, timezone, now)
    at_most = catch_up_limit if catch_up == "all" else 1
    ticks = latest_ticks(cron, timezone, first=due_at, until=now, at_most=at_most)
    if catch_up == "none" and (now - ticks[-1]).total_seconds() > ON_TIME_SECONDS:
        return Turn([], following, note=f"the tick of {_minute(ticks[-1])} was missed: no dispatcher ran")
    if unfinished and overlap == "skip":
        note = f"the tick of {_minute(ticks[-1])} was skipped: an earlier job is not finished"
        return Turn([], following, skipped=len(ticks), note=note)
    return Turn(ticks, following, cancels=unfinished and overlap == "cancel_running")


def _minute(tick: datetime) -> str:
    return tick.strftime("%Y-%m-%d %H:%M UTC")
