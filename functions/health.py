"""Health: is this process up, and is the installation ready?"""

from __future__ import annotations

from flask import Blueprint, Response

from functions.access import key_of_request
from functions.app import as_function
from functions.endpoint import endpoint
from trajectory import views
from trajectory.errors import Unauthenticated
from trajectory.schemas import Health, Readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@endpoint(answer=Health)
def health() -> Health:
    """That this process is up; it asks nobody."""
    return Health(status="ok")


@blueprint.get("/ready")
@endpoint(answer=Readiness)
def ready() -> Response:
    """PostgreSQL, Redis, the dispatcher, a worker. 503 unless all are there; who has a key sees each by name."""
    readiness = views.readiness()
    status = 200 if readiness.status == "ready" else 503
    try:
        key_of_request()
    except Unauthenticated:
        readiness = Readiness(status=readiness.status, parts={})
    return Response(readiness.model_dump_json(), status, content_type="application/json")


handler = as_function(blueprint)
