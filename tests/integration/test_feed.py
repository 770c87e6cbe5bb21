from __future__ import annotations

import json
import threading
import time
from contextlib import suppress

import pytest
import redis

from functions import socket
from functions.socket import RESTARTING, Hub, Outbox
from local.waiting import wait_until
from tests.integration.conftest import new_claim, take
from trajectory import acts, lifecycle
from trajectory.errors import InvalidCursor
from trajectory.feed import read_changes, read_events


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


class Page:
    """A browser's end of a socket."""

    connected = True

    def __init__(self):
        self.heard = []

    def send(self, text):
        self.heard.append(json.loads(text))

    def receive(self, timeout):
        return None

    def close(self, code):
        self.connected = False

    @property
    def names(self):
        return [event["name"] for message in self.heard for event in message.get("events", ())]


def named(name):
    return [{"kind": "queues", "queues": [], "name": name}]


def greet(after, *entries):
    """What a page hears that comes with a cursor, and whose socket ends when these have been sent."""
    page, outbox = Page(), Outbox()
    for entry in entries:
        outbox.put(entry)
    outbox.close(RESTARTING)
    socket._serve(page, outbox, after)
    return page


@pytest.mark.parametrize("step", ["_cursor_of_now", "_missed"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_socket_is_told_once_what_is_published_while_it_is_greeted(system, monkeypatch, step, moment):
    feed, page, outbox, take_step = system.parts.feed, Page(), Outbox(), getattr(socket, step)
    cursor = feed.cursor()

    def publish():
        feed.publish(named("between"))
        outbox.put(feed.read(cursor, wait_seconds=0))  # as the hub does
        outbox.close(RESTARTING)

    def step_and_publish(*arguments):
        if moment == "before":
            publish()
        answer = take_step(*arguments)
        if moment == "after":
            publish()
        return answer

    monkeypatch.setattr(socket, step, step_and_publish)
    socket._serve(page, outbox, cursor)

    assert page.names == ["between"]


def test_a_socket_whose_cursor_is_ahead_is_told_what_comes(system, monkeypatch):
    feed = system.parts.feed
    now = feed.cursor()
    feed.publish(named("next"))
    entry = feed.read(now, wait_seconds=0)
    monkeypatch.setattr(socket, "_cursor_of_now", lambda: now)
    ahead = f"{int(now.split('-')[0]) + 60_000}-0"

    assert greet(ahead, entry).names == ["next"]


def test_a_socket_on_which_nothing_was_wanted_is_pinged(system, monkeypatch):
    monkeypatch.setattr(socket, "_PING_SECONDS", 0.5)
    feed, outbox, page = system.parts.feed, Outbox(), Page()
    cursor = feed.cursor()
    asked = [json.dumps({"type": "subscribe", "channels": []})]

    def receive(timeout):
        """Follow nothing, let something happen all the time, and leave after two pings."""
        nonlocal cursor
        feed.publish(named("unwanted"))
        events = feed.read(cursor, wait_seconds=0)
        cursor = events.cursor
        outbox.put(events)
        if len(page.heard) > 2 or time.monotonic() > leave_at:
            outbox.close(RESTARTING)
        return asked.pop() if asked else None

    page.receive = receive
    leave_at = time.monotonic() + 10
    socket._serve(page, outbox, None)

    assert [message["type"] for message in page.heard] == ["hello", "ping", "ping"]


def test_a_socket_is_greeted_without_redis_while_a_job_runs(system, connection):
    cursor = read(system).cursor
    job = system.submit("test.noop")
    take(connection, new_claim(system))
    system.redis_url = "redis://127.0.0.1:1/0"
    system.parts.close()
    system.renew()
    pages = []
    greeting = threading.Thread(target=lambda: pages.append(greet(cursor)), daemon=True)
    greeting.start()
    greeting.join(10)

    assert pages, "it is told of the running job for ever"
    hello, *told = pages[0].heard
    assert hello["type"] == "hello"
    assert [event["job"]["id"] for message in told for event in message["events"]] == [str(job.id)]


class Heard(Exception):
    pass


class LastOutbox(Outbox):
    """Ends the reader with the first it is given."""

    def put(self, events):
        super().put(events)
        raise Heard


class HeldHub(Hub):
    """Its reader runs only when it is let go, and until something was heard."""

    def __init__(self):
        super().__init__()
        self.let_go = threading.Event()

    def _run(self, *start):
        self.let_go.wait(10)
        with suppress(Heard):
            super()._run(*start)


def first_heard(hub, outbox, feed):
    """What a hub that is let go brings first; other things happen until it brings something."""
    hub.let_go.set()
    for _ in range(100):
        hub._thread.join(0.1)
        if not hub._thread.is_alive():
            break
        feed.publish(named("later"))
    [events] = outbox.take(0)
    return events.events[0]["name"]


def test_the_first_socket_of_a_process_is_told_what_is_published_before_the_reader_runs(system):
    feed, hub, outbox = system.parts.feed, HeldHub(), LastOutbox()
    hub.join(outbox)
    feed.publish(named("early"))

    assert first_heard(hub, outbox, feed) == "early"


class Mended(Outbox):
    """Ends the reader once everything is to be read again."""

    def put(self, events):
        super().put(events)
        if events.resync:
            raise Heard


def test_sockets_hear_of_jobs_while_redis_is_away_and_read_everything_again_when_it_is_back(system, monkeypatch):
    feed, hub, outbox = system.parts.feed, HeldHub(), Mended()

    def refuse(*_, **__):
        raise redis.ConnectionError

    with monkeypatch.context() as away:
        away.setattr(feed, "cursor", refuse)
        away.setattr(feed, "read", refuse)
        hub.join(outbox)
        hub.let_go.set()
        job = system.submit("test.noop")
        told = []
        assert wait_until(lambda: told.extend(outbox.take(0)) or told, 10)
        assert {event["job"]["id"] for events in told for event in events.events} == {str(job.id)}
    hub._thread.join(10)

    assert outbox.take(0)[-1].resync


def test_who_follows_while_redis_is_away_does_not_ask_without_a_pause(system, connection):
    system.submit("test.noop")
    take(connection, new_claim(system))
    began_at = time.monotonic()
    told = read_changes(system.parts.engine, f"{int(time.time() * 1000)}-0", wait_seconds=5)

    assert len(told.events) == 1
    assert time.monotonic() - began_at >= 1
