"""The live feed: small events about what changed, in one capped Redis stream.

The stream's id is the cursor, the same for WebSocket and polling: milliseconds, a dash, a number. Without Redis the
same question is answered from PostgreSQL, with cursors of the same form. The feed is a convenience: nothing that
matters is in it alone, and a failure to write it is logged and over.
"""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from trajectory.errors import InvalidCursor
from trajectory.schemas import Events, Job, JobSummary
from trajectory.store.changes import changed_since
from trajectory.store.jobs import job_summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from trajectory.settings import Settings

STREAM = "trajectory:feed"
_KEPT_ENTRIES = 10_000
_JOBS_PER_ENTRY = 10
_PAGE = 500
_FLUSH_SECONDS = 0.05
_REST_SECONDS = 1.0
_NOT_IN_SUMMARY = set(Job.model_fields) - set(JobSummary.model_fields)
_CURSOR = re.compile(r"\d{1,16}-\d{1,16}")

log = structlog.get_logger(__name__)


class Feed:
    """Write and read the stream. Safe for threads; make it after a fork."""

    def __init__(self, settings: Settings) -> None:
        retry = Retry(NoBackoff(), 1)
        self._redis: Redis = Redis.from_url(
            settings.redis_url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=retry, decode_responses=True
        )
        # A reader waits in Redis for up to its time, and so needs another time-out than a writer.
        self._reader: Redis = Redis.from_url(
            settings.redis_url, socket_timeout=35.0, socket_connect_timeout=0.5, retry=retry, decode_responses=True
        )
        self._rest_until = 0.0

    def publish(self, events: Sequence[dict[str, Any]]) -> bool:
        """Whether they are in the stream. Not, while Redis is away."""
        if not events:
            return True
        if time.monotonic() < self._rest_until:
            return False
        try:
            entry: dict[Any, Any] = {"events": json.dumps(events, separators=(",", ":"))}
            self._redis.xadd(STREAM, entry, maxlen=_KEPT_ENTRIES, approximate=True)
        except RedisError as error:
            self._rest_until = time.monotonic() + _REST_SECONDS
            log.warning("the live feed is away", error=str(error))
            return False
        return True

    def ping(self) -> None:
        """Raises `RedisError` when Redis does not answer."""
        self._redis.ping()

    def cursor(self) -> str:
        """The cursor of now. Raises `RedisError`."""
        newest: Any = self._redis.xrevrange(STREAM, count=1)
        # An empty stream gets a first entry, so that whoever asked before something happens is not taken for one
        # who missed something.
        return str(newest[0][0]) if newest else str(self._redis.xadd(STREAM, {"events": "[]"}))

    def read(self, after: str, *, wait_seconds: float) -> Events:
        """What was published after a cursor, waiting for something if there is nothing. Raises `RedisError`."""
        if self._is_gone(after):
            return Events(cursor=self.cursor(), events=[], resync=True)
        block = int(wait_seconds * 1000) or None
        answer: Any = self._reader.xread({STREAM: after}, count=_PAGE, block=block)
        if not answer:
            return Events(cursor=after, events=[], resync=False)
        # RESP2 answers with pairs, RESP3 with a mapping whose values are nested once more.
        entries = answer[STREAM][0] if isinstance(answer, dict) else answer[0][1]
        events = [event for _, entry in entries for event in json.loads(entry["events"])]
        return Events(cursor=entries[-1][0], events=events, resync=False)

    def _is_gone(self, after: str) -> bool:
        """Whether entries after the cursor have been dropped, or Redis lost them and the stream began anew."""
        oldest: Any = self._redis.xrange(STREAM, count=1)
        return not oldest or _order(after) < _order(oldest[0][0])


def _order(cursor: str) -> tuple[int, int]:
    milliseconds, number = cursor.split("-")
    return int(milliseconds), int(number)


def read_events(feed: Feed, engine: Engine, after: str | None, *, wait_seconds: float) -> Events:
    """Events after a cursor, from Redis, or from PostgreSQL while Redis is away. Without a cursor: the one of now."""
    if after is not None and not _CURSOR.fullmatch(after):
        raise InvalidCursor(f"{after!r} is not a cursor of the feed")
    try:
        if after is None:
            return Events(cursor=feed.cursor(), events=[], resync=False)
        return feed.read(after, wait_seconds=wait_seconds)
    except RedisError:
        return read_changes(engine, after, wait_seconds=wait_seconds)


