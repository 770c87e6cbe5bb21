"""pgqueuer: the fastest peer that keeps a row per job. Two processes, batches of 100, on the same PostgreSQL."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Self

import psycopg
from pgqueuer.queries import Queries

from bench.contest import PAYLOAD, SLOTS, Processes
from bench.pgqueuer_work import connected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.contest import Place

_DATABASE = "pgqueuer"
_BATCH = 10_000


class Pgqueuer:
    def __init__(self, place: Place) -> None:
        self.place = place
        self._url = place.database_url(_DATABASE)
        self._processes = Processes(place, {"BENCH_PGQUEUER_DATABASE": self._url})

    def __enter__(self) -> Self:
        with psycopg.connect(self.place.database_url("trajectory"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {_DATABASE}")
        self._ask(lambda queries: queries.install())
        self.place.tally.forget_processes()
        self._connection = psycopg.connect(self._url, autocommit=True)
        for slot in range(SLOTS):
            self._processes.start(f"pgqueuer-{slot}", "-m", "bench.pgqueuer_work")
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.stop()
        self._connection.close()

    def enqueue(self, jobs: int) -> None:
        async def add(queries: Queries) -> None:
            for first in range(0, jobs, _BATCH):
                batch = min(_BATCH, jobs - first)
                await queries.enqueue(["noop"] * batch, [PAYLOAD.encode()] * batch, [0] * batch)

        self._ask(add)

    def is_recorded(self) -> bool:
        """It deletes a job in the statement that puts it on record."""
        (waits,) = self._connection.execute("SELECT EXISTS (SELECT FROM pgqueuer)").fetchone() or (True,)
        return not waits

    def hold(self) -> None:
        self._processes.signal(signal.SIGSTOP)

    def release(self) -> None:
        self._processes.signal(signal.SIGCONT)

    def _ask(self, act: Callable[[Queries], Awaitable[None]]) -> None:
        async def ask() -> None:
            driver = await connected(self._url)
            async with driver:
                await act(Queries(driver))

        asyncio.run(ask())
