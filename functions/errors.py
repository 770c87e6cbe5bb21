"""Every error as a problem (RFC 9457): one table from exception to status and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from trajectory.errors import (
    ArtifactsAway,
    BulkEnded,
    DeclaredInCode,
    FieldError,
    IdempotencyConflict,
    InvalidCursor,
    InvalidTransition,
    NameTaken,
    NotFound,
    NotWaiting,
    NotYours,
    Rejected,
    TrajectoryError,
    Unauthenticated,
    UniqueKeyWaits,
    WorkerGone,
)
from trajectory.schemas import Problem, ProblemField

if TYPE_CHECKING:
    from collections.abc import Sequence

RETRY_AFTER_SECONDS = 2

log = structlog.get_logger(__name__)


class NotJson(TrajectoryError):
    """The body is not valid JSON"""


class InvalidQuery(Rejected):
    """The query parameters are not valid"""

    code = "invalid_query"


STATUS: dict[type[TrajectoryError], tuple[int, str]] = {
    Rejected: (422, "invalid_submission"),
    NotFound: (404, "not_found"),
    InvalidTransition: (409, "invalid_transition"),
    UniqueKeyWaits: (409, "unique_key_waits"),
    NotWaiting: (409, "not_waiting"),
    IdempotencyConflict: (409, "idempotency_conflict"),
    NameTaken: (409, "name_taken"),
    NotYours: (403, "not_yours"),
    DeclaredInCode: (409, "declared_in_code"),
    BulkEnded: (409, "bulk_ended"),
    ArtifactsAway: (503, "artifacts_unavailable"),
    WorkerGone: (409, "worker_gone"),
    InvalidCursor: (400, "invalid_cursor"),
    InvalidQuery: (400, "invalid_query"),
    NotJson: (400, "not_json"),
    Unauthenticated: (401, "unauthenticated"),
}
"""Exceptions by class; the most particular class counts. `Rejected` and its kinds bring their own code."""


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    body = Problem(
        type="about:blank",
        title=title,
        status=status,
        code=code,
        detail=detail,
        errors=[ProblemField(pointer=error.pointer, message=error.message) for error in errors],
    )
    return Response(body.model_dump_json(), status, headers, content_type="application/problem+json")


def install(app: Flask) -> None:
    app.register_error_handler(TrajectoryError, _ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(DBAPIError, _of_database)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unforeseen)


def _ours(error: TrajectoryError) -> Response:
    status, code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, Rejected):
        code = error.code
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    title = (type(error).__doc__ or "").strip()
    return problem(status, code, title, str(error), getattr(error, "errors", ()), headers=headers)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = error.name.lower().replace(" ", "_")
    if status == 413:
        limit = request.max_content_length
        return problem(413, "too_large", "The body is too large", f"the limit is {limit} bytes; nothing was stored")
    headers = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    return problem(status, code, error.name, error.description or error.name, headers=headers)


def _of_database(error: DBAPIError) -> Response:
    if error.connection_invalidated or isinstance(error, OperationalError):
        return _database_away(error)
    return _unforeseen(error)


def _database_away(error: Exception) -> Response:
    log.warning("the database is away", error=str(error))
    # A connection that was lost may have been lost between a commit and its answer. Any other refusal is certain: none
    # could be had, or the database itself said no, as when its disk is full.
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    unsure = "whether something was stored is not known; send it again with the same Idempotency-Key"
    return problem(
        503,
        "database_unavailable",
        "The database cannot serve this now",
        unsure if lost and request.method != "GET" else "nothing was stored; try again in a moment",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def _unforeseen(error: Exception) -> Response:
    log.error("a request failed", path=request.path, method=request.method, exc_info=error)
    return problem(500, "internal_error", "Something went wrong here", "the fault is ours and was logged")
