"""Which jobs are meant: the filter that lists, counts, exports and bulk acts share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from trajectory.priorities import Priority
    from trajectory.states import JobState


@dataclass(frozen=True)
class JobFilter:
    """All conditions must hold; an empty one always does. `q` is looked for in id, task, tags and error."""

    states: tuple[JobState, ...] = ()
    priorities: tuple[Priority, ...] = ()
    tasks: tuple[str, ...] = ()
    tag: str | None = None
    source: str | None = None
    batch_id: UUID | None = None
    schedule_id: UUID | None = None
    fingerprint: str | None = None
    key: str | None = None  # unique or concurrency key
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def in_state(self, state: JobState) -> JobFilter:
        """The same filter for one state, whatever states it named."""
        return replace(self, states=(state,))


def where(chosen: JobFilter) -> tuple[list[str], dict[str, Any]]:
    """The filter as SQL conditions on `jobs` and their values.

    States and priorities are written out, not sent as parameters: a plan made for any parameter could not use the
    partial indexes.
    """
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if chosen.states:
        conditions.append(f"jobs.state IN ({literals(chosen.states)})")
    if chosen.priorities:
        conditions.append(f"jobs.priority IN ({', '.join(str(priority.rank) for priority in chosen.priorities)})")
    if chosen.tag is not None:
        conditions.append("jobs.tags @> ARRAY[%(tag)s::text] AND jobs.tags <> '{}'")
    if chosen.q is not None:
        conditions.append(
            "(jobs.task ILIKE %(like)s OR jobs.error_message ILIKE %(like)s OR jobs.error_type ILIKE %(like)s"
            " OR %(q)s = ANY(jobs.tags) OR jobs.id::text LIKE %(prefix)s)"
        )
        escaped = escape_like(chosen.q)
        values |= {"like": f"%{escaped}%", "prefix": f"{escaped.lower()}%"}
    simple = {
        "tasks": (chosen.tasks and list(chosen.tasks), "jobs.task = ANY(%(tasks)s::text[])"),
        "tag": (chosen.tag, None),
        "q": (chosen.q, None),
        "source": (chosen.source, "jobs.source = %(source)s"),
        "batch_id": (chosen.batch_id, "jobs.batch_id = %(batch_id)s"),
        "schedule_id": (chosen.schedule_id, "jobs.schedule_id = %(schedule_id)s"),
        "fingerprint": (chosen.fingerprint, "jobs.fingerprint = %(fingerprint)s"),
        "key": (chosen.key, "(jobs.unique_key = %(key)s OR jobs.concurrency_key = %(key)s)"),
        "created_after": (chosen.created_after, "jobs.created_at >= %(created_after)s"),
        "created_before": (chosen.created_before, "jobs.created_at < %(created_before)s"),
    }
    for name, (value, condition) in simple.items():
        if value is None or value == ():
            continue
        values[name] = value
        if condition:
            conditions.append(condition)
    return conditions, values


def all_of(conditions: Sequence[str]) -> str:
    """All of them, as one condition; none at all always holds."""
    return " AND ".join(f"({condition})" for condition in conditions) or "true"


def escape_like(text: str) -> str:
    """For a LIKE pattern that is to find just this."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def literals(states: Iterable[JobState]) -> str:
    """States as SQL literals, for an IN list."""
    return ", ".join(f"'{state}'" for state in states)
