"""The wire shapes of statistics: what happened in each stretch of time."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from trajectory.schemas import Time, Wire


class StatsPoint(Wire):
    at: Time
    submitted: int
    succeeded: int
    failed: int
    cancelled: int
    retried: int
    wait_p50_seconds: float | None
    wait_p95_seconds: float | None
    wait_p99_seconds: float | None
    run_p50_seconds: float | None
    run_p95_seconds: float | None
    oldest_wait_seconds: Annotated[
        float | None, Field(description="Of a priority: how long a job had waited there that had not started, at most")
    ]


class StatsSeries(Wire):
    key: str
    points: list[StatsPoint]


class Stats(Wire):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: Time = Field(alias="from")
    end: Time = Field(alias="to")
    bucket_seconds: int
    series: list[StatsSeries]
