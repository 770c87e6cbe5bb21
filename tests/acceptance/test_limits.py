"""Limits with real workers: they are kept, nothing fails for them, and nobody else waits for them."""

from __future__ import annotations

import os
import signal
from itertools import pairwise

import psutil
import pytest

from local.waiting import wait_until
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.states import JobState


def submit(system, task, count, seconds=0.0, **how):
    params = {"path": str(system.folder / "ran"), "text": task, "seconds": seconds}
    _, ids = submit_batch([Submission(task=task, params=params, **how)] * count)
    return ids


def finished(system, ids, seconds=60):
    return [system.wait(job_id, seconds=seconds) for job_id in ids]


def most_at_a_time(jobs):
    """By the database's clock: an end counts before a start at the same moment."""
    moments = sorted([(job.started_at, 1) for job in jobs] + [(job.finished_at, -1) for job in jobs])
    running = most = 0
    for _, change in moments:
        running += change
        most = max(most, running)
    return most


@pytest.fixture
def system(system):
    system.start_worker(slots=4)
    system.start_dispatcher()
    return system


def test_max_running_is_never_exceeded_and_other_jobs_flow(system):
    limited = submit(system, "test.two_at_a_time", 30, seconds=0.1)
    free = submit(system, "test.note", 60, seconds=0.02, priority="low")
    limited_jobs, free_jobs = finished(system, limited), finished(system, free)

    assert {job.state for job in (*limited_jobs, *free_jobs)} == {JobState.SUCCEEDED}
    assert most_at_a_time(limited_jobs) == 2
    assert max(job.finished_at for job in free_jobs) < max(job.started_at for job in limited_jobs)


def test_jobs_of_one_concurrency_key_run_one_after_the_other(system):
    keyed = submit(system, "test.note", 15, seconds=0.03, concurrency_key="customer-7")
    other = submit(system, "test.note", 15, seconds=0.03, concurrency_key="customer-8")
    jobs, others = finished(system, keyed), finished(system, other)

    assert (most_at_a_time(jobs), most_at_a_time(others)) == (1, 1)
    assert most_at_a_time([*jobs, *others]) == 2
    in_order = sorted(jobs, key=lambda job: job.id)
    assert all(before.finished_at <= after.started_at for before, after in pairwise(in_order))


def test_a_rate_is_kept_and_fails_nothing(system):
    jobs = finished(system, submit(system, "test.five_a_second", 20))
    let_in = sorted(job.run_at for job in jobs)

    assert {(job.state, job.attempt) for job in jobs} == {(JobState.SUCCEEDED, 1)}
    # The first second's worth at once, then five a second: the 20th is let in after three seconds.
    assert (let_in[-1] - let_in[0]).total_seconds() > 2.9
    for index, moment in enumerate(let_in):
        within_a_second = [other for other in let_in[index:] if (other - moment).total_seconds() < 1]
        assert len(within_a_second) <= 10
    assert all(job.run_at <= job.started_at for job in jobs)


def test_a_slot_that_is_killed_frees_its_place(system):
    first, second = submit(system, "test.note", 2, seconds=3, concurrency_key="k")
    system.wait(first, lambda job: job.state is JobState.RUNNING)
    assert system.job(second).state is JobState.QUEUED
    killed = _pid_of_slot(system)
    os.kill(killed, signal.SIGKILL)

    jobs = finished(system, [first, second])
    assert {job.state for job in jobs} == {JobState.SUCCEEDED}
    assert [attempt.outcome for attempt in system.attempts(first)] == ["lost", "succeeded"]
    assert most_at_a_time(jobs) == 1


def test_a_worker_that_is_killed_frees_its_places(system):
    first, second = submit(system, "test.two_at_a_time", 2, seconds=60)
    for job_id in (first, second):
        system.wait(job_id, lambda job: job.state is JobState.RUNNING)
    [third] = submit(system, "test.two_at_a_time", 1, priority="high")
    worker = next(child for child in system.children if child.name == "worker")
    system.start_worker(slots=1)
    for process in psutil.Process(worker.process.pid).children(recursive=True):
        process.kill()
    worker.process.kill()

    assert system.wait(third, seconds=60).state is JobState.SUCCEEDED


def _pid_of_slot(system):
    """The process that runs a job."""
    pids = []

    def found():
        with system.parts.engine.connect() as connection:
            pids[:] = connection.exec_driver_sql(
                "SELECT pid FROM slots JOIN jobs ON jobs.claim = slots.claim WHERE jobs.state = 'running'"
            ).scalars()
        return bool(pids)

    assert wait_until(found, 10)
    return pids[0]
