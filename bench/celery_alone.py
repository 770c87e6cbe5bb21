"""Celery alone: Redis, prefork 2, prefetch 4, early acknowledgement, results ignored. It keeps no record of a job."""

from __future__ import annotations

import importlib
import os
import signal
from typing import TYPE_CHECKING, Any, Self

from redis import Redis

from bench.contest import PAYLOAD, SLOTS, Processes
from bench.web import answers
from local.servers import free_port

if TYPE_CHECKING:
    from bench.contest import Place


class CeleryAlone:
    def __init__(self, place: Place) -> None:
        self.place = place
        self._environment = {"BENCH_CELERY_BROKER": place.redis_url(1)}
        self._processes = Processes(place, self._environment)

    def __enter__(self) -> Self:
        os.environ.update(self._environment)
        # Only now: the module reads its broker's address when it is imported.
        self._work: Any = importlib.import_module("bench.celery_work")
        self._forget()
        self.place.tally.forget_processes()
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.stop()
        self._forget()

    def start_worker(self) -> Self:
        # Without the chatter that it can do without: its best.
        quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
        self._processes.start(
            "celery", "-m", "celery", "-A", "bench.celery_work", "worker", "-c", str(SLOTS), "-n", "alone@%h", *quiet
        )
        return self

    def start_api(self) -> str:
        """Start a gunicorn whose handler only calls `apply_async`: its address."""
        port = free_port()
        url = f"http://127.0.0.1:{port}/jobs"
        command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--reuse-port", "--no-control-socket"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "75"]
        command += ["--worker-tmp-dir", "/dev/shm", "bench.flask_peer:app"]
        self._processes.start("flask", *command, ready=lambda: answers(url))
        return url

    def enqueue(self, jobs: int) -> None:
        with self._work.app.producer_or_acquire() as producer:
            for _ in range(jobs):
                self._work.noop.apply_async((PAYLOAD,), producer=producer)

    def submit(self) -> None:
        self._work.noop.apply_async((PAYLOAD,))

    def is_recorded(self) -> bool:
        return True

    def hold(self) -> None:
        self._processes.signal(signal.SIGSTOP)

    def release(self) -> None:
        self._processes.signal(signal.SIGCONT)

    def _forget(self) -> None:
        with Redis.from_url(self.place.redis_url(1)) as redis:
            redis.flushdb()
