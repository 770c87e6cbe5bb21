"""Lists and counts take several ways to an answer: each must find what the plain filter finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from trajectory import views
from trajectory.priorities import Priority
from trajectory.states import JobState
from trajectory.store import branches
from trajectory.store.filters import JobFilter, where

BATCH = UUID(int=7)
MANY = 400


@pytest.fixture
def system(catalogue):
    """Jobs of every state, task, priority, tag, source and batch, of the last forty days."""
    states = [state.value for state in JobState]
    with catalogue.parts.engine.connect() as connection:
        connection.execute(
            text("""
                INSERT INTO jobs (id, task, params, max_retries, priority, state, held, tags, source, batch_id,
                    created_at, run_at, finished_at, error_type, error_attempt, error_message)
                SELECT uuidv7(at - clock_timestamp()), 'task_' || i % 5, '{}', 3, i % 3, state,
                    state = 'queued' AND i % 2 = 0, CASE WHEN i % 4 = 0 THEN ARRAY['x', 'task_1'] ELSE '{}' END,
                    CASE WHEN i % 6 = 0 THEN 'hook' END, CASE WHEN i % 5 = 0 THEN CAST(:batch AS uuid) END,
                    at, at, CASE WHEN state IN ('succeeded', 'failed', 'cancelled') THEN at END,
                    CASE WHEN state IN ('failed', 'retrying') THEN 'Wrong' END,
                    CASE WHEN state IN ('failed', 'retrying') THEN 1 END,
                    CASE WHEN state IN ('failed', 'retrying') THEN '100% wrong, number ' || i END
                FROM (
                    SELECT i, (CAST(:states AS text[]))[1 + i % 7] AS state,
                        now() - (:many - i) * interval '2 hours' AS at
                    FROM generate_series(1, :many) AS i
                ) AS made ORDER BY i
            """),
            {"states": states, "batch": str(BATCH), "many": MANY},
        )
    return catalogue


NOW = datetime.now(UTC)
FILTERS = {
    "nothing": JobFilter(),
    "one state": JobFilter(states=(JobState.SUCCEEDED,)),
    "held or not": JobFilter(states=(JobState.QUEUED,)),
    "waiting": JobFilter(states=(JobState.SCHEDULED, JobState.QUEUED, JobState.RETRYING)),
    "some over, some not": JobFilter(states=(JobState.RUNNING, JobState.FAILED)),
    "priorities": JobFilter(priorities=(Priority.HIGH, Priority.LOW)),
    "tasks": JobFilter(tasks=("task_1", "task_4", "task_9")),
    "task, priority and state": JobFilter(
        tasks=("task_1",), priorities=(Priority.LOW,), states=(JobState.FAILED, JobState.QUEUED)
    ),
    "tag": JobFilter(tag="x"),
    "tag and state": JobFilter(tag="x", states=(JobState.CANCELLED,)),
    "empty tag": JobFilter(tag=""),
    "source": JobFilter(source="hook", priorities=(Priority.HIGH,)),
    "batch": JobFilter(batch_id=BATCH, states=(JobState.SUCCEEDED, JobState.QUEUED)),
    "after": JobFilter(created_after=NOW - timedelta(days=9)),
    "between": JobFilter(created_after=NOW - timedelta(days=20), created_before=NOW - timedelta(days=10)),
    "failed between": JobFilter(
        states=(JobState.FAILED,), created_after=NOW - timedelta(days=20), created_before=NOW - timedelta(days=10)
    ),
    "text in a task": JobFilter(q="ASK_3"),
    "text in a task and a tag": JobFilter(q="task_1", priorities=(Priority.MEDIUM,)),
    "text in errors": JobFilter(q="100% WRONG"),
    "text in errors, one state": JobFilter(q="number 3", states=(JobState.FAILED,)),
    "text in tags, beside a task of that name": JobFilter(q="task_1", tasks=("task_0", "task_1")),
    "text with a tag": JobFilter(q="task", tag="x"),
    "no such text": JobFilter(q="nowhere"),
    "text that is a pattern": JobFilter(q="100_"),
}


def plainly(system, chosen):
    conditions, values = where(chosen)
    statement = f"SELECT id, state FROM jobs WHERE {' AND '.join(['true', *conditions])} ORDER BY id DESC"
    with system.parts.engine.connect() as connection:
        return connection.exec_driver_sql(statement, values).all()


def paged(chosen, limit=30):
    found, cursor = [], None
    while True:
        page = views.jobs(chosen, limit=limit, cursor=cursor)
        found += [job.id for job in page.items]
        if not (cursor := page.next_cursor):
            return found


@pytest.mark.parametrize("looked_at", [branches.LOOKED_AT, 20])
@pytest.mark.parametrize("name", FILTERS)
def test_the_pages_of_a_list_hold_what_matches_however_little_each_may_look_at(system, monkeypatch, name, looked_at):
    monkeypatch.setattr(branches, "LOOKED_AT", looked_at)

    assert paged(FILTERS[name]) == [row.id for row in plainly(system, FILTERS[name])]


@pytest.mark.parametrize("streams", [branches.MOST_STREAMS, 1])
def test_with_more_tasks_than_are_merged_the_newest_jobs_are_looked_at(system, monkeypatch, streams):
    monkeypatch.setattr(branches, "MOST_STREAMS", streams)
    chosen = JobFilter(states=(JobState.SUCCEEDED, JobState.FAILED), priorities=(Priority.HIGH,))

    assert paged(chosen) == [row.id for row in plainly(system, chosen)]


@pytest.mark.parametrize("name", FILTERS)
def test_counts_are_of_what_matches_in_each_state(system, name):
    without_states = JobFilter(**{**vars(FILTERS[name]), "states": ()})
    states = [row.state for row in plainly(system, without_states)]
    counted = views.job_counts(FILTERS[name], up_to=1000)

    assert counted.counts == {state: states.count(state) for state in JobState}
    assert counted.complete
    capped = views.job_counts(FILTERS[name], up_to=3)
    assert all(capped.counts[state] <= 3 for state in JobState)


def test_a_count_that_did_not_look_at_everything_says_so(system, monkeypatch):
    monkeypatch.setattr(branches, "LOOKED_AT", 20)
    counted = views.job_counts(JobFilter(q="100% wrong"), up_to=10)

    assert not counted.complete
    assert 0 < counted.counts[JobState.FAILED] <= 10
    assert views.job_counts(JobFilter(), up_to=10).complete


def test_a_page_that_did_not_look_at_everything_says_how_far_it_looked(system, monkeypatch):
    monkeypatch.setattr(branches, "LOOKED_AT", 20)
    page = views.jobs(JobFilter(source="hook", q="nowhere"), limit=10, cursor=None)

    assert page.items == []
    assert page.searched_to is not None
    looked_at = system.job(page.next_cursor)
    assert (looked_at.created_at, looked_at.source) == (page.searched_to, "hook")


def test_an_id_is_found_by_its_beginning(system):
    job = system.submit("test.noop")
    for beginning in (str(job.id), str(job.id)[:23], str(job.id)[:20].upper()):
        assert job.id in paged(JobFilter(q=beginning))
    assert paged(JobFilter(q=str(uuid7()))) == []
