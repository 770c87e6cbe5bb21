"""Random lives of jobs: the store's functions in any order, against a model that knows only the table of moves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.integration.conftest import new_claim
from trajectory.priorities import RANKED
from trajectory.states import FINAL, MAX_LOSSES, MOVES, WAITING, JobState, Outcome
from trajectory.store.acts import cancel_job, change_priority, queue_now, retry_final
from trajectory.store.claims import (
    Claimed,
    Finished,
    claim_jobs,
    give_back_unstarted,
    names_of,
    record_finished,
    record_succeeded,
)
from trajectory.store.dispatch import queue_due_jobs
from trajectory.store.engine import slot_engine
from trajectory.store.fleet import held_under_claim
from trajectory.store.queues import pause_queue, resume_queue
from workers.rescue import give_back

if TYPE_CHECKING:
    from uuid import UUID

    from tests.system import System

TASK = "test.noop"
EVERYTHING = dict.fromkeys(range(3), "-infinity")
LATER = 3600.0

ranks = st.sampled_from([priority.rank for priority in RANKED])
numbers = st.integers(0, 1000)
slots = st.integers(0, 1)


@dataclass
class Model:
    """A job as it should be. `place` orders the queue of its priority; `claimed` is what its slot was handed."""

    rank: int
    state: JobState
    place: tuple[int, str]
    attempt: int = 0
    losses: int = 0
    told_to_stop: bool = False
    claimed: Claimed | None = None
    slot: int | None = None


@dataclass
class Slot:
    claim: int
    holds: list[Claimed] = field(default_factory=list)
    lost: list[Claimed] = field(default_factory=list)  # it still believes in these


class Lives(RuleBasedStateMachine):
    system: System

    def __init__(self) -> None:
        super().__init__()
        self.engine = slot_engine(self.system.parts.settings)
        self.connection = self.engine.connect()
        self.connection.exec_driver_sql("TRUNCATE jobs CASCADE")
        self.connection.exec_driver_sql("UPDATE queues SET paused_at = NULL, returned_at = NULL")
        self.jobs: dict[str, Model] = {}
        self.slots = [Slot(new_claim(self.system)) for _ in range(2)]
        self.paused: set[int] = set()
        self.before: dict[str, JobState] = {}
        self.clock = 0

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def place(self, job_id: str) -> tuple[int, str]:
        """The end of a queue. What comes there by one statement comes at one time, in the order of ids."""
        return self.clock, job_id

    def any_job(self, number: int) -> tuple[UUID, Model]:
        job_id = list(self.jobs)[number % len(self.jobs)]
        return job_id, self.jobs[job_id]

    @initialize(queued=st.lists(ranks, min_size=3, max_size=8))
    def begin(self, queued: list[int]) -> None:
        for rank in queued:
            self.submit_one(rank, later=False)
            self.clock += 1

    @rule(rank=ranks, later=st.booleans())
    def submit(self, rank: int, later: bool) -> None:
        self.submit_one(rank, later=later)

    def submit_one(self, rank: int, *, later: bool) -> None:
        job = self.system.submit(TASK, priority=RANKED[rank], delay_seconds=LATER if later else None)
        self.jobs[str(job.id)] = Model(rank, JobState.SCHEDULED if later else JobState.QUEUED, self.place(str(job.id)))

    def ready(self) -> list[tuple[int, int, str]]:
        """What may be claimed, best first."""
        return sorted(
            (model.rank, *model.place)
            for model in self.jobs.values()
            if model.state is JobState.QUEUED and model.rank not in self.paused
        )

    def waiting_or_paused(self) -> bool:
        return bool(self.paused or self.ready())

    @precondition(waiting_or_paused)
    @rule(number=slots, want=st.integers(1, 4))
    def claim(self, number: int, want: int) -> None:
        slot, ready = self.slots[number], self.ready()
        claimed = claim_jobs(self.connection, slot.claim, want=want, floors=EVERYTHING, tasks=names_of([TASK]))

        assert [job.id for job in claimed] == [job_id for _, _, job_id in ready[:want]]
        for job in claimed:
            model = self.jobs[job.id]
            model.state, model.attempt, model.claimed = JobState.RUNNING, model.attempt + 1, job
            assert (job.attempt, job.losses) == (model.attempt, model.losses)
        slot.holds += claimed

    def holding(self) -> bool:
        return any(slot.holds for slot in self.slots)

    def take(self, number: int) -> tuple[Slot, Claimed]:
        holders = [slot for slot in self.slots if slot.holds]
        slot = holders[number % len(holders)]
        return slot, slot.holds.pop(0)

    @precondition(holding)
    @rule(number=numbers)
    def succeed(self, number: int) -> None:
        slot, job = self.take(number)
        record_succeeded(self.connection, slot.claim, [ended(job, JobState.SUCCEEDED, Outcome.SUCCEEDED)])
        self.jobs[job.id].state = JobState.SUCCEEDED

    @precondition(holding)
    @rule(number=numbers, for_good=st.booleans())
    def fail(self, number: int, for_good: bool) -> None:
        slot, job = self.take(number)
        state = JobState.FAILED if for_good else JobState.RETRYING
        kept = record_finished(self.connection, slot.claim, [ended(job, state, Outcome.FAILED)])
        self.end(job, state)

        assert kept == {job.id}

    def end(self, job: Claimed, state: JobState) -> None:
        """A job that was told to stop is cancelled, unless it succeeded."""
        model = self.jobs[job.id]
        model.state = JobState.CANCELLED if model.told_to_stop else state
        model.place = self.place(job.id)

    @precondition(holding)
    @rule(number=numbers)
    def give_back_what_has_not_begun(self, number: int) -> None:
        slot, job = self.take(number)
        give_back_unstarted(self.connection, slot.claim, [job])
        place = self.jobs[job.id].place
        self.end(job, JobState.QUEUED)
        self.jobs[job.id].place = place
        self.jobs[job.id].attempt -= 1

    @precondition(holding)
    @rule(number=numbers, outcome=st.sampled_from([Outcome.LOST, Outcome.INTERRUPTED]))
    def crash(self, number: int, outcome: Outcome) -> None:
        holders = [slot for slot in self.slots if slot.holds]
        slot = holders[number % len(holders)]
        held = held_under_claim(self.connection, slot.claim)
        assert {job.id for job in held} == {job.id for job in slot.holds}
        assert give_back(held, outcome) == len(held)
        for job in slot.holds:
            model = self.jobs[job.id]
            model.losses += outcome is Outcome.LOST
            place = model.place
            self.end(job, JobState.FAILED if model.losses == MAX_LOSSES else JobState.QUEUED)
            model.place = place
        slot.lost += slot.holds
        slot.holds = []

    @precondition(lambda self: any(slot.lost for slot in self.slots))
    @rule()
    def wake_late(self) -> None:
        """Slots that were taken for dead say how their jobs ended, or that they did not begin: nothing changes."""
        for slot in self.slots:
            if slot.lost:
                successes = [ended(job, JobState.SUCCEEDED, Outcome.SUCCEEDED) for job in slot.lost]
                failures = [ended(job, JobState.FAILED, Outcome.FAILED) for job in slot.lost]
                record_succeeded(self.connection, slot.claim, successes)
                assert record_finished(self.connection, slot.claim, failures) == set()
                give_back_unstarted(self.connection, slot.claim, slot.lost)

    @precondition(lambda self: self.jobs)
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        job_id, model = self.any_job(number)
        assert cancel_job(self.connection, job_id) == (model.state not in FINAL)
        if model.state in WAITING:
            model.state = JobState.CANCELLED
        elif model.state is JobState.RUNNING:
            model.told_to_stop = True

    @precondition(holding)
    @rule(number=numbers)
    def cancel_what_runs(self, number: int) -> None:
        """By chance alone a job that was told to stop hardly ever is the one whose attempt ends next."""
        holders = [slot for slot in self.slots if slot.holds]
        job = holders[number % len(holders)].holds[0]
        assert cancel_job(self.connection, job.id)
        self.jobs[job.id].told_to_stop = True

    @precondition(lambda self: self.jobs)
    @rule(number=numbers)
    def retry(self, number: int) -> None:
        job_id, model = self.any_job(number)
        may = "retry" in MOVES[model.state]
        assert retry_final(self.connection, job_id, params=None, priority=None) == may
        if may:
            model.state, model.losses, model.told_to_stop = JobState.QUEUED, 0, False
            model.place = self.place(job_id)

    @precondition(lambda self: self.jobs)
    @rule(number=numbers)
    def run_now(self, number: int) -> None:
        job_id, model = self.any_job(number)
        may = "run-now" in MOVES[model.state]
        assert queue_now(self.connection, job_id) == may
        if may:
            model.state, model.place = JobState.QUEUED, self.place(job_id)

    @precondition(lambda self: self.jobs)
    @rule(number=numbers, rank=ranks)
    def give_priority(self, number: int, rank: int) -> None:
        job_id, model = self.any_job(number)
        assert change_priority(self.connection, job_id, rank) == (model.state in WAITING)
        if model.state in WAITING and model.rank != rank:
            model.rank, model.place = rank, self.place(job_id)

    @precondition(lambda self: any("due" in MOVES[model.state] for model in self.jobs.values()))
    @rule()
    def time_passes(self) -> None:
        """All that is due later comes due."""
        self.connection.exec_driver_sql("UPDATE jobs SET run_at = now() WHERE state IN ('scheduled', 'retrying')")
        due = {str(job_id) for job_id, _ in queue_due_jobs(self.connection)}

        assert due == {job_id for job_id, model in self.jobs.items() if "due" in MOVES[model.state]}
        for job_id in due:
            self.jobs[job_id].state, self.jobs[job_id].place = JobState.QUEUED, self.place(job_id)

    @rule(rank=ranks, paused=st.booleans())
    def pause(self, rank: int, paused: bool) -> None:
        if paused:
            pause_queue(self.connection, rank, "test")
            self.paused.add(rank)
        else:
            resume_queue(self.connection, rank)
            self.paused.discard(rank)

    @invariant()
    def everything_is_as_it_should_be(self) -> None:
        """And every change of state is a move of the table, every attempt has a number, none is missing."""
        self.clock += 1
        rows = self.connection.exec_driver_sql("""
            SELECT jobs.id::text, state, attempt, losses, outcome,
                ARRAY(SELECT attempts.attempt FROM attempts WHERE job_id = jobs.id ORDER BY 1)
            FROM jobs
        """).all()

        assert {row[0]: row[1:4] for row in rows} == {
            job_id: (model.state, model.attempt, model.losses) for job_id, model in self.jobs.items()
        }
        for job_id, state, attempt, _, outcome, archived in rows:
            now, was = JobState(state), self.before.get(job_id)
            assert was in {None, now} or now in MOVES[was].values(), (was, now)
            in_its_row = now is JobState.RUNNING or outcome is not None
            assert archived == list(range(1, attempt + (not in_its_row))), job_id
            self.before[job_id] = now


def ended(job: Claimed, state: JobState, outcome: Outcome) -> Finished:
    now = time.monotonic()
    end = Finished(job.id, job.attempt, state, outcome, now, now, job.failures, job.losses)
    if outcome is Outcome.FAILED:
        end.failures, end.error_type, end.error_message, end.retry_in = job.failures + 1, "Wrong", "no", LATER
    return end


def test_whatever_is_done_in_whatever_order_jobs_move_only_as_the_table_says_and_none_is_lost(catalogue):
    machine = type("LivesHere", (Lives,), {"system": catalogue})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes; its steps are short as they are
            derandomize=True,  # what fails here fails everywhere
            suppress_health_check=list(HealthCheck),
        ),
    )
