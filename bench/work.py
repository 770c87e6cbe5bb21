"""The work that the bench submits: tasks that do nothing."""

from __future__ import annotations

from pydantic import BaseModel

from trajectory.tasks import task


class Params(BaseModel):
    payload: str = ""


@task("bench.noop")
def noop(params: Params) -> None:
    """Nothing."""


@task("bench.noop_each", commit="each")
def noop_each(params: Params) -> None:
    """Nothing, recorded before the next begins."""
