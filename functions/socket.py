"""The live feed by WebSocket: `/ws?ticket=...&after=CURSOR`.

One reader per process follows the stream; every socket has a bounded outbox and one writer. A client that reads too
slowly is closed with 4408, one without a good ticket with 4401, one from a page of an origin that is not let in with
4403, all of them with 1012 when the process ends.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, request
from flask_sock import Sock
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from functions.app import foreign_origin
from trajectory.errors import InvalidCursor, Unauthenticated
from trajectory.feed import read_changes, read_events
from trajectory.parts import parts
from trajectory.schemas import Events

if TYPE_CHECKING:
    from flask import Flask
    from simple_websocket import Server

BAD_TICKET = 4401
FOREIGN_ORIGIN = 4403
TOO_SLOW = 4408
RESTARTING = 1012
_MOST_REASON = 120  # a control frame holds no more
_OUTBOX = 1000
_PING_SECONDS = 20
_READ_SECONDS = 5.0
_DEFAULT_CHANNELS = frozenset({"jobs", "queues", "workers", "schedules"})
_CHANNEL_OF_KIND = {
    "job": "jobs",
    "jobs_changed": "jobs",
    "job_deleted": "jobs",
    "queues": "queues",
    "worker": "workers",
    "schedule": "schedules",
    "schedule_deleted": "schedules",
    "error_group": "jobs",
}

log = structlog.get_logger(__name__)


class Outbox:
    """What one socket has yet to send. Full: the reader is too slow."""

    def __init__(self) -> None:
        self._entries: deque[Events] = deque()
        self._something = threading.Event()
        self.closing: int | None = None

    def put(self, events: Events) -> None:
        if len(self._entries) >= _OUTBOX:
            self.close(TOO_SLOW)
            return
        self._entries.append(events)
        self._something.set()

    def close(self, code: int) -> None:
        self.closing = self.closing or code
        self._something.set()

    def take(self, timeout: float) -> list[Events]:
        self._something.wait(timeout)
        self._something.clear()
        taken = []
        while self._entries:
            taken.append(self._entries.popleft())
        return taken


class Hub:
    """Reads the feed once for all sockets of this process."""

    def __init__(self) -> None:
        self._outboxes: set[Outbox] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self, outbox: Outbox) -> None:
        with self._lock:
            self._outboxes.add(outbox)
            if self._thread is None:
                start = self._cursor_of_now()
                self._thread = threading.Thread(target=self._run, args=(start,), name="feed", daemon=True)
                self._thread.start()

    def leave(self, outbox: Outbox) -> None:
        with self._lock:
            self._outboxes.discard(outbox)

    def close(self) -> None:
        """Close every socket: the process ends, and another will take over."""
        for outbox in list(self._outboxes):
            outbox.close(RESTARTING)

    @staticmethod
    def _cursor_of_now() -> str | None:
        """Where to start: fixed before the first socket is greeted, so that nothing falls in between.

        None while Redis is away.
        """
        try:
            return parts().feed.cursor()
        except RedisError:
            return None

    def _run(self, cursor: str | None) -> None:
        pause = threading.Event()
        is_away = cursor is None
        while True:
            try:
                events, is_away = self._read(cursor, was_away=is_away)
            except SQLAlchemyError as error:
                log.warning("the live feed and the database are away", error=str(error))
                pause.wait(1.0)
                continue
            cursor = events.cursor
            if events.events or events.resync:
                for outbox in list(self._outboxes):
                    outbox.put(events)

    @staticmethod
    def _read(cursor: str | None, *, was_away: bool) -> tuple[Events, bool]:
        """What happened next, and whether Redis is away: a socket that is open must not go quiet with it.

        When it is back everything is to be read again. Its clock is not the database's, and that tells of jobs alone.
        """
        feed = parts().feed
        try:
            if was_away or cursor is None:
                return Events(cursor=feed.cursor(), events=[], resync=True), False
            return feed.read(cursor, wait_seconds=_READ_SECONDS), False
        except RedisError as error:
            if not was_away:
                log.warning("the live feed is away", error=str(error))
            return read_changes(parts().engine, cursor, wait_seconds=_READ_SECONDS), True


hub = Hub()


class _WholeSends:
    """A socket whose `send` sends everything, one frame after the other.

    simple-websocket calls `send`, which may send a part, from two threads.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        with self._lock:
            self._sock.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def install(app: Flask) -> None:
    app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": _PING_SECONDS, "max_message_size": 64 * 1024}
    blueprint = Blueprint("socket", __name__)
    Sock(app).route("/ws", bp=blueprint)(websocket)
    app.register_blueprint(blueprint)


