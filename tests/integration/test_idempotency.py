"""A request that is repeated under its Idempotency-Key makes nothing twice."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from functions.app import create_app, resources
from trajectory.states import JobState
from trajectory.store.idempotency import prune_keys

JOB = json.dumps({"task": "test.note", "params": {"path": "/x"}})


@pytest.fixture
def post(catalogue):
    return posting(catalogue.key())


def posting(secret):
    app = create_app(*resources())

    def post(key=None, body=JOB, path="/api/v1/jobs"):
        headers = {"Authorization": f"Bearer {secret}"} | ({} if key is None else {"Idempotency-Key": key})
        return app.test_client().post(path, data=body, headers=headers)

    return post


def stored(system):
    return sum(system.count(state) for state in JobState)


def names(system):
    with system.parts.engine.connect() as connection:
        return connection.execute(text("SELECT key FROM idempotency_keys ORDER BY key")).scalars().all()


def test_a_repeated_request_is_answered_with_the_same_job_as_it_is_now(catalogue, post):
    first = post("order-1")
    cancelled = post(path=f"/api/v1/jobs/{first.json['id']}/cancel", body="")
    again = post("order-1")

    assert (first.status_code, first.headers.get("Idempotent-Replayed")) == (201, None)
    assert cancelled.json["state"] == "cancelled"
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert (again.json["id"], again.json["state"]) == (first.json["id"], "cancelled")
    assert again.headers["Location"] == first.headers["Location"]
    assert stored(catalogue) == 1


def test_another_body_under_the_same_key_conflicts_and_stores_nothing(catalogue, post):
    post("order-1")
    other = post("order-1", JOB.replace("/x", "/y"))

    assert (other.status_code, other.json["code"]) == (409, "idempotency_conflict")
    assert stored(catalogue) == 1


def test_two_clients_may_use_the_same_key(catalogue, post):
    first, second = post("order-1"), posting(catalogue.key())("order-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]


def test_requests_at_the_same_instant_make_one_job(catalogue, post):
    together = threading.Barrier(8)

    def submit(_):
        together.wait()
        return post("order-1")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert stored(catalogue) == 1


def test_a_repeated_batch_is_answered_with_the_same_ids_in_the_same_order(catalogue, post):
    body = json.dumps({"jobs": [json.loads(JOB)] * 30})
    first, again = (post("batch-1", body, "/api/v1/jobs/batch") for _ in range(2))

    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 200, "true")
    assert first.json == again.json
    assert stored(catalogue) == 30


def test_a_repeated_batch_whose_jobs_were_all_deleted_says_so_and_makes_nothing(catalogue, post):
    body = json.dumps({"jobs": [json.loads(JOB)] * 2})
    post("batch-1", body, "/api/v1/jobs/batch")
    with catalogue.parts.engine.connect() as connection:
        connection.execute(text("DELETE FROM jobs"))
    again = post("batch-1", body, "/api/v1/jobs/batch")

    assert (again.status_code, again.json["code"], stored(catalogue)) == (404, "not_found", 0)


def test_a_key_of_a_batch_is_not_one_of_a_job(catalogue, post):
    """A batch of one line has the same body as a single job."""
    app = create_app(*resources()).test_client()
    key = {"Authorization": f"Bearer {catalogue.key()}", "Idempotency-Key": "both"}
    batch = app.post("/api/v1/jobs/batch", data=JOB, headers=key, content_type="application/x-ndjson")
    single = app.post("/api/v1/jobs", data=JOB, headers=key)

    assert (batch.status_code, single.status_code, single.json["code"]) == (201, 409, "idempotency_conflict")


def test_a_request_that_is_refused_leaves_its_key_free(catalogue, post):
    refused = post("order-1", JOB.replace("test.note", "test.nope"))
    accepted = post("order-1")

    assert (refused.status_code, accepted.status_code) == (422, 201)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x7fb"])
def test_a_key_that_is_empty_too_long_or_not_printable_is_refused(catalogue, post, key):
    refused = post(key)

    assert (refused.status_code, refused.json["code"]) == (422, "invalid_idempotency_key")
    assert stored(catalogue) == 0


def test_a_key_of_255_characters_is_taken(catalogue, post):
    assert post("x" * 255).status_code == 201


def test_a_key_counts_for_as_long_as_it_is_kept_even_if_nothing_pruned_it(catalogue, post):
    first = post("order-1")
    with catalogue.parts.engine.connect() as connection:
        connection.execute(text("UPDATE idempotency_keys SET created_at = now() - interval '23:59:00'"))
    within = post("order-1")
    with catalogue.parts.engine.connect() as connection:
        connection.execute(text("UPDATE idempotency_keys SET created_at = now() - interval '24:00:01'"))
    after = post("order-1", JOB.replace("/x", "/y"))

    assert within.json["id"] == first.json["id"]
    assert (after.status_code, after.json["id"] == first.json["id"]) == (201, False)


def test_only_old_keys_are_pruned_and_no_more_at_once_than_was_asked(catalogue, post):
    for key in ("old-1", "old-2", "old-3", "young"):
        post(key)
    with catalogue.parts.engine.connect() as connection:
        connection.execute(
            text("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key LIKE 'old%'")
        )
        pruned = [prune_keys(connection, kept_seconds=86_400, at_most=2) for _ in range(3)]

    assert pruned == [2, 1, 0]
    assert names(catalogue) == ["young"]
