"""Duty: forget idempotency keys that are older than they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.parts import parts
from trajectory.store.idempotency import prune_keys

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 2000


def forget_old_idempotency_keys(connection: Connection) -> None:
    prune_keys(connection, kept_seconds=parts().settings.idempotency_kept_seconds, at_most=_AT_ONCE)
