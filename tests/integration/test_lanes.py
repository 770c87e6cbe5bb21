"""GET /lanes: what each slot ran when, as it is in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from functions.app import create_app, resources
from trajectory.store.fleet import register_slot, register_worker, stop_worker
from trajectory.store.lanes import _RUNS, read_lanes

MINUTE = timedelta(minutes=1)


@pytest.fixture
def connection(catalogue):
    with catalogue.parts.engine.connect() as connected:
        yield connected


@pytest.fixture
def now(connection):
    return connection.execute(text("SELECT now()")).scalar_one()


def worker(connection, name="w", slots=1):
    worker_id = uuid7()
    register_worker(
        connection, worker_id=worker_id, name=name, host="here", pid=1, queues=["low"], tasks=["test.noop"], slots=slots
    )
    connection.execute(text("UPDATE workers SET started_at = now() - interval '3 days'"))
    return worker_id


@pytest.fixture
def claim(connection):
    return register_slot(connection, worker_id=worker(connection), slot=0, pid=1)


@pytest.fixture
def ran(catalogue, connection, now):
    """Make a job that ran from `began` to `ended` seconds ago; without `ended` it runs still."""

    def make(claim, began, ended=None, **columns):
        job = catalogue.submit("test.noop", priority=columns.pop("priority", "medium"))
        values = {"state": "running" if ended is None else "succeeded", "attempt": 1, "claim": claim}
        values |= {"outcome": None if ended is None else "succeeded", "started_at": now - timedelta(seconds=began)}
        values |= {"finished_at": None if ended is None else now - timedelta(seconds=ended), **columns}
        assigned = ", ".join(f"{name} = :{name}" for name in values)
        connection.execute(text(f"UPDATE jobs SET {assigned} WHERE id = :id"), {**values, "id": job.id})
        return job.id

    return make


def jobs_in(lanes):
    return [run.job_id for lane in lanes.lanes for run in lane.runs]


def test_each_run_is_in_the_lane_of_its_slot_in_the_order_of_starting(connection, now, ran):
    both, single = worker(connection, "a", slots=2), worker(connection, "b")
    first, second, other = (
        register_slot(connection, worker_id=worker_id, slot=slot, pid=1)
        for worker_id, slot in ((both, 0), (both, 1), (single, 0))
    )
    later, earlier = ran(first, 10, 5, priority="high"), ran(first, 20, 10)
    running = ran(second, 3)
    told = read_lanes(connection, start=now - MINUTE, end=now)

    assert [(lane.worker, lane.slot, [run.job_id for run in lane.runs]) for lane in told.lanes] == [
        ("a", 0, [earlier, later]),
        ("a", 1, [running]),
        ("b", 0, []),
    ]
    high, open_run = told.lanes[0].runs[1], told.lanes[1].runs[0]
    assert (high.priority, high.outcome, high.task, high.attempt) == ("high", "succeeded", "test.noop", 1)
    assert high.finished_at - high.started_at == timedelta(seconds=5)
    assert (open_run.outcome, open_run.finished_at) == (None, None)
    assert (told.truncated, told.complete_from, told.runs) == (False, now - MINUTE, 3)
    assert other


@pytest.mark.parametrize(
    ("began", "ended", "is_in"),
    [
        (200, 130, False),  # over before the span of 120 to 60 seconds ago
        (200, 119, True),
        (100, 70, True),
        (61, 59, True),
        (200, 51, True),
        (200, 50, True),
        (70, 45, True),
        (200, 1, True),
        (59, 40, False),
        (58, 57, False),
        (61, None, True),
        (59, None, False),
    ],
)
def test_a_run_is_in_a_span_when_it_overlaps_it_however_long_it_was(connection, now, ran, claim, began, ended, is_in):
    job = ran(claim, began, ended)

    told = read_lanes(connection, start=now - 2 * MINUTE, end=now - MINUTE)
    assert jobs_in(told) == ([job] if is_in else [])


def test_earlier_attempts_are_runs_of_their_own_with_how_they_ended(connection, now, ran, claim):
    job = ran(claim, 5, attempt=3)
    attempts = """
        INSERT INTO attempts (job_id, attempt, outcome, claim, started_at, finished_at) VALUES (:id, :n, :o, :c, :s, :f)
    """
    for number, outcome, began, ended in ((1, "failed", 40, 30), (2, "lost", 25, 6)):
        values = {"id": job, "n": number, "o": outcome, "c": claim}
        values |= {"s": now - timedelta(seconds=began), "f": now - timedelta(seconds=ended)}
        connection.execute(text(attempts), values)

    [lane] = read_lanes(connection, start=now - MINUTE, end=now).lanes
    assert [(run.attempt, run.outcome) for run in lane.runs] == [(1, "failed"), (2, "lost"), (3, None)]
    [long] = read_lanes(connection, start=now - MINUTE, end=now - timedelta(seconds=20)).lanes
    assert [run.attempt for run in long.runs] == [1, 2]


def test_what_was_cancelled_before_it_started_ran_in_no_slot(connection, now, ran, claim):
    ran(None, 0, 1, state="cancelled", outcome=None, started_at=None)
    ran(claim, 30, 10, state="cancelled", outcome=None)

    assert jobs_in(read_lanes(connection, start=now - MINUTE, end=now)) == []


def test_of_jobs_claimed_together_only_the_one_that_runs_is_shown(connection, now, ran, claim):
    low, high = ran(claim, 2, priority="low"), ran(claim, 2, priority="high")

    assert jobs_in(read_lanes(connection, start=now - MINUTE, end=now)) == [high]
    assert low


def test_where_there_are_too_many_runs_the_newest_are_kept_and_it_says_from_when_all_are_there(
    connection, now, ran, claim
):
    jobs = [ran(claim, 10 * number + 5, 10 * number) for number in range(1, 5)]
    told = read_lanes(connection, start=now - MINUTE, end=now, most_runs=2)

    assert jobs_in(told) == [jobs[1], jobs[0]]
    assert (told.truncated, told.complete_from, told.runs) == (True, now - timedelta(seconds=30), 2)
    rest = read_lanes(connection, start=now - MINUTE, end=told.complete_from, most_runs=2)
    assert set(jobs_in(rest)) == set(jobs[2:])


def test_a_worker_that_was_gone_before_the_span_has_no_lane_and_one_that_ran_something_in_it_has(
    connection, now, ran, claim
):
    gone = worker(connection, "gone")
    stop_worker(connection, gone)
    an_hour_ago = {"id": gone, "at": now - 60 * MINUTE}
    connection.execute(text("UPDATE workers SET heartbeat_at = :at, stopped_at = :at WHERE id = :id"), an_hour_ago)
    names = [lane.worker for lane in read_lanes(connection, start=now - MINUTE, end=now).lanes]
    ran(register_slot(connection, worker_id=gone, slot=3, pid=1), 30, 20)
    told = read_lanes(connection, start=now - MINUTE, end=now)

    assert names == ["w"]
    assert [(lane.worker, lane.slot) for lane in told.lanes] == [("gone", 0), ("gone", 3), ("w", 0)]


def test_no_part_of_the_question_reads_the_whole_table(connection, now, catalogue):
    """With sequential scans forbidden the plan has none; one that must be made would be there all the same."""
    connection.exec_driver_sql("SET enable_seqscan = off")
    values = {"start": now - MINUTE, "end": now, "limit": 10, "look_at": 10}
    plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {_RUNS}", values).scalars())
    connection.exec_driver_sql("RESET enable_seqscan")

    assert "Seq Scan" not in plan
    for index in ("jobs_running", "jobs_finished", "jobs_long", "attempts_finished", "attempts_long"):
        assert index in plan


@pytest.fixture
def client(catalogue):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    return client


def test_without_a_span_the_answer_is_of_the_last_five_minutes(client, ran, claim):
    job = ran(claim, 250, 240)
    answer = client.get("/api/v1/lanes")

    assert answer.status_code == 200
    [lane] = answer.json["lanes"]
    assert [run["job_id"] for run in lane["runs"]] == [str(job)]
    assert set(answer.json) == {"from", "to", "read_at", "truncated", "complete_from", "runs", "lanes"}


@pytest.mark.parametrize(
    "span",
    [
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:01Z"},
        {"from": "2026-01-01T00:00:00Z"},
        {"to": "2026-01-01T00:00:00"},
        {"from": "yesterday"},
        {"since": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_span_that_is_empty_too_long_or_no_span_is_refused(client, span):
    answer = client.get("/api/v1/lanes", query_string=span)

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_query")


def test_a_day_is_not_too_long(client):
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}

    assert client.get("/api/v1/lanes", query_string=span).status_code == 200
