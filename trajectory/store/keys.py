"""Keys that open the API, and the secret that signs tickets."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Key(NamedTuple):
    id: UUID
    name: str
    role: str


def add_key(connection: Connection, *, name: str, role: str, digest: bytes) -> None:
    statement = "INSERT INTO api_keys (id, name, role, digest) VALUES (%s, %s, %s, %s)"
    connection.exec_driver_sql(statement, (uuid4(), name, role, digest))


def find_key(connection: Connection, digest: bytes) -> Key | None:
    statement = "SELECT id, name, role FROM api_keys WHERE digest = %s AND revoked_at IS NULL"
    row = connection.exec_driver_sql(statement, (digest,)).one_or_none()
    return Key(*row) if row else None


def find_key_by_id(connection: Connection, key_id: UUID) -> Key | None:
    statement = "SELECT id, name, role FROM api_keys WHERE id = %s AND revoked_at IS NULL"
    row = connection.exec_driver_sql(statement, (key_id,)).one_or_none()
    return Key(*row) if row else None


def signing_secret(connection: Connection) -> str:
    """The secret that all processes of this installation share; made by whoever asks first."""
    statement = """
        INSERT INTO instance (name, value) VALUES ('secret', %s)
        ON CONFLICT (name) DO UPDATE SET value = instance.value RETURNING value
    """
    secret: str = connection.exec_driver_sql(statement, (secrets.token_urlsafe(32),)).scalar_one()
    return secret
