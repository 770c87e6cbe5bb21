"""What may be asked of a job: what it does, when it is refused, and what the feed says."""

from __future__ import annotations

import io
import time
from uuid import uuid4

import pytest

from tests.integration.conftest import new_claim, take
from trajectory import acts
from trajectory.artifacts import artifact_key
from trajectory.errors import ArtifactsAway
from trajectory.priorities import Priority
from trajectory.states import Action, JobState, Outcome, allowed_actions
from trajectory.store.claims import Finished, give_back_unstarted, record_finished, record_succeeded
from trajectory.store.running import is_asked_to_stop, put_artifact, write_progress

BODIES = {Action.PRIORITY: {"priority": "low"}}


def end(job, state, outcome, **more):
    now = time.monotonic()
    return Finished(job.id, job.attempt, state, outcome, now - 0.2, now - 0.1, **more)


@pytest.fixture
def job_in(catalogue, connection, claim):
    """Makes a job that is in a state."""

    def make(state):
        if state is JobState.SCHEDULED:
            return catalogue.submit("test.noop", delay_seconds=60)
        job = catalogue.submit("test.noop")
        if state is JobState.QUEUED:
            return job
        [claimed] = take(connection, claim)
        if state is JobState.RETRYING:
            record_finished(connection, claim, [end(claimed, state, Outcome.FAILED, failures=1, retry_in=60.0)])
        elif state is not JobState.RUNNING:
            record_finished(connection, claim, [end(claimed, state, Outcome(state.value))])
        return catalogue.job(job.id)

    return make


def ask(client, job_id, action, body=None):
    path = f"/api/v1/jobs/{job_id}"
    if action is Action.DELETE:
        return client.delete(path)
    return client.post(f"{path}/{action}", json=body or BODIES.get(action))


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("action", Action)
def test_what_the_answer_says_is_allowed_is_done_and_everything_else_is_refused(
    client, job_in, catalogue, state, action
):
    job = job_in(state)
    assert job.allowed_actions == allowed_actions(state)
    answer = ask(client, job.id, action)

    if action in job.allowed_actions:
        assert answer.status_code == (204 if action is Action.DELETE else 200)
        return
    assert (answer.status_code, answer.json["code"]) == (409, "invalid_transition")
    assert catalogue.job(job.id).version == job.version


@pytest.mark.parametrize("action", Action)
def test_an_act_on_a_job_that_is_not_there_is_not_found(client, action):
    assert ask(client, uuid4(), action).status_code == 404


def test_cancelling_a_running_job_asks_it_to_stop_and_asking_again_changes_nothing(client, job_in, events):
    job = job_in(JobState.RUNNING)
    first, second = (ask(client, job.id, Action.CANCEL).json for _ in range(2))

    assert (first["state"], first["allowed_actions"], first["finished_at"]) == ("running", [], None)
    assert first["cancel_requested_at"] is not None
    assert second["cancel_requested_at"] == first["cancel_requested_at"]
    assert events("job")[-1]["job"]["cancel_requested_at"] == first["cancel_requested_at"]


def test_a_slot_learns_that_its_job_is_cancelled_from_what_it_writes_or_by_looking(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [claimed] = take(connection, claim)

    def heard(by=claim):
        return (
            write_progress(connection, by, claimed, done=1, total=2, message=None),
            is_asked_to_stop(connection, by, claimed),
        )

    assert heard() == (False, False)
    acts.cancel(job.id)
    assert heard() == (True, True)
    assert heard(by=new_claim(catalogue)) == (None, None)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.RETRYING, Outcome.FAILED),
        (JobState.QUEUED, Outcome.LOST),
        (JobState.QUEUED, Outcome.INTERRUPTED),
    ],
)
def test_a_job_that_was_asked_to_stop_is_not_tried_again_however_its_attempt_ended(
    catalogue, connection, claim, state, outcome
):
    job = catalogue.submit("test.noop")
    [claimed] = take(connection, claim)
    acts.cancel(job.id)
    record_finished(connection, claim, [end(claimed, state, outcome, retry_in=1.0)])

    ended = catalogue.job(job.id)
    assert (ended.state, ended.run_at) == (JobState.CANCELLED, job.run_at)
    assert ended.finished_at is not None
    assert [attempt.outcome for attempt in catalogue.attempts(job.id)] == [outcome]


def test_a_job_that_was_asked_to_stop_before_it_began_is_cancelled_when_it_is_given_back(catalogue, connection, claim):
    jobs = [catalogue.submit("test.noop") for _ in range(2)]
    claimed = take(connection, claim, want=2)
    acts.cancel(jobs[0].id)
    give_back_unstarted(connection, claim, claimed)

    cancelled, other = (catalogue.job(job.id) for job in jobs)
    assert (cancelled.state, cancelled.attempt, cancelled.started_at) == (JobState.CANCELLED, 0, None)
    assert cancelled.finished_at is not None
    assert (other.state, other.attempt, other.finished_at) == (JobState.QUEUED, 0, None)


def test_a_job_that_succeeds_before_it_notices_that_it_is_cancelled_has_succeeded(catalogue, connection, claim):
    job = catalogue.submit("test.noop")
    [claimed] = take(connection, claim)
    acts.cancel(job.id)
    record_succeeded(connection, claim, [end(claimed, JobState.SUCCEEDED, Outcome.SUCCEEDED)])

    assert catalogue.job(job.id).state is JobState.SUCCEEDED


