"""Failures in groups, with real workers: what a job that fails leaves behind, whoever notices it."""

from __future__ import annotations

import pytest

from local.waiting import wait_until
from trajectory import acts, bulk, error_groups
from trajectory.error_schemas import ErrorQuery
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.selection import BulkRequest, JobQuery
from trajectory.states import JobState

PATIENCE_SECONDS = 30


@pytest.fixture
def system(system):
    system.start_worker(slots=2, TRAJECTORY_RELEASE="v41")
    system.start_dispatcher()
    return system


def groups():
    return error_groups.groups(ErrorQuery(), limit=50, cursor=None).items


def counts():
    """A failure is counted just after its job has ended."""
    return [group.count for group in groups()]


def test_a_task_that_fails_is_one_group_of_all_its_attempts_in_the_release_of_its_worker(system):
    jobs = [system.submit("test.raise", max_retries=1) for _ in range(3)]
    jobs = [system.wait(job) for job in jobs]

    assert wait_until(lambda: counts() == [6], PATIENCE_SECONDS)
    [group] = groups()
    assert (group.task, group.type, group.message) == ("test.raise", "Wrong", "wanted in attempt <n>")
    assert (group.place, group.status) == ("tests.work:fail", "open")
    assert {job.fingerprint for job in jobs} == {group.fingerprint}
    whole = error_groups.group(group.fingerprint)
    assert 'raise Wrong(f"wanted in attempt {run.attempt}")' in whole.traceback
    assert [(release.release, release.count) for release in whole.releases] == [("v41", 6)]
    assert len(whole.examples) == 6


def test_time_outs_and_lost_slots_are_groups_of_their_task(system):
    system.wait(system.submit("test.slow"))
    lost = system.wait(system.submit("test.die"), seconds=60)
    assert wait_until(lambda: sorted(counts()) == [1, 3], PATIENCE_SECONDS)

    found = {group.task: group for group in groups()}
    assert (found["test.slow"].type, found["test.slow"].count) == ("JobTimeout", 1)
    assert (found["test.die"].type, found["test.die"].count) == ("WorkerLostError", 3)
    assert lost.fingerprint == found["test.die"].fingerprint


def test_a_resolved_group_is_open_again_after_all_its_jobs_were_retried_in_vain(system):
    _, ids = submit_batch([Submission(task="test.raise", max_retries=0)] * 20)
    for job_id in ids:
        system.wait(job_id)
    assert wait_until(lambda: counts() == [20], PATIENCE_SECONDS)
    [group] = groups()
    error_groups.act(group.fingerprint, "resolve", by="ann")
    chosen = JobQuery(fingerprint=group.fingerprint, state=(JobState.FAILED,))
    act = bulk.start(BulkRequest(action="retry", filter=chosen), created_by="ann")

    assert act.matched == 20
    assert wait_until(lambda: counts() == [40], PATIENCE_SECONDS)
    [again] = groups()
    assert (again.fingerprint, again.status) == (group.fingerprint, "open")
    assert again.regressed_at is not None


def test_a_job_that_is_cancelled_while_it_runs_is_no_failure(system):
    job = system.submit("demo.sleep", {"seconds": 60, "steps": 600})
    system.wait(job, lambda now: now.progress)
    acts.cancel(job.id)

    assert system.wait(job).state is JobState.CANCELLED
    assert groups() == []
