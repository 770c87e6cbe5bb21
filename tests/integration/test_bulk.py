"""Acts on many jobs, with the dispatcher's duty run in this process, and once with real processes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from local.waiting import wait_until
from trajectory import bulk, lifecycle
from trajectory.artifacts import artifact_key
from trajectory.errors import ArtifactsAway, BulkEnded, InvalidSubmission, NotFound
from trajectory.priorities import Priority
from trajectory.schemas import Submission
from trajectory.selection import BulkRequest, JobQuery
from trajectory.states import FINAL, JobState
from trajectory.store import bulk as store
from trajectory.store.claims import claim_jobs, names_of
from trajectory.store.engine import transaction
from workers.dispatcher.bulk import Bulk


@pytest.fixture
def system(catalogue):
    return catalogue


def asked(action, chosen=None, **how):
    how |= {"filter": JobQuery(**chosen)} if chosen is not None else {}
    return BulkRequest(action=action, **how)


def start(*arguments, **how):
    return bulk.start(asked(*arguments, **how), created_by="test").id


def work_off(system, bulk_id):
    """What the dispatcher does, until the act has ended."""
    duty = Bulk()
    with system.parts.engine.connect() as connection:
        assert wait_until(lambda: duty(connection) or bulk.act(bulk_id).state != "running", 20, every=0.01)
    return bulk.act(bulk_id)


def submit_many(count, **how):
    return lifecycle.submit_batch([Submission(task="test.noop", **how)] * count)[1]


def insert_many(system, count):
    """Waiting jobs that no feed was told of."""
    with system.parts.engine.connect() as connection:
        connection.exec_driver_sql(f"""
            INSERT INTO jobs (id, task, params, max_retries, priority, state)
            SELECT uuidv7(), 'test.noop', '{{}}', 3, 2, 'queued' FROM generate_series(1, {count})
        """)


def put_into(system, job_id, state, **columns):
    """Make a job what it would have become."""
    finished_at = datetime.now(UTC) if state in FINAL else None
    values = {"state": state, "finished_at": finished_at, **columns}
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    with system.parts.engine.connect() as connection:
        connection.execute(text(f"UPDATE jobs SET {assignments} WHERE id = :id"), {"id": job_id, **values})


def one_of_each_state(system):
    jobs = {}
    for state in JobState:
        later = {"delay_seconds": 3600} if state is JobState.SCHEDULED else {}
        jobs[state] = system.submit("test.noop", **later).id
        if state not in (JobState.QUEUED, JobState.SCHEDULED):
            put_into(system, jobs[state], state)
    return jobs


@pytest.mark.parametrize(
    ("action", "becomes"),
    [
        ("cancel", dict.fromkeys(("scheduled", "queued", "retrying"), "cancelled") | {"running": "running"}),
        ("retry", {"failed": "queued", "cancelled": "queued"}),
        ("run-now", {"scheduled": "queued", "retrying": "queued"}),
        ("priority", {"scheduled": "scheduled", "queued": "queued", "retrying": "retrying"}),
    ],
)
def test_an_act_changes_jobs_in_the_states_that_allow_it_and_no_others(system, action, becomes):
    jobs = one_of_each_state(system)
    before = {state: system.job(job_id).version for state, job_id in jobs.items()}
    ended = work_off(system, start(action, {}, all=True, priority=Priority.HIGH if action == "priority" else None))

    after = {state: system.job(job_id) for state, job_id in jobs.items()}
    assert (ended.state, ended.matched, ended.done, ended.refused) == ("finished", len(becomes), len(becomes), 0)
    assert {state: job.state for state, job in after.items()} == {
        state: becomes.get(state.value, state.value) for state in JobState
    }
    assert {state for state, job in after.items() if job.version > before[state]} == set(becomes)


def test_a_running_job_is_asked_to_stop_and_not_ended(system):
    job = system.submit("test.noop")
    put_into(system, job.id, JobState.RUNNING)
    work_off(system, start("cancel", ids=[job.id]))

    with system.parts.engine.connect() as connection:
        asked_at, finished_at = connection.exec_driver_sql("SELECT cancel_requested_at, finished_at FROM jobs").one()
    assert asked_at is not None
    assert finished_at is None
    assert bulk.count(asked("cancel", ids=[job.id])).matched == 0


def test_a_job_that_is_queued_again_is_due_now_and_has_all_its_retries(system):
    failed, later = system.submit("test.noop"), system.submit("test.noop", delay_seconds=3600)
    put_into(system, failed.id, JobState.FAILED, attempt=2, failures=2, outcome="failed", error_type="Wrong",
             error_message="no", error_attempt=2)  # fmt: skip
    work_off(system, start("retry", ids=[failed.id]))
    work_off(system, start("run-now", ids=[later.id]))

    again, now = system.job(failed.id), system.job(later.id)
    assert failed.run_at < again.run_at
    assert now.run_at < later.run_at
    assert again.run_at <= now.run_at
    assert [(attempt.attempt, attempt.outcome) for attempt in system.attempts(failed.id)] == [(2, "failed")]


def failed_of_key(system, key, task="test.noop"):
    job = system.submit(task, {"path": "/x"} if task == "test.note" else {}, unique_key=key)
    put_into(system, job.id, JobState.FAILED)
    return job.id


def test_of_one_unique_key_one_job_is_tried_again_and_none_while_another_waits(system):
    alone, first, second = (failed_of_key(system, key) for key in ("alone", "twice", "twice"))
    of_another_task = failed_of_key(system, "taken", task="test.note")
    refused = failed_of_key(system, "taken")
    system.submit("test.noop", unique_key="taken")
    free = system.submit("test.noop").id
    put_into(system, free, JobState.FAILED)
    ended = work_off(system, start("retry", {}, all=True))

    assert (ended.matched, ended.done, ended.refused) == (6, 4, 2)
    assert {job_id: system.job(job_id).state.value for job_id in (alone, first, second, refused)} == {
        alone: "queued",
        first: "queued",
        second: "failed",
        refused: "failed",
    }
    assert (system.job(of_another_task).state, system.job(free).state) == ("queued", "queued")


def test_a_retry_waits_for_nobody_who_is_about_to_submit_its_unique_key(system):
    before, taken, after = (failed_of_key(system, key) for key in ("a", "b", "c"))
    bulk_id = start("retry", {}, all=True)
    with transaction(system.parts.engine) as submitting:
        system.submit("test.noop", unique_key="b", connection=submitting)
        for _ in range(3):
            bulk.advance(bulk_id, at_most=10)
        assert [system.job(job_id).state for job_id in (before, taken, after)] == ["queued", "failed", "failed"]
    ended = work_off(system, bulk_id)

    assert (ended.done, ended.refused) == (2, 1)
    assert [system.job(job_id).state for job_id in (before, taken, after)] == ["queued", "failed", "queued"]


def test_a_chunk_locks_no_more_unique_keys_than_there_is_room_for(system, monkeypatch):
    monkeypatch.setattr(store, "_MOST_KEYS", 2)
    for number in range(5):
        failed_of_key(system, f"key {number}")
    bulk_id = start("retry", {}, all=True)

    assert [bulk.advance(bulk_id, at_most=10).done for _ in range(3)] == [2, 2, 1]
    assert work_off(system, bulk_id).refused == 0


def test_a_job_of_a_concurrency_key_is_held_when_it_is_queued_again(system):
    failed = system.submit("test.noop", concurrency_key="k", concurrency_limit=1)
    later = system.submit("test.noop", concurrency_key="k", concurrency_limit=1, delay_seconds=3600)
    put_into(system, failed.id, JobState.FAILED, held=False)
    work_off(system, start("retry", ids=[failed.id]))
    work_off(system, start("run-now", ids=[later.id]))

    with system.parts.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT state, held, held_run_at FROM jobs").all()
    assert rows == [("queued", True, None)] * 2


def test_a_queued_job_of_a_new_priority_is_found_by_a_claim_that_scans_from_where_the_last_ended(system, claim):
    low = system.submit("test.noop", priority="low")
    high = system.submit("test.noop", priority="high")
    work_off(system, start("priority", {"priority": [Priority.LOW]}, priority=Priority.HIGH))

    with system.parts.engine.connect() as connection:
        taken = claim_jobs(
            connection, claim, want=5, floors={0: high.run_at.isoformat()}, tasks=names_of(["test.noop"])
        )
    assert [job.id for job in taken] == [str(high.id), str(low.id)]


def test_only_what_the_filter_or_the_ids_name_is_touched(system):
    tagged = system.submit("test.noop", tags=["x"])
    named, other = system.submit("test.noop"), system.submit("test.noop")
    assert work_off(system, start("cancel", {"tag": "x"})).done == 1
    assert work_off(system, start("cancel", ids=[named.id, uuid7(), named.id])).done == 1

    assert [system.job(job.id).state for job in (tagged, named, other)] == ["cancelled", "cancelled", "queued"]


def test_a_job_submitted_after_the_act_was_asked_for_is_not_touched(system):
    before = system.submit("test.noop")
    bulk_id = start("cancel", {}, all=True)
    after = system.submit("test.noop")
    work_off(system, bulk_id)

    assert (system.job(before.id).state, system.job(after.id).state) == ("cancelled", "queued")


def test_a_dry_run_counts_and_changes_nothing(system):
    submit_many(3)
    assert bulk.count(asked("cancel", {"task": ["test.noop"]}, dry_run=True)).matched == 3
    assert bulk.acts().items == []
    assert system.count(JobState.QUEUED) == 3


def test_more_jobs_than_were_expected_stop_the_act_before_it_begins(system):
    submit_many(3)
    with pytest.raises(InvalidSubmission, match="3 jobs match, more than 2"):
        start("cancel", {}, all=True, at_most=2)
    assert bulk.acts().items == []


def test_what_takes_too_long_to_count_is_counted_among_the_newest_and_done_to_all(system, monkeypatch):
    insert_many(system, 20_000)
    monkeypatch.setattr(store, "_EXACT_MS", 1)
    monkeypatch.setattr(store, "_NEWEST_SECONDS", 0)
    monkeypatch.setattr(store, "_LOOKED_AT", 5_000)
    chosen = {"q": "noop"}
    counted = bulk.count(asked("cancel", chosen, dry_run=True))
    assert (counted.matched, counted.complete) == (5_000, False)
    for at_most, message in ((4_999, "5000 jobs match, more than 4999"), (5_000, "too many to tell whether more")):
        with pytest.raises(InvalidSubmission, match=message):
            start("cancel", chosen, at_most=at_most)
    ended = work_off(system, start("cancel", chosen))

    assert (ended.state, ended.matched, ended.complete) == ("finished", 5_000, False)
    assert (ended.done, ended.refused) == (20_000, 0)
    monkeypatch.setattr(store, "_NEWEST_SECONDS", 60)
    assert bulk.count(asked("retry", chosen)).model_dump() == {"matched": 20_000, "complete": True}


def test_an_aborted_act_stops_where_it_is_and_keeps_what_it_did(system):
    submit_many(30)
    bulk_id = start("cancel", {}, all=True)
    bulk.advance(bulk_id, at_most=10)
    aborted = bulk.abort(bulk_id)

    assert (aborted.state, aborted.done, system.count(JobState.CANCELLED)) == ("aborted", 10, 10)
    assert work_off(system, bulk_id).done == 10
    with pytest.raises(BulkEnded):
        bulk.abort(bulk_id)
    with pytest.raises(NotFound):
        bulk.abort(uuid7())


def test_an_act_goes_on_exactly_where_a_dispatcher_died(system, monkeypatch):
    """It dies after the jobs were changed, before that was committed with the progress: nothing of it happened."""
    submit_many(30)
    bulk_id = start("priority", {"priority": [Priority.MEDIUM, Priority.LOW]}, priority=Priority.LOW)
    bulk.advance(bulk_id, at_most=10)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "note_progress", die)
        with pytest.raises(KeyboardInterrupt):
            bulk.advance(bulk_id, at_most=10)
    assert bulk.act(bulk_id).done == 10
    ended = work_off(system, bulk_id)

    with system.parts.engine.connect() as connection:
        versions = connection.exec_driver_sql("SELECT version, count(*) FROM jobs GROUP BY 1").all()
    assert (ended.done, versions) == (30, [(2, 30)])


def test_a_job_that_another_transaction_holds_is_neither_waited_for_nor_passed_by(system):
    ids = submit_many(10)
    bulk_id = start("cancel", {}, all=True)
    with transaction(system.parts.engine) as holder:
        holder.execute(text("SELECT FROM jobs WHERE id = :id FOR UPDATE"), {"id": ids[4]})
        assert bulk.advance(bulk_id, at_most=100)[:2] == (4, True)
        assert bulk.advance(bulk_id, at_most=100)[:2] == (0, False)
    assert work_off(system, bulk_id).done == 10


def test_a_job_that_moved_on_meanwhile_is_counted_as_refused(system):
    ids = submit_many(3)
    bulk_id = start("cancel", {}, all=True)
    put_into(system, ids[1], JobState.SUCCEEDED)
    ended = work_off(system, bulk_id)

    assert (ended.matched, ended.done, ended.refused) == (3, 2, 1)


def leave_file(system, job_id, attempt, name, last_attempt):
    system.parts.artifacts.put(artifact_key(job_id, attempt, name), BytesIO(b"x"))
    with system.parts.engine.connect() as connection:
        connection.execute(
            text("""
                INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type)
                VALUES (:job_id, :name, :attempt, 1, 'text/plain')
                ON CONFLICT (job_id, name) DO UPDATE SET attempt = excluded.attempt
            """),
            {"job_id": job_id, "name": name, "attempt": attempt},
        )
    put_into(system, job_id, JobState.SUCCEEDED, attempt=last_attempt)


def files(system):
    return sorted(str(path.name) for path in (system.folder / "artifacts").rglob("*") if path.is_file())


def test_a_deletion_takes_the_files_of_every_attempt_and_leaves_no_folder(system):
    gone, kept = submit_many(2)
    for attempt in (1, 2):
        leave_file(system, gone, attempt, "a.txt", 2)
    leave_file(system, kept, 1, "b.txt", 1)
    work_off(system, start("delete", ids=[gone]))

    with pytest.raises(NotFound):
        system.job(gone)
    assert files(system) == ["b.txt"]
    assert [path.name for path in (system.folder / "artifacts").iterdir()] == [str(kept)]


def test_a_deletion_that_dies_after_the_files_removes_the_job_when_it_goes_on(system, monkeypatch):
    [job_id] = submit_many(1)
    leave_file(system, job_id, 1, "a.txt", 1)
    bulk_id = start("delete", ids=[job_id])

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("trajectory.removal.delete_jobs", die)
        with pytest.raises(KeyboardInterrupt):
            bulk.advance(bulk_id, at_most=10)
    assert (files(system), system.job(job_id).state) == ([], "succeeded")
    assert work_off(system, bulk_id).done == 1


def test_a_job_whose_files_cannot_be_removed_is_refused_and_those_behind_it_are_deleted(system):
    jobs = submit_many(5)
    for job_id in jobs:
        leave_file(system, job_id, 1, "a.txt", 1)
    path = system.folder / "artifacts" / artifact_key(jobs[2], 1, "a.txt")
    path.unlink()
    path.mkdir()  # what no unlink removes
    ended = work_off(system, start("delete", ids=jobs))

    assert (ended.state, ended.matched, ended.done, ended.refused) == ("finished", 5, 4, 1)
    assert "a.txt" in ended.error
    assert system.job(jobs[2]).state is JobState.SUCCEEDED
    with pytest.raises(ArtifactsAway):
        system.parts.artifacts.remove([artifact_key(jobs[2], 1, "a.txt")])


def test_a_deletion_fails_says_why_and_leaves_the_jobs_where_no_files_can_be_removed(system, monkeypatch):
    jobs = submit_many(10)
    for job_id in jobs:
        leave_file(system, job_id, 1, "a.txt", 1)
    asked = []

    def refuse(keys):
        asked.append(keys)
        raise ArtifactsAway("the disk is gone")

    monkeypatch.setattr(system.parts.artifacts, "remove", refuse)
    ended = work_off(system, start("delete", ids=jobs))

    assert (ended.state, ended.done) == ("failed", 0)
    assert "the disk is gone" in ended.error
    assert system.count(JobState.SUCCEEDED) == 10
    assert len(asked) <= 4


def test_the_feed_tells_of_an_act_and_of_its_jobs_only_how_many(system):
    insert_many(system, 2000)
    cursor = system.parts.feed.cursor()
    ended = work_off(system, start("cancel", {}, all=True))
    events = system.parts.feed.read(cursor, wait_seconds=0).events

    told = [event["bulk"] for event in events if event["kind"] == "bulk"]
    assert (told[0]["done"], told[-1]["state"], told[-1]["done"]) == (0, "finished", 2000)
    assert len(told) <= 3 + (ended.finished_at - ended.created_at) / timedelta(seconds=0.3)
    assert sum(event["count"] for event in events if event["kind"] == "jobs_changed") == 2000
    assert not any(event["kind"] == "job" for event in events)


@pytest.mark.timeout(120)
def test_submissions_and_a_worker_go_on_while_very_many_jobs_are_cancelled(system):
    """Waits are measured while the act runs: neither a submission nor a claim waits for a chunk."""
    many = 60_000
    insert_many(system, many)
    system.start_dispatcher()
    bulk_id = start("cancel", {"priority": [Priority.LOW]})
    system.start_worker()
    ran = 0
    longest = timedelta()
    pause = threading.Event()
    while bulk.act(bulk_id).state == "running":
        began = datetime.now(UTC)
        job = system.submit("test.noop", priority="high")
        longest = max(longest, datetime.now(UTC) - began)
        assert system.wait(job, seconds=5).state is JobState.SUCCEEDED
        ran += 1
        pause.wait(0.01)

    ended = bulk.act(bulk_id)
    assert (ended.state, ended.matched) == ("finished", many)
    assert ended.done + ended.refused == many
    # The worker took jobs from the act, and ended some that the act had only asked to stop.
    assert wait_until(lambda: system.count(JobState.RUNNING) == 0, 10)
    cancelled, succeeded = system.count(JobState.CANCELLED), system.count(JobState.SUCCEEDED)
    assert 0 < cancelled <= ended.done
    assert cancelled + succeeded == many + ran
    assert ran >= 5
    assert longest < timedelta(seconds=1)