def test_a_cancelled_job_that_is_retried_is_no_longer_asked_to_stop(catalogue, connection, claim, job_in):
    job = job_in(JobState.RUNNING)
    acts.cancel(job.id)
    record_finished(connection, claim, [end(job, JobState.CANCELLED, Outcome.CANCELLED)])

    assert acts.retry(job.id).cancel_requested_at is None
    [claimed] = take(connection, claim)
    assert is_asked_to_stop(connection, claim, claimed) is False


def test_a_queued_job_with_another_priority_is_last_in_its_new_queue(catalogue, connection, claim, events):
    low, high = catalogue.submit("test.noop", priority="low"), catalogue.submit("test.noop", priority="high")
    changed = acts.set_priority(low.id, Priority.HIGH)

    assert (changed.priority, changed.state) == (Priority.HIGH, JobState.QUEUED)
    assert changed.run_at > high.run_at
    assert events("job")[-1]["job"]["priority"] == "high"
    assert [job.id for job in take(connection, claim, want=2)] == [str(high.id), str(low.id)]


def test_the_priority_that_a_job_has_already_does_not_cost_it_its_place(catalogue):
    job = catalogue.submit("test.noop")

    assert acts.set_priority(job.id, Priority.MEDIUM).run_at == job.run_at


def test_a_job_that_is_due_later_keeps_its_time_with_another_priority(job_in):
    job = job_in(JobState.RETRYING)
    changed = acts.set_priority(job.id, Priority.HIGH)

    assert (changed.state, changed.run_at, changed.priority) == (JobState.RETRYING, job.run_at, Priority.HIGH)


def test_a_priority_that_is_none_is_refused(client, job_in):
    answer = ask(client, job_in(JobState.QUEUED).id, Action.PRIORITY, {"priority": "urgent"})

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, ["/priority"])


@pytest.mark.parametrize("state", [JobState.SCHEDULED, JobState.RETRYING])
def test_a_job_that_is_run_now_can_be_claimed_at_once(connection, claim, job_in, events, state):
    job = job_in(state)
    now = acts.run_now(job.id)

    assert (now.state, now.run_at < job.run_at) == (JobState.QUEUED, True)
    assert events("job")[-1]["job"]["state"] == "queued"
    assert [taken.id for taken in take(connection, claim)] == [str(job.id)]


def test_a_retry_may_bring_other_params_and_another_priority(client, catalogue):
    job = catalogue.submit("test.note", {"path": "/x"})
    acts.cancel(job.id)
    answer = ask(client, job.id, Action.RETRY, {"params": {"path": "/y"}, "priority": "high"})

    assert (answer.json["params"], answer.json["priority"], answer.json["state"]) == ({"path": "/y"}, "high", "queued")


def test_a_retry_without_a_body_changes_neither(client, catalogue):
    job = catalogue.submit("test.note", {"path": "/x"}, priority="low")
    acts.cancel(job.id)
    answer = client.post(f"/api/v1/jobs/{job.id}/retry")

    assert (answer.json["params"], answer.json["priority"]) == ({"path": "/x"}, "low")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"params": {"text": "no path"}}, "/params/path"),
        ({"params": {"path": "a\x00b"}}, "/params/path"),
        ({"params": {"path": "/x", "x": float("nan")}}, "/params/x"),
        ({"params": []}, "/params"),
        ({"priority": "urgent"}, "/priority"),
        ({"task": "test.noop"}, "/task"),
    ],
)
def test_a_retry_that_is_not_valid_changes_nothing(client, catalogue, body, pointer):
    job = catalogue.submit("test.note", {"path": "/x"})
    before = acts.cancel(job.id)
    answer = ask(client, job.id, Action.RETRY, body)

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer])
    assert catalogue.job(job.id) == before


def test_a_deleted_job_is_gone_with_its_files_and_the_feed_says_so(client, catalogue, connection, claim, events):
    job = catalogue.submit("test.noop")
    kept = catalogue.submit("test.noop")
    mine, others = take(connection, claim, want=2)
    store = catalogue.parts.artifacts
    for claimed in (mine, others):
        store.put(artifact_key(claimed.id, claimed.attempt, "x.txt"), io.BytesIO(b"x"))
        put_artifact(connection, claim, claimed, name="x.txt", size_bytes=1, media_type="text/plain")
    record_finished(connection, claim, [end(one, JobState.FAILED, Outcome.FAILED) for one in (mine, others)])
    answer = ask(client, job.id, Action.DELETE)

    assert (answer.status_code, answer.data) == (204, b"")
    assert client.get(f"/api/v1/jobs/{job.id}").status_code == 404
    assert ask(client, job.id, Action.DELETE).status_code == 404
    assert not (catalogue.folder / "artifacts" / str(job.id)).exists()
    assert client.get(f"/api/v1/jobs/{kept.id}/artifacts/x.txt").data == b"x"
    assert events("job_deleted") == [{"kind": "job_deleted", "id": str(job.id)}]


def test_a_job_whose_files_cannot_be_removed_stays(catalogue, job_in, monkeypatch):
    job = job_in(JobState.SUCCEEDED)
    with catalogue.parts.engine.connect() as connection:
        connection.exec_driver_sql(
            "INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type) VALUES (%s, 'x', 1, 1, 'a/b')",
            (job.id,),
        )

    def refuse(_):
        raise ArtifactsAway("no")

    monkeypatch.setattr(catalogue.parts.artifacts, "remove", refuse)
    with pytest.raises(ArtifactsAway, match="no"):
        acts.delete(job.id)

    assert catalogue.job(job.id) == job
