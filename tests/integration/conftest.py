"""Jobs at a stage, without processes: an installation with a catalogue, and slots in this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from uuid_utils.compat import uuid7

from trajectory.store.fleet import put_tasks, register_slot, register_worker
from trajectory.tasks import load, registered

if TYPE_CHECKING:
    from tests.system import System


@pytest.fixture
def catalogue(system: System) -> System:
    """The installation, with the tests' tasks announced by a worker that does not run."""
    load(["tests.work"])
    entries = [
        {
            "name": task.name,
            "description": task.description,
            "params_schema": task.params_schema(),
            "defaults": {
                "max_retries": task.retry.max_retries,
                "timeout_seconds": task.timeout_seconds,
                "retry_backoff_max_seconds": task.retry.retry_backoff_max,
            },
        }
        for task in registered().values()
    ]
    with system.parts.engine.connect() as connection:
        put_tasks(connection, entries)
    return system


@pytest.fixture
def claim(catalogue: System) -> int:
    """The claim number of a slot of a living worker."""
    return new_claim(catalogue)


def new_claim(system: System) -> int:
    with system.parts.engine.connect() as connection:
        worker_id = uuid7()
        register_worker(
            connection,
            worker_id=worker_id,
            name="test",
            host="here",
            pid=os.getpid(),
            queues=["high", "medium", "low"],
            tasks=[],
            slots=1,
        )
        return register_slot(connection, worker_id=worker_id, slot=0, pid=os.getpid())
