"""The broker emptied, killed, away and hung under load: it carries no job, so submissions go on and every job ends.

The same scenarios on Redis and on RabbitMQ.
"""

from __future__ import annotations

import pytest

from tests.chaos.faults import frozen, kill_group
from tests.chaos.load import Load

WAKING_RESUMES_WITHIN = 2.0
SLOWEST_SUBMISSION = 1.5
AWAY_SECONDS = {"redis": 60, "rabbitmq": 5}
HUNG_SECONDS = 5


@pytest.fixture
def running_load(system, broker, api):
    """Load on an installation that is at work, and that is judged when the block ends."""
    system.start_worker(slots=2)
    system.start_dispatcher()
    return Load(api)


def judge(system, journal, load):
    # What came in a minute without wake-ups waits for two slots.
    jobs = journal.audit(system, [answer.job_id for answer in load.accepted()], seconds=180)
    assert load.refused() == []
    assert len(jobs) == len(load.answers)
    assert {job.attempt for job in jobs} == {1}
    assert load.slowest(0.99) < SLOWEST_SUBMISSION


def test_when_the_broker_forgets_everything_every_job_still_ends(system, journal, broker, running_load):
    with running_load as load:
        for _ in range(5):
            load.run_for(0.5)
            broker.empty()
        assert journal.grows_within(WAKING_RESUMES_WITHIN)

    judge(system, journal, load)


def test_a_broker_that_is_killed_and_comes_back_empty_is_used_again_within_two_seconds(
    system, journal, broker, running_load
):
    with running_load as load:
        load.run_for(1)
        kill_group(broker.server.child)
        try:
            load.run_for(AWAY_SECONDS[broker.name])
        finally:
            broker.start_empty()
        assert journal.grows_within(WAKING_RESUMES_WITHIN)

    judge(system, journal, load)


def test_a_broker_that_hangs_holds_up_no_submission_and_wakes_again_within_two_seconds(
    system, journal, broker, running_load
):
    with running_load as load:
        load.run_for(1)
        with frozen(broker.server.child):
            load.run_for(HUNG_SECONDS)
        assert journal.grows_within(WAKING_RESUMES_WITHIN)

    judge(system, journal, load)
