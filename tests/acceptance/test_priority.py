"""Strict priority, whatever the broker's order, prefetch or acknowledgement settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from local.waiting import wait_until
from tests.rabbitmq import running_rabbitmq
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.states import JobState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.system import System
    from trajectory.schemas import Job


@pytest.fixture(scope="module")
def rabbitmq_url() -> Iterator[str]:
    with running_rabbitmq() as url:
        yield url


def submit_low(system: System, count: int, seconds: float) -> list:
    params = {"path": str(system.folder / "ran"), "text": "low", "seconds": seconds}
    _, ids = submit_batch([Submission(task="test.note", params=params, priority="low")] * count)
    return ids


class Overtaking(NamedTuple):
    """Low jobs waited and some ran; then a high one was submitted, at `since`, and is done."""

    low: list[Job]
    high: Job
    since: datetime
    in_flight: int  # claims that were under way at `since`, and so could not see the high job

    def started_between(self, system: System) -> list[Job]:
        """Low jobs that started after the submission of the high one was committed and before it started."""
        jobs = [system.job(job.id) for job in self.low]
        return [job for job in jobs if job.started_at and self.since < job.started_at < self.high.started_at]


def overtake(system: System, count: int, seconds: float) -> Overtaking:
    low = submit_low(system, count, seconds)
    assert wait_until(lambda: any(system.job(job_id).state is not JobState.QUEUED for job_id in low[:2]), 30)
    high = system.submit("test.noop", priority="high")
    since, in_flight = system.moment()
    return Overtaking([system.job(job_id) for job_id in low], system.wait(high), since, in_flight)


@pytest.mark.parametrize("slots", [1, 2])
@pytest.mark.parametrize("count", [10, 500])
def test_no_low_job_starts_between_the_submission_of_a_high_one_and_its_start(system, slots, count):
    system.start_worker(slots=slots)
    system.start_dispatcher()
    # So long that some still wait when the high one comes, on a busy machine too.
    overtaking = overtake(system, count, seconds=1.0 if count == 10 else 0.3)

    assert overtaking.high.state is JobState.SUCCEEDED
    assert len(overtaking.started_between(system)) <= overtaking.in_flight
    assert any(system.job(job.id).state is JobState.QUEUED for job in overtaking.low), "the high one overtook nothing"


def test_with_one_slot_the_high_job_starts_next(system):
    system.start_worker(slots=1)
    overtaking = overtake(system, 10, seconds=0.3)
    low = [system.job(job.id) for job in overtaking.low]
    before = [job for job in low if job.started_at and job.started_at < overtaking.high.started_at]

    assert [job.state for job in before] == [JobState.SUCCEEDED] * len(before)
    assert len(overtaking.started_between(system)) <= overtaking.in_flight


def test_prefetch_of_four_with_early_acknowledgement_changes_nothing(system):
    system.start_worker("--prefetch-multiplier", "4", slots=2)
    overtaking = overtake(system, 10, seconds=0.3)

    assert len(overtaking.started_between(system)) <= overtaking.in_flight


def test_the_order_in_which_queues_are_named_to_the_worker_changes_nothing(system):
    system.start_worker(slots=1, queues="low,medium,high")
    overtaking = overtake(system, 10, seconds=0.3)

    assert len(overtaking.started_between(system)) <= overtaking.in_flight


def test_quick_low_jobs_that_are_claimed_together_delay_a_high_one_by_no_more_than_their_batch(system):
    """The slot holds a batch of low jobs worth 10 ms; a high one is next after it, and before all others."""
    system.start_worker(slots=1)
    low = submit_low(system, 5000, seconds=0)
    assert wait_until(lambda: system.job(low[200]).state is JobState.SUCCEEDED, 30)
    high = system.submit("test.noop", priority="high")
    since, in_flight = system.moment()
    high = system.wait(high)

    between = Overtaking([system.job(job_id) for job_id in low], high, since, in_flight).started_between(system)
    assert len(between) <= 100
    assert system.job(low[-1]).started_at is None or system.job(low[-1]).started_at > high.started_at


@pytest.mark.rabbitmq
@pytest.mark.parametrize("slots", [1, 2])
def test_the_same_holds_on_rabbitmq(system, rabbitmq_url, slots):
    system.broker_url = rabbitmq_url
    system.renew()
    system.start_worker(slots=slots)
    system.start_dispatcher()
    overtaking = overtake(system, 10, seconds=0.3)

    assert overtaking.high.state is JobState.SUCCEEDED
    assert len(overtaking.started_between(system)) <= overtaking.in_flight


def test_a_worker_of_one_queue_leaves_the_others_alone(system):
    system.start_worker(slots=1, queues="high")
    low = system.submit("test.noop", priority="low")
    high = system.wait(system.submit("test.noop", priority="high"))

    assert high.state is JobState.SUCCEEDED
    assert system.job(low.id).state is JobState.QUEUED


def test_eight_slots_run_each_of_five_thousand_jobs_exactly_once(system):
    ran = system.folder / "ran"
    for worker in range(4):
        system.start_worker(slots=2, queues="high,medium,low" if worker % 2 else "low,high,medium")
    system.start_dispatcher()
    jobs = [
        Submission(task="test.note", params={"path": str(ran), "text": str(number)}, priority=priority)
        for number, priority in zip(range(5000), ("high", "medium", "low") * 1667, strict=False)
    ]
    _, ids = submit_batch(jobs)
    assert wait_until(lambda: system.count(JobState.SUCCEEDED) == len(ids), 60)

    assert sorted(map(int, ran.read_text().split())) == list(range(5000))
    assert {system.job(job_id).attempt for job_id in ids[::50]} == {1}
