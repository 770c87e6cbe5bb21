"""What limits hold, what is let in, and in which order. Slots are played by hand; the dispatcher too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.integration.conftest import buffers_of_jobs, new_claim
from trajectory import acts, lifecycle
from trajectory.schemas import Submission
from trajectory.states import JobState, Outcome
from trajectory.store.claims import (
    CLAIM,
    Finished,
    claim_jobs,
    give_back_unstarted,
    names_of,
    record_finished,
)
from trajectory.store.dispatch import queue_due_jobs
from trajectory.store.held import held_keys, held_tasks, hold_for_new_limit
from trajectory.store.limits import let_in
from trajectory.tasks import registered
from workers.dispatcher.limits import LetIn, release_what_no_limit_holds
from workers.membership import announce

EVERYTHING = dict.fromkeys(range(3), "-infinity")
TASKS = names_of(["test.noop", "test.note", "test.raise"])


def limit(system, task="test.noop", max_running=None, rate=None):
    """What a worker would announce."""
    with system.parts.engine.connect() as connection:
        connection.execute(
            text("UPDATE tasks SET max_running = :max, rate_per_second = :rate, rate_tokens = NULL WHERE name = :name"),
            {"max": max_running, "rate": rate, "name": task},
        )
    system.parts.catalogue._read()


def take(connection, claim, want=100):
    return claim_jobs(connection, claim, want=want, floors=EVERYTHING, tasks=TASKS)


def end(connection, claim, job, state=JobState.SUCCEEDED, outcome=Outcome.SUCCEEDED, retry_in=None):
    """A slot's end of a job: it is recorded, and its place given away."""
    finished = Finished(job.id, job.attempt, state, outcome, 0.0, 0.0, failures=1, retry_in=retry_in)
    record_finished(connection, claim, [finished])
    keys = [job.concurrency_key] if job.concurrency_key else []
    return let_in(connection, tasks=[job.task], keys=keys)


def ids(jobs):
    return [str(job.id) for job in jobs]


def held(system):
    with system.parts.engine.connect() as connection:
        rows = connection.execute(text("SELECT id FROM jobs WHERE held ORDER BY priority, run_at, id"))
        return [str(job_id) for job_id in rows.scalars()]


def test_no_more_jobs_of_a_key_can_be_claimed_than_its_limit(catalogue, connection, claim):
    jobs = [catalogue.submit("test.noop", concurrency_key="k", concurrency_limit=2) for _ in range(4)]

    first = take(connection, claim)
    assert ids(first) == ids(jobs[:2])
    assert take(connection, claim) == []

    end(connection, claim, first[0])
    assert ids(take(connection, claim)) == ids(jobs[2:3])


def test_keys_do_not_hold_each_other_and_jobs_without_one_are_never_held(catalogue, connection, claim):
    jobs = [
        catalogue.submit("test.noop", **how) for how in ({"concurrency_key": "a"}, {"concurrency_key": "b"}, {}, {})
    ]

    claimed = take(connection, claim)
    assert ids(claimed) == ids(jobs)
    assert [job.limited for job in claimed] == [True, True, False, False]


def test_no_more_jobs_of_a_task_can_be_claimed_than_its_limit(catalogue, connection, claim):
    limit(catalogue, max_running=2)
    jobs = [catalogue.submit("test.noop") for _ in range(4)]
    free = catalogue.submit("test.note", {"path": "/x"})

    claimed = take(connection, claim)
    assert ids(claimed) == [*ids(jobs[:2]), str(free.id)]
    assert held(catalogue) == ids(jobs[2:])
    end(connection, claim, claimed[1])
    assert ids(take(connection, claim)) == ids(jobs[2:3])


def test_a_batch_is_held_to_limits_too(catalogue, connection, claim):
    limit(catalogue, max_running=3)
    noop = Submission(task="test.noop")
    keyed = Submission(task="test.note", params={"path": "/x"}, concurrency_key="k")
    _, submitted = lifecycle.submit_batch([noop] * 5 + [keyed] * 5 + [Submission(task="test.raise")] * 2)

    assert sorted(ids(take(connection, claim))) == sorted(map(str, [*submitted[:3], submitted[5], *submitted[10:]]))


def test_a_job_with_both_limits_needs_both(catalogue, connection, claim):
    limit(catalogue, max_running=2)
    a1, a2, b1, b2 = (catalogue.submit("test.noop", concurrency_key=key) for key in ("a", "a", "b", "b"))

    first = take(connection, claim)
    assert ids(first) == ids([a1, b1])
    end(connection, claim, first[0])
    assert ids(take(connection, claim)) == ids([a2])
    end(connection, claim, first[1])
    assert ids(take(connection, claim)) == ids([b2])


def test_a_full_task_does_not_keep_its_keys_from_other_tasks(catalogue, connection, claim):
    limit(catalogue, max_running=1)
    running = catalogue.submit("test.noop")
    blocked = catalogue.submit("test.noop", concurrency_key="k")
    other = catalogue.submit("test.note", {"path": "/x"}, concurrency_key="k")

    assert ids(take(connection, claim)) == ids([running, other])
    assert held(catalogue) == ids([blocked])


