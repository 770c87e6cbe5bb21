"""What happened, in numbers: counted by the dispatcher, kept when the jobs are gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Double, Index, Integer, SmallInteger, Table, Text

from trajectory.store.columns import count as _count
from trajectory.store.columns import metadata

_HAPPENED = ("submitted", "succeeded", "failed", "cancelled", "retried")

stats = Table(
    "stats",
    metadata,
    # What happened in each minute, counted by the dispatcher.
    Column("minute", DateTime(timezone=True), primary_key=True),
    Column("priority", SmallInteger, primary_key=True, autoincrement=False),
    Column("task", Text, primary_key=True),
    *map(_count, _HAPPENED),
)

stats_durations = Table(
    "stats_durations",
    metadata,
    # How long jobs that finished in a minute had waited and run, as a histogram: `durations.EDGES`.
    Column("minute", DateTime(timezone=True), primary_key=True),
    Column("priority", SmallInteger, primary_key=True, autoincrement=False),
    Column("task", Text, primary_key=True),
    Column("measure", Text, primary_key=True),  # wait or run
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    _count("count"),
)

queue_ages = Table(
    "queue_ages",
    metadata,
    # How long the one that waited longest had waited, at most in each minute. A histogram of waits sees only jobs that
    # started, and so goes quiet when a queue backs up. No row: nothing waited when the dispatcher looked.
    Column("minute", DateTime(timezone=True), primary_key=True),
    Column("priority", SmallInteger, primary_key=True, autoincrement=False),
    Column("oldest_wait_seconds", Double, nullable=False),
)


def _rolled(name: str, *columns: Column[Any]) -> Table:
    """Statistics added up to quarters of an hour, hours and days that are over: for each priority and each task."""
    return Table(
        name,
        metadata,
        Column("grain", Integer, primary_key=True, autoincrement=False),  # seconds
        Column("dimension", Text, primary_key=True),  # priority or task
        Column("at", DateTime(timezone=True), primary_key=True),
        Column("key", Text, primary_key=True),
        *columns,
        Index(f"{name}_at", "at"),
    )


_rolled("stats_rolled", *(Column(name, BigInteger, nullable=False) for name in _HAPPENED))
_rolled(
    "stats_durations_rolled",
    Column("measure", Text, primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)
