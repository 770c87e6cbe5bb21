"""Acts on many jobs: ask, follow, abort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from functions.app import as_function
from functions.endpoint import caller, endpoint
from trajectory import bulk
from trajectory.selection import BulkAccepted, BulkAct, BulkList, BulkRequest

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("bulk", __name__, url_prefix="/api/v1")


@blueprint.post("/jobs/bulk")
@endpoint(body=BulkRequest, answer=BulkAccepted, status=202)
def start_bulk(body: BulkRequest) -> BulkAccepted | Response:
    """Cancel, retry, delete, run now or change the priority of many jobs, in the background.

    With `dry_run`: only 200 and how many.
    """
    if body.dry_run:
        return Response(bulk.count(body).model_dump_json(), 200, content_type="application/json")
    act = bulk.start(body, created_by=caller().name)
    return BulkAccepted(bulk_id=act.id, matched=act.matched, complete=act.complete)


@blueprint.get("/bulk")
@endpoint(answer=BulkList)
def list_bulk() -> BulkList:
    """The latest acts on many jobs, newest first."""
    return bulk.acts()


@blueprint.get("/bulk/<uuid:bulk_id>")
@endpoint(answer=BulkAct)
def get_bulk(bulk_id: UUID) -> BulkAct:
    """One act, and how far it has come."""
    return bulk.act(bulk_id)


@blueprint.post("/bulk/<uuid:bulk_id>/abort")
@endpoint(answer=BulkAct)
def abort_bulk(bulk_id: UUID) -> BulkAct:
    """End an act after the jobs it is at; what was done stays done."""
    return bulk.abort(bulk_id)


handler = as_function(blueprint)
