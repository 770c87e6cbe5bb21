"""Statistics as they are read: queues, and series over time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trajectory.priorities import Priority, of_rank
from trajectory.schemas import Percentiles, Queue
from trajectory.stats_schemas import Stats, StatsPoint, StatsSeries
from trajectory.store.durations import percentiles
from trajectory.store.fleet import slots_by_queue
from trajectory.store.rollups import GRAINS, floor, rolled_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

By = Literal["priority", "task"]
_RECENT_MINUTES = 5


def list_queues(connection: Connection) -> list[Queue]:
    """The three queues, high first: depth as last counted, pace and waits of the last minutes."""
    depth = {row.priority: row for row in connection.exec_driver_sql("SELECT *, now() AS read_at FROM queues")}
    pace = connection.exec_driver_sql(
        """
        SELECT priority, sum(succeeded + failed + cancelled)
            / (1 + extract(epoch FROM now() - date_trunc('minute', now())) / 60)::float8 AS finished
        FROM stats WHERE minute >= date_trunc('minute', now()) - interval '1 minute' GROUP BY 1
        """
    )
    finished = {row.priority: row.finished for row in pace}
    waits = _recent_waits(connection)
    slots = slots_by_queue(connection)
    return [_queue(priority, depth[priority.rank], finished, waits, slots) for priority in Priority]


def _queue(
    priority: Priority,
    depth: Row[Any],
    finished: dict[int, float],
    waits: dict[int, dict[int, int]],
    slots: dict[str, int],
) -> Queue:
    pace = finished.get(priority.rank, 0.0)
    counts = waits.get(priority.rank, {})
    queued = depth.queued
    p50, p95, p99 = percentiles(counts, (0.5, 0.95, 0.99))
    return Queue(
        name=priority,
        queued=queued,
        scheduled=depth.scheduled,
        retrying=depth.retrying,
        running=depth.running,
        held=depth.held,
        paused=depth.paused_at is not None,
        paused_at=depth.paused_at,
        paused_by=depth.paused_by,
        inversions=depth.inversions,
        oldest_wait_seconds=(depth.read_at - depth.oldest_run_at).total_seconds() if depth.oldest_run_at else None,
        wait_seconds=None if p50 is None or p95 is None or p99 is None else Percentiles(p50=p50, p95=p95, p99=p99),
        finished_per_minute=round(pace, 1),
        slots=slots.get(priority.value, 0),
        drain_seconds=round(queued / pace * 60, 1) if queued and pace else None,
        measured_at=depth.measured_at,
    )


def _recent_waits(connection: Connection) -> dict[int, dict[int, int]]:
    rows = connection.exec_driver_sql(
        """
        SELECT priority, bucket, sum(count)::bigint AS jobs FROM stats_durations
        WHERE measure = 'wait' AND minute > now() - (%s + 1) * interval '1 minute' GROUP BY 1, 2
        """,
        (_RECENT_MINUTES,),
    )
    waits: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        waits[row.priority][row.bucket] = row.jobs
    return waits


class _Part(NamedTuple):
    """A part of a span of time, and the length to which its statistics are added up; None: minutes."""

    start: datetime
    end: datetime
    grain: int | None


def _parts(connection: Connection, start: datetime, end: datetime, bucket_seconds: int) -> list[_Part]:
    """The span in the longest lengths that fit into its buckets and have been added up, then ever shorter ones."""
    made = []
    for grain in GRAINS:
        until = min(rolled_until(connection, grain), floor(end, grain))
        if bucket_seconds % grain == 0 and until > start:
            made.append(_Part(start, until, grain))
            start = until
    return [*made, _Part(start, end, None)]


def _union(parts: Sequence[_Part], table: str, columns: str, by: By) -> str:
    selects = []
    for start, end, grain in parts:
        at = "minute" if grain is None else "at"
        chosen = f"{at} >= '{start.isoformat()}' AND {at} < '{end.isoformat()}'"
        if grain is None:
            selects.append(f"SELECT minute AS at, {by}::text AS key, {columns} FROM {table} WHERE {chosen}")
        else:
            rolled = f"grain = {grain} AND dimension = '{by}' AND {chosen}"
            selects.append(f"SELECT at, key, {columns} FROM {table}_rolled WHERE {rolled}")
    return " UNION ALL ".join(selects)


def read_stats(connection: Connection, *, start: datetime, end: datetime, bucket_seconds: int, by: By) -> Stats:
    """Series of counts and percentiles in buckets of whole minutes, one series per priority or task.

    Buckets in which nothing happened are in the series too, with zeros. What has been added up to a length that
    divides the buckets is read so; the rest, up to `end`, in shorter lengths, at last by the minute.
    """
    start = floor(start, bucket_seconds)
    values: dict[str, object] = {"start": start, "bucket": timedelta(seconds=bucket_seconds)}
    parts = _parts(connection, start, end, bucket_seconds)
    counts = connection.exec_driver_sql(
        f"""
        SELECT date_bin(%(bucket)s, at, %(start)s) AS at, key, sum(submitted)::bigint AS submitted,
            sum(succeeded)::bigint AS succeeded, sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled,
            sum(retried)::bigint AS retried
        FROM ({_union(parts, "stats", "submitted, succeeded, failed, cancelled, retried", by)}) AS counted GROUP BY 1, 2
        """,
        values,
    ).all()
    happened = {(row.key, row.at): row for row in counts}
    durations = connection.exec_driver_sql(
        f"""
        SELECT date_bin(%(bucket)s, at, %(start)s) AS at, key, measure, bucket, sum(count)::bigint AS jobs
        FROM ({_union(parts, "stats_durations", "measure, bucket, count", by)}) AS counted GROUP BY 1, 2, 3, 4
        """,
        values,
    ).all()
    histograms: dict[tuple[str, datetime, str], dict[int, int]] = defaultdict(dict)
    for at, key, measure, bucket, jobs in durations:
        histograms[key, at, measure][bucket] = jobs
    keys = [str(priority.rank) for priority in Priority] if by == "priority" else sorted({key for key, _ in happened})
    times = [start + timedelta(seconds=offset) for offset in range(0, _seconds(start, end), bucket_seconds)]
    ages = _oldest_waits(connection, start, end, bucket_seconds) if by == "priority" else {}
    series = [
        StatsSeries(
            key=of_rank(int(key)).value if by == "priority" else key,
            points=[_point(at, happened.get((key, at)), histograms, key, ages.get((key, at))) for at in times],
        )
        for key in keys
    ]
    return Stats(start=start, end=end, bucket_seconds=bucket_seconds, series=series)


def read_submitted(
    connection: Connection, *, start: datetime, end: datetime, bucket_seconds: int, by: By
) -> dict[tuple[datetime, str], int]:
    """How many jobs were submitted in each bucket, by the start of the bucket, and a priority's rank or a task."""
    start = floor(start, bucket_seconds)
    parts = _parts(connection, start, end, bucket_seconds)
    rows = connection.exec_driver_sql(
        f"""
        SELECT date_bin(%(bucket)s, at, %(start)s) AS at, key, sum(submitted)::bigint AS submitted
        FROM ({_union(parts, "stats", "submitted", by)}) AS counted GROUP BY 1, 2
        """,
        {"start": start, "bucket": timedelta(seconds=bucket_seconds)},
    )
    return {(at, key): submitted for at, key, submitted in rows}


