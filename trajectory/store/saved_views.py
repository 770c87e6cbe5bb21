"""Saved views: kept and listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from trajectory.errors import NameTaken
from trajectory.saved_view_schemas import SavedView

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

_SEEN = """
SELECT v.id, v.name, v.filter, v.shared, k.name AS owner, v.owner_id = %(reader)s AS own, v.created_at, v.updated_at
FROM saved_views AS v JOIN api_keys AS k ON k.id = v.owner_id WHERE (v.shared OR v.owner_id = %(reader)s)
"""


def list_views(connection: Connection, reader: UUID) -> list[SavedView]:
    rows = connection.exec_driver_sql(f"{_SEEN} ORDER BY lower(v.name), v.id", {"reader": reader})
    return [SavedView.model_validate(row) for row in map(dict, rows.mappings())]


def get_view(connection: Connection, view_id: UUID, reader: UUID) -> SavedView | None:
    rows = connection.exec_driver_sql(f"{_SEEN} AND v.id = %(id)s", {"reader": reader, "id": view_id})
    return next((SavedView.model_validate(row) for row in map(dict, rows.mappings())), None)


def insert_view(
    connection: Connection, view_id: UUID, *, owner: UUID, name: str, chosen: dict[str, Any], shared: bool
) -> None:
    """Raises `NameTaken`."""
    statement = """
        INSERT INTO saved_views (id, owner_id, name, filter, shared)
        VALUES (%(id)s, %(owner)s, %(name)s, %(filter)s::jsonb, %(shared)s)
    """
    values = {"id": view_id, "owner": owner, "name": name, "filter": json.dumps(chosen), "shared": shared}
    _write(connection, statement, values)


def change_view(
    connection: Connection, view_id: UUID, *, name: str | None, chosen: dict[str, Any] | None, shared: bool | None
) -> None:
    """Change what is given. Raises `NameTaken`."""
    statement = """
        UPDATE saved_views SET name = coalesce(%(name)s, name), filter = coalesce(%(filter)s::jsonb, filter),
            shared = coalesce(%(shared)s, shared), updated_at = now()
        WHERE id = %(id)s
    """
    written = None if chosen is None else json.dumps(chosen)
    _write(connection, statement, {"id": view_id, "name": name, "filter": written, "shared": shared})


def delete_view(connection: Connection, view_id: UUID) -> None:
    connection.exec_driver_sql("DELETE FROM saved_views WHERE id = %s", (view_id,))


def _write(connection: Connection, statement: str, values: dict[str, Any]) -> None:
    try:
        connection.exec_driver_sql(statement, values)
    except IntegrityError as error:
        raise NameTaken("view", values["name"]) from error
