"""The Flask application: all resources together, or one of them as a function.

`application()` is what gunicorn serves; `as_function(blueprint)` is what a function service calls.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from apig_wsgi import make_lambda_handler
from flask import Flask, Response, request

from functions import errors
from trajectory.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

RESOURCES = (
    "access",
    "jobs",
    "bulk",
    "saved_views",
    "tasks",
    "queues",
    "workers",
    "schedules",
    "stats",
    "lanes",
    "error_groups",
    "events",
    "health",
    "metrics",
    "openapi",
)


def create_app(*blueprints: Blueprint) -> Flask:
    """An application of some resources, with the same keys, errors and headers whatever they are."""
    access = importlib.import_module("functions.access")
    app = Flask("trajectory", static_folder=None)
    app.url_map.strict_slashes = False
    errors.install(app)
    access.install(app)
    app.after_request(_headers)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def application() -> Flask:
    """Every resource, the live socket, and the site if the settings say where it is."""
    app = create_app(*resources())
    importlib.import_module("functions.socket").install(app)
    if settings().site:
        importlib.import_module("functions.site").install(app, settings().site)
    return app


def resources() -> list[Blueprint]:
    return [importlib.import_module(f"functions.{name}").blueprint for name in RESOURCES]


def as_function(blueprint: Blueprint) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """One resource as a handler for AWS Lambda (HTTP API, function URL). The application is made at the first call."""
    made: list[Callable[[dict[str, Any], Any], dict[str, Any]]] = []

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if not made:
            made.append(make_lambda_handler(create_app(blueprint)))
        answer = made[0](event, context)
        # The process is frozen when this returns, and its threads with it: say now what they would have said.
        importlib.import_module("trajectory.parts").parts().announcer.flush()
        return answer

    return handler


def foreign_origin() -> str | None:
    """The origin of the page that asks, unless it is our own or the settings let it in; None for what is no page."""
    origin = request.headers.get("Origin")
    if origin is None or origin in settings().cors_origins or urlsplit(origin).netloc == request.host:
        return None
    return origin


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    origin = request.headers.get("Origin")
    # Caches must not give one origin what another was answered, nor the own origin an answer without permission.
    if settings().cors_origins:
        response.headers.add("Vary", "Origin")
    if origin and origin in settings().cors_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE"
        response.headers["Access-Control-Expose-Headers"] = (
            "Location, Retry-After, Idempotent-Replayed, Unique-Replayed, Unique-Replaced"
        )
        response.headers["Access-Control-Max-Age"] = "600"
    return response
