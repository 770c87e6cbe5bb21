"""A task that does what a test tells it to, when it tells it: nothing here depends on how fast anything is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from trajectory.tasks import task

if TYPE_CHECKING:
    from trajectory.run import Run

LOOK_AGAIN_SECONDS = 0.05


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str


class Nothing(BaseModel):
    pass


class Refused(Exception):
    """The test told the task to fail"""


@task("e2e.told", retry_backoff=30, retry_jitter=False)
def told(params: Told, run: Run) -> dict[str, str]:
    """Follow a file: a number is the progress in percent, `fail` and `done` are the end. Every new word is logged."""
    order = Path(params.path)
    pause = threading.Event()
    before = None
    while True:
        word = order.read_text() if order.exists() else "0"
        if word != before:
            run.log(f"was told {word}")
            before = word
        if word == "fail":
            raise Refused(f"as told in attempt {run.attempt}")
        if word == "done":
            return {"told": word}
        run.progress(int(word), 100, f"at {word}")
        pause.wait(LOOK_AGAIN_SECONDS)


@task("e2e.patient", max_retries=2, retry_backoff=30, retry_jitter=False)
def patient(params: Nothing, run: Run) -> None:
    """Fail, and be tried again after so long that the wait can be looked at."""
    raise Refused(f"not yet in attempt {run.attempt}")
