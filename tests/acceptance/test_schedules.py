"""A schedule with a real worker and real dispatchers. A tick is pulled forward: no test waits for a full minute."""

from __future__ import annotations

import pytest

from local.waiting import wait_until
from trajectory import schedules, views
from trajectory.schedule_schemas import NewSchedule
from trajectory.states import JobState
from trajectory.store.filters import JobFilter


@pytest.fixture
def system(system):
    system.start_worker(slots=1)
    return system


def pull_forward(system, schedule, seconds=1):
    with system.parts.engine.connect() as connection:
        statement = "UPDATE schedules SET next_run_at = now() - %s * interval '1 second' WHERE id = %s"
        connection.exec_driver_sql(statement, (seconds, schedule.id))


def runs(schedule):
    return views.jobs(JobFilter(schedule_id=schedule.id), limit=200, cursor=None).items


def tick(system, schedule):
    version = schedules.schedule(schedule.id).version
    pull_forward(system, schedule)
    assert wait_until(lambda: schedules.schedule(schedule.id).version > version, 10)


def test_a_schedule_of_every_minute_runs_and_goes_on_to_the_next_minute(system):
    made = schedules.create(NewSchedule(name="minutely", cron="* * * * *", task="test.noop", overlap="queue"))
    pull_forward(system, made)
    system.start_dispatcher()
    assert wait_until(lambda: runs(made), 10)
    job = system.wait(runs(made)[-1])
    after = schedules.schedule(made.id)

    assert (job.state, job.source) == (JobState.SUCCEEDED, "schedule:minutely")
    assert (after.next_run_at - after.last_run_at).total_seconds() <= 60
    assert (after.next_run_at.second, after.last_error) == (0, None)


def test_a_tick_makes_one_job_though_the_leading_dispatcher_is_killed(system):
    made = schedules.create(NewSchedule(name="yearly", cron="0 0 1 1 *", task="test.noop", overlap="queue"))
    leader = system.start_dispatcher()
    system.start_dispatcher()
    pull_forward(system, made)
    leader.process.kill()
    assert wait_until(lambda: runs(made), 15)
    tick(system, made)

    assert [system.wait(job).state for job in runs(made)] == [JobState.SUCCEEDED] * 2


def test_a_tick_is_skipped_while_its_last_job_runs(system):
    made = schedules.create(
        NewSchedule(name="slow", cron="0 0 1 1 *", task="demo.sleep", params={"seconds": 20, "steps": 200})
    )
    system.start_dispatcher()
    pull_forward(system, made)
    assert wait_until(lambda: runs(made) and runs(made)[0].state is JobState.RUNNING, 10)
    tick(system, made)

    assert len(runs(made)) == 1
    assert schedules.schedule(made.id).skipped == 1


def test_a_schedule_beside_a_task_is_there_when_its_worker_is(system):
    [declared] = schedules.schedules().items
    assert (declared.name, declared.task, declared.declared) == ("test.yearly", "test.declared", True)

    system.start_dispatcher()
    pull_forward(system, declared)
    assert wait_until(lambda: runs(declared), 10)
    assert system.wait(runs(declared)[-1]).state is JobState.SUCCEEDED
