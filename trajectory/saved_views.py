"""The verbs and questions of saved views. Each verb is one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uuid_utils.compat import uuid7

from trajectory.errors import NotFound, NotYours
from trajectory.parts import parts
from trajectory.saved_view_schemas import SavedViewList
from trajectory.store.saved_views import change_view, delete_view, get_view, insert_view, list_views

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from trajectory.saved_view_schemas import NewSavedView, SavedView, SavedViewChange
    from trajectory.selection import JobQuery
    from trajectory.store.keys import Key


def saved_views(reader: Key) -> SavedViewList:
    with parts().engine.connect() as connection:
        return SavedViewList(items=list_views(connection, reader.id))


def saved_view(view_id: UUID, reader: Key) -> SavedView:
    """Raises `NotFound`, also for one that somebody else keeps for themselves."""
    with parts().engine.connect() as connection:
        return _get(connection, view_id, reader)


def save(new: NewSavedView, owner: Key) -> SavedView:
    """Raises `NameTaken` when the owner has another of that name."""
    view_id = uuid7()
    with parts().engine.connect() as connection:
        insert_view(
            connection, view_id, owner=owner.id, name=new.name.strip(), chosen=_as_json(new.filter), shared=new.shared
        )
        return _get(connection, view_id, owner)


def change(view_id: UUID, asked: SavedViewChange, owner: Key) -> SavedView:
    """Change what was sent. Raises `NotFound`, `NotYours` or `NameTaken`."""
    with parts().engine.connect() as connection:
        _must_own(connection, view_id, owner)
        name = None if asked.name is None else asked.name.strip()
        chosen = None if asked.filter is None else _as_json(asked.filter)
        change_view(connection, view_id, name=name, chosen=chosen, shared=asked.shared)
        return _get(connection, view_id, owner)


def forget(view_id: UUID, owner: Key) -> None:
    """Raises `NotFound` or `NotYours`."""
    with parts().engine.connect() as connection:
        _must_own(connection, view_id, owner)
        delete_view(connection, view_id)


def _get(connection: Connection, view_id: UUID, reader: Key) -> SavedView:
    found = get_view(connection, view_id, reader.id)
    if found is None:
        raise NotFound(f"there is no view {view_id}")
    return found


def _must_own(connection: Connection, view_id: UUID, owner: Key) -> None:
    view = _get(connection, view_id, owner)
    if not view.own:
        raise NotYours(f"the view {view.name!r} is {view.owner}'s: save one of your own")


def _as_json(chosen: JobQuery) -> dict[str, Any]:
    return chosen.model_dump(mode="json", exclude_defaults=True)
