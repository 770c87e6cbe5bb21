"""Ids are in the order of their making, and so stand for an index on it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime


def id_at(moment: datetime, shift_ms: int = 0) -> UUID:
    """The smallest UUIDv7 of a moment."""
    milliseconds = max(0, int(moment.timestamp() * 1000) + shift_ms)
    return UUID(int=min(milliseconds, 2**48 - 1) << 80)
