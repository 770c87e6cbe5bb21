from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.integration.conftest import new_claim
from trajectory import acts, views
from trajectory.priorities import Priority
from trajectory.states import MAX_LOSSES, JobState, Outcome
from trajectory.store.claims import (
    CLAIM,
    Finished,
    claim_jobs,
    give_back_orphans,
    give_back_unstarted,
    names_of,
    record_finished,
    record_succeeded,
)
from trajectory.store.dispatch import count_inversions, measure_depth, note_queue_ages
from trajectory.store.fleet import held_under_claim
from trajectory.store.running import write_progress
from workers.rescue import give_back

KNOWN = names_of(["test.noop", "test.other"])
EVERYTHING = dict.fromkeys(range(3), "-infinity")
# For ageing after a minute: name, priority, and for how many seconds it has waited.
AGED = (
    ("young low", "low", 1),
    ("old low", "low", 100),
    ("young medium", "medium", 1),
    ("old medium", "medium", 90),
    ("young high", "high", 1),
    ("old high", "high", 80),
)


def take(connection, claim, want=1, floors=EVERYTHING, succeeded=(), ages_after=None):
    return claim_jobs(
        connection, claim, want=want, floors=floors, tasks=KNOWN, succeeded=succeeded, ages_after=ages_after
    )


def times():
    """Of an attempt that began 0.2 seconds ago and ended 0.1 seconds ago."""
    now = time.monotonic()
    return now - 0.2, now - 0.1


def success(job, result="null"):
    return Finished(job.id, job.attempt, JobState.SUCCEEDED, Outcome.SUCCEEDED, *times(), result=result)


def failure(job, state=JobState.RETRYING, retry_in=5.0):
    return Finished(
        job.id,
        job.attempt,
        state,
        Outcome.FAILED,
        *times(),
        failures=1,
        error_type="Wrong",
        error_message="no",
        error_traceback="Traceback ...",
        retry_in=retry_in,
    )


def test_the_best_job_is_of_the_highest_priority_and_then_the_oldest(catalogue, connection, claim):
    submitted = [
        catalogue.submit("test.noop", priority=priority)
        for priority in ("low", "high", "medium", "low", "high", "medium")
    ]
    taken = [take(connection, claim)[0].id for _ in submitted]

    assert taken == [str(submitted[index].id) for index in (1, 4, 2, 5, 0, 3)]


def test_jobs_claimed_together_come_in_the_same_order(catalogue, connection, claim):
    submitted = [catalogue.submit("test.noop", priority=priority) for priority in ("low", "high", "medium")]

    assert [job.id for job in take(connection, claim, want=10)] == [str(submitted[index].id) for index in (1, 2, 0)]


def wait_already(catalogue, job, seconds):
    with catalogue.parts.engine.connect() as connection:
        connection.exec_driver_sql(
            "UPDATE jobs SET run_at = now() - %s * interval '1 second' WHERE id = %s", (seconds, job.id)
        )


def test_with_ageing_a_job_that_waited_long_counts_as_one_priority_higher(catalogue, connection, claim):
    names = {}
    for name, priority, waited in AGED:
        job = catalogue.submit("test.noop", priority=priority)
        wait_already(catalogue, job, waited)
        names[str(job.id)] = name

    def order(ages_after):
        taken = []
        while jobs := claim_jobs(connection, claim, want=1, floors=EVERYTHING, tasks=KNOWN, ages_after=ages_after):
            taken.append(names[jobs[0].id])
        give_back_orphans(connection, claim, [])
        for job_id, name in names.items():
            wait_already(catalogue, catalogue.job(job_id), 85 if name.startswith("old") else 1)
        return taken

    assert order(60) == ["old high", "old medium", "young high", "old low", "young medium", "young low"]
    assert [name.split()[1] for name in order(None)] == ["high", "high", "medium", "medium", "low", "low"]


def test_with_ageing_jobs_claimed_together_are_each_claimed_once(catalogue, connection, claim):
    submitted = [catalogue.submit("test.noop", priority=priority) for priority in ("low", "high", "medium") * 3]
    wait_already(catalogue, submitted[0], 100)
    taken = claim_jobs(connection, claim, want=100, floors=EVERYTHING, tasks=KNOWN, ages_after=60)

    assert sorted(job.id for job in taken) == sorted(str(job.id) for job in submitted)


