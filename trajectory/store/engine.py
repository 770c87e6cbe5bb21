"""Connections to PostgreSQL: one engine per process, made after any fork."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from trajectory.settings import Settings

_CLAIM_PLANS = (
    # Claims and finishes run against a table that grows from nothing to millions between two ANALYZEs. They have
    # one good plan at every size, by index; leave the planner no other, and plan it once.
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan"
)


def api_engine(settings: Settings) -> Engine:
    """For handlers, the dispatcher and programs that submit: a pool, and a limit on every statement."""
    timeout_ms = int(settings.statement_timeout_seconds * 1000)
    return _engine(settings, f"-c statement_timeout={timeout_ms}", pool_size=settings.pool_size, name="api")


def slot_engine(settings: Settings) -> Engine:
    """For one slot: a connection for its jobs, two for its watch."""
    return _engine(settings, f"{_CLAIM_PLANS} -c statement_timeout=60000", pool_size=3, name="slot")


def _engine(settings: Settings, options: str, *, pool_size: int, name: str) -> Engine:
    return create_engine(
        settings.database_url,
        # Each statement is one round trip and its own transaction, unless a verb begins one.
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        connect_args={
            # The server too is to notice that a machine is gone: it holds the lock of the dispatcher there until then.
            "options": f"-c jit=off -c timezone=UTC -c idle_in_transaction_session_timeout=60000 "
            f"-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2 {options}",
            "application_name": f"trajectory-{name}",
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20000,
        },
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection on which several statements commit together or not at all."""
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        yield connection


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Several statements on a connection that otherwise commits each: they commit together or not at all."""
    driver: Any = connection.connection.driver_connection
    with _as_of_sqlalchemy(connection), driver.transaction():
        yield


@contextmanager
def cursor_in_transaction(engine: Engine) -> Iterator[Any]:
    """The driver's own cursor, whose statements commit together or not at all. Raises SQLAlchemy's errors."""
    with (
        transaction(engine) as connection,
        _as_of_sqlalchemy(connection),
        closing(connection.connection.cursor()) as cursor,
    ):
        yield cursor


@contextmanager
def _as_of_sqlalchemy(connection: Connection) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy would have, and give a lost connection up as it would have.

    Who catches errors of the database need not know then which statements went around SQLAlchemy.
    """
    driver: Any = connection.connection.driver_connection
    try:
        yield
    except psycopg.Error as error:
        lost: bool = driver.closed
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
        ) from error


def execute(connection: Connection, statement: str, values: Any) -> Any:
    """Run a statement that a slot repeats all day, prepared, on the driver's own cursor; its rows are tuples.

    SQLAlchemy's share of a small statement would be half of it. Raises psycopg's errors, and does not tell the pool of
    a lost connection: only for callers that see to both, as `workers.patience` does.
    """
    cursor = connection.info.get("cursor")
    if cursor is None:
        driver: Any = connection.connection
        cursor = connection.info["cursor"] = driver.cursor()
    return cursor.execute(statement, values, prepare=True)
