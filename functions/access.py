"""Who may ask: a bearer key on every request, or a ticket where a header cannot be sent. Only health is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, g, request

from functions.endpoint import TICKET, caller, endpoint
from trajectory.errors import Unauthenticated
from trajectory.keys import TICKET_SECONDS
from trajectory.parts import parts
from trajectory.schemas import Ticket

if TYPE_CHECKING:
    from trajectory.store.keys import Key

blueprint = Blueprint("access", __name__, url_prefix="/api/v1")

OPEN = frozenset({"health.health", "health.ready", "site.page", "socket.websocket"})
"""Handlers that need no key: health, the site's files, and `/ws`, which checks its ticket itself. `/ready` names the
parts only to those who have a key."""

TAKES_TICKET = frozenset({"jobs.artifact", "jobs.export"})


@blueprint.post("/ticket")
@endpoint(answer=Ticket, status=201)
def ticket() -> Ticket:
    """A short-lived stand-in for the key, for addresses that cannot carry a header."""
    return Ticket(ticket=parts().keyring.ticket(caller()), expires_in_seconds=TICKET_SECONDS)


def install(app: Flask) -> None:
    app.before_request(_require_key)


def _require_key() -> None:
    if request.method == "OPTIONS" or request.endpoint in OPEN:
        return
    g.key = key_of_request()


def key_of_request() -> Key:
    """Whose request it is. Raises `Unauthenticated`."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return parts().keyring.of_key(key.strip())
    if request.endpoint in TAKES_TICKET and (ticket := request.args.get(TICKET)):
        return parts().keyring.of_ticket(ticket)
    raise Unauthenticated("send the header `Authorization: Bearer tj_...`")
