from __future__ import annotations

import pytest
import redis

from tests.integration.conftest import buffers_of_jobs, insert_waiting, new_claim
from trajectory.priorities import Priority
from trajectory.wakeups import _RedisWakeups
from workers.dispatcher.wake import Wake


def waiting(system, priority):
    with redis.Redis.from_url(system.redis_url) as client:
        return client.llen(priority)


def freeze(system, seconds):
    with redis.Redis.from_url(system.redis_url) as client:
        client.client_pause(int(seconds * 1000))


def late(monkeypatch, after_commits=0.0):
    """Let every commit take longer than a wake-up travels, or none."""
    monkeypatch.setattr(_RedisWakeups, "_TRAVEL_SECONDS", after_commits)


def test_a_job_that_is_alone_is_announced_once_when_its_commit_is_quick(catalogue, claim, monkeypatch):
    late(monkeypatch, after_commits=60.0)
    new_claim(catalogue)  # two slots: there would be room for two wake-ups
    catalogue.submit("test.noop", priority="high")

    assert waiting(catalogue, "high") == 1


def test_a_wake_up_that_its_job_may_have_missed_is_followed_by_another(catalogue, claim, monkeypatch):
    late(monkeypatch)
    new_claim(catalogue)
    catalogue.submit("test.noop", priority="high")

    assert waiting(catalogue, "high") == 2


def test_a_job_for_later_wakes_nobody(catalogue, claim):
    catalogue.submit("test.noop", priority="high", delay_seconds=60)

    assert waiting(catalogue, "high") == 0


@pytest.mark.usefixtures("claim")
def test_a_broker_that_hangs_or_is_gone_costs_a_wake_up_and_no_submission(catalogue, monkeypatch):
    late(monkeypatch, after_commits=60.0)
    catalogue.submit("test.noop")
    freeze(catalogue, seconds=1.5)
    during = catalogue.submit("test.noop")

    assert catalogue.job(during.id).state == "queued"
    assert not catalogue.parts.wake_ahead(Priority.HIGH)()  # left alone for a moment


@pytest.mark.usefixtures("claim")
def test_asking_which_queues_hold_work_reads_a_few_pages_however_much_waits(catalogue):
    duty = Wake()
    with catalogue.parts.engine.connect() as connection:  # the planner is as free as the dispatcher's
        insert_waiting(connection, "test.noop", 50_000)
        before = buffers_of_jobs(connection)
        duty(connection)

        # Planning it looks at a page or two of every index.
        assert buffers_of_jobs(connection) - before < 100
    assert (waiting(catalogue, "high"), waiting(catalogue, "medium")) == (0, 1)


@pytest.mark.usefixtures("claim")
def test_work_that_no_living_worker_can_do_wakes_nobody_and_is_not_walked_over_each_time(catalogue, monkeypatch):
    monkeypatch.setattr("workers.ground.LONG_SECONDS", 0.0)
    monkeypatch.setattr("workers.ground._LEAST_REST_SECONDS", 60.0)
    duty = Wake()
    with catalogue.parts.engine.connect() as connection:
        insert_waiting(connection, "test.elsewhere", 20_000, first_seconds_ago=60)
        duty(connection)
        # A moment in which nothing ran is no reason for another survey.
        monkeypatch.setattr("workers.ground.LONG_SECONDS", 60.0)
        before = buffers_of_jobs(connection)
        duty(connection)
        assert buffers_of_jobs(connection) - before < 100
        assert waiting(catalogue, "medium") == 0

        insert_waiting(connection, "test.noop", 1)
        duty(connection)
        assert waiting(catalogue, "medium") == 1
