"""Rates: tokens come back as time goes by, so what is let in is judged by the time that has gone by."""

from __future__ import annotations

import time

from sqlalchemy import text

from tests.integration.test_limits import ids, limit, take
from workers.dispatcher.limits import LetIn


def test_a_rate_lets_in_a_seconds_worth_at_once_and_then_as_time_goes_by(catalogue, connection, claim):
    limit(catalogue, rate=3.0)
    began_at = time.monotonic()
    for _ in range(40):
        catalogue.submit("test.noop")
    taken = len(take(connection, claim))
    assert 3 <= taken <= 3 + 3 * (time.monotonic() - began_at)

    LetIn()(connection)
    taken += len(take(connection, claim))
    assert taken <= 3 + 3 * (time.monotonic() - began_at)
    connection.execute(text("UPDATE tasks SET rate_refilled_at = rate_refilled_at - interval '0.7 seconds'"))
    LetIn()(connection)
    taken += len(take(connection, claim))
    assert 5 <= taken <= 3 + 3 * (0.7 + time.monotonic() - began_at)


def test_turns_of_a_rate_are_not_saved_up_while_no_slot_is_free(catalogue, connection, claim):
    limit(catalogue, rate=3.0)
    for _ in range(20):
        catalogue.submit("test.noop")
    for _ in range(5):
        connection.execute(text("UPDATE tasks SET rate_refilled_at = rate_refilled_at - interval '1 minute'"))
        LetIn()(connection)

    assert len(take(connection, claim)) == 3


def test_a_rate_below_one_a_second_lets_in_one(catalogue, connection, claim):
    limit(catalogue, rate=0.1)
    began_at = time.monotonic()
    for _ in range(3):
        catalogue.submit("test.noop")

    assert 1 <= len(take(connection, claim)) <= 1 + 0.1 * (time.monotonic() - began_at)


def test_a_place_that_a_better_job_takes_over_costs_no_second_turn(catalogue, connection, claim):
    limit(catalogue, rate=0.01)
    catalogue.submit("test.noop", priority="low")
    high = catalogue.submit("test.noop", priority="high")

    assert ids(take(connection, claim)) == ids([high])
    tokens = connection.execute(text("SELECT rate_tokens FROM tasks WHERE name = 'test.noop'")).scalar_one()
    assert 0 <= tokens < 1