def read_changes(engine: Engine, after: str | None, *, wait_seconds: float) -> Events:
    """Which jobs changed after a cursor, from PostgreSQL; all that run are told of each time.

    So it never answers at once when it may wait: while a job runs, who follows would ask without a pause.
    """
    deadline = time.monotonic() + wait_seconds
    pause = threading.Event()
    if after is not None:
        pause.wait(min(1.0, wait_seconds))
    while True:
        with engine.connect() as connection:
            now_ms, changed = changed_since(connection, int(after.split("-")[0]) if after else None)
        if changed is None:
            return Events(cursor=f"{now_ms}-0", events=[], resync=True)
        if changed or after is None or time.monotonic() >= deadline:
            return Events(cursor=f"{now_ms}-0", events=[job_event(job) for job in changed], resync=False)
        pause.wait(1.0)


def job_event(job: JobSummary) -> dict[str, Any]:
    return {"kind": "job", "job": job.model_dump(mode="json", exclude=_NOT_IN_SUMMARY)}


class Announcer:
    """Tells the feed which jobs changed, each at most once in 50 ms with what it then is.

    `add` costs next to nothing and may be called from anywhere after a commit; `flush` reads the jobs and publishes.
    """

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self._engine = engine
        self._feed = feed
        self._lock = threading.Lock()
        self._changed: dict[str, Job | None] = {}  # with what is known of it; None: to be read
        self._overflow = 0
        self._behind = False
        self._lines: list[dict[str, Any]] = []
        self._thread: threading.Thread | None = None
        self._something = threading.Event()
        self._stopping = threading.Event()

    def add(self, ids: Iterable[UUID | str]) -> None:
        with self._lock:
            for job_id in ids:
                if len(self._changed) < _JOBS_PER_ENTRY:
                    self._changed[str(job_id)] = None
                else:
                    self._overflow += 1
        self._something.set()

    def add_submitted(self, job: Job) -> None:
        """A job that was submitted a moment ago: what it is need not be read again."""
        with self._lock:
            if len(self._changed) < _JOBS_PER_ENTRY:
                self._changed.setdefault(str(job.id), job)
            else:
                self._overflow += 1
        self._something.set()

    def add_lines(self, job_id: str, attempt: int, lines: int) -> None:
        """A job's log has grown."""
        with self._lock:
            self._lines.append({"kind": "log", "job_id": job_id, "attempt": attempt, "lines": lines})
        self._something.set()

    @property
    def is_behind(self) -> bool:
        """Whether something was to be published and was not: Redis was away."""
        return self._behind

    def flush(self) -> None:
        """Publish what changed since the last flush.

        What cannot be published is remembered as a number: whoever reads must then look again at what is on the screen.
        """
        with self._lock:
            changed, self._changed = self._changed, {}
            overflow, self._overflow = self._overflow, 0
            events, self._lines = self._lines, []
        if overflow:
            # More than a reader could follow: let it look again at what is on its screen.
            events.append({"kind": "jobs_changed", "count": len(changed) + overflow})
        elif changed:
            jobs: list[JobSummary] = [job for job in changed.values() if job]
            if ids := [job_id for job_id, job in changed.items() if job is None]:
                with self._engine.connect() as connection:
                    jobs += job_summaries(connection, ids)
            events = [job_event(job) for job in jobs] + events
        self._behind = not self._feed.publish(events)
        if self._behind:
            with self._lock:
                self._overflow += max(overflow, len(events))
            self._something.set()

    def start(self) -> None:
        """Flush in the background from now on, for processes that have no watch of their own."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Publish what is left and end the background thread."""
        self._stopping.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._something.wait()
            self._something.clear()
            self._stopping.wait(_FLUSH_SECONDS)
            try:
                self.flush()
            except Exception:
                # The feed is a convenience, and the thread must outlive a database that restarts.
                log.exception("the feed missed changes")
