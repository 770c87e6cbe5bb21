"""Five million jobs that are over: how long every question takes beside them, and how fast a drain is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from local.steps import say
from trajectory import bulk, error_groups, views
from trajectory.error_schemas import ErrorQuery
from trajectory.parts import parts
from trajectory.priorities import Priority
from trajectory.selection import BulkRequest, JobQuery
from trajectory.states import JobState
from trajectory.store.changes import changed_since
from trajectory.store.engine import transaction
from trajectory.store.filters import JobFilter
from trajectory.store.rollups import GRAINS, roll_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from trajectory.store.reports import By

HISTORY = 5_000_000
_DAYS = 29  # nothing of it is old enough to be pruned
_TIMES = 5
_UP_TO = 10_000
_PAGE = 50

# A month of work: twenty tasks, three in a hundred jobs failed and one was cancelled, some have tags, a source or a
# batch. What is rare is very rare and old: a list that has to look for it must not look at everything.
_SEED = f"""
INSERT INTO jobs (id, task, params, tags, source, batch_id, created_by, max_retries, created_at, priority, state,
    run_at, attempt, claim, started_at, finished_at, outcome, result, error_type, error_message, error_traceback,
    error_attempt, fingerprint, failures)
SELECT uuidv7(created_at - clock_timestamp()),
    CASE WHEN i %% 100000 = 7 AND i < %(jobs)s / 4 THEN 'bench.rare' ELSE 'bench.task_' || i %% 20 END,
    jsonb_build_object('payload', repeat('x', 185), 'number', i),
    CASE WHEN i %% 100000 = 9 THEN ARRAY['rare'] WHEN i %% 10 = 1 THEN ARRAY['customer-' || i %% 997, 'common']
        ELSE '{{}}' END,
    CASE WHEN i %% 20 = 3 THEN 'github' WHEN i %% 100000 = 11 THEN 'seldom' END,
    CASE WHEN i %% 5000 < 1000 THEN md5((i / 5000)::text)::uuid END,
    'bench', 3, created_at,
    CASE WHEN i %% 100000 = 13 THEN 0 WHEN i %% 4 = 0 THEN 2 ELSE 1 END,
    state, created_at, 1, 1 + i %% 80, created_at + interval '1 second', created_at + interval '3 seconds', state,
    CASE WHEN state = 'succeeded' THEN '{{"rows": 3}}'::jsonb END,
    CASE WHEN state = 'failed' THEN 'ConnectionError' END,
    CASE WHEN state = 'failed' THEN 'host db-' || i %% 50 || ' refused the connection number ' || i END,
    CASE WHEN state = 'failed' THEN repeat('  File "work.py", line 1, in work' || chr(10), 20) END,
    CASE WHEN state = 'failed' THEN 1 END, CASE WHEN state = 'failed' THEN left(md5((i %% 2000)::text), 16) END, 0
