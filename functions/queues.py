"""Queues: how each priority stands."""

from __future__ import annotations

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.schemas import QueueList

blueprint = Blueprint("queues", __name__, url_prefix="/api/v1/queues")


@blueprint.get("")
@endpoint(answer=QueueList)
def list_queues() -> QueueList:
    """Depth, pace and waits of each priority, high first."""
    return views.queues()


handler = as_function(blueprint)
