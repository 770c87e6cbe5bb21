"""When the jobs that match were created, and what they are now, in a time that no number of jobs makes longer.

Few are counted one by one. Where there are many, the statistics that are kept by the minute say how many jobs were
created, and a sample, taken at places spread over each bucket, what share of them matches and what it is now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from trajectory.facet_schemas import HistogramPoint, JobHistogram
from trajectory.priorities import of_rank
from trajectory.store.counting import count_by
from trajectory.store.filters import JobFilter, all_of, where
from trajectory.store.ids import id_at
from trajectory.store.listing import list_ids
from trajectory.store.reports import read_submitted
from trajectory.store.rollups import floor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.facet_schemas import HistogramBy

MOST_BUCKETS = 96
LENGTHS = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 604_800, 2_592_000)
"""Seconds. Those of an hour and more are read from statistics that were added up."""

COUNTED = 2_000
"""So many jobs are counted one by one."""

_PLACES = 6  # of each bucket at which a sample is taken
_SAMPLED = 20  # jobs at each place

Kept = Literal["priority", "task"]
Groups = dict[str, int]


class _Span(NamedTuple):
    start: datetime
    end: datetime
    width: timedelta

    @property
    def starts(self) -> list[datetime]:
        return [self.start + self.width * index for index in range(-(-(self.end - self.start) // self.width))]

    def bucket_of(self, moment: datetime) -> int:
        return (moment - self.start) // self.width


def read_histogram(
    connection: Connection, chosen: JobFilter, *, start: datetime, end: datetime, by: HistogramBy
) -> JobHistogram:
    """What times the filter names is left aside. The span begins with a whole bucket."""
    bucket_seconds = next((one for one in LENGTHS if (end - start).total_seconds() <= one * MOST_BUCKETS), LENGTHS[-1])
    span = _Span(floor(start, bucket_seconds), end, timedelta(seconds=bucket_seconds))
    within = replace(chosen, created_after=span.start, created_before=end)
    counted = _count_few(connection, within, span, by)
    estimated = counted is None
    groups, complete_from = counted or (_estimate(connection, within, span, by), None)
    return JobHistogram(
        start=span.start,
        end=end,
        bucket_seconds=bucket_seconds,
        by=by,
        points=[
            HistogramPoint(at=at, counts={_name(by, value): n for value, n in groups.get(index, {}).items() if n})
            for index, at in enumerate(span.starts)
        ],
        estimated=estimated,
        complete_from=complete_from,
    )


def _name(by: HistogramBy, value: str) -> str:
    return of_rank(int(value)).value if by == "priority" else value


def _count_few(
    connection: Connection, within: JobFilter, span: _Span, by: HistogramBy
) -> tuple[dict[int, Groups], datetime | None] | None:
    """Buckets, and from when on they hold everything; None when there is too much to be counted.

    What belongs together by a text, a key, a batch or a schedule may be too rare for a sample: then the newest count.
    """
    scattered = not (within.q or within.key or within.batch_id or within.schedule_id or within.fingerprint)
    if scattered:
        counts, complete = count_by(connection, within, "priority", up_to=COUNTED + 1)
        if not complete or sum(counts.values()) > COUNTED:
            return None
    page = list_ids(connection, within, limit=COUNTED)
    groups: dict[int, Counter[str]] = defaultdict(Counter)
    statement = f"SELECT created_at, {by}::text FROM jobs WHERE id = ANY(%s::uuid[])"
    earliest = span.end
    for created_at, value in connection.exec_driver_sql(statement, (page.ids,)):
        earliest = min(earliest, created_at)
        if span.start <= created_at < span.end:
            groups[span.bucket_of(created_at)][value] += 1
    return dict(groups), None if page.next_id is None else page.searched_to or earliest


class _Sample(NamedTuple):
    """Of one bucket and one value of what statistics are kept by."""

    looked: int
    matched: Counter[str]


def _estimate(connection: Connection, within: JobFilter, span: _Span, by: HistogramBy) -> dict[int, Groups]:
    kept: Kept = "task" if within.tasks else "priority"
    submitted = read_submitted(
        connection, start=span.start, end=span.end, bucket_seconds=int(span.width.total_seconds()), by=kept
    )
    wanted = set(within.tasks) if kept == "task" else {str(one.rank) for one in within.priorities}
    totals: dict[int, Groups] = defaultdict(dict)
    for (at, key), n in submitted.items():
        if not wanted or key in wanted:
            totals[span.bucket_of(at)][key] = n
    others = replace(within, created_after=None, created_before=None, tasks=(), priorities=())
    if by == kept and others == JobFilter():
        return dict(totals)
    samples, whole = _samples(connection, within, span, by, kept)
    groups: dict[int, Groups] = {}
    for bucket in samples:
        sampled = samples[bucket]
        if bucket in whole:
            groups[bucket] = dict(sum((sample.matched for sample in sampled.values()), Counter()))
        else:
            groups[bucket] = _in_proportion(totals[bucket], sampled)
    return groups


def _in_proportion(totals: Groups, sampled: dict[str, _Sample]) -> Groups:
    """What a sample shows, as much of it as there is. Of a key that the sample missed, what the others show."""
    everything = _Sample(
        sum(one.looked for one in sampled.values()), sum((one.matched for one in sampled.values()), Counter())
    )
    made: Counter[str] = Counter()
    for key in totals | dict.fromkeys(sampled, 0):
        sample = sampled.get(key, everything)
        # The newest have not been counted yet: there are at least those that were seen.
        times = max(1.0, totals.get(key, 0) / sample.looked)
        for value, n in sample.matched.items():
            made[value] += round(n * times)
    return dict(made)


def _samples(
    connection: Connection, within: JobFilter, span: _Span, by: HistogramBy, kept: Kept
) -> tuple[dict[int, dict[str, _Sample]], set[int]]:
    """By bucket and key; and the buckets of which everything was seen."""
    conditions, values = where(within)
    buckets, lows, highs = _places(span)
    # Of tasks that were not asked for it matters only how many there are: a row for each would be most of the answer.
    of_task = "CASE WHEN jobs.task = ANY(%(tasks)s::text[]) THEN jobs.task ELSE '' END"
    grouped = of_task if kept == "task" else "jobs.priority::text"
    statement = f"""
        SELECT place.bucket, {grouped}, CASE WHEN {all_of(conditions)} THEN jobs.{by}::text END, count(*),
            max(jobs.number)
        FROM unnest(%(buckets)s::int[], %(lows)s::uuid[], %(highs)s::uuid[]) AS place (bucket, low, high)
        CROSS JOIN LATERAL (
            SELECT *, row_number() OVER () AS number FROM (
                SELECT * FROM jobs WHERE id >= place.low AND id < place.high ORDER BY id LIMIT {_SAMPLED}
            ) AS seen
        ) AS jobs
        GROUP BY 1, 2, 3
    """
    rows = connection.exec_driver_sql(statement, {**values, "buckets": buckets, "lows": lows, "highs": highs}).all()
    looked: dict[tuple[int, str], int] = Counter()
    matched: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    cut: set[int] = set()
    for bucket, key, value, n, most in rows:
        looked[bucket, key] += n
        if value is not None:
            matched[bucket, key][value] += n
        if most >= _SAMPLED:
            cut.add(bucket)
    samples: dict[int, dict[str, _Sample]] = defaultdict(dict)
    for (bucket, key), n in looked.items():
        samples[bucket][key] = _Sample(n, matched[bucket, key])
    return samples, set(samples) - cut


def _places(span: _Span) -> tuple[list[int], list[UUID], list[UUID]]:
    """Parts of buckets, as spans of ids: an id says when it was made."""
    step = span.width / _PLACES
    edges: Sequence[tuple[int, datetime]] = [
        (bucket, start + step * place) for bucket, start in enumerate(span.starts) for place in range(_PLACES)
    ]
    return (
        [bucket for bucket, _ in edges],
        [id_at(moment) for _, moment in edges],
        [id_at(moment + step) for _, moment in edges],
    )
