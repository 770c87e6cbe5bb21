"""Jobs at a stage, without processes: slots in this process."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from uuid_utils.compat import uuid7

from functions.app import create_app, resources
from local.waiting import wait_until
from trajectory.priorities import RANKED
from trajectory.store.claims import Claimed, claim_jobs, names_of
from trajectory.store.engine import slot_engine
from trajectory.store.fleet import register_slot, register_worker
from workers.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask.testing import FlaskClient
    from sqlalchemy import Connection

    from tests.system import System


@pytest.fixture
def client(catalogue: System) -> FlaskClient:
    """The API, asked by an administrator."""
    client = create_app(*resources()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {catalogue.key()}"
    return client


@pytest.fixture
def connection(catalogue: System) -> Iterator[Connection]:
    """A connection as a slot has it."""
    engine = slot_engine(catalogue.parts.settings)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def events(catalogue: System) -> Callable[[str], list[dict[str, Any]]]:
    """What the feed says of a kind from now on."""
    cursor = catalogue.parts.feed.cursor()

    def read(kind: str) -> list[dict[str, Any]]:
        catalogue.parts.announcer.flush()
        return [event for event in catalogue.parts.feed.read(cursor, wait_seconds=0).events if event["kind"] == kind]

    return read


def take(connection: Connection, claim: int, want: int = 1) -> list[Claimed]:
    """Claim the best jobs."""
    floors = dict.fromkeys(range(3), "-infinity")
    return claim_jobs(connection, claim, want=want, floors=floors, tasks=names_of(["test.noop"]))


@pytest.fixture
def claim(catalogue: System) -> int:
    """The claim number of a slot of a living worker."""
    return new_claim(catalogue)


def new_claim(system: System) -> int:
    with system.parts.engine.connect() as connection:
        return register_slot(connection, worker_id=new_worker(system), slot=0, pid=os.getpid())


def new_worker(system: System) -> UUID:
    """A living worker that knows one task."""
    worker_id = uuid7()
    with system.parts.engine.connect() as connection:
        register_worker(
            connection,
            worker_id=worker_id,
            name="test",
            host="here",
            pid=os.getpid(),
            queues=["high", "medium", "low"],
            tasks=["test.noop"],
            slots=1,
        )
    return worker_id


@contextmanager
def slot_of(system: System) -> Iterator[Slot]:
    """A slot in this process, which gets back what a slot changes of its process."""
    handler, interval = signal.getsignal(signal.SIGALRM), sys.getswitchinterval()
    slot = Slot(system.parts.settings, worker_id=new_worker(system), slot=0, queues=RANKED)
    yield slot
    # What it did last is told a moment later, and the database is gone by then.
    assert wait_until(lambda: not slot._watch.is_awake, 10)
    slot.patience.insist(lambda connection: connection.close())
    slot.engine.dispose()
    signal.signal(signal.SIGALRM, handler)
    sys.setswitchinterval(interval)


def insert_waiting(connection: Connection, task: str, count: int, *, first_seconds_ago: float = 0) -> None:
    """Queue many medium jobs of a task, due one after the other. The table is no longer cleaned by itself."""
    connection.exec_driver_sql("ALTER TABLE jobs SET (autovacuum_enabled = off)")  # its pages would be counted
    connection.exec_driver_sql(
        """
        INSERT INTO jobs (id, task, params, max_retries, priority, state, run_at)
        SELECT uuidv7(), %s, '{}', 3, 1, 'queued', now() - %s * interval '1 second' + i * interval '1 us'
        FROM generate_series(1, %s) AS i
        """,
        (task, first_seconds_ago, count),
    )
    connection.exec_driver_sql("ANALYZE jobs")


def buffers_of_jobs(connection: Connection) -> int:
    """Pages of the table and its indexes that were looked at so far, by this session and all that told."""
    connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    seen: int = connection.exec_driver_sql("""
        SELECT heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit
        FROM pg_statio_user_tables WHERE relname = 'jobs'
    """).scalar_one()
    return seen
