from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from trajectory.errors import InvalidTransition
from trajectory.states import (
    DUE_LATER,
    FINAL,
    MAX_LOSSES,
    MOVES,
    WAITING,
    Action,
    JobState,
    Outcome,
    allowed_actions,
    celery_state,
    diagram,
    state_after,
    target_of,
)

LIFECYCLE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def test_every_state_has_its_moves_and_every_move_leads_to_a_state():
    assert set(MOVES) == set(JobState)
    assert {target for moves in MOVES.values() for target in moves.values()} <= {*JobState, None}


def test_every_state_is_waiting_running_or_final():
    assert WAITING | FINAL | {JobState.RUNNING} == set(JobState)
    assert not WAITING & FINAL


def test_every_state_can_be_reached_from_a_submission():
    reached = {JobState.QUEUED, JobState.SCHEDULED}
    for _ in JobState:
        reached |= {target for state in reached for target in MOVES[state].values() if target}

    assert reached == set(JobState)


def test_a_move_that_is_not_in_the_table_is_refused_and_says_why():
    with pytest.raises(InvalidTransition, match="a job that is succeeded does not allow: cancel"):
        target_of(JobState.SUCCEEDED, "cancel")


@pytest.mark.parametrize("state", JobState)
def test_allowed_actions_are_the_moves_a_person_may_ask_for(state):
    assert allowed_actions(state) == [action for action in Action if action in MOVES[state]]


@pytest.mark.parametrize(
    ("action", "states"),
    [
        (Action.CANCEL, WAITING | {JobState.RUNNING}),
        (Action.PRIORITY, WAITING),
        (Action.RUN_NOW, DUE_LATER),
        (Action.RETRY, {JobState.FAILED, JobState.CANCELLED}),
        (Action.DELETE, FINAL),
    ],
)
def test_each_action_is_allowed_in_these_states_and_no_other(action, states):
    assert {state for state in JobState if action in allowed_actions(state)} == states


def test_only_a_final_job_can_be_gone():
    assert {state for state, moves in MOVES.items() if None in moves.values()} == FINAL


@pytest.mark.parametrize("state", JobState)
def test_a_running_job_is_asked_to_stop_once_and_the_request_changes_nothing_else(state):
    before, after = set(allowed_actions(state)), set(allowed_actions(state, cancel_requested=True))

    assert before - after == ({Action.CANCEL} if state is JobState.RUNNING else set())


@pytest.mark.parametrize(
    ("outcome", "retries_left", "losses"), list(product(Outcome, (True, False), range(MAX_LOSSES + 1)))
)
def test_every_outcome_leads_by_a_legal_move_out_of_running(outcome, retries_left, losses):
    assert state_after(outcome, retries_left=retries_left, losses=losses) in MOVES[JobState.RUNNING].values()


def test_an_interruption_gives_the_job_back_whatever_its_retries():
    assert state_after(Outcome.INTERRUPTED, retries_left=False, losses=MAX_LOSSES) is JobState.QUEUED


def test_a_job_that_lost_its_worker_three_times_fails():
    assert state_after(Outcome.LOST, retries_left=True, losses=2) is JobState.QUEUED
    assert state_after(Outcome.LOST, retries_left=True, losses=3) is JobState.FAILED


@pytest.mark.parametrize("state", JobState)
def test_every_state_has_a_word_of_celery(state):
    assert celery_state(state) in {"PENDING", "STARTED", "RETRY", "SUCCESS", "FAILURE", "REVOKED"}
    assert celery_state(JobState.RUNNING, has_progress=True) == "PROGRESS"


def test_the_diagram_in_the_docs_equals_the_table():
    drawn = re.search(r"```mermaid\n(.*?)```", LIFECYCLE.read_text(), re.DOTALL)

    assert drawn is not None
    assert drawn.group(1) == diagram()
