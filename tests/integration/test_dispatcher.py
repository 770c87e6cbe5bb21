"""The duties of the dispatcher among each other: none keeps the others away for long, whatever happens to it."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from tests.integration.conftest import take
from trajectory.states import JobState
from trajectory.store.dispatch import count_what_happened
from trajectory.store.engine import transaction
from workers.dispatcher import __main__ as dispatcher
from workers.dispatcher import measure
from workers.dispatcher.__main__ import Duty, do_duties, keep_leading
from workers.dispatcher.due import queue_what_is_due
from workers.dispatcher.limits import release_what_no_limit_holds
from workers.dispatcher.lost import Rescue
from workers.dispatcher.measure import CountEvents

STATISTICS = {
    "stats": "minute, priority, task, submitted, succeeded, failed, cancelled, retried",
    "stats_durations": "minute, priority, task, measure, bucket, count",
}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turns(monkeypatch, clock):
    """Do duties for so long, on a clock that goes on while nothing is due."""

    def run(connection, all_duties, *, seconds):
        ends_at, stopping = clock.now + seconds, threading.Event()

        def wait_for_due(_, *, seconds):
            clock.now += seconds
            if clock.now >= ends_at:
                stopping.set()
            return []

        monkeypatch.setattr(dispatcher, "wait_for_due", wait_for_due)
        do_duties(all_duties, connection, stopping, clock=clock)

    return run


def cancelled_after(clock, seconds):
    """A duty whose statement takes longer than it may."""

    def too_long(connection):
        clock.now += seconds
        connection.exec_driver_sql("DO $$ BEGIN RAISE query_canceled; END $$")

    return too_long


@pytest.mark.parametrize("heartbeat_seconds", [5.0, 10.0])
def test_a_duty_that_always_takes_too_long_does_not_keep_the_jobs_of_lost_workers(
    catalogue, connection, claim, clock, turns, heartbeat_seconds
):
    job = catalogue.submit("test.noop")
    take(connection, claim)
    connection.exec_driver_sql("UPDATE workers SET heartbeat_at = now() - interval '1 minute'")
    rescue = Rescue(replace(catalogue.parts.settings, heartbeat_seconds=heartbeat_seconds), clock=clock)
    with catalogue.parts.engine.connect() as leading:
        turns(
            leading,
            [Duty(cancelled_after(clock, 15.0), 2.0, clock=clock), Duty(rescue, 1.0, share=1.0, clock=clock)],
            seconds=60,
        )

    assert catalogue.job(job.id).state is JobState.QUEUED


def test_what_a_lost_worker_claims_as_it_wakes_is_not_taken_from_it_unless_it_falls_silent_again(
    catalogue, connection, claim
):
    connection.exec_driver_sql("UPDATE workers SET lost_at = now() - interval '1 second'")
    job = catalogue.submit("test.noop")
    take(connection, claim)
    rescue = Rescue(catalogue.parts.settings)
    rescue(connection)
    assert catalogue.job(job.id).state is JobState.RUNNING

    connection.exec_driver_sql("UPDATE jobs SET started_at = now() - interval '1 hour'")
    connection.exec_driver_sql("UPDATE workers SET lost_at = now() - interval '2 hours'")
    rescue(connection)
    assert catalogue.job(job.id).state is JobState.QUEUED


def test_a_duty_that_takes_too_long_rests_longer_each_time_and_not_once_it_is_done(catalogue, clock, turns):
    begun = []
    too_long = cancelled_after(clock, 15.0)

    def act(connection):
        begun.append(clock.now)
        if len(begun) < 7:
            too_long(connection)

    with catalogue.parts.engine.connect() as leading:
        turns(leading, [Duty(act, 2.0, clock=clock)], seconds=500)

    rests = [later - before for before, later in itertools.pairwise(begun)]
    assert rests[:6] == [15 + rest for rest in (10, 20, 40, 80, 120, 120)]
    assert set(rests[6:]) == {2.0}


def test_a_connection_that_is_gone_ends_the_leadership(catalogue, clock, turns):
    def is_cut(connection):
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with catalogue.parts.engine.connect() as leading, pytest.raises(OperationalError):
        turns(leading, [Duty(is_cut, 1.0, clock=clock)], seconds=10)


@pytest.mark.parametrize("error", [psycopg.OperationalError("cut at COMMIT"), psycopg.InterfaceError("cut at BEGIN")])
def test_a_connection_that_is_cut_at_the_bounds_of_a_transaction_does_not_end_the_dispatcher(monkeypatch, error):
    attempts = []

    def lead(stopping):
        attempts.append(stopping)
        if len(attempts) == 1:
            raise error
        stopping.set()

    monkeypatch.setattr(dispatcher, "_lead", lead)
    monkeypatch.setattr(dispatcher, "_RETRY_SECONDS", 0)
    keep_leading(threading.Event())

    assert len(attempts) == 2


@pytest.fixture
def a_night(connection, claim):
    """Jobs that were submitted, tried again and ended in a night in which nobody counted."""
    connection.exec_driver_sql("""
        INSERT INTO jobs (id, task, params, max_retries, priority, state, outcome, attempt, claim, created_at, run_at,
            started_at, finished_at)
        SELECT uuidv7(-age), CASE WHEN i %% 2 = 0 THEN 'test.noop' ELSE 'test.note' END, '{}', 0, i %% 3,
            outcome, outcome, 1, 1, now() - age, now() - age, now() - age + i * interval '5 ms',
            now() - age + i * interval '20 ms'
        FROM (
            SELECT i, interval '9 hours' - i * interval '61.7 s' AS age,
                CASE WHEN i %% 5 = 0 THEN 'failed' ELSE 'succeeded' END AS outcome
            FROM generate_series(1, 520) AS i
        ) AS made
    """)
    connection.exec_driver_sql("""
        INSERT INTO attempts (job_id, attempt, outcome, started_at, finished_at, retry_at)
        SELECT id, 1, 'failed', started_at, finished_at, finished_at + interval '1 s' FROM jobs WHERE state = 'failed'
    """)
    connection.exec_driver_sql("""
        INSERT INTO instance (name, value) VALUES ('counted_until', (now() - interval '9 hours')::text)
    """)


def statistics(connection):
    return {
        table: connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY {columns}").all()
        for table, columns in STATISTICS.items()
    }


@pytest.mark.usefixtures("a_night")
def test_a_night_counted_span_by_span_adds_up_to_what_it_is_as_a_whole(catalogue, connection):
    with transaction(catalogue.parts.engine) as whole:
        assert not count_what_happened(whole, lag_seconds=3, at_most_seconds=86_400)
        expected = statistics(whole)
        whole.rollback()
    spans = 1
    with catalogue.parts.engine.connect() as each:
        while count_what_happened(each, lag_seconds=3, at_most_seconds=300):
            spans += 1

    assert spans >= 9 * 12
    assert statistics(connection) == expected
    assert [sum(row.submitted for row in expected["stats"]), sum(row.retried for row in expected["stats"])] == [
        520,
        104,
    ]


def counted_until(connection):
    """Hours ago."""
    return connection.exec_driver_sql("""
        SELECT extract(epoch FROM now() - value::timestamptz)::float8 / 3600 FROM instance WHERE name = 'counted_until'
    """).scalar_one()


@pytest.mark.usefixtures("a_night")
def test_a_night_is_made_up_for_a_moment_at_a_time(catalogue, connection, clock, monkeypatch):
    def count(*arguments, **how):
        clock.now += 0.15
        return count_what_happened(*arguments, **how)

    monkeypatch.setattr(measure, "count_what_happened", count)
    duty = CountEvents(clock=clock)
    duty(connection)
    assert counted_until(connection) == pytest.approx(9 - 2 / 12, abs=0.02)
    for _ in range(9 * 6):
        duty(connection)
    assert counted_until(connection) < 0.02


@pytest.mark.usefixtures("catalogue")
def test_a_span_that_takes_longer_than_a_statement_may_is_tried_again_shorter_until_it_is_counted(clock, monkeypatch):
    spans = []

    def count(connection, *, lag_seconds, at_most_seconds):
        spans.append(at_most_seconds)
        if at_most_seconds > 100:
            cancelled_after(clock, 15.0)(connection)
        clock.now += 0.5
        return False

    monkeypatch.setattr(measure, "count_what_happened", count)
    duty = Duty(CountEvents(clock=clock), 2.0, clock=clock)
    for _ in range(4):
        duty.do(None)

    assert spans == [300, 150, 75, 75]


def insert(connection, count, **columns):
    """Jobs that were due a minute ago."""
    connection.exec_driver_sql(
        f"""
        INSERT INTO jobs (id, task, params, max_retries, priority, run_at, {", ".join(columns)})
        SELECT uuidv7(), 'test.noop', '{{}}', 0, 1, now() - interval '1 minute', {", ".join(["%s"] * len(columns))}
        FROM generate_series(1, %s)
        """,
        (*columns.values(), count),
    )


@pytest.mark.parametrize(
    ("columns", "turn", "is_left"),
    [
        ({"state": "scheduled"}, queue_what_is_due, "state = 'scheduled'"),
        ({"state": "queued", "held": True}, release_what_no_limit_holds, "held"),
    ],
)
def test_of_very_many_jobs_some_are_moved_in_a_turn_and_the_others_in_the_next(
    catalogue, connection, clock, columns, turn, is_left
):
    def later():
        clock.now += 0.0625
        return clock.now

    def left():
        return connection.exec_driver_sql(f"SELECT count(*) FROM jobs WHERE {is_left}").scalar_one()

    insert(connection, 2500, **columns)
    assert [(turn(connection, clock=later), left()) for _ in range(2)] == [(True, 500), (False, 0)]


def test_a_duty_with_more_to_do_goes_on_after_its_share_of_the_time_and_others_have_turns_between(
    catalogue, clock, turns
):
    turns_of = {"much": [], "other": []}

    def much(_):
        turns_of["much"].append(clock.now)
        clock.now += 0.125
        return len(turns_of["much"]) < 40

    with catalogue.parts.engine.connect() as leading:
        others = Duty(lambda _: turns_of["other"].append(clock.now), 1.0, clock=clock)
        turns(leading, [Duty(much, 5.0, share=1.0, clock=clock), others], seconds=19)

    between = [later - before for before, later in itertools.pairwise(turns_of["much"])]
    assert between[:39] == [0.25] * 39
    assert set(between[39:]) == {5.125}
    assert len([moment for moment in turns_of["other"] if moment < turns_of["much"][39]]) >= 9
