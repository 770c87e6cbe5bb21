"""Saved views: filters of the list of jobs under names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from functions.app import as_function
from functions.endpoint import caller, endpoint
from trajectory import saved_views
from trajectory.saved_view_schemas import NewSavedView, SavedView, SavedViewChange, SavedViewList

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("saved_views", __name__, url_prefix="/api/v1/views")


@blueprint.get("")
@endpoint(answer=SavedViewList)
def list_saved_views() -> SavedViewList:
    """The caller's own views and those that others share, by name."""
    return saved_views.saved_views(caller())


@blueprint.post("")
@endpoint(body=NewSavedView, answer=SavedView, status=201)
def save_view(body: NewSavedView) -> tuple[SavedView, dict[str, str]]:
    """Keep a filter under a name."""
    made = saved_views.save(body, caller())
    return made, {"Location": f"/api/v1/views/{made.id}"}


@blueprint.get("/<uuid:view_id>")
@endpoint(answer=SavedView)
def get_saved_view(view_id: UUID) -> SavedView:
    """One view."""
    return saved_views.saved_view(view_id, caller())


@blueprint.patch("/<uuid:view_id>")
@endpoint(body=SavedViewChange, answer=SavedView)
def change_saved_view(view_id: UUID, body: SavedViewChange) -> SavedView:
    """Change what is sent. 403 `not_yours` for one that somebody else shares."""
    return saved_views.change(view_id, body, caller())


@blueprint.delete("/<uuid:view_id>")
@endpoint(answer=None, status=204)
def forget_saved_view(view_id: UUID) -> None:
    """Forget a view; its jobs stay. 403 `not_yours` for one that somebody else shares."""
    saved_views.forget(view_id, caller())


handler = as_function(blueprint)
