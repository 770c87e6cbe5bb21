"""Unique jobs: no second one of a task and key while one waits, or within the window."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from functions.app import create_app, resources
from local.waiting import wait_until
from trajectory import acts, lifecycle, repeats
from trajectory.errors import InvalidSubmission, UniqueKeyWaits
from trajectory.schemas import Submission
from trajectory.states import FINAL, JobState
from trajectory.store.unique import find_unique


def note(system, path="/x", key="report", **how):
    return system.submit("test.note", {"path": path}, unique_key=key, **how)


def stored(system):
    return sum(system.count(state) for state in JobState)


def put(system, job, state, **columns):
    """Move a job to a state by hand."""
    if state in FINAL:
        columns.setdefault("finished_at", datetime.now(UTC))
    sets = "".join(f", {name} = :{name}" for name in columns)
    with system.parts.engine.connect() as connection:
        statement = text(f"UPDATE jobs SET state = :state{sets} WHERE id = :id")
        connection.execute(statement, {"state": state, "id": job.id, **columns})


@pytest.mark.parametrize("state", ["scheduled", "queued", "retrying"])
def test_while_one_waits_no_second_is_made(catalogue, state):
    first = note(catalogue)
    put(catalogue, first, state)

    assert note(catalogue, "/y").id == first.id
    assert (catalogue.job(first.id).params["path"], stored(catalogue)) == ("/x", 1)


@pytest.mark.parametrize("state", ["running", "succeeded", "failed", "cancelled"])
def test_one_that_no_longer_waits_stands_in_nobodys_way(catalogue, state):
    first = note(catalogue)
    put(catalogue, first, state)

    assert note(catalogue).id != first.id


def test_another_task_or_key_is_another_matter(catalogue):
    ids = {note(catalogue).id, note(catalogue, key="other").id, catalogue.submit("test.noop", unique_key="report").id}

    assert len(ids) == 3


@pytest.mark.parametrize(("state", "stands"), [("running", True), ("succeeded", True), ("failed", False)])
def test_within_the_window_one_that_did_not_fail_stands(catalogue, state, stands):
    first = note(catalogue)
    put(catalogue, first, state)

    assert (note(catalogue, unique_window_seconds=60).id == first.id) is stands


def test_after_the_window_a_new_one_is_made(catalogue):
    first = note(catalogue)
    put(catalogue, first, "succeeded")

    assert wait_until(lambda: note(catalogue, unique_window_seconds=0.5).id != first.id, 5)
    assert stored(catalogue) == 2


def test_replace_changes_the_one_that_waits_under_its_id(catalogue):
    first = note(catalogue, priority="low", tags=["a"])
    second = note(catalogue, "/y", priority="high", tags=["b"], unique_policy="replace", max_retries=7)

    now = catalogue.job(first.id)
    assert (second.id, second.version) == (first.id, first.version + 1)
    assert (now.params["path"], now.priority, now.tags, now.max_retries) == ("/y", "high", ["b"], 7)
    assert stored(catalogue) == 1


def test_replace_may_put_off_and_bring_forward(catalogue):
    first = note(catalogue)
    later = datetime.now(UTC) + timedelta(hours=1)
    put_off = note(catalogue, run_at=later, unique_policy="replace")
    brought_forward = note(catalogue, unique_policy="replace")

    assert (put_off.state, put_off.run_at) == (JobState.SCHEDULED, later)
    assert (brought_forward.state, brought_forward.id) == (JobState.QUEUED, first.id)
    assert brought_forward.run_at < later


def test_one_that_is_replaced_again_and_again_keeps_its_place(catalogue):
    first = note(catalogue)
    again = note(catalogue, "/y", unique_policy="replace")

    assert (again.version, again.run_at) == (2, first.run_at)


def test_replace_makes_a_new_one_when_none_waits(catalogue):
    first = note(catalogue)
    put(catalogue, first, "running")

    assert note(catalogue, "/y", unique_policy="replace").id != first.id
    assert catalogue.job(first.id).params["path"] == "/x"


def test_replace_that_comes_after_the_claim_leaves_the_running_job_alone(catalogue):
    """The job is claimed between the look and the change: the change waits for the claim, and then finds it running."""
    first = note(catalogue)
    engine = catalogue.parts.engine
    with ThreadPoolExecutor(1) as pool, engine.connect().execution_options(isolation_level="READ COMMITTED") as slot:
        slot.execute(text("UPDATE jobs SET state = 'running' WHERE id = :id"), {"id": first.id})
        replacing = pool.submit(note, catalogue, "/y", unique_policy="replace")
        with pytest.raises(TimeoutError):
            replacing.result(0.3)
        slot.commit()

    assert replacing.result(5).id != first.id
    assert catalogue.job(first.id).params["path"] == "/x"


@pytest.mark.parametrize("joins", [False, True])
def test_one_that_is_deleted_while_it_is_looked_at_stands_in_nobodys_way(catalogue, monkeypatch, joins):
    first = note(catalogue)
    put(catalogue, first, "succeeded")
    found = []

    def find_and_lose(*asked, **how):
        found.append(find_unique(*asked, **how))
        with psycopg.connect(catalogue.database_url) as other:
            other.execute("DELETE FROM jobs WHERE id = %s", (found[-1],))
        return found[-1]

    monkeypatch.setattr(repeats, "find_unique", find_and_lose)
    with psycopg.connect(catalogue.database_url) as connection:
        how = {"connection": connection} if joins else {}
        second = note(catalogue, "/y", unique_window_seconds=60, **how)

    assert found == [first.id, None]
    assert second.params["path"] == "/y"
    assert (catalogue.job(second.id).state, stored(catalogue)) == (JobState.QUEUED, 1)


def test_submissions_at_the_same_instant_make_one_job(catalogue):
    together = threading.Barrier(8)
    catalogue.parts.catalogue.find("test.note")

    def submit(number):
        together.wait()
        return note(catalogue, f"/{number}", unique_policy="replace" if number % 2 else "return").id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(submit, range(8)))) == 1
    assert stored(catalogue) == 1


def test_in_the_callers_transaction_the_key_is_taken_until_it_ends(catalogue):
    with psycopg.connect(catalogue.database_url) as caller, ThreadPoolExecutor(1) as pool:
        first = note(catalogue, connection=caller)
        again = note(catalogue, "/y", connection=caller)
        other = pool.submit(note, catalogue, "/z")
        with pytest.raises(TimeoutError):
            other.result(0.3)
        caller.rollback()

    assert (again.id, again.params, again.result) == (first.id, {"path": "/x"}, None)
    assert other.result(5).params["path"] == "/z"
    assert stored(catalogue) == 1


def test_over_http_200_and_a_header_say_that_the_job_is_not_new(catalogue):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    job = {"task": "test.noop", "unique_key": "k"}
    new, kept = (client.post("/api/v1/jobs", json=job) for _ in range(2))
    replaced = client.post("/api/v1/jobs", json={**job, "unique_policy": "replace", "priority": "high"})

    assert [answer.status_code for answer in (new, kept, replaced)] == [201, 200, 200]
    assert (kept.headers["Unique-Replayed"], replaced.headers["Unique-Replaced"]) == ("true", "true")
    assert "Unique-Replayed" not in new.headers
    assert (replaced.json["id"], replaced.json["priority"]) == (new.json["id"], "high")


def test_a_repeated_request_of_a_unique_job_is_answered_with_the_job_that_stood(catalogue):
    client = create_app(*resources()).test_client()
    headers = {"Authorization": f"Bearer {catalogue.key()}", "Idempotency-Key": "one"}
    standing = catalogue.submit("test.noop", unique_key="k")
    first, again = (
        client.post("/api/v1/jobs", json={"task": "test.noop", "unique_key": "k"}, headers=headers) for _ in range(2)
    )

    assert (first.headers["Unique-Replayed"], again.headers["Idempotent-Replayed"]) == ("true", "true")
    assert first.json["id"] == again.json["id"] == str(standing.id)


def test_a_batch_takes_no_unique_jobs_and_names_each(catalogue):
    jobs = [Submission(task="test.noop"), Submission(task="test.noop", unique_key="k")]
    with pytest.raises(InvalidSubmission) as raised:
        lifecycle.submit_batch(jobs)

    [fault] = raised.value.errors
    assert (fault.pointer, "not taken in a batch" in fault.message) == ("/jobs/1/unique_key", True)
    assert stored(catalogue) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"unique_window_seconds": 5},
        {"unique_policy": "replace"},
        {"concurrency_limit": 2},
        {"unique_key": "k", "unique_window_seconds": 5, "unique_policy": "replace"},
        {"unique_key": ""},
        {"concurrency_key": "k", "concurrency_limit": 0},
    ],
)
def test_fields_that_make_no_sense_together_are_refused_by_name(catalogue, fields):
    with pytest.raises(InvalidSubmission) as raised:
        catalogue.submit("test.noop", **fields)

    assert [error.pointer for error in raised.value.errors] == [f"/{list(fields)[-1]}"]


@pytest.mark.parametrize("state", ["scheduled", "queued", "retrying"])
def test_a_job_is_not_tried_again_while_another_of_its_key_waits(catalogue, state):
    failed = note(catalogue)
    put(catalogue, failed, "failed")
    waiting = note(catalogue)
    put(catalogue, waiting, state)

    with pytest.raises(UniqueKeyWaits) as refused:
        acts.retry(failed.id)
    assert refused.value.job_id == waiting.id
    assert catalogue.job(failed.id).state is JobState.FAILED
    acts.cancel(waiting.id)
    assert acts.retry(failed.id).state is JobState.QUEUED


def test_a_retry_beside_a_waiting_job_of_its_key_is_a_conflict_and_one_of_a_waiting_job_is_another(catalogue, client):
    failed = note(catalogue)
    put(catalogue, failed, "failed")
    waiting = note(catalogue)
    answers = [client.post(f"/api/v1/jobs/{job.id}/retry") for job in (failed, waiting)]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [
        (409, "unique_key_waits"),
        (409, "invalid_transition"),
    ]
    assert str(waiting.id) in answers[0].json["detail"]


def test_of_a_retry_and_a_submission_of_one_key_at_once_one_makes_way(catalogue):
    failed = note(catalogue)
    put(catalogue, failed, "failed")
    with catalogue.parts.engine.connect().execution_options(isolation_level="READ COMMITTED") as submitting:
        waiting = note(catalogue, connection=submitting)
        with ThreadPoolExecutor(1) as pool:
            retried = pool.submit(acts.retry, failed.id)
            assert wait_until(lambda: waits_for_a_lock(catalogue), 10)
            submitting.commit()

            with pytest.raises(UniqueKeyWaits, match=str(waiting.id)):
                retried.result(timeout=10)


def waits_for_a_lock(system):
    with system.parts.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one() > 0