def test_a_paused_queue_is_passed_over(catalogue, connection, claim):
    catalogue.submit("test.noop", priority="high")
    low = catalogue.submit("test.noop", priority="low")
    connection.exec_driver_sql("UPDATE queues SET paused_at = now() WHERE priority = 0")

    assert [job.id for job in take(connection, claim, want=5)] == [str(low.id)]


def inversions(catalogue, connection):
    count_inversions(connection)
    connection.exec_driver_sql("UPDATE queues SET measured_at = now()")
    return {queue.name: queue.inversions for queue in views.queues().items}


def test_a_job_started_while_a_higher_one_waited_is_counted_as_an_inversion_once(catalogue, connection, claim):
    measure_depth(connection)
    waiting = catalogue.submit("test.noop", priority="high")
    low = catalogue.submit("test.noop", priority="low")
    wait_already(catalogue, waiting, 10)
    assert inversions(catalogue, connection)["high"] == 0

    [taken] = take(connection, claim, floors={2: "-infinity"})
    assert taken.id == str(low.id)
    connection.exec_driver_sql("UPDATE jobs SET started_at = now() - interval '1 second' WHERE id = %s", (low.id,))
    connection.exec_driver_sql("UPDATE queues SET measured_at = now() - interval '1 second'")
    assert inversions(catalogue, connection) == {"high": 1, "medium": 0, "low": 0}
    assert inversions(catalogue, connection)["high"] == 1


@pytest.mark.parametrize("excuse", ["paused", "held", "not served", "resumed just now"])
def test_a_higher_job_that_could_not_run_is_no_inversion(catalogue, connection, claim, excuse):
    measure_depth(connection)
    waiting = catalogue.submit("test.noop", priority="high")
    low = catalogue.submit("test.noop", priority="low")
    wait_already(catalogue, waiting, 10)
    take(connection, claim, floors={2: "-infinity"})
    connection.exec_driver_sql("UPDATE jobs SET started_at = now() - interval '1 second' WHERE id = %s", (low.id,))
    connection.exec_driver_sql("UPDATE queues SET measured_at = now() - interval '1 second'")
    connection.exec_driver_sql(
        {
            "paused": "UPDATE queues SET paused_at = now()",
            "held": "UPDATE jobs SET held = true WHERE state = 'queued'",
            "not served": "UPDATE workers SET queues = ARRAY['low']",
            "resumed just now": "UPDATE queues SET resumed_at = now()",
        }[excuse]
    )

    assert inversions(catalogue, connection)["high"] == 0


def test_a_slot_takes_nothing_from_queues_it_does_not_serve(catalogue, connection, claim):
    catalogue.submit("test.noop", priority="low")

    assert take(connection, claim, floors={0: "-infinity", 1: "-infinity"}) == []


@pytest.mark.parametrize("name", ["test.noop", 'a "quoted", \\ {name}'])
def test_a_slot_leaves_jobs_of_tasks_it_does_not_know_to_others(catalogue, connection, claim, name):
    job = catalogue.submit("test.noop", priority="high")
    connection.exec_driver_sql("UPDATE jobs SET task = %s", (name,))
    known = catalogue.submit("test.noop", priority="low") if name != "test.noop" else None

    claimed = claim_jobs(connection, claim, want=5, floors=EVERYTHING, tasks=names_of(["test.noop"]))
    assert [one.id for one in claimed] == [str((known or job).id)]
    if known:
        [other] = claim_jobs(connection, claim, want=5, floors=EVERYTHING, tasks=names_of(["x", name]))
        assert other.id == str(job.id)


def test_a_job_that_is_due_later_is_not_claimed(catalogue, connection, claim):
    catalogue.submit("test.noop", delay_seconds=60)

    assert take(connection, claim) == []


def test_finishing_and_claiming_are_one_statement(catalogue, connection, claim):
    first, second = catalogue.submit("test.noop"), catalogue.submit("test.noop")
    [running] = take(connection, claim)
    [following] = take(connection, claim, succeeded=[success(running, '{"rows": 3}')])

    done = catalogue.job(first.id)
    assert (done.state, done.result, done.attempt) == (JobState.SUCCEEDED, {"rows": 3}, 1)
    assert done.run_seconds == pytest.approx(0.1)
    assert following.id == str(second.id)


def test_two_slots_never_get_the_same_job(catalogue, connection, claim):
    catalogue.submit("test.noop")
    other = new_claim(catalogue)

    assert len(take(connection, claim)) == 1
    assert take(connection, other) == []


