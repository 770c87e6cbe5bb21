"""Work for others at the head of a queue: what it costs, and that nothing is missed where scans do not look."""

from __future__ import annotations

import pytest

from tests.integration.conftest import buffers_of_jobs, insert_waiting, new_claim, slot_of
from trajectory.states import JobState
from trajectory.store.claims import CLAIM, claim_jobs, give_back_unstarted, names_of
from trajectory.store.engine import transaction
from workers.ground import Ground

KNOWN = names_of(["test.noop"])
MANY = 30_000
RANKS = [0, 1, 2]


@pytest.fixture(autouse=True)
def every_scan_is_long(monkeypatch):
    """So that it does not hang on the machine what is surveyed."""
    monkeypatch.setattr("workers.ground.LONG_SECONDS", 0.0)


def surveyed(connection):
    ground = Ground(RANKS, KNOWN)
    ground.survey(connection)
    return ground


def take(connection, claim, floors, want=1):
    return claim_jobs(connection, claim, want=want, floors=floors, tasks=KNOWN)


def buffers(connection, claim, floors):
    """Pages that a claim touches."""
    values = {"claim": claim, "want": 1, "tasks": KNOWN, "ranks": list(floors), "floors": list(floors.values())}
    [plan] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM}", values).scalar_one()
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def test_a_claim_from_surveyed_ground_touches_a_handful_of_pages_however_much_waits_for_others(
    catalogue, connection, claim
):
    insert_waiting(connection, "test.elsewhere", MANY, first_seconds_ago=600)
    from_start = buffers(connection, claim, Ground(RANKS, KNOWN).floors(connection))
    floors = surveyed(connection).floors(connection)
    job = catalogue.submit("test.noop")

    assert from_start > MANY / 100
    assert buffers(connection, claim, floors) < 60
    assert catalogue.job(job.id).state is JobState.RUNNING


def test_the_ground_begins_at_the_first_known_job_wherever_it_lies(catalogue, connection, claim):
    insert_waiting(connection, "test.elsewhere", 100, first_seconds_ago=600)
    insert_waiting(connection, "test.noop", 1, first_seconds_ago=500)
    insert_waiting(connection, "test.elsewhere", 100, first_seconds_ago=400)
    ground = Ground(RANKS, KNOWN)

    assert ground.survey(connection) == [1]
    assert len(take(connection, claim, ground.floors(connection), want=5)) == 1


def test_a_job_that_ran_during_the_survey_is_found_when_it_is_given_back_long_after(catalogue, connection, claim):
    insert_waiting(connection, "test.noop", 1, first_seconds_ago=600)
    held = take(connection, claim, dict.fromkeys(RANKS, "-infinity"))
    insert_waiting(connection, "test.elsewhere", 100, first_seconds_ago=500)
    ground = surveyed(connection)
    assert take(connection, claim, ground.floors(connection)) == []

    give_back_unstarted(connection, claim, held)
    # So much later that the queue no longer says it to every claim.
    connection.exec_driver_sql("UPDATE queues SET returned_at = returned_at - interval '0.9 s', returned_run_at = NULL")
    assert [job.id for job in take(connection, claim, ground.floors(connection))] == [held[0].id]


def test_a_job_whose_transaction_was_open_for_long_is_found_by_the_next_survey(catalogue, connection, claim):
    with transaction(catalogue.parts.engine) as open_for_long:
        job = catalogue.submit("test.noop", connection=open_for_long)
        open_for_long.exec_driver_sql("UPDATE jobs SET run_at = now() - interval '1 minute'")
        ground = surveyed(connection)
    assert take(connection, claim, ground.floors(connection)) == []

    assert ground.survey(connection) == [1]
    assert [one.id for one in take(connection, claim, ground.floors(connection))] == [str(job.id)]


@pytest.fixture
def slot(catalogue):
    with slot_of(catalogue) as made:
        yield made


def test_a_slot_walks_over_work_for_others_once_and_not_at_every_start(catalogue, slot, monkeypatch):
    monkeypatch.setattr("workers.ground._LEAST_REST_SECONDS", 60.0)
    with catalogue.parts.engine.connect() as connection:
        insert_waiting(connection, "test.elsewhere", MANY, first_seconds_ago=600)

    def cost_of_a_job():
        job = catalogue.submit("test.noop")
        before = slot.patience.insist(buffers_of_jobs)
        slot.drain(lambda _: None)
        assert catalogue.wait(job).state is JobState.SUCCEEDED
        return slot.patience.insist(buffers_of_jobs) - before

    first = cost_of_a_job()
    # A commit that took long is no reason for another survey.
    monkeypatch.setattr("workers.ground.LONG_SECONDS", 60.0)
    second = cost_of_a_job()
    assert first > MANY / 100, (first, second)
    assert second < 500, (first, second)


def test_ground_that_is_clear_again_is_forgotten(catalogue, connection, claim, monkeypatch):
    insert_waiting(connection, "test.elsewhere", 100, first_seconds_ago=600)
    ground = surveyed(connection)
    assert ground.floors(connection)[1] != "-infinity"
    monkeypatch.setattr("workers.ground.LONG_SECONDS", 60.0)
    ground.survey(connection)

    assert ground.floors(connection) == dict.fromkeys(RANKS, "-infinity")


def test_a_survey_is_due_when_long_scans_have_cost_as_much_and_when_it_is_old(connection):
    now = [0.0]

    def clock():
        now[0] += 0.5
        return now[0]

    ground = Ground(RANKS, KNOWN, clock=clock)
    assert not ground.is_due
    ground.note(0.01)
    assert ground.is_due
    ground.survey(connection)  # takes half a second of this clock
    ground.note(0.4)
    assert not ground.is_due
    ground.note(0.2)
    assert ground.is_due
    ground.survey(connection)
    now[0] += 10
    assert ground.is_due


@pytest.mark.usefixtures("claim")
def test_what_is_given_back_elsewhere_leaves_the_ground_as_it_is(catalogue, connection):
    insert_waiting(connection, "test.elsewhere", 10, first_seconds_ago=600)
    ground = surveyed(connection)
    before = ground.floors(connection)
    catalogue.submit("test.noop", priority="high")
    other = new_claim(catalogue)
    give_back_unstarted(connection, other, take(connection, other, {0: "-infinity"}))

    assert ground.floors(connection) == before
