"""Errors in groups: list, read, resolve, ignore, reopen."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from functions.app import as_function
from functions.endpoint import caller, endpoint
from trajectory import error_groups
from trajectory.error_schemas import ErrorPage, ErrorQuery, WholeErrorGroup

blueprint = Blueprint("errors", __name__, url_prefix="/api/v1/errors")


class ErrorListQuery(ErrorQuery):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before")] = None


@blueprint.get("")
@endpoint(query=ErrorListQuery, answer=ErrorPage)
def list_errors(query: ErrorListQuery) -> ErrorPage:
    """Groups of failures that are the same, the last seen first."""
    return error_groups.groups(query, limit=query.limit, cursor=query.cursor)


@blueprint.get("/<fingerprint>")
@endpoint(answer=WholeErrorGroup)
def get_error(fingerprint: str) -> WholeErrorGroup:
    """One group, with its latest examples and the releases of the code it was seen in."""
    return error_groups.group(fingerprint)


@blueprint.post("/<fingerprint>/resolve")
@endpoint(answer=WholeErrorGroup)
def resolve_error(fingerprint: str) -> WholeErrorGroup:
    """Say that it is mended: the next failure opens it again."""
    return error_groups.act(fingerprint, "resolve", by=caller().name)


@blueprint.post("/<fingerprint>/ignore")
@endpoint(answer=WholeErrorGroup)
def ignore_error(fingerprint: str) -> WholeErrorGroup:
    """Go on counting, without opening it again."""
    return error_groups.act(fingerprint, "ignore", by=caller().name)


@blueprint.post("/<fingerprint>/reopen")
@endpoint(answer=WholeErrorGroup)
def reopen_error(fingerprint: str) -> WholeErrorGroup:
    """Open a group that was resolved or ignored."""
    return error_groups.act(fingerprint, "reopen", by=caller().name)


handler = as_function(blueprint)
