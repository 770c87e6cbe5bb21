"""The built site, for installations that serve it with the API. Any static host does as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, send_from_directory
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from flask import Flask, Response

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src *; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_NOT_PAGES = ("api/", "ws", "assets/", "config.json")


def install(app: Flask, folder: str) -> None:
    root = Path(folder).resolve()
    blueprint = Blueprint("site", __name__)

    @blueprint.get("/", defaults={"path": "index.html"})
    @blueprint.get("/<path:path>")
    def page(path: str) -> Response:
        if (root / path).is_file():
            response = send_from_directory(root, path)
        elif path.startswith(_NOT_PAGES):
            raise NotFound
        else:
            # A page of the application: its router reads the address.
            path = "index.html"
            response = send_from_directory(root, path)
        # Files under assets/ are named for their content.
        response.cache_control.no_cache = None
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        )
        response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
        return response

    app.register_blueprint(blueprint)
