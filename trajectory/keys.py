"""Keys and tickets: who may speak to the API."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from trajectory.errors import Unauthenticated
from trajectory.store.keys import Key, add_key, find_key, find_key_by_id, signing_secret

if TYPE_CHECKING:
    from sqlalchemy import Engine

ROLES = ("admin",)
TICKET_SECONDS = 60
_PREFIX = "tj_"
_FRESH_SECONDS = 10.0


def create_key(engine: Engine, *, name: str, role: str) -> str:
    """A new key. It is shown this once: the database keeps a digest of it."""
    key = _PREFIX + secrets.token_urlsafe(32)
    with engine.connect() as connection:
        add_key(connection, name=name, role=role, digest=_digest(key))
    return key


def _digest(key: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(key.encode()).digest()


class Keyring:
    """Checks keys and tickets. A key that was good is believed for ten seconds. Safe for threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._known: dict[bytes, tuple[float, Key]] = {}
        self._serializer: URLSafeTimedSerializer | None = None

    def of_key(self, key: str) -> Key:
        """Whose key it is, or `Unauthenticated`."""
        if not key.startswith(_PREFIX):
            raise Unauthenticated("a key begins with tj_")
        digest = _digest(key)
        held = self._known.get(digest)
        if held and time.monotonic() - held[0] < _FRESH_SECONDS:
            return held[1]
        with self._engine.connect() as connection:
            found = find_key(connection, digest)
        with self._lock:
            self._known.pop(digest, None)
            if found:
                self._known[digest] = (time.monotonic(), found)
        if found is None:
            raise Unauthenticated("this key is not valid, or was revoked")
        return found

    def ticket(self, key: Key) -> str:
        """A stand-in for the key that is good for a minute, for addresses that cannot carry a header."""
        return str(self._signer().dumps(str(key.id)))

    def of_ticket(self, ticket: str) -> Key:
        """Whose ticket it is, or `Unauthenticated`."""
        try:
            name, signed_at = self._signer().loads(ticket, return_timestamp=True)
            key_id = UUID(name)
        except (BadSignature, ValueError):
            raise Unauthenticated("this ticket is not valid") from None
        # Either way: the clock of the machine that signed it may be ahead of this one's.
        if abs(datetime.now(UTC) - signed_at) > timedelta(seconds=TICKET_SECONDS):
            raise Unauthenticated("this ticket has expired")
        with self._engine.connect() as connection:
            found = find_key_by_id(connection, key_id)
        if found is None:
            raise Unauthenticated("the key of this ticket was revoked")
        return found

    def _signer(self) -> URLSafeTimedSerializer:
        if self._serializer is None:
            with self._engine.connect() as connection:
                self._serializer = URLSafeTimedSerializer(signing_secret(connection), salt="ticket")
        return self._serializer
