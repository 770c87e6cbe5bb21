from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trajectory.errors import NotWaiting
from trajectory.priorities import Priority
from trajectory.states import JobState
from trajectory.store.waiting import Facts, Limits, Places
from trajectory.waiting import COUNT_TO, explain

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUEUED = Facts("resize", Priority.MEDIUM, JobState.QUEUED, NOW, NOW, serving=4, able=2, busy=2, per_second=2.0)
HELD = Limits()


def test_a_job_that_others_come_before_starts_after_them_at_the_pace_of_late():
    told = explain(replace(QUEUED, ahead={Priority.HIGH: 3, Priority.MEDIUM: 16}))

    assert (told.reason, told.position) == ("ahead", 20)
    assert told.ahead.model_dump() == {"high": 3, "medium": 16, "low": 0}
    assert told.slots.model_dump() == {"busy": 2, "total": 2}
    assert told.estimated_start_at == NOW + timedelta(seconds=10)
    assert "120.0 jobs a minute in all queues" in told.basis


def test_the_next_job_starts_now_if_a_slot_is_free():
    told = explain(replace(QUEUED, busy=1, per_second=None))

    assert (told.reason, told.position, told.estimated_start_at) == ("starting", 1, NOW)


def test_without_a_pace_there_is_no_estimate_and_the_basis_says_so():
    told = explain(replace(QUEUED, per_second=None))

    assert (told.estimated_start_at, "nothing has ended" in told.basis) == (None, True)


def test_what_people_can_change_is_named_before_what_time_will():
    told = explain(replace(QUEUED, is_paused=True, paused_by="ann", able=0, held=HELD, ahead={Priority.HIGH: 1}))

    assert (told.reason, told.detail, told.estimated_start_at) == ("paused", "the queue medium is paused by ann", None)


def test_a_worker_that_is_missing_is_told_from_one_that_does_not_know_the_task():
    nobody, others = (explain(replace(QUEUED, able=0, serving=serving)) for serving in (0, 4))

    assert (nobody.reason, nobody.detail) == ("no_worker", "no living worker serves the queue medium")
    assert others.detail == "no worker that knows resize serves the queue medium"


@pytest.mark.parametrize("state", [JobState.SCHEDULED, JobState.RETRYING])
def test_a_job_that_is_due_later_has_no_place_yet(state):
    later = NOW + timedelta(hours=1)
    told = explain(replace(QUEUED, state=state, run_at=later))

    assert (told.reason, told.position, told.estimated_start_at) == ("due_later", None, later)


@pytest.mark.parametrize(
    ("limits", "detail", "seconds"),
    [
        # Two places free in 6 and 9 s, then every 10 s: 6, 9, 16, 19, 26, and the sixth at 29.
        ({"concurrency_key": "k", "of_key": Places(2, (4.0, 1.0))}, "2 of 2 places of concurrency key 'k'", 29),
        ({"of_task": Places(3, (0.0, 0.0, 0.0)), "rate_per_second": 9.0}, "3 of 3 places of task resize", 20),
        ({"of_task": Places(3, (0.0, 0.0, 0.0)), "rate_per_second": 0.1}, "3 of 3 places of task resize", 60),
        ({"of_task": Places(3, (0.0,)), "rate_per_second": 0.5}, "at most 0.5 jobs a second", 12),
    ],
)
def test_a_job_that_a_limit_holds_is_told_which_and_when_it_may_have_a_place(limits, detail, seconds):
    held = replace(HELD, **limits)
    told = explain(replace(QUEUED, held=held, run_seconds=(5.0, 15.0), ahead={Priority.MEDIUM: 5}))

    assert (told.reason, told.position) == ("limit", 6)
    assert detail in told.detail
    assert told.estimated_start_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("places", "seconds"),
    [
        (Places(1, (4.0,)), 6),
        (Places(1, (3600.0,)), 0),  # nobody knows for how long it goes on
        (Places(1, (4.0, 2.0)), 8),  # the limit was lowered: the first to end leaves no place
    ],
)
def test_the_next_of_a_full_limit_has_its_place_when_one_that_runs_is_done(places, seconds):
    told = explain(replace(QUEUED, held=replace(HELD, concurrency_key="k", of_key=places), run_seconds=(10.0,)))

    assert told.estimated_start_at == NOW + timedelta(seconds=seconds)
    assert told.basis == (
        f"its place, {places.total} at a time, as if each took 10.0 s, the average of the last of its task"
    )


def test_while_no_job_of_a_task_has_ended_nobody_knows_when_a_place_is_free():
    held = replace(HELD, of_task=Places(1, (1.0,)), rate_per_second=9.0)
    told = explain(replace(QUEUED, held=held))

    assert (told.estimated_start_at, told.basis) == (None, "no estimate: no job of task resize has ended yet")


def test_a_held_job_whose_limit_has_room_is_about_to_be_let_in():
    held = replace(HELD, concurrency_key="k", of_key=Places(2, (1.0,)))

    assert explain(replace(QUEUED, held=held)).reason == "starting"


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_does_not_wait_is_not_explained(state):
    with pytest.raises(NotWaiting, match=state):
        explain(replace(QUEUED, state=state))


def test_nothing_is_counted_without_end():
    told = explain(replace(QUEUED, ahead=dict.fromkeys(Priority, COUNT_TO)))

    assert told.position == COUNT_TO + 1
