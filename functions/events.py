"""Events: the live feed by polling."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.schemas import Events, Wire

blueprint = Blueprint("events", __name__, url_prefix="/api/v1/events")


class EventsQuery(Wire):
    """Without `after`: the cursor of now. With it: what happened since, waiting up to `wait` seconds for something."""

    after: Annotated[str | None, Field(description="`cursor` of the answer before; without it, the one of now")] = None
    wait: Annotated[float, Field(ge=0, le=25, description="Seconds to wait for something to happen")] = 0


@blueprint.get("")
@endpoint(query=EventsQuery, answer=Events)
def read_events(query: EventsQuery) -> Events:
    """What has happened since a cursor."""
    return views.events(query.after, wait_seconds=query.wait)


handler = as_function(blueprint)
