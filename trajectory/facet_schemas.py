"""What a list of jobs is made up of, in numbers: facets and a histogram. The wire shapes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from trajectory.schemas import Time, Wire

HistogramBy = Literal["state", "priority"]


class FacetValue(Wire):
    value: str
    count: int


class Facet(Wire):
    """How many jobs have each value of a field, under all conditions but those on this field itself.

    No further than `counted_to`. Not `complete`: only the newest jobs were looked at, and there may be more.
    """

    values: list[FacetValue]
    counted_to: int
    complete: bool


class JobFacets(Wire):
    state: Facet
    priority: Facet
    task: Facet
    source: Facet
    tag: Facet


class HistogramPoint(Wire):
    at: Time
    counts: dict[str, int]


class JobHistogram(Wire):
    """How many of the jobs that match were created in each bucket, by what they are now.

    `estimated`: they were too many to be counted; kept statistics say how many were created, and a sample of each
    bucket what they are. `complete_from`: of what was created before, some was not looked at; null: everything was.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: Time = Field(alias="from")
    end: Time = Field(alias="to")
    bucket_seconds: int
    by: HistogramBy
    points: Annotated[list[HistogramPoint], Field(description="Every bucket of the span, the earliest first")]
    estimated: bool
    complete_from: Time | None
