"""Statistics: what happened, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, model_validator

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.schemas import Moment, Wire
from trajectory.stats_schemas import Stats

blueprint = Blueprint("stats", __name__, url_prefix="/api/v1/stats")

_MAX_BUCKETS = 2000
_LONGEST_BUCKET = 366 * 86_400


class StatsQuery(Wire):
    """A span of time (the last hour if none is given), in buckets of whole minutes."""

    start: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None
    bucket: Annotated[int, Field(ge=60, le=_LONGEST_BUCKET, multiple_of=60, description="Seconds in a bucket")] = 60
    by: Literal["priority", "task"] = "priority"

    @model_validator(mode="after")
    def _sensible(self) -> StatsQuery:
        start, end = self.span()
        if start >= end:
            raise ValueError("`from` must be before `to`")
        if (end - start).total_seconds() / self.bucket > _MAX_BUCKETS:
            raise ValueError(f"that is more than {_MAX_BUCKETS} buckets; ask for larger ones")
        return self

    def span(self) -> tuple[datetime, datetime]:
        end = self.end or datetime.now(UTC)
        return self.start or end - timedelta(hours=1), end


@blueprint.get("")
@endpoint(query=StatsQuery, answer=Stats)
def read_stats(query: StatsQuery) -> Stats:
    """Series of counts and percentiles, one per priority or task."""
    start, end = query.span()
    return views.stats(start=start, end=end, bucket_seconds=query.bucket, by=query.by)


handler = as_function(blueprint)
