"""What becomes of a job: failures in full, retries that grow, time-outs, lost slots."""

from __future__ import annotations

from itertools import pairwise

import pytest

from trajectory import views
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.states import JobState, Outcome


@pytest.fixture
def system(system):
    system.start_worker(slots=1)
    system.start_dispatcher()
    return system


def test_a_task_that_raises_fails_with_type_message_and_traceback(system):
    job = system.wait(system.submit("test.raise", max_retries=0))

    assert job.state is JobState.FAILED
    assert (job.error.type, job.error.message, job.error.attempt) == ("Wrong", "wanted in attempt 1", 1)
    assert "tests/work.py" in job.error.traceback
    assert 'raise Wrong(f"wanted in attempt {run.attempt}")' in job.error.traceback
    assert "perform.py" not in job.error.traceback


def test_a_failed_attempt_shows_when_it_is_tried_again_and_then_what_it_came_to(system):
    job = system.submit("test.raise", max_retries=2)
    first = system.wait(job, lambda now: now.state is JobState.RETRYING)
    assert (first.attempt, first.error.message, first.celery_state) == (1, "wanted in attempt 1", "RETRY")
    assert first.run_at > first.started_at
    last = system.wait(job)

    attempts = system.attempts(job.id)
    assert (last.state, last.attempt) == (JobState.FAILED, 3)
    assert [attempt.outcome for attempt in attempts] == [Outcome.FAILED] * 3
    waits = [(attempt.retry_at - attempt.finished_at).total_seconds() for attempt in attempts[:-1]]
    assert waits == pytest.approx([1, 2], abs=0.2)
    assert attempts[-1].retry_at is None
    # It is tried again when it said it would be.
    for attempt, following in pairwise(attempts):
        assert 0 <= (following.started_at - attempt.retry_at).total_seconds() < 10


def test_a_job_may_fail_and_then_succeed(system):
    job = system.wait(system.submit("demo.sleep", {"seconds": 0.01, "steps": 2, "fail_times": 1}))

    assert (job.state, job.attempt, job.error) == (JobState.SUCCEEDED, 2, None)
    assert [attempt.outcome for attempt in system.attempts(job.id)] == [Outcome.FAILED, Outcome.SUCCEEDED]


def test_a_job_that_runs_too_long_is_timed_out(system):
    job = system.wait(system.submit("test.slow"))

    assert (job.state, job.error.type) == (JobState.FAILED, "JobTimeout")
    assert [attempt.outcome for attempt in system.attempts(job.id)] == [Outcome.TIMED_OUT]
    assert job.run_seconds < 5


def test_a_task_that_kills_its_process_fails_after_three_and_takes_no_other_with_it(system):
    quick = [Submission(task="test.noop")] * 20
    _, ids = submit_batch([*quick, Submission(task="test.die"), *quick])
    jobs = [system.wait(job_id, seconds=60) for job_id in ids]

    states = [job.state for job in jobs]
    assert states == [JobState.SUCCEEDED] * 20 + [JobState.FAILED] + [JobState.SUCCEEDED] * 20
    poison = jobs[20]
    assert poison.error.type == "WorkerLostError"
    assert [attempt.outcome for attempt in system.attempts(poison.id)] == [Outcome.LOST] * 3


def test_a_task_that_raises_what_is_no_exception_fails_with_it_and_its_slot_goes_on(system):
    job = system.wait(system.submit("test.abandon"))

    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert (job.error.type, job.error.message) == ("CancelledError", "wanted")
    assert "tests/work.py" in job.error.traceback
    assert system.wait(system.submit("test.noop")).state is JobState.SUCCEEDED
    assert "a slot cannot go on" not in system.children[0].output()


def test_a_slot_that_cannot_record_a_job_ends_and_the_job_fails_after_three_losses(system):
    job = system.wait(system.submit("test.wreck"), seconds=60)

    assert (job.state, job.error.type) == (JobState.FAILED, "WorkerLostError")
    assert [attempt.outcome for attempt in system.attempts(job.id)] == [Outcome.LOST] * 3
    said = system.children[0].output()
    assert said.count("a slot cannot go on") == 3
    assert "Wrong: what the task left cannot be read" in said
    assert system.wait(system.submit("test.noop")).state is JobState.SUCCEEDED


def test_a_result_that_the_database_cannot_hold_is_mended_or_refused(system):
    odd = system.wait(system.submit("test.odd_result"))
    assert odd.result == {"nul": "a\ufffdb", "half": "\ufffd", "text": "ä"}

    impossible = system.wait(system.submit("test.impossible_result"))
    assert (impossible.state, impossible.attempt, impossible.error.type) == (JobState.FAILED, 1, "Permanent")


def test_progress_is_written_while_the_task_runs_and_its_last_word_is_kept(system):
    job = system.submit("demo.sleep", {"seconds": 2, "steps": 100})
    seen = {
        system.wait(job, lambda now, done=done: now.progress and now.progress.done > done).version for done in (5, 50)
    }
    last = system.wait(job)

    assert len(seen) == 2
    assert (last.progress.percent, last.progress.done, last.progress.message) == (100, 100, "sleeping")
    # Four writes a second, and the moves of the job itself.
    assert last.version <= 6 + 4 * last.run_seconds
    assert [line.message for line in views.log(job.id, after=0, limit=10).items] == ["slept 2.0 s in 100 steps"]


def test_what_waits_behind_a_slow_job_goes_back_for_another_slot(system):
    """A slot that expects quick jobs claims many; one that turns out slow does not hold the others."""
    params = {"path": str(system.folder / "ran")}
    system.start_worker(slots=1)
    _, quick = submit_batch([Submission(task="test.note", params=params)] * 300)
    system.wait(quick[-1])
    _, ids = submit_batch(
        [Submission(task="test.note", params={**params, "seconds": seconds}) for seconds in (5, 0, 0)]
    )

    others = [system.wait(job_id) for job_id in ids[1:]]
    slow = system.wait(ids[0])
    assert all(job.finished_at < slow.finished_at for job in others)


def test_a_worker_that_is_told_to_stop_gives_its_long_job_back_without_using_a_retry(system):
    job = system.submit("demo.sleep", {"seconds": 60, "steps": 600})
    running = system.wait(job, lambda now: now.state is JobState.RUNNING and now.progress)
    worker = next(child for child in system.children if child.name == "worker")
    worker.stop()

    back = system.job(job.id)
    assert (back.state, back.attempt, back.max_retries) == (JobState.QUEUED, 1, running.max_retries)
    [attempt] = system.attempts(job.id)
    assert (attempt.outcome, attempt.error) == (Outcome.INTERRUPTED, None)
    assert [now.state for now in views.workers().items] == ["stopped"]