def websocket(socket: Server) -> None:
    """Follow the feed over one socket until either side ends it."""
    socket.sock = _WholeSends(socket.sock)
    if (origin := foreign_origin()) is not None:
        socket.close(FOREIGN_ORIGIN, f"{origin} is not in TRAJECTORY_CORS_ORIGINS"[:_MOST_REASON])
        return
    try:
        parts().keyring.of_ticket(request.args.get("ticket", ""))
    except Unauthenticated as error:
        socket.close(BAD_TICKET, str(error))
        return
    outbox = Outbox()
    hub.join(outbox)
    try:
        _serve(socket, outbox, request.args.get("after"))
    finally:
        hub.leave(outbox)


def _serve(socket: Server, outbox: Outbox, after: str | None) -> None:
    """Say hello, tell what was missed, then what happens; listen for subscriptions in between."""
    channels = set(_DEFAULT_CHANNELS)
    now = _cursor_of_now()
    missed = _missed(after, now)
    # Its own cursor even when nothing was missed: what was published since is in the outbox, and after no other. One
    # that is ahead, as the database's clock may be, must not hide what comes.
    cursor = min(after, now, key=_order) if after and missed is not None else now
    _send(socket, {"type": "hello", "cursor": cursor, "server_time": datetime.now(UTC).isoformat()})
    if missed is None:
        _send(socket, {"type": "resync"})
    for events in missed or ():
        _send_events(socket, events, channels)
        cursor = events.cursor
    spoke_at = time.monotonic()
    while socket.connected:
        for events in outbox.take(timeout=1.0):
            if _order(events.cursor) > _order(cursor) or events.resync:
                cursor = events.cursor
                if _send_events(socket, events, channels):
                    spoke_at = time.monotonic()
        if time.monotonic() - spoke_at > _PING_SECONDS:
            # A page cannot see the protocol's own pings, and takes a socket that says nothing for longer for dead.
            _send(socket, {"type": "ping"})
            spoke_at = time.monotonic()
        while message := socket.receive(timeout=0):
            _subscribe(message, channels)
        if outbox.closing:
            with contextlib.suppress(OSError):
                socket.close(outbox.closing)
            return


def _missed(after: str | None, now: str) -> list[Events] | None:
    """What happened from a cursor until now; None when that is not known, or not any more. Nothing without a cursor."""
    pages: list[Events] = []
    while after is not None:
        try:
            page = read_events(parts().feed, parts().engine, after, wait_seconds=0)
        except InvalidCursor:
            return None
        if page.resync:
            return None
        if not page.events:
            break
        pages.append(page)
        after = page.cursor
        if _order(after) >= _order(now):
            # The database, asked while Redis is away, tells of the jobs that run again and again.
            break
    return pages


def _cursor_of_now() -> str:
    return read_events(parts().feed, parts().engine, None, wait_seconds=0).cursor


def _subscribe(message: str | bytes, channels: set[str]) -> None:
    """`{"type": "subscribe", "channels": [...]}` replaces what was followed; anything else is ignored."""
    try:
        asked = json.loads(message)
    except ValueError:
        return
    if isinstance(asked, dict) and asked.get("type") == "subscribe" and isinstance(asked.get("channels"), list):
        channels.clear()
        channels.update(channel for channel in asked["channels"] if isinstance(channel, str))


def _send_events(socket: Server, events: Events, channels: set[str]) -> bool:
    """Whether any of it was wanted, and so anything was said."""
    if events.resync:
        _send(socket, {"type": "resync"})
        return True
    wanted = [event for event in events.events if _is_wanted(event, channels)]
    if wanted:
        _send(socket, {"type": "events", "cursor": events.cursor, "events": wanted})
    return bool(wanted)


def _is_wanted(event: dict[str, Any], channels: set[str]) -> bool:
    job_id = event.get("job_id") or event.get("id") or event.get("job", {}).get("id")
    return _CHANNEL_OF_KIND.get(event["kind"], "jobs") in channels or f"job:{job_id}" in channels


def _send(socket: Server, message: dict[str, Any]) -> None:
    socket.send(json.dumps(message, separators=(",", ":")))


def _order(cursor: str) -> tuple[int, int]:
    milliseconds, number = cursor.split("-")
    return int(milliseconds), int(number)
