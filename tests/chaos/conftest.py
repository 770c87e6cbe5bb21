"""Servers of chaos's own: what is done to them hurts no other test. Each is running and empty when a test begins."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import redis
from kombu import Connection

from local.postgres import start_postgres
from local.servers import temporary_data
from local.valkey import start_valkey
from tests.chaos.api import Api
from tests.chaos.faults import start_again
from tests.chaos.journal import Journal
from tests.chaos.work import JOURNAL
from tests.conftest import make_template
from tests.rabbitmq import rabbitmq_server
from trajectory.priorities import QUEUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.servers import Server
    from tests.system import System


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with temporary_data() as data, start_postgres(data) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    return make_template(postgres)


@pytest.fixture(scope="session")
def valkey_data() -> Iterator[Path]:
    with temporary_data() as data:
        yield data


@pytest.fixture(scope="session")
def valkey(valkey_data: Path) -> Iterator[Server]:
    with start_valkey(valkey_data) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[tuple[Server, Path]]:
    with rabbitmq_server() as made:
        yield made


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    path = tmp_path / "journal"
    monkeypatch.setenv(JOURNAL, str(path))
    return Journal(path)


@pytest.fixture
def system(system: System, journal: Journal) -> System:
    """An installation whose tasks keep a journal."""
    system.tasks = "tests.chaos.work"
    system.renew()
    return system


@pytest.fixture
def api(system: System) -> Api:
    return Api(system.start_api(), system.key())


@dataclass(frozen=True)
class Broker:
    """What carries wake-ups, and what can be done to it."""

    name: str
    server: Server
    empty: Callable[[], None]  # drops every message
    files: Path  # what it knows after a restart

    def start_empty(self) -> None:
        """After a kill: start it with nothing of what it held."""
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        start_again(self.server)


@pytest.fixture(params=["redis", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def broker(request: pytest.FixtureRequest, system: System, valkey: Server, valkey_data: Path) -> Broker:
    if request.param == "redis":
        return Broker(request.param, valkey, lambda: _flush(valkey.url), valkey_data / "valkey")
    server, folder = request.getfixturevalue("rabbitmq")
    system.broker_url = server.url
    system.renew()
    return Broker(request.param, server, lambda: _purge(server.url), folder / "mnesia")


def _flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushall()


def _purge(url: str) -> None:
    with Connection(url) as connection, connection.channel() as channel:
        for name in QUEUES:
            channel.queue_purge(name)
