from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.work import Note
from tests.work import note as note_task
from trajectory import acts, lifecycle
from trajectory.errors import FieldError, InvalidSubmission, InvalidTransition, NotFound, UnknownTask
from trajectory.schemas import Submission
from trajectory.states import JobState
from trajectory.store.dispatch import listen_for_due, queue_due_jobs, wait_for_due
from trajectory.store.engine import transaction


@pytest.fixture
def system(catalogue):
    return catalogue


def count(system):
    with system.parts.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM jobs")).scalar_one()


def test_a_submitted_job_is_what_is_stored(system):
    given = system.submit("test.note", {"path": "/x"}, priority="high", tags=["a", "b"], max_retries=1)
    stored = system.job(given.id)

    same = set(type(given).model_fields) - {"wait_seconds"}
    assert given.model_dump(include=same) == stored.model_dump(include=same)


def test_a_task_and_its_params_may_be_given_as_what_they_are(system):
    job = system.submit(note_task, Note(path="/x", text="t"))

    assert (job.task, job.params) == ("test.note", {"path": "/x", "text": "t", "seconds": 0})


def test_the_defaults_of_the_task_count_unless_the_submission_says_otherwise(system):
    assert (system.submit("test.slow").timeout_seconds, system.submit("test.slow").max_retries) == (0.3, 0)
    own = system.submit("test.slow", timeout_seconds=9, max_retries=2)
    assert (own.timeout_seconds, own.max_retries) == (9, 2)


def test_a_time_in_the_past_means_now(system):
    submitted = system.submit("test.noop")
    late = system.submit("test.noop", run_at=submitted.created_at.replace(year=2000))

    assert late.state is JobState.QUEUED
    assert late.run_at > submitted.run_at


def test_an_unknown_task_names_the_nearest_and_stores_nothing(system):
    with pytest.raises(UnknownTask, match=r"did you mean 'test[.]noop'"):
        system.submit("test.nop")
    assert count(system) == 0


def test_wrong_params_name_every_field_and_store_nothing(system):
    with pytest.raises(InvalidSubmission) as raised:
        system.submit("test.note", {"text": 3, "seconds": "long"})

    assert {error.pointer for error in raised.value.errors} == {"/params/path", "/params/text", "/params/seconds"}
    assert count(system) == 0


def test_text_that_the_database_cannot_hold_is_refused_by_name(system):
    with pytest.raises(InvalidSubmission) as raised:
        system.submit("test.note", {"path": "/x", "text": "a\x00b"})

    [error] = raised.value.errors
    assert error == FieldError("/params/text", "must not contain NUL or half of a surrogate pair")


def test_a_batch_is_stored_whole_or_not_at_all(system):
    good = Submission(task="test.noop")
    with pytest.raises(InvalidSubmission) as raised:
        lifecycle.submit_batch([good, Submission(task="test.nop"), good, Submission(task="test.note")])

    assert [error.pointer for error in raised.value.errors] == ["/jobs/1/task", "/jobs/3/params/path"]
    assert count(system) == 0

    batch_id, ids = lifecycle.submit_batch([good, Submission(task="test.noop", delay_seconds=60)])

    jobs = [system.job(job_id) for job_id in ids]
    assert [(job.state, job.batch_id) for job in jobs] == [
        (JobState.QUEUED, batch_id),
        (JobState.SCHEDULED, batch_id),
    ]


def test_a_batch_keeps_odd_text_as_it_is(system):
    odd = 'tab\there "quoted" back\\slash\nnew line \\N ä € 😀'
    _, [job_id] = lifecycle.submit_batch([Submission(task="test.note", params={"path": odd}, tags=[odd])])

    assert (system.job(job_id).params, system.job(job_id).tags) == ({"path": odd}, [odd])


def connections(system):
    engine = system.parts.engine
    return {
        "sqlalchemy": lambda: engine.connect().execution_options(isolation_level="READ COMMITTED"),
        "session": lambda: Session(engine.execution_options(isolation_level="READ COMMITTED")),
        "psycopg": lambda: psycopg.connect(system.database_url),
    }


@pytest.mark.parametrize("kind", ["sqlalchemy", "session", "psycopg"])
def test_a_job_joins_the_callers_transaction(system, kind):
    """It is there when the caller commits, gone when the caller rolls back, and unseen until then."""
    with connections(system)[kind]() as connection:
        system.submit("test.noop", connection=connection)
        assert count(system) == 0
        connection.rollback()
        assert count(system) == 0
        kept = system.submit("test.noop", connection=connection)
        connection.commit()

    assert count(system) == 1
    assert system.job(kept.id).state is JobState.QUEUED


def test_the_dispatcher_hears_of_a_joined_job_when_it_is_committed(system):
    with system.parts.engine.connect() as listener, transaction(system.parts.engine) as connection:
        listen_for_due(listener)
        system.submit("test.noop", priority="high", connection=connection)
        assert wait_for_due(listener, seconds=0.1) == []
        connection.commit()
        assert wait_for_due(listener, seconds=5) == ["high"]


def test_a_waiting_job_is_cancelled_and_can_be_retried(system):
    job = system.submit("test.noop")

    assert acts.cancel(job.id).state is JobState.CANCELLED
    with pytest.raises(InvalidTransition, match="cancelled does not allow: cancel"):
        acts.cancel(job.id)
    again = acts.retry(job.id)
    assert (again.state, again.finished_at) == (JobState.QUEUED, None)
    with pytest.raises(InvalidTransition):
        acts.retry(job.id)


def test_an_act_on_a_job_that_is_not_there_says_so(system):
    with pytest.raises(NotFound):
        acts.cancel(uuid4())


def test_of_two_cancels_at_once_one_wins(system):
    job = system.submit("test.noop")

    def attempt(_):
        try:
            return acts.cancel(job.id).state
        except InvalidTransition:
            return None

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8)), key=str) == [None] * 7 + [JobState.CANCELLED]


def test_a_scheduled_job_is_queued_when_it_is_due(system):
    later = system.submit("test.noop", delay_seconds=60)
    due = system.submit("test.noop", delay_seconds=60, priority="high")
    with system.parts.engine.connect() as connection:
        connection.execute(text("UPDATE jobs SET run_at = now() - interval '1 hour' WHERE id = :id"), {"id": due.id})
        moved = queue_due_jobs(connection)

    assert moved == [(due.id, "high")]
    assert system.job(later.id).state is JobState.SCHEDULED
    # It takes its place now: claims do not look behind where the last one ended.
    assert system.job(due.id).run_at > due.created_at
