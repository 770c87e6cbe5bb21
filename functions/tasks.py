"""Tasks: what can be submitted."""

from __future__ import annotations

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.schemas import TaskList

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks")


@blueprint.get("")
@endpoint(answer=TaskList)
def list_tasks() -> TaskList:
    """The tasks that workers announced, with the JSON schema of their params."""
    return views.tasks()


handler = as_function(blueprint)
