"""Metrics for Prometheus, read from the database: the same whichever process answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

blueprint = Blueprint("metrics", __name__)


class _Trajectory(Collector):
    def collect(self) -> Iterator[Metric]:
        queues = views.queues().items
        depth = GaugeMetricFamily("trajectory_jobs", "Jobs that are not final", labels=["priority", "state"])
        oldest = GaugeMetricFamily(
            "trajectory_oldest_wait_seconds", "Longest wait of a queued job", labels=["priority"]
        )
        inversions = CounterMetricFamily(
            "trajectory_inversions", "Jobs started while a higher one, free to run, had waited", labels=["priority"]
        )
        slots = GaugeMetricFamily("trajectory_slots", "Slots that serve a queue", labels=["priority"])
        for queue in queues:
            for state in ("queued", "scheduled", "retrying", "running"):
                depth.add_metric([queue.name, state], getattr(queue, state))
            oldest.add_metric([queue.name], queue.oldest_wait_seconds or 0)
            inversions.add_metric([queue.name], queue.inversions)
            slots.add_metric([queue.name], queue.slots)
        yield from (depth, oldest, inversions, slots)
        happened = CounterMetricFamily("trajectory_jobs_happened", "What happened to jobs", labels=["priority", "what"])
        for priority, counts in views.totals().items():
            for what, count in counts.items():
                happened.add_metric([priority, what], count)
        yield happened


@blueprint.get("/metrics")
@endpoint(answer=None, media_type=CONTENT_TYPE_LATEST)
def metrics() -> Response:
    """Depth, waits, slots and counters in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Trajectory())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


handler = as_function(blueprint)
