"""Processes that are killed or frozen under load: nothing is lost, and nothing runs or ends more often than it must."""

from __future__ import annotations

import os
import signal

import pytest

from local.waiting import wait_until
from tests.chaos.faults import child_of, frozen, kill, slot_of
from tests.chaos.journal import recorded
from tests.chaos.load import Load
from trajectory import views
from trajectory.lifecycle import submit_batch
from trajectory.schemas import Submission
from trajectory.states import JobState, Outcome

SLOT_IS_MISSED_WITHIN = 1.0
WORKER_IS_MISSED_WITHIN = 25.0
TAKES_OVER_WITHIN = 5.0


@pytest.fixture
def short_lease(system, monkeypatch):
    """What the defaults do in 20 seconds, in 5."""
    monkeypatch.setenv("TRAJECTORY_HEARTBEAT", "0.5")
    monkeypatch.setenv("TRAJECTORY_LOST_AFTER", "5")
    system.renew()


def ids(load):
    return [answer.job_id for answer in load.accepted()]


def losses(system):
    return sum(job.before.count(Outcome.LOST) for job in recorded(system))


def test_what_a_killed_slot_held_is_given_back_within_a_second(system, journal):
    system.start_worker(slots=2)
    system.start_dispatcher()
    with Load(None) as running:
        running.run_for(1)
        long = system.submit("chaos.work", {"seconds": 3}, priority="high")
        pid = slot_of(system, journal, long)
        killed_at, _ = system.moment()
        os.kill(pid, signal.SIGKILL)

        assert wait_until(lambda: system.attempts(long.id)[0].outcome is Outcome.LOST, 20)
        assert (system.attempts(long.id)[0].finished_at - killed_at).total_seconds() < SLOT_IS_MISSED_WITHIN
        running.run_for(1)

    jobs = journal.audit(system, ids(running))
    assert running.refused() == []
    assert {job.attempt for job in jobs if job.id == str(long.id)} == {2}


def test_what_a_killed_worker_held_is_given_back_within_twenty_five_seconds_by_the_defaults(system, journal):
    doomed = system.start_worker(slots=2)
    system.start_worker(slots=1)
    system.start_dispatcher()
    with Load(None) as running:
        running.run_for(1)
        held = [system.submit("chaos.work", {"seconds": 2}, priority="high") for _ in range(3)]
        for job in held:
            slot_of(system, journal, job)
        kill(doomed)

        assert wait_until(lambda: losses(system) > 0, WORKER_IS_MISSED_WITHIN, every=0.2)

    journal.audit(system, ids(running))
    assert running.refused() == []


@pytest.mark.usefixtures("short_lease")
def test_when_all_workers_are_killed_their_jobs_wait_for_the_next_one(system, journal):
    workers = [system.start_worker(slots=1) for _ in range(2)]
    system.start_dispatcher()
    with Load(None) as running:
        running.run_for(1)
        slot_of(system, journal, system.submit("chaos.work", {"seconds": 5}, priority="high"))
        for worker in workers:
            kill(worker)
        assert wait_until(lambda: losses(system) > 0, 20)
        assert wait_until(lambda: system.living_workers() == 0, 5)
        running.run_for(1)
        system.start_worker(slots=2)

    journal.audit(system, ids(running))
    assert running.refused() == []


def test_while_the_dispatcher_is_dead_jobs_run_and_when_it_is_back_what_is_due_runs(system, journal):
    system.start_worker(slots=2)
    dispatcher = system.start_dispatcher()
    with Load(None) as running:
        kill(dispatcher)
        due = [system.submit("chaos.work", delay_seconds=0.5) for _ in range(20)]
        running.run_for(2)
        assert journal.grows_within(5)
        assert {system.job(job.id).state for job in due} == {JobState.SCHEDULED}
        dispatcher.start()
        for job in due:
            system.wait(job, seconds=10)

    journal.audit(system, ids(running))
    assert running.refused() == []


def test_an_api_process_that_is_killed_takes_no_accepted_job_with_it_and_is_replaced(system, journal, api):
    system.start_worker(slots=2)
    system.start_dispatcher()
    with Load(None) as running:
        [server] = [child for child in system.children if child.name == "api"]
        for _ in range(2):
            os.kill(child_of(server), signal.SIGKILL)
            running.run_for(2)
        served = len(running.accepted())
        assert wait_until(lambda: len(running.accepted()) > served + 100, 10)

    jobs = journal.audit(system, ids(running))
    # A submission that nobody answered may have been stored: its sender cannot know.
    assert {answer.status for answer in running.refused()} <= {0}
    assert 0 <= len(jobs) - len(running.accepted()) <= len(running.refused())


@pytest.mark.usefixtures("short_lease")
def test_a_worker_that_was_frozen_past_its_lease_changes_nothing_when_it_wakes(system, journal):
    sleeper = system.start_worker(slots=1)
    system.start_dispatcher()
    with Load(None) as running:
        running.run_for(1)
        long = system.submit("chaos.work", {"seconds": 4}, priority="high")
        slot_of(system, journal, long)
        with frozen(sleeper):
            assert wait_until(lambda: system.living_workers() == 0, 20)
            system.start_worker(slots=1)
            done = system.wait(long, seconds=20)
            held = losses(system)
            assert (done.state, done.attempt, done.result) == (JobState.SUCCEEDED, 2, {"attempt": 2})
        # It ends what it was at, says so, and works on as before.
        assert wait_until(lambda: journal.entries("end")[str(long.id), 1] == 1, 20)
        assert wait_until(lambda: system.living_workers() == 2, 20)
        running.run_for(1)

    journal.audit(system, ids(running))
    assert system.job(long.id) == done
    assert losses(system) == held
    assert running.refused() == []


