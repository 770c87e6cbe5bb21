"""Tasks that leave a trace outside the database: what ran is counted independently of what is on record."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from trajectory.tasks import task

if TYPE_CHECKING:
    from trajectory.run import Run

JOURNAL = "TEST_JOURNAL"


class Work(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = 0


class Report(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bytes: int


def note(word: str, run: Run) -> None:
    """One line, appended whole whoever else appends."""
    file = os.open(os.environ[JOURNAL], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{word} {run.job_id} {run.attempt}\n".encode())
    finally:
        os.close(file)


@task("chaos.work")
def work(params: Work, run: Run) -> dict[str, int]:
    note("begin", run)
    threading.Event().wait(params.seconds)
    note("end", run)
    return {"attempt": run.attempt}


@task("chaos.poison")
def poison(params: Work, run: Run) -> None:
    note("begin", run)
    threading.Event().wait(params.seconds)
    os.kill(os.getpid(), signal.SIGKILL)


@task("chaos.file", max_retries=0)
def file(params: Report, run: Run) -> None:
    note("begin", run)
    run.artifact("file.bin", b"x" * params.bytes)
    note("end", run)
