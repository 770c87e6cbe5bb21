"""What may be asked of a queue and a worker: what it does, when it is refused, and what the feed says."""

from __future__ import annotations

from uuid import uuid4

import pytest
from uuid_utils.compat import uuid7

from tests.integration.conftest import take
from trajectory import acts, steering
from trajectory.priorities import Priority
from trajectory.store.fleet import mark_lost_workers, overdue_jobs, register_worker, stop_worker


def test_nothing_is_claimed_from_a_paused_queue(client, catalogue, connection, claim, events):
    high, low = catalogue.submit("test.noop", priority="high"), catalogue.submit("test.noop", priority="low")
    paused = client.post("/api/v1/queues/high/pause").json
    assert (paused["name"], paused["paused"], paused["paused_by"]) == ("high", True, "test")
    again = client.post("/api/v1/queues/high/pause").json
    assert again["paused_at"] == paused["paused_at"]

    assert [job.id for job in take(connection, claim, want=5)] == [str(low.id)]
    assert [queue["paused"] for queue in client.get("/api/v1/queues").json["items"]] == [True, False, False]
    resumed = client.post("/api/v1/queues/high/resume").json
    assert (resumed["paused"], resumed["paused_at"], resumed["paused_by"]) == (False, None, None)
    assert [job.id for job in take(connection, claim, want=5)] == [str(high.id)]
    assert [event["queues"][0]["paused"] for event in events("queues")] == [True, True, False]


def test_only_the_three_queues_can_be_paused(client):
    for name in ("urgent", "HIGH", "0"):
        assert client.post(f"/api/v1/queues/{name}/pause").status_code == 404
        assert client.post(f"/api/v1/queues/{name}/resume").status_code == 404


@pytest.fixture
def worker_id(connection):
    made = uuid7()
    join(connection, made, slots=2)
    return made


def join(connection, worker_id, slots):
    register_worker(connection, worker_id=worker_id, name="w", host="h", pid=1, queues=["high"], tasks=[], slots=slots)


def test_a_worker_is_asked_for_other_slots_until_it_has_them(client, connection, worker_id, events):
    asked = client.post(f"/api/v1/workers/{worker_id}/resize", json={"slots": 5}).json
    assert (asked["wanted_slots"], len(asked["slots"])) == (5, 2)
    join(connection, worker_id, slots=4)
    assert client.get("/api/v1/workers").json["items"][0]["wanted_slots"] == 5
    join(connection, worker_id, slots=5)

    [worker] = client.get("/api/v1/workers").json["items"]
    assert (worker["wanted_slots"], len(worker["slots"])) == (None, 5)
    assert [event["worker"]["wanted_slots"] for event in events("worker")] == [5]


def test_a_slot_tells_what_its_process_held_at_the_last_heartbeat(client, connection):
    worker_id = uuid7()

    def beat(**memory):
        names = {"name": "w", "host": "h", "pid": 1, "queues": ["high"], "tasks": [], "slots": 2}
        register_worker(connection, worker_id=worker_id, **names, **memory)

    def told():
        [worker] = client.get("/api/v1/workers").json["items"]
        return [slot["memory_bytes"] for slot in worker["slots"]]

    beat()
    assert told() == [None, None]
    beat(slot_memory={0: 2**33, 1: 1000})
    assert told() == [2**33, 1000]
    beat(slot_memory={1: 5})
    assert told() == [None, 5]


@pytest.mark.parametrize("slots", [0, 65, -1, "2", 1.5, None])
def test_a_worker_has_one_to_sixty_four_slots(client, worker_id, slots):
    answer = client.post(f"/api/v1/workers/{worker_id}/resize", json={"slots": slots})

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, ["/slots"])


def test_a_worker_is_asked_to_stop_once(client, worker_id, events):
    first, second = (client.post(f"/api/v1/workers/{worker_id}/stop").json for _ in range(2))

    assert first["state"] == "online"
    assert first["stop_requested_at"] == second["stop_requested_at"] is not None
    assert len(events("worker")) == 2


@pytest.mark.parametrize("how", ["stopped", "lost"])
def test_a_worker_that_is_gone_takes_no_orders(client, connection, worker_id, how):
    if how == "stopped":
        stop_worker(connection, worker_id)
    else:
        mark_lost_workers(connection, silent_for_seconds=0)
    answers = [
        client.post(f"/api/v1/workers/{worker_id}/stop"),
        client.post(f"/api/v1/workers/{worker_id}/resize", json={"slots": 2}),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(409, "worker_gone")] * 2
    assert client.post(f"/api/v1/workers/{uuid4()}/stop").status_code == 404


def age(connection, job, seconds):
    connection.exec_driver_sql(
        """
        UPDATE jobs SET started_at = started_at - %(ago)s * interval '1 second',
            cancel_requested_at = cancel_requested_at - %(ago)s * interval '1 second' WHERE id = %(id)s
        """,
        {"ago": seconds, "id": job.id},
    )


def test_a_job_is_overdue_when_its_limit_or_its_cancel_is_longer_ago_than_the_grace(catalogue, connection, claim):
    limited = catalogue.submit("test.noop", timeout_seconds=5)
    cancelled, free = (catalogue.submit("test.noop") for _ in range(2))
    take(connection, claim, want=3)
    acts.cancel(cancelled.id)
    worker_id, pid = connection.exec_driver_sql("SELECT worker_id, pid FROM slots WHERE claim = %s", (claim,)).one()

    def overdue(pids=(pid,)):
        found = overdue_jobs(connection, worker_id, pids, grace_seconds=10)
        return {job.id: (job.cancel_requested, job.is_alone) for job in found}

    for job in (limited, cancelled, free):
        age(connection, job, 9)
    assert overdue() == {}
    age(connection, cancelled, 2)
    assert overdue() == {str(cancelled.id): (True, False)}
    age(connection, limited, 7)
    assert overdue() == {str(cancelled.id): (True, False), str(limited.id): (False, False)}
    assert overdue(pids=[]) == {}


def test_a_paused_queue_that_was_never_counted_can_be_resumed(catalogue):
    assert not steering.resume(Priority.LOW).paused
    assert steering.pause(Priority.LOW).paused
