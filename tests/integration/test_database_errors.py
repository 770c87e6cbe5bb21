"""What the database refuses on the driver's own cursor is answered like what it refuses on SQLAlchemy's."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest

from trajectory import acts, lifecycle
from trajectory.states import JobState
from trajectory.store import unique
from trajectory.store.engine import cursor_in_transaction

JOB = {"task": "test.noop"}


def stored(system):
    return sum(system.count(state) for state in JobState)


@contextmanager
def refusing(system, error_code):
    """Let the server itself refuse every new job with this error."""
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{error_code}'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON jobs EXECUTE FUNCTION refuse()
        """)
        yield
        connection.execute("DROP TRIGGER refuse ON jobs")


SUBMISSIONS = {
    "alone": {"path": "/api/v1/jobs", "json": JOB},
    "named": {"path": "/api/v1/jobs", "json": JOB, "headers": {"Idempotency-Key": "a"}},
    "unique": {"path": "/api/v1/jobs", "json": {**JOB, "unique_key": "a"}},
    "batch": {"path": "/api/v1/jobs/batch", "json": {"jobs": [JOB] * 3}},
    "named batch": {"path": "/api/v1/jobs/batch", "json": {"jobs": [JOB] * 3}, "headers": {"Idempotency-Key": "a"}},
}


@pytest.mark.parametrize("which", SUBMISSIONS)
def test_while_the_disk_is_full_a_submission_is_refused_with_a_time_to_come_back(catalogue, client, which):
    with refusing(catalogue, "53100"):
        refused = client.post(**SUBMISSIONS[which])
    accepted = client.post(**SUBMISSIONS[which])

    assert (refused.status_code, refused.json["code"]) == (503, "database_unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json["detail"].startswith("nothing was stored")
    assert accepted.status_code == 201
    assert stored(catalogue) == (3 if "batch" in which else 1)


@pytest.mark.parametrize("which", SUBMISSIONS)
def test_another_fault_of_the_database_is_ours(catalogue, client, which):
    with refusing(catalogue, "23514"):
        failed = client.post(**SUBMISSIONS[which])

    assert (failed.status_code, failed.json["code"]) == (500, "internal_error")


def test_who_waits_too_long_for_another_of_its_unique_key_is_told_to_come_back(catalogue, client, monkeypatch):
    body = {**JOB, "unique_key": "report"}
    failed = client.post("/api/v1/jobs", json=body).json["id"]
    client.post(f"/api/v1/jobs/{failed}/cancel")
    monkeypatch.setenv("TRAJECTORY_STATEMENT_TIMEOUT", "0.2")
    catalogue.parts.close()
    catalogue.renew()
    with psycopg.connect(catalogue.database_url) as other:
        unique.lock_unique(other.cursor(), "test.noop", "report")
        answers = [client.post("/api/v1/jobs", json=body), client.post(f"/api/v1/jobs/{failed}/retry")]
    answers_after = [client.post(f"/api/v1/jobs/{failed}/retry"), client.post("/api/v1/jobs", json=body)]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert [answer.status_code for answer in answers_after] == [200, 200]
    assert stored(catalogue) == 1


def cut_all(system):
    """End every connection of the API, as a restart of PostgreSQL does."""
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'trajectory-api'"
        )


@pytest.mark.parametrize("which", ["named", "unique", "batch"])
def test_a_submission_on_a_connection_that_was_lost_is_refused_at_most(catalogue, client, which):
    client.post("/api/v1/jobs", json=JOB)
    client.get("/api/v1/tasks")
    cut_all(catalogue)
    answers = [client.post(**SUBMISSIONS[which]) for _ in range(4)]

    assert answers[-1].status_code in {200, 201}
    assert {answer.status_code for answer in answers} <= {200, 201, 503}


def test_a_retry_on_a_connection_that_was_lost_is_refused_and_the_next_works(catalogue, client, monkeypatch):
    job = catalogue.submit("test.noop")
    client.post(f"/api/v1/jobs/{job.id}/cancel")
    retry = acts._retry

    def lose_first(connection, *asked, **how):
        cut_all(catalogue)  # here, or whatever else asks the database in the background would find it first
        return retry(connection, *asked, **how)

    with monkeypatch.context() as losing:
        losing.setattr(acts, "_retry", lose_first)
        refused = client.post(f"/api/v1/jobs/{job.id}/retry")
    accepted = [client.post(f"/api/v1/jobs/{job.id}/retry") for _ in range(3)]

    assert (refused.status_code, refused.json["code"]) == (503, "database_unavailable")
    assert refused.json["detail"].startswith("whether something was stored is not known")
    assert int(refused.headers["Retry-After"]) > 0
    assert 200 in [answer.status_code for answer in accepted]
    assert catalogue.job(job.id).state is JobState.QUEUED


def test_a_connection_that_is_lost_between_statements_is_said_to_be_lost(catalogue, client, monkeypatch):
    copy_jobs = lifecycle.copy_jobs

    def lose(cursor, batch):
        copy_jobs(cursor, batch)
        cut_all(catalogue)
        copy_jobs(cursor, batch)

    monkeypatch.setattr(lifecycle, "copy_jobs", lose)
    answer = client.post("/api/v1/jobs/batch", json={"jobs": [JOB]})

    assert answer.status_code == 503
    assert answer.json["detail"].startswith("whether something was stored is not known")


def test_the_error_of_the_driver_stays_the_cause(catalogue):
    with (
        pytest.raises(Exception, match="division by zero") as raised,
        cursor_in_transaction(catalogue.parts.engine) as cursor,
    ):
        cursor.execute("SELECT 1 / 0")

    assert isinstance(raised.value.__cause__, psycopg.errors.DivisionByZero)