FROM (
    SELECT i, now() - interval '{_DAYS} days' * (1 - i::float8 / %(jobs)s) - interval '10 seconds' AS created_at,
        CASE WHEN i %% 100 IN (17, 37, 57) THEN 'failed' WHEN i %% 100 = 77 THEN 'cancelled' ELSE 'succeeded' END
        AS state
    FROM generate_series(%(first)s, %(last)s) AS i
) AS made
"""
_SEED_REST = (
    """
    INSERT INTO attempts (job_id, attempt, outcome, started_at, finished_at, error_type, error_message, fingerprint,
        retry_at)
    SELECT id, 1, 'failed', started_at, finished_at, 'Wrong', 'no', fingerprint, finished_at
    FROM jobs WHERE state = 'failed'
    """,
    """
    INSERT INTO error_groups (fingerprint, task, error_type, shape, count, first_seen_at, last_seen_at, sampled_at,
        sample_message)
    SELECT fingerprint, min(task), 'Wrong', 'no', 2 * count(*), min(finished_at), max(finished_at),
        max(finished_at), 'no'
    FROM jobs WHERE fingerprint IS NOT NULL GROUP BY 1
    """,
    """
    INSERT INTO error_hours SELECT fingerprint, date_trunc('hour', finished_at), '', 2 * count(*)
    FROM jobs WHERE fingerprint IS NOT NULL GROUP BY 1, 2
    """,
    """
    INSERT INTO job_logs SELECT id, 1000000 + n, 1, started_at, 'info', 'line ' || n
    FROM jobs CROSS JOIN generate_series(1, 5) AS n WHERE state = 'failed'
    """,
    """
    INSERT INTO artifacts (job_id, name, attempt, size_bytes, media_type)
    SELECT id, 'a.txt', 1, 10, 'text/plain' FROM jobs WHERE source = 'github'
    """,
    """
    INSERT INTO stats (minute, priority, task, submitted, succeeded, failed, cancelled)
    SELECT date_trunc('minute', finished_at), priority, task, count(*), count(*) FILTER (WHERE state = 'succeeded'),
        count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'cancelled')
    FROM jobs GROUP BY 1, 2, 3 ORDER BY 1 ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO stats_durations (minute, priority, task, measure, bucket, count)
    SELECT date_trunc('minute', finished_at), priority, task, d.measure, 10 + abs(hashtext(id::text)) %% 5, count(*)
    FROM jobs CROSS JOIN (VALUES ('wait'), ('run')) AS d (measure) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1
    ON CONFLICT DO NOTHING
    """,
)
_AT_ONCE = 250_000


def seed(jobs: int = HISTORY) -> None:
    """Jobs that are over, and what was counted of them, as the dispatcher, autovacuum and a checkpoint leave them."""
    began_at = time.monotonic()
    with parts().engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for first in range(1, jobs + 1, _AT_ONCE):
            last = min(jobs, first + _AT_ONCE - 1)
            connection.exec_driver_sql(_SEED, {"jobs": jobs, "first": first, "last": last})
        for statement in _SEED_REST:
            connection.exec_driver_sql(statement)
        # From the oldest minute on, as after an update from a release that did not add up.
        connection.exec_driver_sql("DELETE FROM instance WHERE name LIKE 'rolled_until_%%'")
        for grain in GRAINS:
            while _roll_up(grain):
                pass
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
        connection.invalidate()
    say(f"  {jobs:,} jobs that are over, made in {time.monotonic() - began_at:.0f} s")


def _roll_up(grain: int) -> bool:
    with transaction(parts().engine) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        return roll_up(connection, grain)


def questions() -> dict[str, Callable[[], object]]:
    """Every question that the API answers about jobs, with filters that match much, little, and nothing."""
    with parts().engine.connect() as connection:
        newest, failed = (
            connection.exec_driver_sql(f"SELECT id FROM jobs {where} ORDER BY id DESC LIMIT 1").scalar_one()
            for where in ("", "WHERE state = 'failed'")
        )
        batch, middle = connection.exec_driver_sql("""
            SELECT batch_id, id FROM jobs WHERE batch_id IS NOT NULL AND created_at < now() - interval '15 days'
            ORDER BY id DESC LIMIT 1
        """).one()
        error = connection.exec_driver_sql("SELECT max(fingerprint) FROM error_groups").scalar_one()
    filters = {
        "no filter": JobFilter(),
        **{f"state {state}": JobFilter(states=(state,)) for state in JobState},
        "failed and cancelled": JobFilter(states=(JobState.FAILED, JobState.CANCELLED)),
        "waiting": JobFilter(states=(JobState.QUEUED, JobState.SCHEDULED, JobState.RETRYING)),
        **{f"priority {priority}": JobFilter(priorities=(priority,)) for priority in Priority},
        "one task": JobFilter(tasks=("bench.task_7",)),
        "three tasks": JobFilter(tasks=("bench.task_7", "bench.task_8", "bench.rare")),
        "a rare, old task": JobFilter(tasks=("bench.rare",)),
        "no such task": JobFilter(tasks=("bench.never",)),
        "failed of a rare task": JobFilter(states=(JobState.FAILED,), tasks=("bench.rare",)),
        "failed, high": JobFilter(states=(JobState.FAILED,), priorities=(Priority.HIGH,)),
        "a common tag": JobFilter(tag="common"),
        "a tag of some": JobFilter(tag="customer-31"),
        "a rare tag": JobFilter(tag="rare"),
        "no such tag": JobFilter(tag="never"),
        "a common source": JobFilter(source="github"),
        "a rare source": JobFilter(source="seldom"),
        "no such source": JobFilter(source="never"),
        "a batch": JobFilter(batch_id=batch),
        "failed of a batch": JobFilter(batch_id=batch, states=(JobState.FAILED,)),
        "no such batch": JobFilter(batch_id=UUID(int=1)),
        "an error": JobFilter(fingerprint=error),
        "an error, cancelled": JobFilter(fingerprint=error, states=(JobState.CANCELLED,)),
        "no such error": JobFilter(fingerprint="never"),
        "two weeks ago": JobFilter(created_before=datetime.now(UTC) - timedelta(days=14)),
        "a day": JobFilter(
            created_after=datetime.now(UTC) - timedelta(days=15), created_before=datetime.now(UTC) - timedelta(days=14)
        ),
        "high of a day": JobFilter(
            priorities=(Priority.HIGH,),
            created_after=datetime.now(UTC) - timedelta(days=15),
            created_before=datetime.now(UTC) - timedelta(days=14),
        ),
        "text in a task": JobFilter(q="task_7"),
        "text in many errors": JobFilter(q="db-31 refused"),
        "text in one old error": JobFilter(q="number 17117"),
        "text in nothing": JobFilter(q="no such words"),
        "text that is an id": JobFilter(q=str(middle)[:18]),
        "text that is a tag": JobFilter(q="customer-31"),
    }

    def listed(chosen: JobFilter, cursor: str | None = None) -> Callable[[], object]:
        return lambda: views.jobs(chosen, limit=_PAGE, cursor=cursor)

    def counted(chosen: JobFilter) -> Callable[[], object]:
        return lambda: views.job_counts(chosen, up_to=_UP_TO)

    retry = BulkRequest(action="retry", filter=JobQuery(fingerprint=error, state=(JobState.FAILED,)))
    now = datetime.now(UTC)
    # As charts ask: a point costs what a histogram costs, so there are fewer in time where there is a series a task.
    spans: tuple[tuple[By, str, int, int], ...] = (
        ("priority", "an hour", 3600, 60),
        ("priority", "a day", 86_400, 900),
        ("priority", "a week", 604_800, 3600),
        ("priority", "a month", 2_592_000, 86_400),
        ("task", "an hour", 3600, 300),
        ("task", "a day", 86_400, 3600),
        ("task", "a week", 604_800, 86_400),
        ("task", "a month", 2_592_000, 86_400),
    )
    asked: dict[str, Callable[[], object]] = {f"list: {name}": listed(chosen) for name, chosen in filters.items()}
    asked |= {f"list from the middle: {name}": listed(filters[name], str(middle)) for name in ("no filter", "one task")}
    asked |= {f"count: {name}": counted(chosen) for name, chosen in filters.items()}
    asked |= {f"facets: {name}": partial(views.facets, chosen) for name, chosen in filters.items()}
    for days in (1 / 24, 1, 7, 30):
        span = {"start": now - timedelta(days=days), "end": now}
        hours = f"histogram of {days * 24:.0f} h"
        asked[f"{hours} by priority"] = partial(views.histogram, JobFilter(), by="priority", **span)
        for name, chosen in filters.items():
            asked[f"{hours}: {name}"] = partial(views.histogram, chosen, by="state", **span)
    asked |= {
        "job": lambda: views.job(newest),
        "job from the middle": lambda: views.job(middle),
        "attempts": lambda: views.attempts(failed),
        "log": lambda: views.log(failed, after=0, limit=1000),
        "artifacts": lambda: views.artifacts(middle),
        "queues": views.queues,
        "workers": views.workers,
        "tasks": views.tasks,
        "totals": views.totals,
        "errors": lambda: error_groups.groups(ErrorQuery(status=("open",)), limit=_PAGE, cursor=None),
        "an error": lambda: error_groups.group(error),
        "a retry of an error's jobs, counted": lambda: bulk.count(retry),
        "what changed in the last second": _changed,
    }
    for by, name, seconds, bucket in spans:
        asked[f"statistics of {name} by {by}"] = partial(
            views.stats, start=now - timedelta(seconds=seconds), end=now, bucket_seconds=bucket, by=by
        )
    return asked


def _changed() -> None:
    with parts().engine.connect() as connection:
        changed_since(connection, int(1000 * (time.time() - 1)))


def ask(times: int = _TIMES) -> dict[str, float]:
    """Milliseconds of each question, the median of some; each is printed."""
    took = {}
    for name, question in questions().items():
        samples = []
        for _ in range(times):
            began_at = time.monotonic()
            question()
            samples.append(1000 * (time.monotonic() - began_at))
        took[name] = median(samples)
        say(f"    {name:<45}{took[name]:8.1f} ms")
    return took
