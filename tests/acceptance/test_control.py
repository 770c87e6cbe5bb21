"""Steering with real workers: cancel, time limits, pause, resize, stop."""

from __future__ import annotations

import pytest

from local.waiting import wait_until
from trajectory import acts, steering, views
from trajectory.lifecycle import submit_batch
from trajectory.priorities import Priority
from trajectory.schemas import Submission
from trajectory.states import JobState, Outcome

KILL_GRACE = 1.0


@pytest.fixture
def system(system):
    system.start_dispatcher()
    return system


def start_worker(system, slots=1):
    return system.start_worker(slots=slots, TRAJECTORY_KILL_GRACE=str(KILL_GRACE))


def running(system, task, params=None, **how):
    """A job of this task that runs."""
    return system.wait(system.submit(task, params, **how), lambda now: now.state is JobState.RUNNING)


def seconds_to_stop(job):
    return (job.finished_at - job.cancel_requested_at).total_seconds()


def the_worker():
    [worker] = [worker for worker in views.workers().items if worker.state == "online"]
    return worker


def outcomes(system, job):
    return [attempt.outcome for attempt in system.attempts(job.id)]


def test_a_running_job_that_is_cancelled_stops_at_its_next_report(system):
    system.start_worker(TRAJECTORY_KILL_GRACE="20")
    job = running(system, "demo.sleep", {"seconds": 60, "steps": 1200})
    asked = acts.cancel(job.id)
    assert (asked.state, asked.allowed_actions) == (JobState.RUNNING, [])
    ended = system.wait(job)

    assert (ended.state, ended.error.type, outcomes(system, job)) == (
        JobState.CANCELLED,
        "JobCancelled",
        [Outcome.CANCELLED],
    )
    assert seconds_to_stop(ended) < 5
    assert system.wait(acts.retry(job.id), lambda now: now.state is JobState.RUNNING).cancel_requested_at is None


def test_a_task_that_writes_no_progress_learns_that_it_is_cancelled_and_returns(system):
    worker = system.start_worker(TRAJECTORY_KILL_GRACE="20")
    job = running(system, "test.polite")
    acts.cancel(job.id)
    ended = system.wait(job)

    assert (ended.state, ended.result) == (JobState.CANCELLED, None)
    assert outcomes(system, job) == [Outcome.CANCELLED]
    assert seconds_to_stop(ended) < 5
    assert "a slot was killed" not in worker.output()


def test_a_job_that_ends_before_it_notices_that_it_is_cancelled_succeeds(system):
    system.start_worker(TRAJECTORY_KILL_GRACE="20")
    job = running(system, "test.note", {"path": str(system.folder / "ran"), "seconds": 3})
    acts.cancel(job.id)

    assert system.wait(job).state is JobState.SUCCEEDED


def test_a_task_that_fails_while_it_cleans_up_after_a_cancel_is_cancelled(system):
    system.start_worker(TRAJECTORY_KILL_GRACE="20")
    job = running(system, "test.clumsy")
    acts.cancel(job.id)
    ended = system.wait(job)

    assert (ended.state, ended.error.type, outcomes(system, job)) == (JobState.CANCELLED, "Wrong", [Outcome.FAILED])


@pytest.mark.parametrize("task", ["test.silent", "test.hog"])
def test_a_cancelled_task_that_never_reports_is_killed_after_the_grace_and_the_next_job_runs(system, task):
    start_worker(system)
    job = running(system, task)
    following = system.submit("test.noop")
    acts.cancel(job.id)
    ended = system.wait(job)

    assert (ended.state, outcomes(system, job)) == (JobState.CANCELLED, [Outcome.CANCELLED])
    assert KILL_GRACE <= seconds_to_stop(ended) < KILL_GRACE + 3
    following = system.wait(following)
    assert (following.state, following.attempt) == (JobState.SUCCEEDED, 1)


def test_what_waits_in_a_slot_that_is_killed_runs_elsewhere(system):
    """The slot claimed quick jobs together; one of them holds the interpreter, so that nothing can be given back."""
    start_worker(system)
    submit_batch([Submission(task="test.noop")] * 200)
    assert wait_until(lambda: system.count(JobState.SUCCEEDED) == 200, 20)
    quick = [Submission(task="test.noop")] * 5
    _, ids = submit_batch([*quick, Submission(task="test.hog"), *quick])
    hog = ids.pop(5)
    system.wait(hog, lambda now: now.state is JobState.RUNNING)
    acts.cancel(hog)

    assert system.wait(hog).state is JobState.CANCELLED
    assert [system.wait(job_id).state for job_id in ids] == [JobState.SUCCEEDED] * 10
    # Where there was time to give it back before the hog began, it was not there to be lost.
    assert outcomes(system, system.job(ids[-1])) in ([Outcome.LOST, Outcome.SUCCEEDED], [Outcome.SUCCEEDED])


