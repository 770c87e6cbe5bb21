"""How an attempt ends, whatever its task raises."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.work import Nothing
from trajectory.errors import RetryLater
from trajectory.retries import RetryPolicy
from trajectory.run import Run
from trajectory.states import JobState, Outcome
from trajectory.store.claims import Claimed
from trajectory.tasks import Task
from workers.perform import perform


def end_of(function, policy=None):
    """How the first attempt of a job of this function ends; it may be tried again three times."""
    task = Task("test.any", function, Nothing, True, policy or RetryPolicy(retry_jitter=False), None, "batch")
    job = Claimed(str(uuid4()), task.name, "{}", 1, datetime.now(UTC), 1, 0, 0, 3, None, False, None)
    return perform(task, job, Run(uuid4(), task.name, 1, None))


def raising(error):
    def function(params, run):
        raise error

    return function


class Mute(Exception):
    def __str__(self):
        raise ZeroDivisionError


class Numeric(Exception):
    def __str__(self):
        return self.args[0]


@pytest.mark.parametrize("error", [asyncio.CancelledError("stop"), GeneratorExit("stop"), SystemExit("stop")])
def test_what_is_no_exception_by_class_fails_the_attempt_and_is_not_tried_again(error):
    end = end_of(raising(error))

    assert (end.state, end.outcome) == (JobState.FAILED, Outcome.FAILED)
    assert (end.error_type, end.error_message) == (type(error).__qualname__, "stop")


def test_what_is_no_exception_by_class_is_tried_again_if_the_task_says_so():
    end = end_of(raising(asyncio.CancelledError()), RetryPolicy(autoretry_for=(asyncio.CancelledError,)))

    assert end.state is JobState.RETRYING


def test_an_interrupt_from_the_keyboard_ends_the_process():
    with pytest.raises(KeyboardInterrupt):
        end_of(raising(KeyboardInterrupt()))


@pytest.mark.parametrize(("error", "another"), [(Mute(), "ZeroDivisionError"), (Numeric(5), "TypeError")])
def test_an_error_that_cannot_say_what_it_is_fails_the_attempt_all_the_same(error, another):
    end = end_of(raising(error))

    assert (end.state, end.error_type) == (JobState.RETRYING, type(error).__qualname__)
    assert end.error_message == f"<its message cannot be read: {another}>"
    assert end.cause.place == f"{__name__}:raising.<locals>.function"
    assert "raise error" in end.error_traceback


def test_a_delay_that_is_no_number_is_the_tasks_own_error():
    def function(params, run):
        raise RetryLater("busy", seconds=float("nan"))

    end = end_of(function)
    assert (end.state, end.error_type, end.retry_in) == (JobState.RETRYING, "ValueError", 1)
    assert "RetryLater" in end.error_traceback
