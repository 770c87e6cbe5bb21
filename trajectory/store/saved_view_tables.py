"""The table of saved views."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from trajectory.store.columns import metadata
from trajectory.store.columns import time as _time

saved_views = Table(
    "saved_views",
    metadata,
    # A filter of the list of jobs under a name.
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("filter", JSONB, nullable=False),  # `JobQuery` as JSON, without what it leaves open
    Column("owner_id", Uuid, ForeignKey("api_keys.id", ondelete="CASCADE"), nullable=False),  # whose key saved it
    Column("shared", Boolean, nullable=False, server_default=text("false")),  # others see it too
    _time("created_at", nullable=False, default_now=True),
    _time("updated_at", nullable=False, default_now=True),
    UniqueConstraint("owner_id", "name", name="saved_views_owner_name_key"),
)
