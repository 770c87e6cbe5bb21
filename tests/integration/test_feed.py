from __future__ import annotations

import threading
import time

import pytest
import redis

from trajectory import acts, lifecycle
from trajectory.errors import InvalidCursor
from trajectory.feed import read_events


@pytest.fixture
def system(catalogue):
    return catalogue


def read(system, after=None, wait=0):
    return read_events(system.parts.feed, system.parts.engine, after, wait_seconds=wait)


def follow(system, cursor, *, until, seconds=5):
    """Events after a cursor, until one satisfies a condition."""
    deadline, seen = time.monotonic() + seconds, []
    while time.monotonic() < deadline:
        page = read(system, cursor, wait=0.5)
        cursor = page.cursor
        seen += page.events
        if any(until(event) for event in page.events):
            return seen
    raise AssertionError(f"only {seen}")


def is_job(job_id, state):
    return lambda event: event["kind"] == "job" and event["job"]["id"] == str(job_id) and event["job"]["state"] == state


def test_what_happens_to_a_job_is_told_with_a_growing_version(system):
    cursor = read(system).cursor
    job = system.submit("test.noop")
    follow(system, cursor, until=is_job(job.id, "queued"))
    acts.cancel(job.id)
    events = follow(system, cursor, until=is_job(job.id, "cancelled"))

    versions = [event["job"]["version"] for event in events if event["kind"] == "job"]
    assert versions == sorted(versions)
    assert "params" not in events[0]["job"]


def test_a_cursor_that_is_no_longer_known_means_read_everything_again(system):
    assert read(system, "1-0").resync


def test_a_cursor_that_was_not_made_here_is_refused(system):
    for wrong in ("x", "1", "-1-0", "1-0 "):
        with pytest.raises(InvalidCursor):
            read(system, wrong)


def test_a_reader_that_waits_is_woken_by_what_happens(system):
    cursor = read(system).cursor
    held = []
    reader = threading.Thread(target=lambda: held.append(read(system, cursor, wait=20)))
    reader.start()
    system.submit("test.noop")
    reader.join(10)

    assert not reader.is_alive()
    assert held[0].events


def test_very_many_changes_at_once_are_told_as_a_number(system):
    cursor = read(system).cursor
    lifecycle.submit_batch([lifecycle.Submission(task="test.noop")] * 500)
    events = follow(system, cursor, until=lambda event: event["kind"] == "jobs_changed")

    assert {"kind": "jobs_changed", "count": 500} in events


def test_what_could_not_be_published_is_told_as_a_number_when_redis_is_back(system):
    cursor = read(system).cursor
    with redis.Redis.from_url(system.redis_url) as client:
        client.client_pause(2500)  # longer than a publish waits
    system.submit("test.noop")
    events = follow(system, cursor, until=lambda event: event["kind"] == "jobs_changed", seconds=20)

    assert {"kind": "jobs_changed", "count": 1} in events


def test_without_redis_the_same_question_is_answered_from_the_database(system):
    cursor = read(system).cursor
    system.redis_url = "redis://127.0.0.1:1/0"
    system.parts.close()
    system.renew()
    job = system.submit("test.noop")
    events = follow(system, cursor, until=is_job(job.id, "queued"))
    acts.cancel(job.id)

    assert follow(system, read(system).cursor, until=is_job(job.id, "cancelled"))
    assert events
