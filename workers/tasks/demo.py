"""demo.sleep: simulated work, to see priorities, progress and retries with."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from trajectory.tasks import task

if TYPE_CHECKING:
    from trajectory.run import Run


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(1.0, ge=0, le=3600, description="How long to sleep in all")
    steps: int = Field(10, ge=1, le=10_000, description="In how many steps, each reported as progress")
    fail_times: int = Field(0, ge=0, le=1000, description="Fail in this many attempts before succeeding")


class PlannedFailure(Exception):
    """demo.sleep was asked to fail"""


@task("demo.sleep", retry_jitter=False)
def sleep(params: Params, run: Run) -> dict[str, object]:
    """Sleep for some seconds in steps, and fail a number of times first if asked to."""
    pause = threading.Event()
    for step in run.track(range(params.steps), message="sleeping"):
        pause.wait(params.seconds / params.steps)
        if run.attempt <= params.fail_times and step == params.steps // 2:
            raise PlannedFailure(f"attempt {run.attempt} of the {params.fail_times} that were to fail")
    run.log(f"slept {params.seconds} s in {params.steps} steps")
    return {"slept_seconds": params.seconds, "steps": params.steps}
