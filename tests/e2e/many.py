"""Ten thousand failed jobs, and a lock that stops an act on them half-way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from trajectory import steering
from trajectory.priorities import Priority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system import System

TEN_THOUSAND = 10_000
HALF = 5_000
TASK = "e2e.ten_thousand"


@contextmanager
def ten_thousand_failed(system: System) -> Iterator[None]:
    """Failed jobs of the low queue, which is paused, so that those that are queued again stay so.

    Of a task of their own: that is counted exactly, where a tag of so many is looked for among the newest.
    """
    steering.pause(Priority.LOW)
    with system.parts.engine.connect() as connection:
        connection.exec_driver_sql(
            """
            INSERT INTO jobs (id, task, params, max_retries, priority, state, attempt, outcome, started_at,
                finished_at, error_type, error_message, error_attempt)
            SELECT uuidv7(make_interval(secs => -60 - (%(many)s - i) * 0.001)), %(task)s, '{}', 0, 2,
                'failed', 1, 'failed', now(), now(), 'Wrong', 'wrong as told', 1
            FROM generate_series(1, %(many)s) AS i
            """,
            {"many": TEN_THOUSAND, "task": TASK},
        )
        yield
        connection.exec_driver_sql("DELETE FROM jobs WHERE task = %s", (TASK,))
    steering.resume(Priority.LOW)


@contextmanager
def held(system: System, place: int) -> Iterator[None]:
    """Somebody else's lock on one of the jobs, counted from the oldest: an act stops before it."""
    with system.parts.engine.connect() as connection:
        driver = connection.connection.driver_connection
        with driver.transaction():
            # Found first and locked then: what an OFFSET passes over would be locked too.
            row = driver.execute(
                "SELECT id FROM jobs WHERE task = %s ORDER BY id OFFSET %s LIMIT 1", (TASK, place)
            ).fetchone()
            driver.execute("SELECT FROM jobs WHERE id = %s FOR UPDATE", row)
            yield
