"""Errors in groups: what is counted, what opens a group again, and how groups are listed and decided about."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from tests.integration.conftest import new_claim, take
from trajectory import acts, bulk, error_groups, lifecycle, views
from trajectory.error_schemas import ErrorQuery
from trajectory.fingerprints import Cause
from trajectory.removal import prune_past
from trajectory.schemas import Submission
from trajectory.selection import BulkRequest, JobQuery
from trajectory.states import JobState, Outcome
from trajectory.store.claims import Finished, record_finished, record_succeeded
from trajectory.store.engine import slot_engine
from trajectory.store.error_groups import Failure, count_failures
from trajectory.store.fleet import held_under_claim, register_slot, register_worker
from workers.rescue import give_back

ONE = Cause("test.noop", "ValueError", "row <n> is wrong", "my.module:load")
OTHER = Cause("test.noop", "KeyError", "<text>", None)


@pytest.fixture
def execute(catalogue):
    def run(statement, **values):
        with catalogue.parts.engine.connect() as connection:
            return connection.execute(text(statement), values)

    return run


def failed(job, cause=ONE, *, state=JobState.FAILED, ago=0.0, message="row 7 is wrong"):
    ended_at = time.monotonic() - ago
    return Finished(
        job.id,
        job.attempt,
        state,
        Outcome.FAILED,
        ended_at - 0.1,
        ended_at,
        failures=1,
        error_type=cause.error_type,
        error_message=message,
        error_traceback="Traceback ...",
        cause=cause,
        retry_in=60.0 if state is JobState.RETRYING else None,
    )


@pytest.fixture
def fail(catalogue, connection, claim):
    """Submits a job and lets its attempt fail."""

    def make(cause=ONE, **how):
        job = catalogue.submit("test.noop")
        [claimed] = take(connection, claim)
        record_finished(connection, claim, [failed(claimed, cause, **how)])
        return job

    return make


def listed(limit=50, cursor=None, **asked):
    return error_groups.groups(ErrorQuery(**asked), limit=limit, cursor=cursor)


def test_failures_that_are_the_same_are_one_group_with_its_count_and_times(fail):
    fail(ago=30)
    fail(state=JobState.RETRYING, message="row 8 is wrong")
    fail(OTHER)

    [other, one] = sorted(listed().items, key=lambda group: group.count)
    assert (one.fingerprint, one.count, one.status) == (ONE.fingerprint, 2, "open")
    assert (one.task, one.type, one.message, one.place) == (ONE.task, ONE.error_type, ONE.shape, ONE.place)
    assert (one.last_seen_at - one.first_seen_at).total_seconds() == pytest.approx(30, abs=2)
    assert (sum(hour.count for hour in one.hours), len(one.hours)) == (2, 24)
    assert (other.fingerprint, other.count) == (OTHER.fingerprint, 1)


def test_a_group_shows_its_latest_failures_each_with_how_its_job_stands(fail):
    old = fail(ago=30)
    retrying = fail(state=JobState.RETRYING, message="row 8 is wrong")
    group = error_groups.group(ONE.fingerprint)

    assert [(one.job_id, one.state) for one in group.examples] == [
        (retrying.id, JobState.RETRYING),
        (old.id, JobState.FAILED),
    ]
    assert (group.sample_message, group.traceback, len(group.hours)) == ("row 8 is wrong", "Traceback ...", 168)


def test_a_job_and_each_of_its_attempts_say_to_which_group_their_error_belongs(catalogue, connection, claim, fail):
    job = fail()
    acts.retry(job.id)
    [claimed] = take(connection, claim)
    record_finished(connection, claim, [failed(claimed, OTHER)])

    assert catalogue.job(job.id).fingerprint == OTHER.fingerprint
    assert [attempt.fingerprint for attempt in catalogue.attempts(job.id)] == [ONE.fingerprint, OTHER.fingerprint]


@pytest.mark.parametrize("alone", [True, False])
def test_success_leaves_the_group_and_takes_the_job_out_of_it(catalogue, connection, claim, fail, alone):
    job = fail()
    acts.retry(job.id)
    others = [] if alone else [catalogue.submit("test.noop")]
    now = time.monotonic()
    ends = [
        Finished(claimed.id, claimed.attempt, JobState.SUCCEEDED, Outcome.SUCCEEDED, now, now)
        for claimed in take(connection, claim, want=1 + len(others))
    ]
    record_succeeded(connection, claim, ends)

    assert catalogue.job(job.id).fingerprint is None
    group = error_groups.group(ONE.fingerprint)
    assert (group.count, [(one.job_id, one.state) for one in group.examples]) == (1, [(job.id, JobState.SUCCEEDED)])


def test_an_end_that_comes_too_late_is_not_counted(catalogue, connection, claim):
    catalogue.submit("test.noop")
    [claimed] = take(connection, claim)
    record_finished(connection, claim, [failed(claimed)])
    record_finished(connection, claim, [failed(claimed)])

    assert error_groups.group(ONE.fingerprint).count == 1


def test_a_resolved_group_that_fails_again_is_open_again_and_says_so(fail):
    fail()
    error_groups.act(ONE.fingerprint, "resolve", by="ann")
    resolved = error_groups.group(ONE.fingerprint)
    fail(message="row 9 is wrong")
    group = error_groups.group(ONE.fingerprint)

    assert (resolved.status, resolved.status_changed_by, resolved.regressed_at) == ("resolved", "ann", None)
    assert (group.status, group.count) == ("open", 2)
    assert group.regressed_at == group.last_seen_at
    assert error_groups.act(ONE.fingerprint, "resolve", by=None).regressed_at is None


def test_a_failure_from_before_it_was_resolved_does_not_open_it(fail):
    fail()
    error_groups.act(ONE.fingerprint, "resolve", by=None)
    fail(ago=30)

    group = error_groups.group(ONE.fingerprint)
    assert (group.status, group.count) == ("resolved", 2)


def test_an_ignored_group_goes_on_counting_and_stays_ignored(fail):
    fail()
    error_groups.act(ONE.fingerprint, "ignore", by=None)
    fail()

    group = error_groups.group(ONE.fingerprint)
    assert (group.status, group.count, group.allowed_actions) == ("ignored", 2, ["resolve", "reopen"])


def test_the_kept_example_is_renewed_after_an_hour_and_when_it_fails_again_after_it_was_resolved(fail, execute):
    def sample():
        return execute("SELECT sample_message FROM error_groups").scalar_one()

    fail(message="row 1 is wrong")
    fail(message="row 2 is wrong")
    assert sample() == "row 1 is wrong"

    execute("UPDATE error_groups SET sampled_at = sampled_at - interval '61 minutes'")
    fail(message="row 3 is wrong")
    assert sample() == "row 3 is wrong"

    error_groups.act(ONE.fingerprint, "resolve", by=None)
    fail(message="row 4 is wrong")
    assert sample() == "row 4 is wrong"


def test_many_slots_that_fail_with_the_same_errors_at_once_lose_no_count_and_do_not_wait_in_a_circle(catalogue):
    slots, rounds = 8, 25
    engine = slot_engine(catalogue.parts.settings)
    engines = [slot_engine(catalogue.parts.settings) for _ in range(slots)]
    begin = threading.Barrier(slots)
    claims = [new_claim(catalogue) for _ in range(slots)]

    def run(slot):
        causes = [ONE, OTHER, Cause("test.noop", "OSError", "", None)]
        failures = [Failure(cause, 0.0, "no", None) for cause in (causes if slot % 2 else reversed(causes))]
        with engines[slot].connect() as connection:
            begin.wait()
            for _ in range(rounds):
                count_failures(connection, claims[slot], failures)

    with ThreadPoolExecutor(slots) as pool:
        list(pool.map(run, range(slots)))
    for made in (engine, *engines):
        made.dispose()

    assert [group.count for group in listed().items] == [slots * rounds] * 3
    assert [sum(hour.count for hour in group.hours) for group in listed().items] == [slots * rounds] * 3


def test_jobs_that_are_lost_together_are_counted_together_in_the_release_of_their_worker(catalogue, connection):
    worker_id = uuid7()
    names = {"name": "w", "host": "h", "pid": 1, "queues": ["high"], "tasks": ["test.noop"], "slots": 1}
    register_worker(connection, worker_id=worker_id, release="v41", **names)
    claim = register_slot(connection, worker_id=worker_id, slot=0, pid=1)
    lifecycle.submit_batch([Submission(task="test.noop")] * 3)
    take(connection, claim, want=3)
    give_back(held_under_claim(connection, claim), Outcome.LOST)

    [group] = listed().items
    assert (group.type, group.task, group.count, group.place) == ("WorkerLostError", "test.noop", 3, None)
    [release] = error_groups.group(group.fingerprint).releases
    assert (release.release, release.count) == ("v41", 3)


def test_an_interrupted_or_cancelled_attempt_is_no_failure(catalogue, connection, claim):
    lifecycle.submit_batch([Submission(task="test.noop")] * 2)
    first, _ = take(connection, claim, want=2)
    now = time.monotonic()
    end = Finished(first.id, first.attempt, JobState.CANCELLED, Outcome.CANCELLED, now, now, error_type="JobCancelled")
    end.error_message = "the job was cancelled"
    record_finished(connection, claim, [end])
    give_back(held_under_claim(connection, claim), Outcome.INTERRUPTED)

    assert listed().items == []


def test_a_group_outlives_its_jobs_and_is_forgotten_when_it_was_not_seen_for_as_long_as_statistics_are_kept(
    catalogue, fail, execute
):
    job = fail()
    acts.delete(job.id)
    group = error_groups.group(ONE.fingerprint)
    assert (group.count, group.examples, group.sample_message) == (1, [], "row 7 is wrong")

    fail(OTHER)
    execute(
        "UPDATE error_groups SET last_seen_at = now() - interval '366 days' WHERE fingerprint = :one",
        one=ONE.fingerprint,
    )
    prune_past(at_most=500)

    assert [group.fingerprint for group in listed().items] == [OTHER.fingerprint]
    assert execute("SELECT count(*) FROM error_hours").scalar_one() == 1


def test_groups_are_listed_by_when_they_were_last_seen_page_by_page_with_counts_by_status(fail):
    causes = [Cause("test.noop", "ValueError", f"shape {letter}", None) for letter in "abcde"]
    for cause in causes:
        fail(cause)
    error_groups.act(causes[1].fingerprint, "resolve", by=None)
    error_groups.act(causes[2].fingerprint, "ignore", by=None)

    seen, cursor = [], None
    while True:
        page = listed(limit=2, cursor=cursor)
        seen += [group.message for group in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"shape {letter}" for letter in "edcba"]
    page = listed(status=("open", "ignored"))
    assert [group.message for group in page.items] == [f"shape {letter}" for letter in "edca"]
    assert page.counts.model_dump() == {"open": 3, "resolved": 1, "ignored": 1}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"task": ("test.noop",)}, ["one", "other"]),
        ({"task": ("test.raise",)}, []),
        ({"q": "valueerr"}, ["one"]),
        ({"q": "is wrong"}, ["one"]),
        ({"q": "my.module:"}, ["one"]),
        ({"q": "100%"}, []),
        ({"q": "customer_7"}, ["other"]),
    ],
)
def test_groups_are_found_by_task_and_by_text_in_type_message_and_place(fail, asked, found):
    fail()
    fail(OTHER, message="'customer_7'")
    names = {ONE.fingerprint: "one", OTHER.fingerprint: "other"}

    assert sorted(names[group.fingerprint] for group in listed(**asked).items) == found


def test_the_jobs_of_a_group_are_listed_counted_and_retried_by_its_fingerprint(fail):
    jobs = [fail(), fail()]
    fail(OTHER)
    asked = JobQuery(fingerprint=ONE.fingerprint)

    assert {job.id for job in views.jobs(asked.chosen(), limit=50, cursor=None).items} == {job.id for job in jobs}
    assert views.job_counts(asked.chosen(), up_to=100).counts[JobState.FAILED] == 2
    act = bulk.start(BulkRequest(action="retry", filter=asked), created_by="test")
    assert act.matched == 2
    while bulk.advance(act.id, at_most=10).moved:
        continue
    states = [views.job(job.id).state for job in jobs]
    assert (bulk.act(act.id).done, states) == (2, [JobState.QUEUED] * 2)


def test_over_http_a_group_is_read_and_decided_about(client, fail, events):
    fail()
    at = f"/api/v1/errors/{ONE.fingerprint}"
    page = client.get("/api/v1/errors?status=open&task=test.noop&q=wrong&limit=10")

    assert (page.status_code, page.json["next_cursor"]) == (200, None)
    assert [group["fingerprint"] for group in page.json["items"]] == [ONE.fingerprint]
    assert client.get(at).json["allowed_actions"] == ["resolve", "ignore"]
    for act, status in (("resolve", "resolved"), ("resolve", "resolved"), ("ignore", "ignored"), ("reopen", "open")):
        answer = client.post(f"{at}/{act}").json
        assert (answer["status"], answer["status_changed_by"]) == (status, "test")
    assert [event["status"] for event in events("error_group")] == ["resolved", "ignored", "open"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?status=gone", 400, "invalid_query"),
        ("?cursor=x", 400, "invalid_cursor"),
        ("?limit=0", 400, "invalid_query"),
        ("/0123456789abcdef", 404, "not_found"),
    ],
)
def test_over_http_what_cannot_be_answered_is_refused(client, path, status, code):
    answer = client.get(f"/api/v1/errors{path}")

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_over_http_nobody_decides_without_a_key(client):
    del client.environ_base["HTTP_AUTHORIZATION"]

    assert client.post("/api/v1/errors/0123456789abcdef/resolve").status_code == 401
