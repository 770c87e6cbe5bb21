from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from functions.app import create_app, resources
from trajectory import intake, lifecycle
from trajectory.schemas import Submission
from trajectory.states import JobState
from trajectory.store.claims import SUCCEED, SUCCEED_ONE
from trajectory.store.engine import slot_engine


def stored(system):
    return sum(system.count(state) for state in JobState)


def test_submissions_that_arrive_together_are_all_stored(catalogue):
    together = threading.Barrier(40)
    catalogue.parts.catalogue.find("test.noop")

    def submit(_):
        together.wait()
        return catalogue.submit("test.noop").id

    with ThreadPoolExecutor(40) as pool:
        ids = list(pool.map(submit, range(40)))

    assert len(set(ids)) == 40
    assert {catalogue.job(job_id).state for job_id in ids} == {JobState.QUEUED}
    assert stored(catalogue) == 40


def test_who_finds_more_before_it_than_a_commit_takes_does_not_go_away_empty_handed(catalogue, monkeypatch):
    monkeypatch.setattr(intake, "_MOST_TOGETHER", 2)
    template = lifecycle._new_job(Submission(task="test.noop"), created_by=None, source=None)
    before = [intake._Waiting(template._replace(id=uuid7())) for _ in range(5)]
    catalogue.parts.intake._gathering.extend(before)
    mine = catalogue.submit("test.noop")

    assert catalogue.job(mine.id).state is JobState.QUEUED
    assert all(one.inserted for one in before)
    assert stored(catalogue) == 6


def test_one_that_the_database_refuses_takes_no_other_with_it(catalogue):
    with catalogue.parts.engine.connect() as connection:
        connection.execute(text("ALTER TABLE jobs ADD CONSTRAINT no_bad CHECK (NOT tags @> '{bad}')"))
    together = threading.Barrier(20)

    def submit(number):
        together.wait()
        try:
            return catalogue.submit("test.noop", tags=["bad" if number == 7 else "good"]).tags
        except DBAPIError:
            return "refused"

    catalogue.parts.catalogue.find("test.noop")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(submit, range(20)))

    assert [number for number, answer in enumerate(answers) if answer == "refused"] == [7]
    assert stored(catalogue) == 19


def test_a_connection_that_is_cut_answers_503_and_the_next_submission_works(catalogue):
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    assert client.post("/api/v1/jobs", json={"task": "test.noop"}).status_code == 201
    with psycopg.connect(catalogue.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'trajectory-api'"
        )
    answers = [client.post("/api/v1/jobs", json={"task": "test.noop"}) for _ in range(3)]

    assert answers[-1].status_code == 201
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 503)
    assert stored(catalogue) == 1 + sum(answer.status_code == 201 for answer in answers)


@pytest.mark.parametrize("statement", [SUCCEED, SUCCEED_ONE])
def test_a_finish_finds_its_jobs_by_their_ids_alone(catalogue, claim, statement):
    """Over the index of running jobs it would walk all that its slot ever held and vacuum has not removed."""
    engine = slot_engine(catalogue.parts.settings)
    many = {"ids": "{}", "attempts": "{}", "results": None, "started_ago": "{}", "ended_ago": "{}"}
    one = {"id": catalogue.submit("test.noop").id, "attempt": 1, "result": None, "started_ago": 0.0, "ended_ago": 0.0}
    values = {"claim": claim, **(one if statement is SUCCEED_ONE else many)}
    with engine.connect() as connection:
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
    engine.dispose()

    assert "jobs_pkey" in plan
    assert "jobs_running" not in plan
