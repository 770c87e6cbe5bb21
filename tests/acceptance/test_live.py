"""The live feed over real gunicorn: by WebSocket and by polling, before and after a gap."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

import httpx
import pytest
import websocket


@pytest.fixture
def api(system):
    system.start_worker(slots=1)
    system.start_dispatcher()
    url = system.start_api()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {system.key()}"}, timeout=40) as client:
        yield client


@contextmanager
def connect(api, after=None, ticket=None, **how):
    ticket = ticket or api.post("/api/v1/ticket").json()["ticket"]
    query = f"ticket={ticket}" + (f"&after={after}" if after else "")
    socket = websocket.create_connection(f"ws://{api.base_url.netloc.decode()}/ws?{query}", timeout=20, **how)
    try:
        yield socket
    finally:
        socket.shutdown()


def states_of(job_id, messages):
    return [
        event["job"]["state"]
        for message in messages
        for event in message.get("events", ())
        if event["kind"] == "job" and event["job"]["id"] == job_id
    ]


def receive_until(socket, condition, seconds=20):
    deadline, messages = time.monotonic() + seconds, []
    while time.monotonic() < deadline:
        messages.append(json.loads(socket.recv()))
        if condition(messages):
            return messages
    raise AssertionError(messages)


def submit(api, seconds=1.0):
    body = {"task": "demo.sleep", "params": {"seconds": seconds, "steps": 20}}
    return api.post("/api/v1/jobs", json=body).raise_for_status().json()["id"]


def test_a_job_is_followed_by_socket_from_queue_to_end_with_progress(api):
    with connect(api) as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        job_id = submit(api)
        messages = receive_until(socket, lambda seen: "succeeded" in states_of(job_id, seen))

    jobs = [
        event["job"]
        for message in messages
        for event in message.get("events", ())
        if event["kind"] == "job" and event["job"]["id"] == job_id
    ]
    done = [job["progress"]["done"] for job in jobs if job["progress"]]
    assert done == sorted(done)
    assert len(set(done)) >= 3
    assert [job["version"] for job in jobs] == sorted(job["version"] for job in jobs)


def test_a_socket_that_comes_back_with_its_cursor_is_told_what_it_missed(api, system):
    with connect(api) as socket:
        cursor = json.loads(socket.recv())["cursor"]
    job_id = submit(api, seconds=0.1)
    system.wait(job_id)
    with connect(api, after=cursor) as socket:
        receive_until(socket, lambda seen: "succeeded" in states_of(job_id, seen))


def test_a_socket_with_a_cursor_that_is_gone_is_told_to_read_again(api):
    with connect(api, after="1-0") as socket:
        messages = receive_until(socket, lambda seen: {"type": "resync"} in seen)
    assert messages[0]["type"] == "hello"


def test_the_same_is_told_by_polling(api, system):
    cursor = api.get("/api/v1/events").json()["cursor"]
    job_id = submit(api)
    seen = []
    deadline = time.monotonic() + 20
    while "succeeded" not in states_of(job_id, seen) and time.monotonic() < deadline:
        page = api.get("/api/v1/events", params={"after": cursor, "wait": 10}).json()
        cursor = page["cursor"]
        seen.append(page)

    assert states_of(job_id, seen)[-1] == "succeeded"
    assert "running" in states_of(job_id, seen)


def test_a_bad_ticket_closes_the_socket_with_4401(api):
    with connect(api, ticket="bad") as socket:
        code, data = socket.recv_data()
    assert (code, int.from_bytes(data[:2], "big")) == (websocket.ABNF.OPCODE_CLOSE, 4401)


def test_a_socket_may_follow_one_job_alone(api):
    with connect(api) as socket:
        socket.recv()
        other, job_id = submit(api, seconds=0.1), submit(api, seconds=0.1)
        socket.send(json.dumps({"type": "subscribe", "channels": [f"job:{job_id}"]}))
        messages = receive_until(socket, lambda seen: "succeeded" in states_of(job_id, seen))
    assert states_of(other, messages[-1:]) == []


def test_pages_of_another_origin_get_a_socket_only_when_the_settings_name_it(system):
    url = system.start_api(TRAJECTORY_CORS_ORIGINS="https://site.example")
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {system.key()}"}, timeout=40) as api:
        for origin in (url, "https://site.example"):
            with connect(api, origin=origin) as socket:
                assert json.loads(socket.recv())["type"] == "hello"
        for origin in ("https://other.example", "null"):
            with connect(api, origin=origin) as socket:
                opcode, closing = socket.recv_data()
                assert (opcode, int.from_bytes(closing[:2])) == (websocket.ABNF.OPCODE_CLOSE, 4403)
                assert closing[2:].decode() == f"{origin} is not in TRAJECTORY_CORS_ORIGINS"
        with connect(api, suppress_origin=True) as socket:
            assert json.loads(socket.recv())["type"] == "hello"