def test_a_claim_that_waits_for_another_transaction_skips_its_rows(catalogue, connection, claim):
    first, second = catalogue.submit("test.noop"), catalogue.submit("test.noop")
    with catalogue.parts.engine.connect().execution_options(isolation_level="READ COMMITTED") as holder:
        holder.execute(text("SELECT FROM jobs WHERE id = :id FOR UPDATE"), {"id": first.id})

        assert [job.id for job in take(connection, claim, want=5)] == [str(second.id)]


def test_a_claim_that_was_held_up_does_not_record_that_its_job_started_first(catalogue, connection, claim):
    """Its statement began before the high job was taken by another; its row was taken after."""
    low, high = catalogue.submit("test.noop", priority="low"), catalogue.submit("test.noop", priority="high")
    other = new_claim(catalogue)
    with connection.engine.connect().execution_options(isolation_level="READ COMMITTED") as held_up:
        held_up.execute(text("SELECT now()"))
        assert [job.id for job in take(connection, claim)] == [str(high.id)]
        assert [job.id for job in take(held_up, other)] == [str(low.id)]
        held_up.commit()

    assert catalogue.job(low.id).started_at > catalogue.job(high.id).started_at


def test_a_late_finish_changes_nothing(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [stale] = take(connection, claim)
    give_back_unstarted(connection, claim, [stale])
    other = new_claim(catalogue)
    take(connection, other)
    record_succeeded(connection, claim, [success(stale)])
    record_finished(connection, claim, [failure(stale)])

    assert not write_progress(connection, claim, stale, done=1, total=2, message=None)
    now = catalogue.job(job.id)
    assert (now.state, now.attempt, now.error, now.progress) == (JobState.RUNNING, 1, None, None)


def test_a_finish_of_an_earlier_attempt_by_the_same_slot_changes_nothing(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [first] = take(connection, claim)
    record_finished(connection, claim, [failure(first, retry_in=0.0)])
    connection.execute(text("UPDATE jobs SET state = 'queued'"))
    [second] = take(connection, claim)
    record_succeeded(connection, claim, [success(first)])

    assert (second.attempt, catalogue.job(job.id).state) == (2, JobState.RUNNING)


def test_a_failed_attempt_is_kept_and_the_job_retries_later(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [running] = take(connection, claim)
    assert record_finished(connection, claim, [failure(running)]) == {str(job.id)}

    now = catalogue.job(job.id)
    [attempt] = catalogue.attempts(job.id)
    assert (now.state, now.error.type, now.error.attempt) == (JobState.RETRYING, "Wrong", 1)
    assert 4.5 < (now.run_at - now.started_at).total_seconds() < 6
    assert (attempt.outcome, attempt.error.traceback, attempt.retry_at) == (Outcome.FAILED, "Traceback ...", now.run_at)


def test_the_last_attempt_of_a_failed_job_is_listed_once(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [running] = take(connection, claim)
    record_finished(connection, claim, [failure(running, JobState.FAILED, None)])
    catalogue.retry(job.id)
    [again] = take(connection, claim)

    attempts = catalogue.attempts(job.id)
    assert again.attempt == 2
    assert [(attempt.attempt, attempt.outcome) for attempt in attempts] == [(1, Outcome.FAILED), (2, None)]
    assert attempts[1].error is None


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.RETRYING, Outcome.FAILED),
        (JobState.FAILED, Outcome.FAILED),
        (JobState.FAILED, Outcome.TIMED_OUT),
        (JobState.CANCELLED, Outcome.CANCELLED),
    ],
)
def test_a_job_that_was_told_to_stop_is_cancelled_and_its_attempt_says_how_it_ended(
    catalogue, connection, claim, state, outcome
):
    job = catalogue.submit("test.noop")
    [running] = take(connection, claim)
    acts.cancel(job.id)
    end = failure(running, state)
    end.outcome = outcome
    record_finished(connection, claim, [end])

    now = catalogue.job(job.id)
    assert (now.state, now.error.type) == (JobState.CANCELLED, "Wrong")
    assert now.finished_at is not None
    assert [attempt.outcome for attempt in catalogue.attempts(job.id)] == [outcome]


def test_a_job_that_was_told_to_stop_and_succeeded_has_succeeded(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [running] = take(connection, claim)
    acts.cancel(job.id)
    record_finished(connection, claim, [success(running)])

    assert catalogue.job(job.id).state is JobState.SUCCEEDED


def test_a_job_that_was_told_to_stop_is_cancelled_also_when_it_is_lost_for_the_third_time(catalogue, connection):
    job = catalogue.submit("test.noop")
    for _ in range(MAX_LOSSES):
        claim = new_claim(catalogue)
        take(connection, claim)
        if catalogue.job(job.id).attempt == MAX_LOSSES:
            acts.cancel(job.id)
        give_back(held_under_claim(connection, claim), Outcome.LOST)

    assert catalogue.job(job.id).state is JobState.CANCELLED
    assert [attempt.outcome for attempt in catalogue.attempts(job.id)] == [Outcome.LOST] * MAX_LOSSES


def test_jobs_given_back_unstarted_were_never_attempted(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    give_back_unstarted(connection, claim, take(connection, claim))

    now = catalogue.job(job.id)
    assert (now.state, now.attempt, now.started_at, catalogue.attempts(job.id)) == (JobState.QUEUED, 0, None, [])


@pytest.mark.parametrize("ages_after", [None, 60.0])
def test_a_job_given_back_unstarted_keeps_its_place_whatever_was_claimed_meanwhile(
    catalogue, connection, claim, ages_after
):
    first, _, third = (catalogue.submit("test.noop") for _ in range(3))
    held = take(connection, claim, want=1)
    second = take(connection, new_claim(catalogue))
    floors = {1: (third.run_at + timedelta(seconds=5)).isoformat()}
    assert take(connection, claim, floors=floors, ages_after=ages_after) == []
    give_back_unstarted(connection, claim, held)

    again = take(connection, claim, want=3, floors=floors, ages_after=ages_after)
    assert len(second) == 1
    assert [job.id for job in again] == [str(first.id), str(third.id)]
    assert catalogue.job(first.id).run_at == first.run_at


def test_a_job_given_back_did_not_wait_while_it_was_claimed(catalogue, connection, claim):
    """It stands where it stood, but what started meanwhile did not overtake it."""
    measure_depth(connection)
    high, _ = catalogue.submit("test.noop", priority="high"), catalogue.submit("test.noop", priority="low")
    wait_already(catalogue, high, 10)
    held = take(connection, claim, want=1)
    [low] = take(connection, new_claim(catalogue))
    connection.exec_driver_sql("UPDATE jobs SET started_at = now() - interval '1 second' WHERE id = %s", (low.id,))
    give_back_unstarted(connection, claim, held)
    connection.exec_driver_sql("UPDATE queues SET measured_at = now() - interval '1 second'")

    assert inversions(catalogue, connection) == {"high": 0, "medium": 0, "low": 0}


@pytest.mark.parametrize("ages_after", [None, 60.0])
@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.INTERRUPTED])
def test_a_job_that_lost_its_slot_keeps_its_place_whatever_was_claimed_meanwhile(
    catalogue, connection, claim, ages_after, outcome
):
    first, _, third = (catalogue.submit("test.noop") for _ in range(3))
    take(connection, claim)
    take(connection, new_claim(catalogue))
    floors = {1: (third.run_at + timedelta(seconds=5)).isoformat()}
    assert take(connection, claim, floors=floors, ages_after=ages_after) == []
    give_back(held_under_claim(connection, claim), outcome)

    again = take(connection, claim, want=3, floors=floors, ages_after=ages_after)
    assert [job.id for job in again] == [str(first.id), str(third.id)]
    assert catalogue.job(first.id).run_at == first.run_at


def lose_after(catalogue, connection, claim, job, seconds):
    """It had waited for 10 seconds when it started, and ran for `seconds` before its slot was lost."""
    wait_already(catalogue, job, 10 + seconds)
    take(connection, claim)
    statement = "UPDATE jobs SET started_at = now() - %s * interval '1 second' WHERE id = %s"
    connection.exec_driver_sql(statement, (seconds, job.id))
    give_back(held_under_claim(connection, claim), Outcome.LOST)


def test_while_it_ran_a_job_that_lost_its_slot_did_not_wait(catalogue, connection, claim):
    job = catalogue.submit("test.noop", priority="high")
    lose_after(catalogue, connection, claim, job, 3600)

    back = catalogue.job(job.id)
    assert back.wait_seconds < 10
    assert (back.waits_since - back.run_at).total_seconds() > 3600
    measure_depth(connection)
    assert views.queues().items[0].oldest_wait_seconds < 10
    take(connection, claim)
    assert catalogue.job(job.id).wait_seconds < 10


def test_behind_a_job_that_has_just_lost_its_slot_the_one_that_waited_longest_says_how_old_its_queue_is(
    catalogue, connection, claim
):
    lost, behind = (catalogue.submit("test.noop", priority="high") for _ in range(2))
    lose_after(catalogue, connection, claim, lost, 3600)
    wait_already(catalogue, behind, 90)
    measure_depth(connection)

    assert 90 <= views.queues().items[0].oldest_wait_seconds < 120


def test_what_started_while_a_job_ran_that_lost_its_slot_did_not_overtake_it(catalogue, connection, claim):
    measure_depth(connection)
    high, _ = catalogue.submit("test.noop", priority="high"), catalogue.submit("test.noop", priority="low")
    lose_after(catalogue, connection, claim, high, 3600)
    [low] = take(connection, new_claim(catalogue), floors={2: "-infinity"})
    connection.exec_driver_sql("UPDATE jobs SET started_at = now() - interval '1 second' WHERE id = %s", (low.id,))
    connection.exec_driver_sql("UPDATE queues SET returned_at = NULL, measured_at = now() - interval '1 second'")

    assert inversions(catalogue, connection) == {"high": 0, "medium": 0, "low": 0}


def test_after_a_lost_connection_only_unknown_jobs_are_given_back(catalogue, connection, claim):
    known, unknown = catalogue.submit("test.noop"), catalogue.submit("test.noop")
    take(connection, claim, want=2)
    give_back_orphans(connection, claim, [str(known.id)])

    assert catalogue.job(known.id).state is JobState.RUNNING
    assert catalogue.job(unknown.id).state is JobState.QUEUED


def test_a_scan_from_the_floor_skips_what_is_before_it_and_one_from_the_start_does_not(catalogue, connection, claim):
    job = catalogue.submit("test.noop", priority="high")
    later = {0: (job.run_at.replace(year=job.run_at.year + 1)).isoformat()}

    assert take(connection, claim, floors=later) == []
    assert len(take(connection, claim, floors={0: "-infinity"})) == 1


@pytest.mark.timeout(120)
def test_a_claim_from_a_million_rows_touches_a_handful_of_buffers(catalogue, connection, claim):
    """After 100,000 were claimed: their dead entries lie at the head of the index until a vacuum."""
    connection.exec_driver_sql("ALTER TABLE jobs SET (autovacuum_enabled = off)")
    connection.exec_driver_sql("""
        INSERT INTO jobs (id, task, params, max_retries, priority, state, run_at)
        SELECT gen_random_uuid(), 'test.noop', '{}', 3, 2, 'queued', now() - (1000000 - i) * interval '1 ms'
        FROM generate_series(1, 1000000) AS i
    """)
    connection.exec_driver_sql("ANALYZE jobs")
    connection.exec_driver_sql("""
        WITH first AS (SELECT id FROM jobs ORDER BY run_at LIMIT 100000)
        UPDATE jobs SET state = 'succeeded', finished_at = now() FROM first WHERE jobs.id = first.id
    """)
    [last] = take(connection, claim)
    from_floor, from_start = (_buffers(connection, claim, floor) for floor in (last.run_at.isoformat(), "-infinity"))

    assert from_floor < 60, (from_floor, from_start)


def _buffers(connection, claim, floor):
    values = {"claim": claim, "want": 1, "tasks": KNOWN, "ranks": [Priority.LOW.rank], "floors": [floor]}
    [plan] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM}", values).scalar_one()
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def test_the_age_of_a_queue_is_kept_by_the_minute_though_nothing_of_it_starts(catalogue, connection):
    def age():
        end = datetime.now(UTC) + timedelta(minutes=1)
        series = views.stats(start=end - timedelta(minutes=3), end=end, bucket_seconds=60, by="priority").series
        points = {one.key: [point.oldest_wait_seconds for point in one.points] for one in series}
        assert points["high"] == [None] * len(points["high"])
        return max((value for value in points["low"] if value is not None), default=None)

    measure_depth(connection)
    note_queue_ages(connection)
    assert age() is None
    catalogue.submit("test.noop", priority="low")
    connection.exec_driver_sql("UPDATE jobs SET run_at = now() - interval '90 seconds'")
    for _ in range(2):
        measure_depth(connection)
        note_queue_ages(connection)
    assert 90 <= age() < 120
    # One that had waited for less, later in the same minute, leaves what was seen before.
    connection.exec_driver_sql("UPDATE jobs SET run_at = now() - interval '1 second'")
    measure_depth(connection)
    note_queue_ages(connection)
    assert 90 <= age() < 120
