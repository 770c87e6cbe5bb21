"""Wake-ups: Celery messages that say "there is work in this queue" and carry no job.

The Celery app is made here, with no task on it: workers put `trajectory.drain` on it, everybody else only wakes.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import structlog
from celery import Celery
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError, OperationalError
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from trajectory.priorities import QUEUES, Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trajectory.settings import Settings

DRAIN = "trajectory.drain"
_ANSWER_SECONDS = 0.5
"""A broker that takes longer is as good as away."""
_BROKER_REST_SECONDS = 1.0
"""After a failure the broker is left alone for so long: the dispatcher makes up for wake-ups that are missing."""

log = structlog.get_logger(__name__)


def celery_app(settings: Settings) -> Celery:
    """The Celery application: three queues, no results, and only what a wake-up needs."""
    app = Celery("trajectory", broker=settings.broker)
    app.amqp.Connection = _BrokerConnection
    app.conf.update(
        # Without an exchange of its own each queue would be bound to one called "celery", and every message
        # would land in all three.
        task_queues=[Queue(name, Exchange(name, type="direct"), routing_key=name) for name in QUEUES],
        task_default_queue=Priority.MEDIUM.value,
        task_default_exchange=Priority.MEDIUM.value,
        task_default_routing_key=Priority.MEDIUM.value,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        # A wake-up that gets lost is made again; one that comes twice finds nothing. So no acknowledgements.
        task_acks_late=False,
        task_reject_on_worker_lost=False,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(settings.broker),
        # A lost publish is not worth waiting for.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
    )
    return app


class _BrokerConnection(Connection):
    """Sought again every second. Celery would come to wait for half a minute, and has no setting for it."""

    def ensure_connection(self, *args: Any, **how: Any) -> Any:
        pauses = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 1.0}
        return super().ensure_connection(*args, **(how | pauses))


def _is_redis(url: str) -> bool:
    return url.startswith(("redis://", "rediss://"))


def _transport_options(url: str) -> dict[str, Any]:
    if not _is_redis(url):
        return {}
    return {"ack_emulation": False, "priority_steps": [0], "queue_order_strategy": "priority"}


class Wakeups(Protocol):
    def top_up(self, priority: Priority, *, count: int, limit: int) -> None:
        """Add up to `count` wake-ups to the queue of `priority`, while it holds fewer than `limit`.

        Returns without them when the broker is away.
        """

    def ahead(self, priority: Priority, *, limit: int) -> Callable[[], bool]:
        """Send a wake-up for a job that is about to be committed, and do not wait for the broker's answer.

        Call what this returns after the commit: whether the wake-up is sure to find the job.
        """


def wakeups(settings: Settings) -> Wakeups:
    return _RedisWakeups(settings) if _is_redis(settings.broker) else _KombuWakeups(settings)


class _Rest:
    """How a broker that failed is left alone, so that one that hangs holds up one caller a second and not all."""

    def __init__(self) -> None:
        self.failed = False
        self._until = 0.0

    def over(self) -> bool:
        """Whether the caller may ask the broker. After a failure one may, and only when it got through the others."""
        now = time.monotonic()
        if now < self._until:
            return False
        if self.failed:
            self._until = now + _BROKER_REST_SECONDS
        return True

    def begin(self, error: Exception) -> None:
        self.failed = True
        self._until = time.monotonic() + _BROKER_REST_SECONDS
        log.warning("the broker is away; the dispatcher will wake", error=str(error))

    def end(self) -> None:
        self.failed = False
        self._until = 0.0


class _RedisWakeups:
    """The quick way: one round trip that pushes what Celery would, and only while the queue is short.

    A publish through kombu costs more than the committed INSERT it announces.
    """

    _TOP_UP = """
    local room = tonumber(ARGV[1]) - redis.call('LLEN', KEYS[1])
    local count = math.min(room, #ARGV - 1)
    for i = 1, count do redis.call('LPUSH', KEYS[1], ARGV[i + 1]) end
    return count
    """

    # A slot that was woken looks for work for some milliseconds: it sees a commit that came this soon after.
    _TRAVEL_SECONDS = 0.004

    def __init__(self, settings: Settings) -> None:
        # Once more at once, for a connection that the server has closed meanwhile. By itself redis-py would try for
        # seconds, and a submission would wait for that.
        self._redis: Redis = Redis.from_url(
            settings.broker,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        self._script = self._redis.register_script(self._TOP_UP)
        self._rest = _Rest()

    def top_up(self, priority: Priority, *, count: int, limit: int) -> None:
        if count < 1 or limit < 1 or not self._rest.over():
            return
        try:
            self._script(keys=[priority.value], args=[limit, *_messages(priority, min(count, limit))])
        except RedisError as error:
            self._rest.begin(error)
        else:
            self._rest.end()

    def ahead(self, priority: Priority, *, limit: int) -> Callable[[], bool]:
        # Others wait for this commit: none of them is to find out whether the broker is back.
        if limit < 1 or self._rest.failed:
            return _is_too_late
        try:
            connection = self._redis.connection_pool.get_connection()
        except RedisError as error:
            self._rest.begin(error)
            return _is_too_late
        sent_at = time.monotonic()
        try:
            command: Any = connection.send_command
            command("EVAL", self._TOP_UP, 1, priority.value, limit, *_messages(priority, 1))
        except RedisError as error:
            self._end(connection, error)
            return _is_too_late

        def sent_in_time() -> bool:
            in_time = time.monotonic() - sent_at < self._TRAVEL_SECONDS
            try:
                connection.read_response()
            except RedisError as error:
                self._end(connection, error)
                return False
            self._redis.connection_pool.release(connection)
            return in_time

        return sent_in_time

    def _end(self, connection: Any, error: RedisError) -> None:
        connection.disconnect()
        self._redis.connection_pool.release(connection)
        self._rest.begin(error)


class _KombuWakeups:
    """The way for any other broker: in the background, over one connection of this process.

    Its clients wait for answers without a limit that would hold under gevent too; so nobody waits for them.
    """

    def __init__(self, settings: Settings) -> None:
        self._app = celery_app(settings)
        # By itself kombu tries to connect for ever.
        patience = {"max_retries": 0, "read_timeout": _ANSWER_SECONDS, "write_timeout": _ANSWER_SECONDS}
        self._connection: Any = self._app.connection_for_write(
            connect_timeout=_ANSWER_SECONDS, transport_options=patience
        )
        self._channel: Any = None
        self._lock = threading.Lock()
        self._wanted: dict[Priority, tuple[int, int]] = {}
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    def top_up(self, priority: Priority, *, count: int, limit: int) -> None:
        if count < 1 or limit < 1:
            return
        with self._lock:
            wanted, _ = self._wanted.get(priority, (0, 0))
            self._wanted[priority] = (wanted + count, limit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
                self._thread.start()
        self._something.set()

    def _run(self) -> None:
        rest = threading.Event()
        while True:
            self._something.wait()
            self._something.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, {}
            try:
                for priority, (count, limit) in wanted.items():
                    self._send(priority, count, limit)
            except Exception as error:
                # Whatever it was, wake-ups are made up for, and the thread must outlive a broker that restarts. A
                # traceback every second would take a process of the api half of its time.
                away = (OperationalError, OSError, *self._connection.recoverable_connection_errors)
                trace = not isinstance(error, away)
                log.warning("the broker is away; the dispatcher will wake", error=repr(error), exc_info=trace)
                self._drop()
                rest.wait(_BROKER_REST_SECONDS)

    def _send(self, priority: Priority, count: int, limit: int) -> None:
        if self._channel is None:
            self._channel = self._connection.default_channel
            for queue in self._app.amqp.queues.values():
                queue(self._channel).declare()
        producer = self._app.amqp.Producer(self._channel, auto_declare=False)
        for _ in range(min(count, limit - self._depth(priority))):
            self._app.send_task(DRAIN, queue=priority.value, producer=producer, retry=False)

    def ahead(self, *_: object, **__: object) -> Callable[[], bool]:
        """No head start: a client that waits for the broker cannot commit meanwhile."""
        return _is_too_late

    def _depth(self, priority: Priority) -> int:
        queue = self._app.amqp.queues[priority.value](self._channel)
        try:
            depth: int = queue.queue_declare(passive=True).message_count
        except ChannelError:  # on some transports an empty queue does not exist
            return 0
        return depth

    def _drop(self) -> None:
        """Without a word to the other side, which may not be listening."""
        self._channel = None
        self._connection.collect(socket_timeout=_ANSWER_SECONDS)


def _is_too_late() -> bool:
    return False


_PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


@cache
def _template(priority: Priority) -> str:
    """A wake-up as kombu's Redis transport writes it, with a placeholder where its id goes."""
    app = Celery("trajectory", set_as_current=False)
    task = app.amqp.as_task_v2(_PLACEHOLDER, DRAIN, args=(), kwargs={})
    message = {
        "body": base64.b64encode(json.dumps(task.body).encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {**task.headers, "ignore_result": True},
        "properties": {
            **task.properties,
            "delivery_mode": 2,
            "delivery_info": {"exchange": priority.value, "routing_key": priority.value},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": _PLACEHOLDER,
        },
    }
    return json.dumps(message)


def _messages(priority: Priority, count: int) -> Sequence[str]:
    template = _template(priority)
    return [template.replace(_PLACEHOLDER, str(uuid4())) for _ in range(count)]