@pytest.mark.usefixtures("short_lease")
def test_what_a_frozen_slot_had_claimed_and_not_begun_is_not_run_by_it_when_it_wakes(system, journal):
    """Quick jobs are claimed together: those behind the one that runs go to other slots, and are not theirs to run."""
    sleeper = system.start_worker(slots=1)
    system.start_dispatcher()
    submit_batch([Submission(task="chaos.work", params={})] * 3000)
    assert wait_until(lambda: journal.length() > 20_000, 10)
    with frozen(sleeper):
        assert wait_until(lambda: system.living_workers() == 0, 20)
        system.start_worker(slots=1)
        assert wait_until(lambda: system.count(JobState.SUCCEEDED) == 3000, 20)
        before = journal.entries("begin")
    assert wait_until(lambda: system.living_workers() == 2, 20)
    system.wait(system.submit("chaos.work"))

    jobs = journal.audit(system, [])
    late = journal.entries("begin") - before
    # The one that it was at the brink of.
    assert len([entry for entry in late if entry[1] < {job.id: job.attempt for job in jobs}[entry[0]]]) <= 1


@pytest.mark.usefixtures("short_lease")
def test_a_task_that_kills_its_process_fails_after_three_lost_attempts_and_others_go_on(system, journal):
    system.start_worker(slots=2)
    system.start_dispatcher()
    with Load(None) as running:
        poison = [system.submit("chaos.poison", {"seconds": 0.01}, priority="high") for _ in range(3)]
        ended = [system.wait(job, seconds=40) for job in poison]

    audited = journal.audit(system, ids(running))
    assert running.refused() == []
    for job in ended:
        assert (job.state, job.attempt, job.error.type) == (JobState.FAILED, 3, "WorkerLostError")
        assert "3 times" in job.error.message
        assert [attempt.outcome for attempt in system.attempts(job.id)] == [Outcome.LOST] * 3
    begun = journal.entries("begin")
    # A first attempt may be lost before it began: with the slot that held it beside another killer. A second cannot.
    assert [begun[str(job.id), attempt] for job in ended for attempt in (2, 3, 4)] == [1, 1, 0] * 3
    assert max(len(job.before) for job in audited if job.id not in {str(job.id) for job in ended}) <= 1


def test_a_worker_that_is_told_to_stop_gives_long_jobs_back_as_interrupted_and_no_retry_is_used(system, journal):
    leaving = system.start_worker(slots=2, TRAJECTORY_GRACE="1")
    system.start_dispatcher()
    long = [system.submit("chaos.work", {"seconds": 5}, priority="high") for _ in range(2)]
    for job in long:
        slot_of(system, journal, job)
    with Load(None) as running:
        leaving.stop()
        held = [system.job(job.id) for job in long]
        system.start_worker(slots=2)
        running.run_for(1)

    jobs = {job.id: job for job in journal.audit(system, ids(running))}
    assert {job.state for job in held} == {JobState.QUEUED}
    assert [jobs[str(job.id)].before for job in long] == [[Outcome.INTERRUPTED]] * 2
    assert {job.attempt for job in jobs.values() if job.before != [Outcome.INTERRUPTED]} == {1}
    with system.parts.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT sum(failures), sum(losses) FROM jobs").one() == (0, 0)
    assert running.refused() == []


def test_a_rolling_restart_of_everything_is_not_noticed_by_who_submits(system, journal, api):
    worker, dispatcher = system.start_worker(slots=2), system.start_dispatcher()
    with Load(api) as running:
        running.run_for(1)
        system.start_worker(slots=2)
        worker.stop()
        system.start("dispatcher", "-m", "workers.dispatcher", ready=lambda: True)
        dispatcher.stop()
        [server] = [child for child in system.children if child.name == "api"]
        before = {child_of(server)}
        server.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: child_of(server) not in before, 10)
        running.run_for(3)

    jobs = journal.audit(system, ids(running))
    assert running.refused() == []
    assert len(jobs) == len(running.answers)
    assert {outcome for job in jobs for outcome in job.before} <= {Outcome.INTERRUPTED}


def test_of_two_dispatchers_one_takes_over_within_five_seconds_and_nothing_is_promoted_twice(system):
    leader = system.start_dispatcher()
    other = system.start("dispatcher", "-m", "workers.dispatcher", ready=lambda: True)
    announce_tasks(system)
    with Load(None, seconds=0) as running:
        assert wait_until(lambda: other.is_running() and views.readiness().parts["dispatcher"].state == "ok", 5)
        submit_batch([Submission(task="chaos.work", delay_seconds=0.1 + 0.01 * number) for number in range(400)])
        running.run_for(2)
        kill(leader)
        assert "leads" not in other.output()
        assert wait_until(lambda: "leads" in other.output(), TAKES_OVER_WITHIN)
        assert wait_until(lambda: system.count(JobState.SCHEDULED) == 0, 10)

    with system.parts.engine.connect() as connection:
        versions = connection.exec_driver_sql("SELECT version, count(*) FROM jobs GROUP BY 1 ORDER BY 1").all()
    assert versions == [(1, len(running.accepted())), (2, 400)]
    assert running.refused() == []


def announce_tasks(system):
    """By a worker that is gone: what is submitted is accepted, and waits."""
    system.start_worker(slots=1).stop()
