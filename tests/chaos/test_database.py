"""PostgreSQL restarted, killed, away and cut off under load: what was accepted is kept, the rest is refused clearly."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from local.waiting import wait_until
from tests.chaos.faults import kill, start_again
from tests.chaos.journal import recorded
from tests.chaos.load import Load
from trajectory.states import JobState

AWAY_SECONDS = 30  # longer than a lease
HEALS_WITHIN = 5.0


@pytest.fixture
def running_load(system, api):
    system.start_worker(slots=2)
    system.start_dispatcher()
    return Load(api)


def come_back(system, postgres):
    """Start it again, and let this process forget its old connections."""
    start_again(postgres)
    system.parts.engine.dispose()


def cut(system, which):
    """Cut connections of the installation: how many."""
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        return len(
            connection.execute(f"""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}
            """).fetchall()
        )


def serves(load):
    """Whether submissions are accepted again."""
    before = len(load.accepted())
    return wait_until(lambda: len(load.accepted()) > before, HEALS_WITHIN)


def judge(system, journal, load, *, others=0, down=(0.0, 0.0)):
    """`others`: jobs that came another way. `down`: between these times no submission can have reached the database."""
    jobs = {job.id for job in journal.audit(system, [answer.job_id for answer in load.accepted()])}
    refused = load.refused()
    assert {answer.status for answer in refused} <= {503}, {answer.why for answer in refused if answer.status != 503}
    assert all(answer.retry_after for answer in refused)
    # A commit whose answer was cut off is neither known to have been made nor not to have been.
    unsure = [answer for answer in refused if "is not known" in answer.why]
    assert 0 <= len(jobs) - others - len(load.accepted()) <= len(unsure)
    assert [answer for answer in unsure if down[0] < answer.sent_at < answer.answered_at < down[1]] == []


def losses(system):
    return sum("lost" in job.before for job in recorded(system))


def test_a_restart_of_the_database_is_survived_by_every_process(system, journal, postgres, running_load):
    with running_load as load:
        long = system.submit("chaos.work", {"seconds": 3}, priority="high")
        system.wait(long, lambda now: now.state is JobState.RUNNING)
        postgres.child.stop()
        come_back(system, postgres)
        assert serves(load)
        assert journal.grows_within(HEALS_WITHIN)
        load.run_for(1)

    judge(system, journal, load, others=1)
    # It ran through: nobody took it for lost.
    assert system.job(long.id).attempt == 1


def test_a_database_that_is_killed_loses_nothing_that_was_accepted(system, journal, postgres, running_load):
    with running_load as load:
        load.run_for(1)
        kill(postgres.child)
        come_back(system, postgres)
        assert serves(load)
        assert journal.grows_within(HEALS_WITHIN)
        load.run_for(1)

    judge(system, journal, load)


def test_while_the_database_is_away_submissions_are_refused_and_no_worker_is_taken_for_lost(
    system, journal, postgres, running_load
):
    with running_load as load:
        in_time = system.submit("chaos.work", {"seconds": 2}, priority="high", timeout_seconds=12)
        long = [in_time, system.submit("chaos.work", {"seconds": AWAY_SECONDS + 4}, priority="high")]
        for job in long:
            system.wait(job, lambda now: now.state is JobState.RUNNING)
        postgres.child.stop()
        gone_at = time.monotonic()
        try:
            load.run_for(AWAY_SECONDS)
        finally:
            back_at = time.monotonic()
            come_back(system, postgres)
        assert serves(load)
        assert journal.grows_within(HEALS_WITHIN)
        load.run_for(1)

    judge(system, journal, load, others=len(long), down=(gone_at, back_at))
    assert [answer for answer in load.accepted() if gone_at < answer.sent_at < answer.answered_at < back_at] == []
    assert len(load.refused()) > AWAY_SECONDS * load.rate / 2
    # One ended in time while nobody could be told, the other went on: both ran once.
    assert [system.job(job.id).attempt for job in long] == [1, 1]
    assert losses(system) == 0


def test_connections_that_are_cut_over_and_over_cost_no_job_and_no_second_run(system, journal, postgres, running_load):
    with running_load as load:
        for _ in range(8):
            load.run_for(0.4)
            system.parts.engine.dispose()
            cut(system, "application_name LIKE 'trajectory-%'")
        assert serves(load)
        assert journal.grows_within(HEALS_WITHIN)

    judge(system, journal, load)
    assert losses(system) == 0


def test_a_batch_that_is_cut_off_is_stored_whole_or_not_at_all(system, postgres, api):
    system.start_worker(slots=1).stop()  # its tasks are announced
    batch = {"jobs": [{"task": "chaos.work", "params": {}}] * 1000}
    over = threading.Event()
    answers = []

    def submit_many():
        while not over.is_set():
            answers.append(api.post("/api/v1/jobs/batch", batch))

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(submit_many) for _ in range(4)]
        for _ in range(3):
            so_far = len(answers)
            assert wait_until(lambda so_far=so_far: len(answers) > so_far + 4, 20)
            postgres.child.process.send_signal(signal.SIGINT)
            postgres.child.process.wait()
            come_back(system, postgres)
        over.set()
        for sender in senders:
            sender.result()

    with system.parts.engine.connect() as connection:
        stored = dict(connection.exec_driver_sql("SELECT batch_id::text, count(*) FROM jobs GROUP BY 1").all())
    assert set(stored.values()) == {1000}
    assert {answer.status for answer in answers} == {201, 503}, {answer.why[:300] for answer in answers}
    assert all(answer.retry_after for answer in answers if answer.status == 503)
    assert {answer.body["batch_id"] for answer in answers if answer.status == 201} <= set(stored)


def test_a_batch_whose_connection_is_cut_in_the_middle_is_refused_and_nothing_of_it_is_stored(system, api):
    system.start_worker(slots=1).stop()
    batch = {"jobs": [{"task": "chaos.work", "params": {}}] * 100}
    with psycopg.connect(system.database_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE jobs IN EXCLUSIVE MODE")
        answering = pool.submit(api.post, "/api/v1/jobs/batch", batch)
        assert wait_until(lambda: cut(system, "query LIKE '%COPY jobs%' AND wait_event_type = 'Lock'") == 1, 10)
        answer = answering.result()

    assert (answer.status, answer.body["code"]) == (503, "database_unavailable")
    assert answer.retry_after
    assert sum(map(system.count, JobState)) == 0
