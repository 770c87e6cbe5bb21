"""The wire shapes of lanes: what each slot ran when."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from trajectory.priorities import Priority
from trajectory.schemas import Time, Wire
from trajectory.states import Outcome


class LaneRun(Wire):
    """One attempt of a job in a slot. While it runs, `outcome` and `finished_at` are null.

    `due_at`: since when it could have been started; null for an attempt that was followed by another.
    """

    job_id: UUID
    task: str
    priority: Priority
    attempt: int
    outcome: Outcome | None
    due_at: Time | None
    started_at: Time
    finished_at: Time | None


class Lane(Wire):
    """One slot of one worker, and what it ran, the earliest first."""

    worker_id: UUID
    worker: str
    slot: int
    runs: list[LaneRun]


class Lanes(Wire):
    """Every slot of the workers that were seen in a span, ordered by worker and slot.

    Where there are more runs than one answer holds, the newest are in it: `truncated` says so, and of what ended before
    `complete_from` something is left out; ask for a span that ends there. `read_at` is the database's time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: Time = Field(alias="from")
    end: Time = Field(alias="to")
    read_at: Time
    truncated: bool
    complete_from: Time
    runs: Annotated[int, Field(description="How many are in this answer")]
    lanes: list[Lane]
