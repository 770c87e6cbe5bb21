"""Which faults are of a statement, and which of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from psycopg import Error


def was_cancelled(error: DBAPIError | Error) -> bool:
    """Whether a statement took longer than it may, on a connection that lives."""
    if isinstance(error, DBAPIError):
        return isinstance(error.orig, QueryCanceled) and not error.connection_invalidated
    return isinstance(error, QueryCanceled)  # of a statement that goes around SQLAlchemy
