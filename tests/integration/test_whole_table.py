"""What is asked all the time does not read all jobs there ever were."""

from __future__ import annotations

import time

import pytest

from tests.integration.conftest import take
from trajectory import lifecycle
from trajectory.priorities import Priority
from trajectory.store.changes import changed_since
from trajectory.store.dispatch import (
    count_inversions,
    count_what_happened,
    has_work,
    measure_depth,
    note_queue_ages,
    queue_due_jobs,
)
from trajectory.store.engine import transaction
from trajectory.store.fleet import held_by_lost_workers, held_by_stopped_workers, list_workers, mark_lost_workers
from trajectory.store.ground import survey
from trajectory.store.held import held_keys, held_tasks, hold_for_new_limit, release_unlimited
from trajectory.store.reports import list_queues

OVER = 30_000
WAITING = 3_000

ASKED = {
    "inversions": count_inversions,
    "depth": measure_depth,
    "ages": note_queue_ages,
    "queues": list_queues,
    "what happened": lambda connection: count_what_happened(connection, lag_seconds=0, at_most_seconds=300),
    "what is due": queue_due_jobs,
    "whether there is work": lambda connection: has_work(connection, 0, ["test.noop"], floor="-infinity"),
    "what is lost": lambda connection: mark_lost_workers(connection, 25),
    "what the lost hold": lambda connection: held_by_lost_workers(connection, 25),
    "what the stopped hold": held_by_stopped_workers,
    "workers": lambda connection: list_workers(connection, gone_for_seconds=60),
    "limits of tasks": held_tasks,
    "limits of keys": lambda connection: held_keys(connection, after="", at_most=100),
    "the ground": lambda connection: survey(connection, [0, 1, 2], ["test.noop"]),
    "what changed": lambda connection: changed_since(connection, int(1000 * time.time()) - 2000),
    "what a limit that is gone held": lambda connection: release_unlimited(connection, ["test.noop"], at_most=100),
    "what a new limit holds": lambda connection: hold_for_new_limit(connection, "test.noop", at_most=100),
}


@pytest.fixture
def long_history(connection, claim):
    """Jobs that are over, a backlog, one that runs and a high one that has waited, as autovacuum would have counted."""
    connection.exec_driver_sql(
        """
        INSERT INTO jobs (id, task, params, max_retries, priority, state, outcome, attempt, claim, run_at, started_at,
            finished_at)
        SELECT uuidv7(-age), 'test.noop', '{}', 0, 2, 'succeeded', 'succeeded', 1, 1, now() - age, now() - age,
            now() - age * random() - interval '1 minute'  -- in no order of the table's pages
        FROM (SELECT interval '1 hour' + i * interval '1 minute' AS age FROM generate_series(1, %s) AS i) AS made
        """,
        (OVER,),
    )
    connection.exec_driver_sql(
        """
        INSERT INTO jobs (id, task, params, max_retries, priority, state, held, run_at)
        SELECT uuidv7(-i * interval '3 minutes'), 'test.noop', '{}', 0, 2, 'queued', i %% 2 = 0,
            now() - random() * interval '1 minute'
        FROM generate_series(1, %s) AS i
        """,
        (WAITING,),
    )
    lifecycle.submit("test.noop", priority=Priority.LOW)
    assert take(connection, claim)
    high = lifecycle.submit("test.noop", priority=Priority.HIGH)
    connection.exec_driver_sql("UPDATE jobs SET run_at = now() - interval '1 minute' WHERE id = %s", (high.id,))
    measure_depth(connection)
    connection.exec_driver_sql("VACUUM ANALYZE jobs")


@pytest.mark.usefixtures("long_history")
def test_what_is_asked_all_the_time_follows_indexes(catalogue):
    read = {}
    for name, ask in ASKED.items():
        with transaction(catalogue.parts.engine) as connection:
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")  # dear only where the table is very large
            ask(connection)
            seen = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'jobs'"
            read[name] = connection.exec_driver_sql(seen).scalar_one()
    assert read == dict.fromkeys(ASKED, 0)
