"""Facets and histogram: what they say of a list must be what the list holds, however they come to it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from trajectory import views
from trajectory.priorities import Priority
from trajectory.states import JobState
from trajectory.store import branches, counting, facets, histogram
from trajectory.store.filters import JobFilter, where

MANY = 420
END = datetime(2026, 11, 1, 12, tzinfo=UTC)
START = END - timedelta(days=1)


@pytest.fixture
def stocked(catalogue):
    """Jobs of every state, task, priority, source, tag and key, spread evenly over a day, and counted by the minute."""
    with catalogue.parts.engine.connect() as connection:
        connection.execute(
            text("""
                INSERT INTO jobs (id, task, params, max_retries, priority, state, tags, source, unique_key,
                    concurrency_key, created_at, run_at, finished_at)
                SELECT uuidv7(at - clock_timestamp()), 'task_' || i % 5, '{}', 3, i % 3, state,
                    CASE WHEN i % 4 = 0 THEN ARRAY['x', 'y' || i / 4 % 2, 'task_3'] ELSE '{}' END,
                    CASE WHEN i % 6 = 0 THEN 'hook' WHEN i = 1 THEN 'seldom' END,
                    CASE WHEN i % 50 = 0 THEN 'k' END, CASE WHEN i % 50 = 1 THEN 'k' END,
                    at, at, CASE WHEN state IN ('succeeded', 'failed', 'cancelled') THEN at END
                FROM (
                    SELECT i, (CAST(:states AS text[]))[1 + i % 7] AS state,
                        CAST(:start AS timestamptz) + i * interval '200 seconds' AS at
                    FROM generate_series(1, :many) AS i
                ) AS made
            """),
            {"states": [state.value for state in JobState], "many": MANY, "start": START},
        )
        connection.exec_driver_sql("""
            INSERT INTO stats (minute, priority, task, submitted)
            SELECT date_trunc('minute', created_at), priority, task, count(*) FROM jobs GROUP BY 1, 2, 3
        """)
    return catalogue


FILTERS = {
    "nothing": JobFilter(),
    "state": JobFilter(states=(JobState.FAILED, JobState.RUNNING)),
    "priority": JobFilter(priorities=(Priority.HIGH,)),
    "task": JobFilter(tasks=("task_1", "task_3")),
    "all three": JobFilter(states=(JobState.QUEUED,), priorities=(Priority.LOW,), tasks=("task_2",)),
    "source": JobFilter(source="hook"),
    "tag": JobFilter(tag="x", states=(JobState.SUCCEEDED,)),
    "key": JobFilter(key="k"),
    "text": JobFilter(q="task_4"),
    "text of many": JobFilter(q="TASK_"),
    "text in tags": JobFilter(q="y1", states=(JobState.FAILED, JobState.SUCCEEDED, JobState.QUEUED)),
    "text in tags, beside a task of that name": JobFilter(q="task_3", tasks=("task_1", "task_3")),
    "text and a source": JobFilter(q="task_", source="hook", priorities=(Priority.LOW,)),
    "time": JobFilter(created_after=START + timedelta(hours=3), created_before=START + timedelta(hours=9)),
}


def plainly(stocked, chosen, *without):
    conditions, values = where(JobFilter(**{**vars(chosen), **dict.fromkeys(without)}))
    statement = f"SELECT * FROM jobs WHERE {' AND '.join(['true', *conditions])}"
    with stocked.parts.engine.connect() as connection:
        return connection.exec_driver_sql(statement, values).all()


def counts(facet):
    return {value.value: value.count for value in facet.values if value.count}


@pytest.mark.parametrize("name", FILTERS)
def test_a_facet_counts_every_value_under_all_conditions_but_its_own(stocked, name):
    chosen = FILTERS[name]
    found = views.facets(chosen)

    assert counts(found.state) == Counter(row.state for row in plainly(stocked, chosen, "states"))
    ranks = Counter(row.priority for row in plainly(stocked, chosen, "priorities"))
    assert counts(found.priority) == {
        priority.value: ranks[priority.rank] for priority in Priority if ranks[priority.rank]
    }
    assert counts(found.task) == Counter(row.task for row in plainly(stocked, chosen, "tasks"))
    assert counts(found.source) == Counter(row.source for row in plainly(stocked, chosen, "source") if row.source)
    assert counts(found.tag) == Counter(tag for row in plainly(stocked, chosen, "tag") for tag in row.tags)
    assert all(facet.complete for _, facet in found)


def test_a_facet_counts_no_further_than_it_says(stocked, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED_TO", 7)
    monkeypatch.setattr(facets, "TASKS_COUNTED_TO", 5)
    found = views.facets(JobFilter())

    assert (found.state.counted_to, set(counts(found.state).values())) == (7, {7})
    assert set(counts(found.priority).values()) == {7}
    assert (found.task.counted_to, counts(found.task)) == (5, {f"task_{n}": 5 for n in range(5)})


def test_a_text_that_many_tasks_have_in_their_names_is_counted_for_each_of_them(stocked, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED_TO", 7)
    monkeypatch.setattr(facets, "TASKS_COUNTED_TO", 5)
    found = views.facets(JobFilter(q="task_"))

    assert counts(found.task) == {f"task_{n}": 5 for n in range(5)}
    assert counts(found.priority) == dict.fromkeys(Priority, 7)


def test_sources_and_tags_of_the_newest_say_that_there_are_more(stocked, monkeypatch):
    monkeypatch.setattr(facets, "SAMPLED", 60)
    found = views.facets(JobFilter())

    assert counts(found.source) == {"hook": 10}
    assert not found.source.complete
    assert (found.source.counted_to, found.tag.complete) == (60, False)


def drawn(chosen, by="state", start=START, end=END):
    return views.histogram(chosen, start=start, end=end, by=by)


def sums(made):
    return Counter({value: sum(point.counts.get(value, 0) for point in made.points) for value in values_of(made)})


def values_of(made):
    return {value for point in made.points for value in point.counts}


def expected(stocked, chosen, made, by):
    """By bucket and value, counted one by one."""
    rows = plainly(stocked, chosen, "created_after", "created_before")
    width = timedelta(seconds=made.bucket_seconds)
    ranks = {priority.rank: priority.value for priority in Priority}
    value = {"state": lambda row: row.state, "priority": lambda row: ranks[row.priority]}[by]
    found = Counter(
        ((row.created_at - made.start) // width, value(row)) for row in rows if START <= row.created_at < END
    )
    return {index: {v: n for (i, v), n in found.items() if i == index} for index in range(len(made.points))}


@pytest.mark.parametrize("by", ["state", "priority"])
@pytest.mark.parametrize("name", FILTERS)
def test_few_jobs_are_counted_one_by_one_in_the_bucket_of_their_creation(stocked, name, by):
    made = drawn(FILTERS[name], by)

    assert (made.estimated, made.complete_from, made.bucket_seconds) == (False, None, 900)
    assert {index: point.counts for index, point in enumerate(made.points)} == expected(
        stocked, FILTERS[name], made, by
    )


@pytest.mark.parametrize("name", ["nothing", "priority", "task"])
def test_what_is_kept_by_the_minute_gives_the_same_when_there_are_many(stocked, monkeypatch, name):
    exact = drawn(FILTERS[name], "priority")
    monkeypatch.setattr(histogram, "COUNTED", 5)
    estimated = drawn(FILTERS[name], "priority")

    assert estimated.estimated
    assert estimated.points == exact.points


@pytest.mark.parametrize("name", ["nothing", "state", "priority", "task", "source", "tag"])
def test_a_bucket_that_was_seen_whole_is_exact_though_there_are_many(stocked, monkeypatch, name):
    exact = drawn(FILTERS[name])
    monkeypatch.setattr(histogram, "COUNTED", 0)

    assert drawn(FILTERS[name]).points == exact.points


def test_a_sample_keeps_the_number_of_jobs_and_shows_what_they_are(stocked, monkeypatch):
    monkeypatch.setattr(histogram, "COUNTED", 5)
    monkeypatch.setattr(histogram, "_SAMPLED", 7)
    week = drawn(JobFilter(), start=START - timedelta(days=400 / 1.2), end=END)

    assert week.estimated
    shown = sums(week)
    assert shown.total() == pytest.approx(MANY, rel=0.2)
    assert set(shown) == {state.value for state in JobState}


def test_what_belongs_together_is_counted_from_the_newest_and_says_from_when(stocked, monkeypatch):
    monkeypatch.setattr(histogram, "COUNTED", 5)
    made = drawn(JobFilter(q="task_4"))

    assert sums(made).total() == 5
    fifth = sorted((row.created_at for row in plainly(stocked, JobFilter(q="task_4"))), reverse=True)[4]
    assert (made.estimated, made.complete_from) == (False, fifth)


def test_a_span_without_a_job_has_every_bucket_and_nothing_in_them(stocked):
    made = drawn(JobFilter(), start=END + timedelta(days=1), end=END + timedelta(days=1, hours=1))

    assert [point.counts for point in made.points] == [{}] * 60


@pytest.mark.parametrize(
    ("span", "bucket_seconds"), [(timedelta(minutes=5), 60), (timedelta(days=7), 7_200), (timedelta(days=30), 28_800)]
)
def test_buckets_are_as_short_as_their_number_allows(stocked, span, bucket_seconds):
    made = drawn(JobFilter(), start=END - span, end=END)

    assert made.bucket_seconds == bucket_seconds
    assert len(made.points) <= histogram.MOST_BUCKETS + 1


@pytest.mark.parametrize("by", ["state", "priority", "task"])
@pytest.mark.parametrize("name", FILTERS)
def test_many_tasks_are_counted_among_the_newest(stocked, monkeypatch, name, by):
    monkeypatch.setattr(branches, "MOST_STREAMS", 1)
    with stocked.parts.engine.connect() as connection:
        counted = counting.count_by(connection, FILTERS[name], by, up_to=1000)

    assert counted.counts == Counter(str(getattr(row, by)) for row in plainly(stocked, FILTERS[name]))


def test_over_http_a_histogram_takes_the_filters_of_the_list_and_a_span(client, stocked):
    span = "from=2026-10-31T12:00:00Z&to=2026-11-01T12:00:00Z"
    answer = client.get(f"/api/v1/jobs/histogram?{span}&by=priority&state=failed&state=running&priority=high")

    assert (answer.status_code, answer.json["from"], answer.json["bucket_seconds"]) == (
        200,
        "2026-10-31T12:00:00.000000Z",
        900,
    )
    assert {value for point in answer.json["points"] for value in point["counts"]} == {"high"}
    assert client.get("/api/v1/jobs/facets?task=task_1").json["task"]["complete"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "before"),
        ("from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "at most 366 days"),
        ("by=colour", "priority"),
        ("colour=red", "not permitted"),
    ],
)
def test_over_http_a_span_that_makes_no_sense_is_refused(client, query, says):
    answer = client.get(f"/api/v1/jobs/histogram?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_query")
    assert says in answer.json["errors"][0]["message"]
