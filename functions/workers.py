"""Workers: who is there, and what each slot does."""

from __future__ import annotations

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.schemas import WorkerList

blueprint = Blueprint("workers", __name__, url_prefix="/api/v1/workers")


@blueprint.get("")
@endpoint(answer=WorkerList)
def list_workers() -> WorkerList:
    """Living workers, and those that went away a moment ago, with the job in each slot."""
    return views.workers()


handler = as_function(blueprint)
