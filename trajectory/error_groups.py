"""Errors in groups: listed, read, and what people decide about them. They are counted where failures are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trajectory.error_schemas import STATUS_AFTER
from trajectory.errors import NotFound
from trajectory.parts import parts
from trajectory.store.error_groups import change_status, get_group, list_groups

if TYPE_CHECKING:
    from trajectory.error_schemas import ErrorAction, ErrorPage, ErrorQuery, WholeErrorGroup


def groups(asked: ErrorQuery, *, limit: int, cursor: str | None) -> ErrorPage:
    with parts().engine.connect() as connection:
        return list_groups(connection, asked, limit=limit, cursor=cursor)


def group(fingerprint: str) -> WholeErrorGroup:
    """Raises `NotFound`."""
    with parts().engine.connect() as connection:
        found = get_group(connection, fingerprint)
    if found is None:
        raise NotFound(f"there is no group of errors {fingerprint!r}")
    return found


def act(fingerprint: str, action: ErrorAction, *, by: str | None) -> WholeErrorGroup:
    """Resolve, ignore or reopen a group: what is so already stays as it is.

    A resolved group opens again with the next failure, an ignored one does not. Raises `NotFound`.
    """
    with parts().engine.connect() as connection:
        changed = change_status(connection, fingerprint, STATUS_AFTER[action], changed_by=by)
    found = group(fingerprint)
    if changed:
        parts().feed.publish([{"kind": "error_group", "fingerprint": fingerprint, "status": found.status}])
    return found
