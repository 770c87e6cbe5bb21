"""Which jobs are meant, and what is asked of all of them at once: the wire shapes."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from trajectory.priorities import Priority
from trajectory.schemas import JobSummary, Text, Time, Wire
from trajectory.states import JobState
from trajectory.store.filters import JobFilter

MAX_IDS = 10_000

BulkAction = Literal["cancel", "retry", "delete", "priority", "run-now"]
BulkState = Literal["running", "finished", "aborted", "failed"]


class JobQuery(Wire):
    """Which jobs: all conditions must hold; `state`, `priority` and `task` may be repeated."""

    state: tuple[JobState, ...] = ()
    priority: tuple[Priority, ...] = ()
    task: tuple[Text, ...] = ()
    tag: Annotated[Text | None, Field(description="That has this among its tags")] = None
    source: Annotated[Text | None, Field(description="What submitted it, as `source` of a job says")] = None
    batch_id: UUID | None = None
    schedule_id: UUID | None = None
    fingerprint: Annotated[Text | None, Field(description="Whose latest error belongs to this group")] = None
    key: Annotated[Text | None, Field(description="Of this unique or concurrency key")] = None
    q: Annotated[Text | None, Field(max_length=200, description="Text in id, task, tags or error")] = None
    created_after: Annotated[AwareDatetime | None, Field(description="Not before this")] = None
    created_before: Annotated[AwareDatetime | None, Field(description="Before this")] = None

    def chosen(self) -> JobFilter:
        return JobFilter(
            states=self.state,
            priorities=self.priority,
            tasks=self.task,
            tag=self.tag,
            source=self.source,
            batch_id=self.batch_id,
            schedule_id=self.schedule_id,
            fingerprint=self.fingerprint,
            key=self.key,
            q=self.q,
            created_after=self.created_after,
            created_before=self.created_before,
        )


class JobPage(Wire):
    """Newest first. `searched_to`: older jobs were not looked at; a request with `next_cursor` goes on from there."""

    items: list[JobSummary]
    next_cursor: str | None
    searched_to: Time | None


class JobCounts(Wire):
    """How many jobs match a filter in each state, counted no further than `counted_to`.

    Not `complete`: only the newest jobs were looked at, and there are at least so many.
    """

    counts: dict[JobState, int]
    counted_to: int
    complete: bool


class BulkRequest(Wire):
    """One act on the jobs that match a filter, or on those with these ids; it leaves out those whose state forbids it.

    A filter without any condition means every job there is, and must be confirmed with `all`.
    """

    action: BulkAction
    filter: JobQuery | None = None
    ids: Annotated[list[UUID] | None, Field(min_length=1, max_length=MAX_IDS)] = None
    all: Annotated[bool, Field(description="Yes, every job: needed when the filter has no condition")] = False
    at_most: Annotated[int | None, Field(ge=0, description="Refuse when more than so many jobs may match")] = None
    dry_run: Annotated[bool, Field(description="Only count")] = False
    priority: Annotated[Priority | None, Field(description="The new one, for the action `priority`")] = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if (self.filter is None) == (self.ids is None):
            raise ValueError("give filter or ids, one of them")
        everything = self.filter is not None and self.filter == JobQuery()
        if everything and not self.all:
            raise ValueError("the filter has no condition: that is every job there is; say `all: true` if you mean it")
        if self.all and not everything:
            raise ValueError("`all` goes with a filter that has no condition: here it contradicts what was chosen")
        if (self.action == "priority") == (self.priority is None):
            raise ValueError("`priority` goes with the action `priority`, which needs it")
        return self


class BulkMatched(Wire):
    """How many jobs match and are in a state that allows the act.

    Not `complete`: they are too many to be counted in a moment, and there are at least so many.
    """

    matched: int
    complete: bool


class BulkAccepted(BulkMatched):
    bulk_id: UUID


class BulkAct(Wire):
    """An act on many jobs and how far it has come. Jobs submitted after `created_at` are never touched.

    `matched` was counted when it was asked for; not `complete`: at least so many. `refused`, once it has ended: those
    of them that had moved on to a state that forbids the act before their turn came, or whose files cannot be removed:
    `error` says why.
    """

    id: UUID
    action: BulkAction
    priority: Priority | None
    filter: JobQuery | None
    ids: int | None
    created_by: str | None
    created_at: Time
    state: BulkState
    matched: int
    complete: bool
    done: int
    refused: int
    error: str | None
    finished_at: Time | None


class BulkList(Wire):
    items: list[BulkAct]
