"""What the OpenAPI document says beside the handlers' own words: its groups, its refusals, bodies as they are sent."""

from __future__ import annotations

from typing import Any

TAGS: dict[str, tuple[str, str]] = {
    "jobs": ("Jobs", "Submit work, find it, read what became of it, cancel and retry it."),
    "bulk": ("Many jobs", "One act on all jobs that match a filter, done in the background and abortable."),
    "schedules": ("Schedules", "Jobs that a cron expression makes."),
    "queues": ("Queues", "One queue per priority: how deep it is and how fast, and a stop for it."),
    "workers": ("Workers", "What runs the jobs, slot by slot."),
    "tasks": ("Tasks", "What can be submitted, as the workers announced it."),
    "errors": ("Errors", "Failures that are the same, as one."),
    "stats": ("Statistics", "Counts and percentiles over time."),
    "lanes": ("Lanes", "What each slot ran when."),
    "saved_views": ("Saved views", "Filters of the list of jobs, kept under a name."),
    "events": ("Events", "What happens, for clients that follow it without a socket."),
    "access": ("Access", "Stand-ins for the key."),
    "health": ("Health", "For load balancers and orchestrators; no key is needed."),
    "metrics": ("Metrics", "For Prometheus."),
    "openapi": ("Description", "The API about itself."),
}
"""By blueprint: the name and the description of its group, in the order in which one reads them."""

EXAMPLES: dict[str, Any] = {
    "jobs.submit": {"task": "demo.sleep", "params": {"seconds": 3}, "priority": "high"},
    "jobs.submit_batch": {"jobs": [{"task": "demo.sleep", "params": {"seconds": 1}}, {"task": "demo.sleep"}]},
    "jobs.retry": {"priority": "high"},
    "bulk.start_bulk": {"action": "retry", "filter": {"state": ["failed"]}, "dry_run": True},
    "schedules.create_schedule": {
        "name": "nightly",
        "cron": "0 3 * * *",
        "timezone": "Europe/Berlin",
        "task": "demo.sleep",
        "params": {"seconds": 3},
    },
    "schedules.change_schedule": {"cron": "30 4 * * 1-5"},
    "saved_views.save_view": {"name": "Failed exports", "filter": {"state": ["failed"], "task": ["data_export"]}},
    "saved_views.change_saved_view": {"shared": True},
}
"""Bodies by handler, where the least that is allowed would say little."""

REFUSALS = {
    "400": "A query parameter or a cursor is not valid, or the body is not JSON (`invalid_query`, `not_json`)",
    "401": "No key, or one that is not known (`unauthenticated`)",
    "404": "There is no such thing, or not any more (`not_found`)",
    "409": "The same `Idempotency-Key` came with another body (`idempotency_conflict`)",
    "422": "The body does not fit; `errors` points at each fault (`invalid_submission`, `unknown_task`)",
    "default": "Any other refusal; its `code` says which, and stays as it is",
}
