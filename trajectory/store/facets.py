"""Facets of a list of jobs: for each field, which values there are and how many jobs have them.

State, priority and task are counted by index, up to a limit. Sources and tags have no index that knows them together
with other conditions: they are those of the newest jobs that match.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trajectory.facet_schemas import Facet, FacetValue, JobFacets
from trajectory.priorities import Priority, of_rank
from trajectory.states import JobState
from trajectory.store.counting import count_each
from trajectory.store.listing import list_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.store.filters import JobFilter
    from trajectory.store.listing import IdPage

COUNTED_TO = 5_000
TASKS_COUNTED_TO = 1_000
"""Of each of very many tasks; there are few states and priorities."""
SAMPLED = 500
_MOST_VALUES = 100


def read_facets(connection: Connection, chosen: JobFilter) -> JobFacets:
    counts = count_each(connection, chosen, {"state": COUNTED_TO, "priority": COUNTED_TO, "task": TASKS_COUNTED_TO})
    states, priorities, tasks = (counts[by] for by in ("state", "priority", "task"))
    of_states = [(state, states.counts.get(state.value, 0)) for state in JobState]
    ranked = {of_rank(int(rank)): n for rank, n in priorities.counts.items()}
    newest = list_ids(connection, chosen, limit=SAMPLED)
    of_any_source, with_any_tag = (
        list_ids(connection, others, limit=SAMPLED) if others != chosen else newest
        for others in (replace(chosen, source=None), replace(chosen, tag=None))
    )
    return JobFacets(
        state=_facet(of_states, COUNTED_TO, complete=states.complete),
        priority=_facet([(one, ranked.get(one, 0)) for one in Priority], COUNTED_TO, complete=priorities.complete),
        task=_facet(_most_first(tasks.counts), TASKS_COUNTED_TO, complete=tasks.complete),
        source=_of_a_page(connection, of_any_source, "source"),
        tag=_of_a_page(connection, with_any_tag, "unnest(tags)"),
    )


def _of_a_page(connection: Connection, page: IdPage, values: str) -> Facet:
    counts = _most_first(_values(connection, page.ids, values))
    return _facet(counts, SAMPLED, complete=page.next_id is None)


def _values(connection: Connection, ids: Sequence[UUID], values: str) -> dict[str, int]:
    statement = f"""
        SELECT value, count(*) AS jobs FROM (SELECT {values} AS value FROM jobs WHERE id = ANY(%s::uuid[])) AS chosen
        WHERE value IS NOT NULL GROUP BY 1
    """
    return {row.value: row.jobs for row in connection.exec_driver_sql(statement, (list(ids),))}


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES]


def _facet(counts: Sequence[tuple[str, int]], counted_to: int, *, complete: bool) -> Facet:
    values = [FacetValue(value=str(value), count=n) for value, n in counts]
    return Facet(values=values, counted_to=counted_to, complete=complete)
