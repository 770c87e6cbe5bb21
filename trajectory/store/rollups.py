"""Statistics of minutes added up to longer times, once those are over: a month is read in days, not in minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

GRAINS = (86_400, 3_600, 900)
"""Seconds, the longest first."""

_AT_ONCE = timedelta(days=1)
_SETTLES_AFTER = timedelta(minutes=10)
"""A job counts in the minute in which its transaction began, which may be some time ago."""

_ROLL = """
INSERT INTO stats_rolled (grain, dimension, at, key, submitted, succeeded, failed, cancelled, retried)
SELECT %(grain)s, '{by}', date_bin(%(width)s, minute, %(start)s), {by}::text, sum(submitted), sum(succeeded),
    sum(failed), sum(cancelled), sum(retried)
FROM stats WHERE minute >= %(start)s AND minute < %(end)s GROUP BY 3, 4
"""
_ROLL_DURATIONS = """
INSERT INTO stats_durations_rolled (grain, dimension, at, key, measure, bucket, count)
SELECT %(grain)s, '{by}', date_bin(%(width)s, minute, %(start)s), {by}::text, measure, bucket, sum(count)
FROM stats_durations WHERE minute >= %(start)s AND minute < %(end)s GROUP BY 3, 4, 5, 6
"""


def roll_up(connection: Connection, grain: int) -> bool:
    """Add up times of this length that are over and have been counted whole. Whether there may be more.

    Of a long past it does a day. Needs a transaction: what was added up and how far are remembered together.
    """
    since, counted_until = connection.exec_driver_sql(
        """
        INSERT INTO instance (name, value)
        SELECT %s, coalesce((SELECT min(minute) FROM stats), now())::text
        ON CONFLICT (name) DO UPDATE SET value = instance.value
        RETURNING value::timestamptz, (SELECT value::timestamptz FROM instance WHERE name = 'counted_until')
        """,
        (_name(grain),),
    ).one()
    if counted_until is None:
        return False
    start = floor(since, grain)
    end = min(floor(counted_until - _SETTLES_AFTER, grain), start + _AT_ONCE)
    if end <= start:
        return False
    values = {"grain": grain, "width": timedelta(seconds=grain), "start": start, "end": end}
    for statement in (_ROLL, _ROLL_DURATIONS):
        for by in ("priority", "task"):
            connection.exec_driver_sql(statement.format(by=by), values)
    connection.exec_driver_sql("UPDATE instance SET value = %s::text WHERE name = %s", (end, _name(grain)))
    return True


def rolled_until(connection: Connection, grain: int) -> datetime:
    """Up to when times of this length have been added up."""
    statement = "SELECT value::timestamptz FROM instance WHERE name = %s"
    moment: datetime | None = connection.exec_driver_sql(statement, (_name(grain),)).scalar_one_or_none()
    return datetime.fromtimestamp(0, UTC) if moment is None else floor(moment, grain)


def floor(moment: datetime, seconds: int) -> datetime:
    """The last multiple of `seconds` since the epoch."""
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def _name(grain: int) -> str:
    return f"rolled_until_{grain}"
