"""The tables of errors. They are kept apart from those of jobs: a group outlives the jobs that failed."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, text

from trajectory.store.columns import metadata
from trajectory.store.columns import time as _time

error_groups = Table(
    "error_groups",
    metadata,
    # Failures that are the same. A row is made by the first of them, and stays when their jobs are gone.
    Column("fingerprint", Text, primary_key=True),
    Column("task", Text, nullable=False),
    Column("error_type", Text, nullable=False),
    Column("shape", Text, nullable=False),  # of the message
    Column("place", Text),
    # Changed by every failure.
    Column("count", BigInteger, nullable=False),  # attempts, also of jobs that succeeded later or are gone
    _time("first_seen_at", nullable=False),
    _time("last_seen_at", nullable=False),
    # One of them as it was, renewed at most once an hour: what is left when their jobs are gone.
    _time("sampled_at", nullable=False),
    Column("sample_message", Text, nullable=False),
    Column("sample_traceback", Text),
    # Changed by people, and by a failure after the group was resolved.
    Column("status", Text, nullable=False, server_default=text("'open'")),
    _time("status_changed_at"),
    Column("status_changed_by", Text),
    _time("regressed_at"),  # it was resolved, and failed again; cleared when a person decides
    CheckConstraint("status IN ('open', 'resolved', 'ignored')", name="status"),
)
Index("error_groups_seen", error_groups.c.last_seen_at, error_groups.c.fingerprint)

error_hours = Table(
    "error_hours",
    metadata,
    # How often a group failed in each hour, in each release of the code.
    Column("fingerprint", Text, ForeignKey("error_groups.fingerprint", ondelete="CASCADE"), primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("release", Text, primary_key=True),  # empty when the workers did not name it
    Column("count", BigInteger, nullable=False),
)
Index("error_hours_hour", error_hours.c.hour)
