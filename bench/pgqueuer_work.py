"""One worker process of pgqueuer, as its own benchmark sets it up: uvloop, asyncpg if there is, batches of 100."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
from typing import TYPE_CHECKING

import psycopg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver, PsycopgDriver

from bench.tally import count

if TYPE_CHECKING:
    from pgqueuer.models import Job
    from pgqueuer.ports.driver import Driver

BATCH = 100


async def connected(url: str) -> Driver:
    """Its quickest driver that is installed."""
    if importlib.util.find_spec("asyncpg"):
        import asyncpg  # noqa: PLC0415

        return AsyncpgDriver(await asyncpg.connect(url))
    return PsycopgDriver(await psycopg.AsyncConnection.connect(url, autocommit=True))


async def run() -> None:
    queuer = PgQueuer(await connected(os.environ["BENCH_PGQUEUER_DATABASE"]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queuer.shutdown.set)

    @queuer.entrypoint("noop")
    async def noop(_job: Job) -> None:
        count()

    await queuer.run(batch_size=BATCH)


if __name__ == "__main__":
    uvloop.run(run())
