"""Jobs at a stage, without processes: slots in this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from uuid_utils.compat import uuid7

from trajectory.store.fleet import register_slot, register_worker

if TYPE_CHECKING:
    from tests.system import System


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
            tasks=["test.noop"],
            slots=1,
        )
        return register_slot(connection, worker_id=worker_id, slot=0, pid=os.getpid())
