"""The settings, read from the environment once. Nothing else reads `os.environ`.

The table of settings in the README is made from this class; a test compares them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from trajectory.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_DAY = 86_400.0
_LONGEST = 36_525 * _DAY


def _text(value: str) -> str:
    return value


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _seconds(value: str) -> float:
    seconds = float(value)
    if seconds <= 0:
        raise ValueError("must be more than zero")
    return seconds


def _age(value: str) -> float:
    seconds = _seconds(value)
    if not seconds <= _LONGEST:
        raise ValueError("must be at most a hundred years")
    return seconds


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError("must be at least 1")
    return number


def _flag(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def _postgresql_url(value: str) -> str:
    if not value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise ValueError("must start with postgresql://")
    return "postgresql+psycopg://" + value.split("://", 1)[1]


def _setting(env: str, parse: Callable[[str], Any], about: str, default: Any = None, *, required: bool = False) -> Any:
    metadata = {"env": env, "parse": parse, "about": about, "required": required}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """What can be set. Times are seconds."""

    database_url: str = _setting("DATABASE_URL", _postgresql_url, "PostgreSQL 14 or newer", required=True)
    redis_url: str = _setting(
        "REDIS_URL",
        _text,
        "Redis or Valkey: live feed, and the broker unless BROKER_URL is set",
        required=True,
    )
    broker_url: str = _setting("BROKER_URL", _text, "Celery's broker if it is not REDIS_URL, for example amqp://", "")
    tasks: tuple[str, ...] = _setting(
        "TRAJECTORY_TASKS", _names, "modules with your own tasks, separated by commas", ()
    )
    artifacts: str = _setting(
        "TRAJECTORY_ARTIFACTS",
        _text,
        "where files of jobs are kept: a folder, or s3://bucket/prefix",
        ".local/artifacts",
    )
    site: str = _setting("TRAJECTORY_SITE", _text, "folder of the built site, to serve it with the API", "")
    cors_origins: tuple[str, ...] = _setting(
        "TRAJECTORY_CORS_ORIGINS", _names, "origins of sites that are hosted elsewhere", ()
    )
    pool_size: int = _setting(
        "TRAJECTORY_POOL_SIZE", _positive, "connections of one process that serves, dispatches or submits", 10
    )
    statement_timeout_seconds: float = _setting(
        "TRAJECTORY_STATEMENT_TIMEOUT", _seconds, "longest statement of such a process", 15.0
    )
    heartbeat_seconds: float = _setting("TRAJECTORY_HEARTBEAT", _seconds, "how often a worker says that it lives", 5.0)
    lost_after_seconds: float = _setting(
        "TRAJECTORY_LOST_AFTER", _seconds, "a worker silent for so long has lost its jobs", 20.0
    )
    grace_seconds: float = _setting(
        "TRAJECTORY_GRACE", _seconds, "how long running jobs may go on when a worker is stopped", 20.0
    )
    keep_succeeded_seconds: float = _setting(
        "TRAJECTORY_KEEP_SUCCEEDED", _age, "how long a job is kept after it succeeded", 30 * _DAY
    )
    keep_failed_seconds: float = _setting(
        "TRAJECTORY_KEEP_FAILED", _age, "how long a job is kept after it failed", 90 * _DAY
    )
    keep_cancelled_seconds: float = _setting(
        "TRAJECTORY_KEEP_CANCELLED", _age, "how long a job is kept after it was cancelled", 30 * _DAY
    )
    keep_stats_seconds: float = _setting(
        "TRAJECTORY_KEEP_STATS", _age, "how long the statistics of a minute are kept", 365 * _DAY
    )
    kill_grace_seconds: float = _setting(
        "TRAJECTORY_KILL_GRACE",
        _seconds,
        "how long a task that was told to stop, or is over its time limit, may go on before its slot is killed",
        10.0,
    )
    ages_after_seconds: float | None = _setting(
        "TRAJECTORY_AGES_AFTER",
        _seconds,
        "a job that waited for so long counts as one priority higher; without it, priority is strict",
    )
    idempotency_kept_seconds: float = _setting(
        "TRAJECTORY_IDEMPOTENCY_KEPT", _seconds, "how long an Idempotency-Key is remembered", 86_400.0
    )
    allow_private_addresses: bool = _setting(
        "TRAJECTORY_ALLOW_PRIVATE_ADDRESSES", _flag, "http_request may call private addresses", False
    )
    release: str = _setting(
        "TRAJECTORY_RELEASE", _text, "what the code of this worker is called, for example a commit; errors name it", ""
    )
    log_level: str = _setting("TRAJECTORY_LOG_LEVEL", str.upper, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @property
    def broker(self) -> str:
        return self.broker_url or self.redis_url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from a mapping of environment variables. Raises `InvalidSettings` with every fault by name."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for item in fields(Settings):
        name = item.metadata["env"]
        raw = environ.get(name, "")
        if not raw:
            if item.metadata["required"]:
                faults.append(f"{name} is not set ({item.metadata['about']})")
            continue
        try:
            values[item.name] = item.metadata["parse"](raw)
        except ValueError as error:
            faults.append(f"{name}={raw!r}: {error}")
    if not faults:
        settings = Settings(**values)
        if settings.lost_after_seconds < 2 * settings.heartbeat_seconds:
            faults.append("TRAJECTORY_LOST_AFTER must be at least twice TRAJECTORY_HEARTBEAT")
    if faults:
        raise InvalidSettings(faults)
    return settings


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)
