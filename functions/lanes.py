"""Lanes: what each slot ran when, for the timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask import Blueprint
from pydantic import Field, model_validator

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.lane_schemas import Lanes
from trajectory.schemas import Moment, Wire

blueprint = Blueprint("lanes", __name__, url_prefix="/api/v1/lanes")

_LONGEST = timedelta(hours=24)
_USUAL = timedelta(minutes=5)


class LanesQuery(Wire):
    """A span of at most 24 hours; without `to` it ends now, without `from` it is of five minutes."""

    start: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _sensible(self) -> LanesQuery:
        start, end = self.span()
        if start >= end:
            raise ValueError("`from` must be before `to`")
        if end - start > _LONGEST:
            raise ValueError("that is more than 24 hours; ask for a shorter span")
        return self

    def span(self) -> tuple[datetime, datetime]:
        end = self.end or datetime.now(UTC)
        return self.start or end - _USUAL, end


@blueprint.get("")
@endpoint(query=LanesQuery, answer=Lanes)
def read_lanes(query: LanesQuery) -> Lanes:
    """What each slot ran in a span, the newest 4,000 runs at most; `truncated` says whether there were more."""
    start, end = query.span()
    return views.lanes(start=start, end=end)


handler = as_function(blueprint)