def _oldest_waits(
    connection: Connection, start: datetime, end: datetime, bucket_seconds: int
) -> dict[tuple[str, datetime], float]:
    rows = connection.exec_driver_sql(
        """
        SELECT priority::text AS key, date_bin(%(bucket)s, minute, %(start)s) AS at, max(oldest_wait_seconds) AS oldest
        FROM queue_ages WHERE minute >= %(start)s AND minute < %(end)s GROUP BY 1, 2
        """,
        {"start": start, "end": end, "bucket": timedelta(seconds=bucket_seconds)},
    )
    return {(row.key, row.at): row.oldest for row in rows}


def _point(
    at: datetime,
    row: Any,
    histograms: dict[tuple[str, datetime, str], dict[int, int]],
    key: str,
    oldest_wait: float | None,
) -> StatsPoint:
    wait_p50, wait_p95, wait_p99 = percentiles(histograms.get((key, at, "wait"), {}), (0.5, 0.95, 0.99))
    run_p50, run_p95 = percentiles(histograms.get((key, at, "run"), {}), (0.5, 0.95))
    return StatsPoint(
        at=at,
        submitted=row.submitted if row else 0,
        succeeded=row.succeeded if row else 0,
        failed=row.failed if row else 0,
        cancelled=row.cancelled if row else 0,
        retried=row.retried if row else 0,
        wait_p50_seconds=wait_p50,
        wait_p95_seconds=wait_p95,
        wait_p99_seconds=wait_p99,
        run_p50_seconds=run_p50,
        run_p95_seconds=run_p95,
        oldest_wait_seconds=oldest_wait,
    )


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))


def read_totals(connection: Connection) -> dict[str, dict[str, int]]:
    """What ever happened, by priority."""
    longest = max(GRAINS)
    rows = connection.exec_driver_sql(
        """
        SELECT key, sum(submitted)::bigint AS submitted, sum(succeeded)::bigint AS succeeded,
            sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled, sum(retried)::bigint AS retried
        FROM (
            SELECT key, submitted, succeeded, failed, cancelled, retried FROM stats_rolled
            WHERE grain = %(grain)s AND dimension = 'priority' AND at < %(until)s
            UNION ALL
            SELECT priority::text, submitted, succeeded, failed, cancelled, retried FROM stats
            WHERE minute >= %(until)s
        ) AS counted GROUP BY 1
        """,
        {"grain": longest, "until": rolled_until(connection, longest)},
    ).mappings()
    return {of_rank(int(row["key"])).value: {name: row[name] for name in row if name != "key"} for row in rows}
