"""Queues: how each priority stands, and whether it is let run."""

from __future__ import annotations

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import caller, endpoint
from trajectory import steering, views
from trajectory.errors import NotFound
from trajectory.priorities import QUEUES, Priority
from trajectory.schemas import Queue, QueueList

blueprint = Blueprint("queues", __name__, url_prefix="/api/v1/queues")


@blueprint.get("")
@endpoint(answer=QueueList)
def list_queues() -> QueueList:
    """Depth, pace and waits of each priority, high first."""
    return views.queues()


@blueprint.post("/<name>/pause")
@endpoint(answer=Queue)
def pause_queue(name: str) -> Queue:
    """Let no job of this priority start until it is resumed; running ones finish."""
    return steering.pause(_named(name), paused_by=caller().name)


@blueprint.post("/<name>/resume")
@endpoint(answer=Queue)
def resume_queue(name: str) -> Queue:
    """Let jobs of this priority start again."""
    return steering.resume(_named(name))


def _named(name: str) -> Priority:
    if name not in QUEUES:
        raise NotFound(f"there is no queue {name!r}")
    return Priority(name)


handler = as_function(blueprint)