def test_the_best_of_what_is_held_is_let_in_first(catalogue, connection, claim):
    priorities = ("low", "low", "high", "medium", "high")
    jobs = [catalogue.submit("test.noop", concurrency_key="k", priority=priority) for priority in priorities]
    [running] = take(connection, claim, want=1)
    order = []
    while running:
        order.append(running.id)
        end(connection, claim, running)
        running = next(iter(take(connection, claim, want=1)), None)

    assert order == ids(jobs[index] for index in (2, 4, 3, 0, 1))


@pytest.mark.parametrize("by_task", [False, True])
def test_a_better_job_takes_the_place_of_a_worse_one_that_has_not_started(catalogue, connection, claim, by_task):
    how = {} if by_task else {"concurrency_key": "k"}
    if by_task:
        limit(catalogue, max_running=1)
    first, second = (catalogue.submit("test.noop", priority="low", **how) for _ in range(2))
    high = catalogue.submit("test.noop", priority="high", **how)

    assert held(catalogue) == ids([first, second])
    [claimed] = take(connection, claim)
    assert claimed.id == str(high.id)
    end(connection, claim, claimed)
    # Its old place: before the other, which came later.
    assert ids(take(connection, claim)) == ids([first])


def test_a_job_that_runs_is_never_held_again(catalogue, connection, claim):
    low = catalogue.submit("test.noop", priority="low", concurrency_key="k")
    [running] = take(connection, claim)
    high = catalogue.submit("test.noop", priority="high", concurrency_key="k")

    assert (catalogue.job(low.id).state, held(catalogue)) == (JobState.RUNNING, ids([high]))
    end(connection, claim, running)
    assert ids(take(connection, claim)) == ids([high])


def test_a_better_job_that_cannot_get_in_displaces_nobody(catalogue, connection, claim):
    limit(catalogue, max_running=1)
    full = catalogue.submit("test.note", {"path": "/x"}, concurrency_key="k")
    assert ids(take(connection, claim)) == ids([full])
    low = catalogue.submit("test.noop", priority="low")
    high = catalogue.submit("test.noop", priority="high", concurrency_key="k")

    assert held(catalogue) == ids([high])
    assert ids(take(connection, claim)) == ids([low])


def test_a_retry_waits_for_a_place_like_a_new_job(catalogue, connection, claim):
    first, second = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    [running] = take(connection, claim)
    end(connection, claim, running, JobState.RETRYING, Outcome.FAILED, retry_in=0.0)
    [following] = take(connection, claim)
    assert following.id == str(second.id)

    assert [job_id for job_id, _ in queue_due_jobs(connection)] == [first.id]
    LetIn()(connection)
    assert held(catalogue) == ids([first])
    end(connection, claim, following)
    assert ids(take(connection, claim)) == ids([first])


def test_a_job_that_is_due_later_takes_no_place_until_then(catalogue, connection, claim):
    later = catalogue.submit("test.noop", concurrency_key="k", delay_seconds=60)
    now = catalogue.submit("test.noop", concurrency_key="k")
    assert ids(take(connection, claim)) == ids([now])

    connection.execute(text("UPDATE jobs SET run_at = now() WHERE id = :id"), {"id": later.id})
    queue_due_jobs(connection)
    assert held(catalogue) == ids([later])


def test_a_job_that_lost_its_slot_frees_its_place_and_stands_where_it_stood(catalogue, connection, claim):
    first, second = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    [running] = take(connection, claim)
    record_finished(
        connection, claim, [Finished(running.id, running.attempt, JobState.QUEUED, Outcome.LOST, 0.0, 0.0, losses=1)]
    )

    assert held(catalogue) == ids([first, second])
    LetIn()(connection)
    assert ids(take(connection, claim)) == ids([first])


def test_a_job_given_back_unstarted_keeps_its_place(catalogue, connection, claim):
    first, _ = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    give_back_unstarted(connection, claim, take(connection, claim))
    LetIn()(connection)

    assert ids(take(connection, new_claim(catalogue))) == ids([first])


@pytest.mark.parametrize("act", [acts.cancel, None])
def test_a_place_is_free_again_however_its_job_left(catalogue, connection, claim, act):
    first, second = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    if act:
        act(first.id)
    else:
        connection.execute(text("DELETE FROM jobs WHERE id = :id"), {"id": first.id})
    LetIn()(connection)

    assert ids(take(connection, claim)) == ids([second])


def test_a_person_who_retries_does_not_get_past_the_limit(catalogue, connection, claim):
    first, second = (catalogue.submit("test.noop", concurrency_key="k") for _ in range(2))
    acts.cancel(second.id)
    acts.retry(second.id)

    assert held(catalogue) == ids([second])
    assert ids(take(connection, claim)) == ids([first])


