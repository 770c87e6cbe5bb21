"""Schedules without processes: what the dispatcher's duty makes of ticks, and what people may ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from trajectory import schedules, views
from trajectory.errors import InvalidSubmission, NameTaken, UnknownTask
from trajectory.schedule_schemas import NewSchedule, ScheduleChange
from trajectory.states import JobState
from trajectory.store import schedules as stored
from trajectory.store.filters import JobFilter
from workers.dispatcher import schedules as duty
from workers.dispatcher.schedules import run_due_schedules


@pytest.fixture
def system(catalogue):
    return catalogue


def make(name="nightly", **how):
    usual = {"cron": "* * * * *", "task": "test.noop", "overlap": "queue"}
    return schedules.create(NewSchedule(name=name, **{**usual, **how}))


def execute(system, statement, **values):
    with system.parts.engine.connect() as connection:
        return connection.execute(text(statement), values)


def let_be_due(system, ago="1 second", name="nightly"):
    execute(system, f"UPDATE schedules SET next_run_at = now() - interval '{ago}' WHERE name = :name", name=name)


def run_due(system):
    with system.parts.engine.connect() as connection:
        run_due_schedules(connection)


def runs(schedule):
    """Its jobs, oldest first."""
    return views.jobs(JobFilter(schedule_id=schedule.id), limit=200, cursor=None).items[::-1]


def set_state(system, job, state):
    execute(system, "UPDATE jobs SET state = :state WHERE id = :id", state=state, id=job.id)


def now():
    return datetime.now(UTC)


def test_a_tick_makes_a_job_as_the_schedule_says_and_the_next_one_follows(system):
    made = make(
        task="test.note",
        params={"path": "/x"},
        priority="high",
        tags=["a"],
        max_retries=7,
        timeout_seconds=9,
        timezone="Asia/Tokyo",
    )
    let_be_due(system)
    run_due(system)

    [summary] = runs(made)
    job = system.job(summary.id)
    assert (job.task, job.params, job.priority, job.tags) == ("test.note", {"path": "/x"}, "high", ["a"])
    assert (job.max_retries, job.timeout_seconds, job.source) == (7, 9, "schedule:nightly")
    after = schedules.schedule(made.id)
    assert now() < after.next_run_at <= now() + timedelta(minutes=1)
    assert (after.last_job.id, after.last_error, after.version) == (job.id, None, made.version + 1)


def test_what_is_not_due_makes_nothing(system):
    made = make(cron="0 0 1 1 *")
    run_due(system)

    assert (runs(made), schedules.schedule(made.id).version) == ([], made.version)


def test_many_dispatchers_at_once_make_one_job_a_tick(system):
    made = [make(f"s{number}", cron="0 0 1 1 *") for number in range(20)]
    for _ in range(3):
        execute(system, "UPDATE schedules SET next_run_at = now() - interval '1 second'")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: run_due(system), range(4)))

    assert [len(runs(schedule)) for schedule in made] == [3] * 20


def test_a_dispatcher_that_dies_between_claim_and_commit_leaves_the_tick_to_the_next(system, monkeypatch):
    made = make()
    let_be_due(system)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(duty, "advance", die)
        with pytest.raises(KeyboardInterrupt):
            run_due(system)
    assert runs(made) == []

    run_due(system)
    run_due(system)
    assert len(runs(made)) == 1


def test_a_claimed_tick_is_not_seen_by_another_dispatcher(system):
    make()
    let_be_due(system)
    engine = system.parts.engine
    with (
        engine.connect().execution_options(isolation_level="READ COMMITTED") as first,
        engine.connect().execution_options(isolation_level="READ COMMITTED") as second,
    ):
        assert len(stored.claim_due(first, at_most=10)) == 1
        assert stored.claim_due(second, at_most=10) == []


@pytest.mark.parametrize(
    ("catch_up", "count", "says"), [("none", 0, "was missed: no dispatcher ran"), ("last", 1, None), ("all", 3, None)]
)
def test_ticks_missed_in_a_downtime_are_made_up_for_as_the_schedule_says(system, catch_up, count, says):
    made = make(cron="0 * * * *", catch_up=catch_up, catch_up_limit=3)
    # Just after a full hour one tick would be in time.
    execute(system, "UPDATE schedules SET cron = :cron", cron=f"{(now().minute + 30) % 60} * * * *")
    let_be_due(system, "1 day")
    run_due(system)
    run_due(system)

    after = schedules.schedule(made.id)
    assert len(runs(made)) == count
    assert (says in after.last_error) if says else after.last_error is None
    assert after.next_run_at > now()


@pytest.mark.parametrize("state", ["scheduled", "queued", "running", "retrying"])
def test_skip_makes_nothing_while_a_job_is_unfinished_and_says_so(system, state):
    made = make(overlap="skip")
    let_be_due(system)
    run_due(system)
    [job] = runs(made)
    set_state(system, job, state)
    let_be_due(system)
    run_due(system)

    skipped = schedules.schedule(made.id)
    assert len(runs(made)) == 1
    assert (skipped.skipped, "was skipped" in skipped.last_error) == (1, True)

    set_state(system, job, "succeeded")
    let_be_due(system)
    run_due(system)
    after = schedules.schedule(made.id)
    assert (len(runs(made)), after.skipped, after.last_error) == (2, 1, None)


def test_queue_submits_whatever_is_unfinished(system):
    made = make(overlap="queue")
    for _ in range(3):
        let_be_due(system)
        run_due(system)

    assert [job.state for job in runs(made)] == ["queued"] * 3


def test_cancel_running_ends_what_waits_asks_what_runs_to_stop_and_submits(system):
    made = make(overlap="cancel_running")
    other = make("other")
    for name in ("nightly", "other"):
        let_be_due(system, name=name)
    run_due(system)
    running = schedules.run_now(made.id)
    set_state(system, running, "running")
    let_be_due(system)
    run_due(system)

    states = [job.state for job in runs(made)]
    assert states == [JobState.CANCELLED, JobState.RUNNING, JobState.QUEUED]
    asked = execute(system, "SELECT cancel_requested_at FROM jobs WHERE id = :id", id=running.id).scalar_one()
    assert asked is not None
    assert [job.state for job in runs(other)] == ["queued"]


def test_the_jobs_of_a_limited_task_are_let_in_up_to_its_limit(system):
    made = make(task="test.two_at_a_time", params={"path": "/x"}, catch_up="all", catch_up_limit=3)
    let_be_due(system, "10 minutes")
    run_due(system)

    held = execute(system, "SELECT held FROM jobs WHERE schedule_id = :id ORDER BY id", id=made.id).scalars().all()
    assert held == [False, False, True]


def test_a_tick_whose_task_is_gone_or_whose_params_no_longer_fit_stops_no_other(system):
    gone, unfit, good = make("a"), make("b", task="test.note", params={"path": "/x"}), make("c")
    execute(system, "UPDATE schedules SET task = 'test.nop' WHERE name = 'a'")
    execute(system, "UPDATE schedules SET params = '{}' WHERE name = 'b'")
    execute(system, "UPDATE schedules SET next_run_at = now() - interval '1 second'")
    run_due(system)

    for schedule, says in ((gone, "no worker has announced a task named 'test.nop'"), (unfit, "/params/path")):
        after = schedules.schedule(schedule.id)
        assert runs(schedule) == []
        assert says in after.last_error
        assert after.next_run_at > now()
    assert len(runs(good)) == 1


def test_a_schedule_whose_time_zone_is_gone_rests_until_it_is_mended(system):
    lost, good = make("a"), make("b")
    execute(system, "UPDATE schedules SET timezone = 'Mars/Base' WHERE name = 'a'")
    execute(system, "UPDATE schedules SET next_run_at = now() - interval '1 second'")
    run_due(system)

    after = schedules.schedule(lost.id)
    assert (after.next_run_at, "Mars/Base" in after.last_error, len(runs(good))) == (None, True, 1)
    mended = schedules.change(lost.id, ScheduleChange(timezone="UTC"))
    assert (mended.next_run_at > now(), mended.last_error) == (True, None)


def test_ticks_during_a_pause_are_not_made_up_for(system):
    made = make(catch_up="all")
    let_be_due(system, "1 hour")
    paused = schedules.pause(made.id)
    run_due(system)
    assert (paused.next_run_at, paused.next_runs, runs(made)) == (None, [], [])

    resumed = schedules.resume(made.id)
    run_due(system)
    assert (resumed.paused_at, resumed.next_run_at > now(), runs(made)) == (None, True, [])


def test_to_resume_what_is_not_paused_drops_no_tick(system):
    made = make()
    let_be_due(system)
    schedules.resume(made.id)
    run_due(system)

    assert len(runs(made)) == 1


def test_another_cron_or_zone_counts_from_now_and_other_changes_leave_the_next_run(system):
    made = make(cron="0 0 1 1 *")
    let_be_due(system, "1 hour")
    late = schedules.schedule(made.id).next_run_at
    assert schedules.change(made.id, ScheduleChange(tags=["x"])).next_run_at == late
    changed = schedules.change(made.id, ScheduleChange(cron="* * * * *"))
    assert now() < changed.next_run_at <= now() + timedelta(minutes=1)
    elsewhere = schedules.change(made.id, ScheduleChange(cron="0 12 * * *", timezone="Asia/Tokyo"))
    assert elsewhere.next_run_at.hour == 3
    assert (elsewhere.tags, elsewhere.task) == (["x"], "test.noop")


def test_a_paused_schedule_stays_paused_through_a_change(system):
    made = make()
    schedules.pause(made.id)
    changed = schedules.change(made.id, ScheduleChange(cron="0 * * * *"))

    assert (changed.paused_at is None, changed.next_run_at) == (False, None)


def test_run_now_submits_at_once_though_paused_and_leaves_the_ticks_alone(system):
    made = make(overlap="skip", paused=True)
    jobs = [schedules.run_now(made.id, created_by="someone") for _ in range(2)]

    assert [job.id for job in runs(made)] == [job.id for job in jobs]
    assert (jobs[0].source, jobs[0].created_by) == ("schedule:nightly", "someone")
    assert schedules.schedule(made.id).next_run_at is None


def test_nothing_is_kept_of_a_schedule_that_is_refused(system):
    with pytest.raises(UnknownTask, match=r"did you mean 'test[.]noop'"):
        make(task="test.nop")
    with pytest.raises(InvalidSubmission) as raised:
        make(task="test.note")
    assert [error.pointer for error in raised.value.errors] == ["/params/path"]
    make()
    with pytest.raises(NameTaken):
        make()
    other = make("other")
    with pytest.raises(NameTaken):
        schedules.change(other.id, ScheduleChange(name="nightly"))

    assert [item.name for item in schedules.schedules().items] == ["nightly", "other"]


def test_what_cannot_be_null_is_refused_by_name(system):
    made = make()
    with pytest.raises(InvalidSubmission) as raised:
        schedules.change(made.id, ScheduleChange(name=None, cron=None, max_retries=None))

    assert {error.pointer for error in raised.value.errors} == {"/name", "/cron"}


def test_the_jobs_of_a_deleted_schedule_stay(system):
    made = make()
    job = schedules.run_now(made.id)
    schedules.delete(made.id)

    assert system.job(job.id).source == "schedule:nightly"
    assert schedules.schedules().items == []


def test_the_feed_tells_of_each_change_and_each_tick(system):
    cursor = views.events(None, wait_seconds=0).cursor
    made = make()
    let_be_due(system)
    run_due(system)
    schedules.delete(made.id)

    events = [event for event in views.events(cursor, wait_seconds=1).events if event["kind"].startswith("schedule")]
    assert [event["kind"] for event in events] == ["schedule", "schedule", "schedule_deleted"]
    assert [event["schedule"]["version"] for event in events[:2]] == [1, 2]
    assert events[2]["id"] == str(made.id)