def test_a_task_that_goes_on_after_its_time_limit_is_killed_and_retried_by_its_policy(system):
    start_worker(system)
    job = system.submit("test.stubborn")
    first = system.wait(job, lambda now: now.state is JobState.RETRYING)
    assert (first.error.type, first.attempt) == ("JobTimeout", 1)
    ended = system.wait(job)

    assert (ended.state, ended.result, outcomes(system, job)) == (
        JobState.SUCCEEDED,
        "attempt 2",
        [Outcome.TIMED_OUT, Outcome.SUCCEEDED],
    )
    limit = job.timeout_seconds + KILL_GRACE
    assert limit <= system.attempts(job.id)[0].run_seconds < limit + 3


def test_nothing_of_a_paused_queue_starts_until_it_is_resumed_and_then_by_priority(system):
    start_worker(system)
    busy = running(system, "test.note", {"path": str(system.folder / "ran"), "seconds": 1}, priority="low")
    for priority in (Priority.HIGH, Priority.LOW):
        assert steering.pause(priority, paused_by="somebody").paused
    waiting = [system.submit("test.noop", priority=priority) for priority in ("low", "high")]
    passing = [system.submit("test.noop", priority="medium")]
    assert system.wait(busy).state is JobState.SUCCEEDED
    start_worker(system)
    passing.append(system.submit("test.noop", priority="medium"))
    assert [system.wait(job).state for job in passing] == [JobState.SUCCEEDED] * 2
    assert [system.job(job.id).state for job in waiting] == [JobState.QUEUED] * 2

    for priority in (Priority.HIGH, Priority.LOW):
        assert not steering.resume(priority).paused
    low, high = [system.wait(job) for job in waiting]
    assert high.started_at < low.started_at


def test_a_worker_grows_and_shrinks_while_its_job_goes_on(system):
    start_worker(system)
    long = running(system, "demo.sleep", {"seconds": 8, "steps": 80})
    worker = the_worker()
    steering.resize_worker(worker.id, 3)
    assert wait_until(lambda: len(the_worker().slots) == 3, 10)
    assert the_worker().wanted_slots is None
    others = [running(system, "test.note", {"path": str(system.folder / "ran"), "seconds": 1.5}) for _ in range(2)]

    steering.resize_worker(worker.id, 1)
    assert wait_until(lambda: len(the_worker().slots) == 1 and the_worker().wanted_slots is None, 20)
    ended = [system.wait(job) for job in [long, *others]]
    assert [(job.state, job.attempt) for job in ended] == [(JobState.SUCCEEDED, 1)] * 3
    assert system.wait(system.submit("test.noop")).state is JobState.SUCCEEDED


def test_a_worker_under_full_load_shrinks_without_losing_a_job(system):
    start_worker(system, slots=4)
    params = {"path": str(system.folder / "ran"), "seconds": 0.02}
    _, ids = submit_batch([Submission(task="test.note", params=params)] * 800)
    assert wait_until(lambda: system.count(JobState.SUCCEEDED) > 50, 20)
    steering.resize_worker(the_worker().id, 1)
    assert wait_until(lambda: len(the_worker().slots) == 1 and the_worker().wanted_slots is None, 20)
    assert system.count(JobState.SUCCEEDED) < 800, "it was not under load"
    assert wait_until(lambda: system.count(JobState.SUCCEEDED) == 800, 60)

    assert {system.job(job_id).attempt for job_id in ids} == {1}


def test_a_worker_that_is_asked_to_stop_gives_its_job_back_and_ends(system):
    child = system.start_worker(TRAJECTORY_GRACE="1")
    job = running(system, "demo.sleep", {"seconds": 60, "steps": 600})
    quick = system.submit("test.noop")
    asked = steering.stop_worker(the_worker().id)
    assert asked.stop_requested_at is not None
    assert wait_until(lambda: not child.is_running(), 10)

    assert system.job(job.id).state is JobState.QUEUED
    assert outcomes(system, job) == [Outcome.INTERRUPTED]
    assert system.job(quick.id).state is JobState.QUEUED
    assert [worker.state for worker in views.workers().items] == ["stopped"]