def test_a_limit_that_is_raised_or_taken_away_takes_effect(catalogue, connection, claim):
    limit(catalogue, max_running=1)
    jobs = [catalogue.submit("test.noop") for _ in range(5)]
    keyed = [catalogue.submit("test.noop", concurrency_key="k") for _ in range(2)]
    take(connection, claim)
    limit(catalogue, max_running=3)
    LetIn()(connection)
    assert ids(take(connection, claim)) == ids(jobs[1:3])

    limit(catalogue)
    LetIn()(connection)
    release_what_no_limit_holds(connection)
    assert sorted(ids(take(connection, claim))) == sorted(ids([*jobs[3:], keyed[0]]))
    assert held(catalogue) == ids(keyed[1:])


def test_a_limit_that_is_new_holds_what_already_waits_and_counts_what_already_runs(catalogue, connection, claim):
    jobs = [catalogue.submit("test.noop") for _ in range(6)]
    take(connection, claim, want=2)
    limit(catalogue, max_running=3)
    while hold_for_new_limit(connection, "test.noop", at_most=3):
        pass
    LetIn()(connection)

    assert ids(take(connection, claim)) == ids(jobs[2:3])


def test_however_many_let_in_at_once_the_limit_holds(catalogue, connection):
    limit(catalogue, max_running=3)
    for number in range(40):
        catalogue.submit("test.noop", priority=("high", "medium", "low")[number % 3], concurrency_key=f"k{number % 4}")
    engine = catalogue.parts.engine
    claims = [new_claim(catalogue) for _ in range(6)]
    most, ran = [], []

    def slot(claim):
        with engine.connect() as own:
            for _ in range(400):
                for job in take(own, claim, want=2):
                    count = own.execute(text("SELECT count(*) FROM jobs WHERE state = 'running'")).scalar_one()
                    most.append(count)
                    ran.append(job.id)
                    end(own, claim, job)
                if len(ran) == 40:
                    return

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(slot, claims))

    assert (len(ran), len(set(ran))) == (40, 40)
    assert max(most) <= 3


def test_many_keys_are_looked_at_page_by_page(catalogue, connection, claim):
    keys = [f"k{number}" for number in range(7)]
    jobs = [Submission(task="test.noop", concurrency_key=key) for key in keys * 2]
    lifecycle.submit_batch(jobs)
    running = take(connection, claim)
    assert len(running) == 7
    for job in running[3:]:
        record_finished(connection, claim, [Finished(job.id, job.attempt, JobState.SUCCEEDED, Outcome.SUCCEEDED, 0, 0)])

    assert held_tasks(connection) == ["test.noop"]
    assert held_keys(connection, after="", at_most=5) == (["k3", "k4"], "k4")
    assert held_keys(connection, after="k4", at_most=5) == (["k5", "k6"], None)


def test_twenty_thousand_held_jobs_slow_neither_a_claim_nor_letting_in(catalogue, connection, claim):
    connection.exec_driver_sql("ALTER TABLE jobs SET (autovacuum_enabled = off)")
    limit(catalogue, max_running=1)
    blockers = [catalogue.submit("test.note", {"path": "/x"}, concurrency_key="full"), catalogue.submit("test.noop")]
    assert len(take(connection, claim)) == 2
    connection.exec_driver_sql("""
        INSERT INTO jobs (id, task, params, max_retries, priority, state, run_at, held, concurrency_key,
            concurrency_limit)
        SELECT gen_random_uuid(), k.task, '{}', 3, 0, 'queued', now() - interval '1 hour', true, k.key, k.places
        FROM generate_series(1, 10000), (VALUES ('test.noop', NULL, NULL), ('test.note', 'full', 1))
            AS k (task, key, places)
    """)
    free = catalogue.submit("test.raise")

    assert _buffers(connection, claim) < 60
    assert ids(take(connection, claim)) == ids([free])
    before = buffers_of_jobs(connection)
    assert let_in(connection, tasks=["test.noop", "test.note"], keys=["full"]).ready == []
    assert held_keys(connection, after="", at_most=100) == ([], None)
    # Each statement that is planned looks at a page of every index of the table.
    assert buffers_of_jobs(connection) - before < 300
    assert all(catalogue.job(job.id).state is JobState.RUNNING for job in blockers)


def _buffers(connection, claim):
    values = {"claim": claim, "want": 1, "tasks": TASKS, "ranks": [0, 1, 2], "floors": ["-infinity"] * 3}
    with connection.engine.connect().execution_options(isolation_level="READ COMMITTED") as looking:
        [plan] = looking.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM}", values).scalar_one()
        looking.rollback()
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def test_a_worker_that_announces_a_new_limit_holds_what_waits_before_its_first_claim(catalogue, connection, claim):
    jobs = [catalogue.submit("test.noop") for _ in range(3)]
    announcement = registered()["test.noop"].announced()
    announce(connection, [announcement | {"max_running": 1}])

    assert held(catalogue) == ids(jobs)
    assert catalogue.parts.catalogue._read()["test.noop"].info.is_limited
    announce(connection, [announcement])
    release_what_no_limit_holds(connection)
    assert ids(take(connection, claim)) == ids(jobs)
