"""Workers: who is there, what each slot does, and what is asked of a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import steering, views
from trajectory.act_schemas import Resize
from trajectory.schemas import Worker, WorkerList

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("workers", __name__, url_prefix="/api/v1/workers")


@blueprint.get("")
@endpoint(answer=WorkerList)
def list_workers() -> WorkerList:
    """Living workers, and those that went away a moment ago, with the job in each slot."""
    return views.workers()


@blueprint.post("/<uuid:worker_id>/stop")
@endpoint(answer=Worker)
def stop_worker(worker_id: UUID) -> Worker:
    """Ask a worker to shut down: running jobs get the grace period, then go back to the queue."""
    return steering.stop_worker(worker_id)


@blueprint.post("/<uuid:worker_id>/resize")
@endpoint(body=Resize, answer=Worker)
def resize_worker(worker_id: UUID, body: Resize) -> Worker:
    """Ask a worker for another number of slots; one too many leaves when its job has ended."""
    return steering.resize_worker(worker_id, body.slots)


handler = as_function(blueprint)
