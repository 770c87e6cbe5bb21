"""GET /jobs/{id}/waiting: the facts, as they are in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from functions.app import create_app, resources
from tests.integration.test_claims import AGED
from trajectory import views
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.store.fleet import register_slot, register_worker


@pytest.fixture
def claim(catalogue):
    """A slot of a worker that knows test.noop and test.note, and serves high and medium."""
    with catalogue.parts.engine.connect() as connection:
        worker_id = uuid7()
        register_worker(
            connection,
            worker_id=worker_id,
            name="w",
            host="here",
            pid=1,
            queues=["high", "medium"],
            tasks=["test.noop", "test.note"],
            slots=2,
        )
        return register_slot(connection, worker_id=worker_id, slot=0, pid=1)


def execute(system, statement, **values):
    with system.parts.engine.connect() as connection:
        connection.execute(text(statement), values)


def test_those_ahead_are_counted_by_priority(catalogue, claim):
    submit_batch([Submission(task="test.noop", priority="high")] * 3 + [Submission(task="test.noop")] * 4)
    job = catalogue.submit("test.noop")
    submit_batch([Submission(task="test.noop")] * 5 + [Submission(task="test.noop", priority="low")] * 5)

    told = views.waiting(job.id)
    assert (told.reason, told.position) == ("ahead", 8)
    assert told.ahead.model_dump() == {"high": 3, "medium": 4, "low": 0}
    assert told.slots.model_dump() == {"busy": 0, "total": 2}


def test_a_paused_queue_is_said_and_is_in_nobodys_way(catalogue, claim):
    high, medium = (catalogue.submit("test.noop", priority=priority) for priority in ("high", "medium"))
    execute(catalogue, "UPDATE queues SET paused_at = now(), paused_by = 'ann' WHERE priority = 0")

    assert views.waiting(high.id).detail == "the queue high is paused by ann"
    assert (views.waiting(medium.id).reason, views.waiting(medium.id).position) == ("starting", 1)


def test_no_worker_of_the_queue_or_of_the_task_is_said(catalogue, claim):
    low, unknown = catalogue.submit("test.noop", priority="low"), catalogue.submit("test.raise")

    assert views.waiting(low.id).detail == "no living worker serves the queue low"
    assert views.waiting(unknown.id).detail == "no worker that knows test.raise serves the queue medium"


def test_a_busy_slot_counts_and_the_pace_of_late_makes_an_estimate(catalogue, claim):
    running, job = catalogue.submit("test.noop"), catalogue.submit("test.noop")
    execute(catalogue, "UPDATE jobs SET state = 'running', claim = :claim WHERE id = :id", claim=claim, id=running.id)
    execute(
        catalogue,
        "INSERT INTO stats (minute, priority, task, succeeded) VALUES (now() - interval '100 s', 1, 'test.note', 200)",
    )
    ahead = catalogue.submit("test.noop", priority="high")

    told = views.waiting(job.id)
    assert told.slots.model_dump() == {"busy": 1, "total": 2}
    assert told.ahead.high == 1
    assert 0 < (told.estimated_start_at - ahead.created_at).total_seconds() < 3
    assert "jobs a minute in all queues" in told.basis


def test_a_held_job_is_told_its_limit_and_its_place_among_those_that_it_holds(catalogue, claim):
    for _ in range(3):
        catalogue.submit("test.noop", concurrency_key="k")
    submit_batch([Submission(task="test.noop")] * 4)
    job = catalogue.submit("test.noop", concurrency_key="k")
    catalogue.submit("test.noop", concurrency_key="k", priority="high")

    told = views.waiting(job.id)
    assert (told.reason, told.position) == ("limit", 4)
    assert told.detail == "1 of 1 places of concurrency key 'k' are taken"


def test_a_job_that_waits_for_a_place_is_told_when_by_how_long_the_last_of_its_task_took(catalogue, claim):
    for seconds in (5, 15):
        ended = catalogue.submit("test.noop")
        execute(
            catalogue,
            "UPDATE jobs SET state = 'succeeded', started_at = now() - :s * interval '1 s', finished_at = now()"
            " WHERE id = :id",
            s=seconds,
            id=ended.id,
        )
    running, job = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    execute(
        catalogue,
        "UPDATE jobs SET state = 'running', claim = :claim, started_at = now() - interval '4 s' WHERE id = :id",
        claim=claim,
        id=running.id,
    )

    told = views.waiting(job.id)
    assert 5 < (told.estimated_start_at - datetime.now(UTC)).total_seconds() < 6.1
    assert "as if each took 10.0 s" in told.basis


def test_with_ageing_those_ahead_are_the_ones_that_claims_take_first(catalogue, claim, monkeypatch):
    monkeypatch.setenv("TRAJECTORY_AGES_AFTER", "60")
    catalogue.parts.close()
    catalogue.renew()
    jobs = {}
    for name, priority, waited in AGED:
        jobs[name] = catalogue.submit("test.noop", priority=priority).id
        execute(
            catalogue,
            "UPDATE jobs SET run_at = now() - :waited * interval '1 s' WHERE id = :id",
            waited=waited,
            id=jobs[name],
        )
    execute(catalogue, "UPDATE workers SET queues = ARRAY['high', 'medium', 'low']")
    order = ["old high", "old medium", "young high", "old low", "young medium", "young low"]

    assert [views.waiting(jobs[name]).position for name in order] == [1, 2, 3, 4, 5, 6]
    assert views.waiting(jobs["young medium"]).ahead.model_dump() == {"high": 2, "medium": 1, "low": 1}


def test_the_limit_of_a_task_is_told_too(catalogue, claim):
    execute(catalogue, "UPDATE tasks SET max_running = 1 WHERE name = 'test.noop'")
    catalogue.parts.catalogue._read()
    catalogue.submit("test.noop")

    told = views.waiting(catalogue.submit("test.noop").id)
    assert (told.reason, told.detail) == ("limit", "1 of 1 places of task test.noop are taken")


def test_counting_ends_at_the_cap_and_looks_at_no_more(catalogue, claim):
    execute(
        catalogue,
        """
        INSERT INTO jobs (id, task, params, max_retries, priority, state, run_at)
        SELECT gen_random_uuid(), 'test.noop', '{}', 3, 1, 'queued', now() - interval '1 hour'
        FROM generate_series(1, 10050)
        """,
    )
    told = views.waiting(catalogue.submit("test.noop").id)

    assert (told.ahead.medium, told.position, told.counted_to) == (10_000, 10_001, 10_000)


def test_over_http_a_job_that_does_not_wait_is_a_conflict_and_an_unknown_one_is_not_found(catalogue, claim):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    job = catalogue.submit("test.noop", delay_seconds=60)
    later = client.get(f"/api/v1/jobs/{job.id}/waiting")
    execute(catalogue, "UPDATE jobs SET state = 'cancelled'")
    gone, unknown = (client.get(f"/api/v1/jobs/{job_id}/waiting") for job_id in (job.id, uuid4()))

    assert (later.json["reason"], later.json["estimated_start_at"]) == (
        "due_later",
        client.get(f"/api/v1/jobs/{job.id}").json["run_at"],
    )
    assert (gone.status_code, gone.json["code"]) == (409, "not_waiting")
    assert unknown.status_code == 404
