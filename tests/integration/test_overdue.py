"""Killing the slot of a task that does not stop, with a process that stands for the slot."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.waiting import wait_until
from tests.integration.conftest import new_claim, take
from trajectory import acts
from trajectory.states import JobState, Outcome
from trajectory.store.claims import Finished, record_succeeded
from trajectory.store.fleet import overdue_jobs
from workers.overdue import kill_slots

GRACE = 10.0


@pytest.fixture
def process():
    with subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"]) as started:
        yield started
        started.kill()


@pytest.fixture
def claim(catalogue, connection, process):
    claim = new_claim(catalogue)
    connection.exec_driver_sql("UPDATE slots SET pid = %s WHERE claim = %s", (process.pid, claim))
    return claim


def overdue(connection, claim):
    """Ten minutes later, and what is overdue by then."""
    connection.exec_driver_sql("""
        UPDATE jobs SET started_at = started_at - interval '10 minutes',
            cancel_requested_at = cancel_requested_at - interval '10 minutes'
    """)
    worker_id, pid = connection.exec_driver_sql("SELECT worker_id, pid FROM slots WHERE claim = %s", (claim,)).one()
    return overdue_jobs(connection, worker_id, [pid], grace_seconds=GRACE)


def is_stopped(process):
    return "State:\tT" in Path(f"/proc/{process.pid}/status").read_text()


def outcomes(catalogue, job):
    return [attempt.outcome for attempt in catalogue.attempts(job.id)]


def test_a_slot_that_went_on_to_another_job_is_left_alone(catalogue, connection, claim, process):
    job = catalogue.submit("test.noop", timeout_seconds=1)
    [claimed] = take(connection, claim)
    found = overdue(connection, claim)
    end = Finished(claimed.id, 1, JobState.SUCCEEDED, Outcome.SUCCEEDED, None, time.monotonic())
    record_succeeded(connection, claim, [end])
    following = catalogue.submit("test.noop")
    take(connection, claim)
    kill_slots(found, grace_seconds=GRACE)

    assert len(found) == 1
    assert wait_until(lambda: not is_stopped(process), 5)
    assert process.poll() is None
    assert (catalogue.job(job.id).state, catalogue.job(following.id).state) == (JobState.SUCCEEDED, JobState.RUNNING)


def test_a_job_that_is_over_its_limit_is_timed_out_and_its_slot_killed(catalogue, connection, claim, process):
    job = catalogue.submit("test.noop", timeout_seconds=1, max_retries=0)
    take(connection, claim)
    kill_slots(overdue(connection, claim), grace_seconds=GRACE)

    assert process.wait(5) == -signal.SIGKILL
    assert (catalogue.job(job.id).state, outcomes(catalogue, job)) == (JobState.FAILED, [Outcome.TIMED_OUT])


def test_where_only_the_slot_knows_which_job_runs_all_are_lost_and_the_cancelled_one_ends(
    catalogue, connection, claim, process
):
    cancelled, other = (catalogue.submit("test.noop") for _ in range(2))
    take(connection, claim, want=2)
    acts.cancel(cancelled.id)
    kill_slots(overdue(connection, claim), grace_seconds=GRACE)

    assert process.wait(5) == -signal.SIGKILL
    assert [catalogue.job(job.id).state for job in (cancelled, other)] == [JobState.CANCELLED, JobState.QUEUED]
    assert outcomes(catalogue, cancelled) == outcomes(catalogue, other) == [Outcome.LOST]


def test_a_slot_that_died_meanwhile_is_no_fault(catalogue, connection, claim, process):
    job = catalogue.submit("test.noop", timeout_seconds=1)
    take(connection, claim)
    found = overdue(connection, claim)
    process.kill()
    process.wait(5)
    kill_slots(found, grace_seconds=GRACE)

    assert catalogue.job(job.id).state is JobState.RUNNING  # the worker's heartbeat gives it back
