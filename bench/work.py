"""The work that the bench submits: tasks that do nothing but count that they ran."""

from __future__ import annotations

from pydantic import BaseModel

from bench.tally import count
from trajectory.tasks import task


class Params(BaseModel):
    payload: str = ""


@task("bench.noop")
def noop(_params: Params) -> None:
    """Nothing."""
    count()


@task("bench.noop_each", commit="each")
def noop_each(_params: Params) -> None:
    """Nothing, recorded before the next begins."""
    count()
