"""What is done to processes: kill, freeze, cut, start again."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil

from local.child import ChildDied
from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.child import Child
    from local.servers import Server
    from tests.chaos.journal import Journal
    from tests.system import System
    from trajectory.schemas import Job


def kill(child: Child) -> None:
    """SIGKILL, to this process alone; its children are its own affair."""
    assert child.process
    child.process.kill()
    child.process.wait()


def kill_group(child: Child) -> None:
    """SIGKILL to the process and what it started."""
    assert child.process
    os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


@contextmanager
def frozen(child: Child) -> Iterator[None]:
    """The process and what it started stand still while the block runs."""
    assert child.process
    os.killpg(child.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(child.process.pid, signal.SIGCONT)


def start_again(server: Server, seconds: float = 30) -> None:
    """Start a server where it was. What was killed may hold its port or memory for a moment yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.child.start()
            server.child.wait_until_ready(seconds)
        except ChildDied:
            server.child.stop()
            if time.monotonic() > deadline:
                raise
        else:
            return


def slot_of(system: System, journal: Journal, job: Job) -> int:
    """The pid of the slot process that is at the job, once it has begun: from then on it is passed on to no other."""
    assert wait_until(lambda: (str(job.id), 1) in journal.entries("begin"), 20)
    with system.parts.engine.connect() as connection:
        pid: int = connection.exec_driver_sql(
            "SELECT pid FROM slots JOIN jobs ON jobs.claim = slots.claim WHERE jobs.id = %s", (job.id,)
        ).scalar_one()
    return pid


def child_of(child: Child) -> int:
    """The pid of a process that this one started."""
    assert child.process
    return psutil.Process(child.process.pid).children()[-1].pid
