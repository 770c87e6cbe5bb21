"""Real servers for the tests that need them: one PostgreSQL and one Valkey a session, one database a test."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from local.postgres import start_postgres
from local.servers import temporary_data
from local.valkey import start_valkey
from tests.system import System
from trajectory.settings import read_settings
from trajectory.store.engine import api_engine
from trajectory.store.fleet import put_tasks
from trajectory.store.schema import upgrade
from trajectory.tasks import load, registered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.servers import Server

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with temporary_data() as data, start_postgres(data) as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[Server]:
    with temporary_data() as data, start_valkey(data) as server:
        yield server


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    return make_template(postgres)


def make_template(postgres: Server) -> str:
    """A database that the real migrations made, to be copied."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    environment = {"DATABASE_URL": named(postgres.url, TEMPLATE), "REDIS_URL": "redis://unused"}
    engine = api_engine(read_settings(environment))
    upgrade(engine)
    engine.dispose()
    return TEMPLATE


_numbers = itertools.count(1)


@pytest.fixture
def empty_database_url(postgres: Server) -> Iterator[str]:
    yield from _database(postgres, "template1")


@pytest.fixture
def database_url(postgres: Server, template: str) -> Iterator[str]:
    yield from _database(postgres, template)


def _database(postgres: Server, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield named(postgres.url, name)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis_url(valkey: Server) -> str:
    url = f"{valkey.url.rstrip('/').removesuffix('/0')}/{next(_numbers) % 16}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def system(database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """An installation: this process may use it, and start its workers, dispatcher and API."""
    with System(database_url=database_url, redis_url=redis_url, folder=tmp_path, monkeypatch=monkeypatch) as made:
        yield made


@pytest.fixture
def catalogue(system: System) -> System:
    """The installation, with the tests' tasks announced by a worker that does not run."""
    load(["tests.work"])
    with system.parts.engine.connect() as connection:
        put_tasks(connection, [task.announced() for task in registered().values()])
    return system
