"""Tasks that the tests submit."""

from __future__ import annotations

import asyncio
import ctypes
import os
import random
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from trajectory.errors import JobTimeout
from trajectory.tasks import Schedule, task

if TYPE_CHECKING:
    from trajectory.run import Run


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Note(BaseModel):
    """Append a line to a file: proof that the job ran."""

    path: str
    text: str = ""
    seconds: float = 0


class Files(BaseModel):
    """Leave files of one size."""

    names: list[str]
    size_bytes: int


class Wrong(Exception):
    """Something that the test wanted"""


@task("test.noop")
def noop(params: Nothing) -> None:
    """Nothing."""


@task("test.note")
def note(params: Note) -> None:
    with Path(params.path).open("a") as file:
        file.write(params.text + "\n")
    threading.Event().wait(params.seconds)


@task("test.note_each", commit="each")
def note_each(params: Note) -> None:
    note.function(params)


def content(size_bytes: int) -> bytes:
    """What a file of so many bytes holds."""
    return random.Random(size_bytes).randbytes(size_bytes)


@task("test.leave")
def leave(params: Files, run: Run) -> None:
    for name in params.names:
        run.artifact(name, content(params.size_bytes))


@task("test.raise", retry_jitter=False)
def fail(params: Nothing, run: Run) -> None:
    raise Wrong(f"wanted in attempt {run.attempt}")


@task("test.slow", timeout=0.3, max_retries=0)
def slow(params: Nothing) -> None:
    threading.Event().wait(30)


@task("test.die")
def die(params: Nothing) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@task("test.abandon")
def abandon(params: Nothing) -> None:
    """Raises what is no Exception."""
    raise asyncio.CancelledError("wanted")


def _cannot_be_read() -> None:
    raise Wrong("what the task left cannot be read")


@task("test.wreck")
def wreck(params: Nothing, run: Run) -> None:
    """Returns, but leaves its slot unable to record that."""
    run.take_lines = _cannot_be_read  # type: ignore[method-assign,assignment]


@task("test.odd_result", max_retries=0)
def odd_result(params: Nothing) -> Any:
    return {"nul": "a\x00b", "half": "\ud800", "text": "ä"}


@task("test.impossible_result")
def impossible_result(params: Nothing) -> Any:
    return object()


@task("test.two_at_a_time", max_running=2)
def two_at_a_time(params: Note) -> None:
    note.function(params)


@task("test.five_a_second", rate="5/s")
def five_a_second(params: Note) -> None:
    note.function(params)


@task("test.declared", schedules=[Schedule(name="test.yearly", cron="0 0 1 1 *", overlap="queue")])
def declared(params: Nothing) -> None:
    """Has a schedule beside it."""


@task("test.silent")
def silent(params: Nothing) -> None:
    """Never reports, and so never learns that it should stop."""
    threading.Event().wait(60)


@task("test.polite")
def polite(params: Nothing, run: Run) -> str:
    """Asks whether it should stop, and returns when it should."""
    pause = threading.Event()
    while not run.cancelled:
        pause.wait(0.01)
    return "stopped half way"


@task("test.clumsy", max_retries=0)
def clumsy(params: Nothing, run: Run) -> None:
    """Stops when it should, and breaks something while it cleans up."""
    try:
        polite.function(params, run)
    finally:
        raise Wrong("broken while it cleaned up")


@task("test.hog")
def hog(params: Nothing) -> None:
    """Holds the interpreter: no other thread of its slot can do anything."""
    ctypes.PyDLL(None).sleep(60)


@task("test.stubborn", timeout=0.3, max_retries=1, retry_jitter=False)
def stubborn(params: Nothing, run: Run) -> str:
    """Goes on after its time is over, in the first attempt."""
    while run.attempt == 1:
        try:
            threading.Event().wait(60)
        except JobTimeout:
            run.log("not yet")
    return f"attempt {run.attempt}"
