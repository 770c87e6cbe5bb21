"""A RabbitMQ of the tests' own, from the system's package: free ports, a temporary folder, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kombu import Connection

from local.child import Child
from local.servers import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


@contextmanager
def running_rabbitmq() -> Iterator[str]:
    """The address of a broker that runs while the block does."""
    with rabbitmq_server() as (server, _):
        yield server.url


@contextmanager
def rabbitmq_server() -> Iterator[tuple[Server, Path]]:
    """A broker that runs while the block does, and the folder with its data."""
    amqp, distribution, epmd = free_port(), free_port(), free_port()
    url = f"amqp://guest:guest@127.0.0.1:{amqp}//"
    with tempfile.TemporaryDirectory(prefix="trajectory-rabbitmq-") as name:
        folder = Path(name)
        config = folder / "rabbitmq.conf"
        config.write_text(f"listeners.tcp.1 = 127.0.0.1:{amqp}\n")
        environment = os.environ | {
            "HOME": name,
            "RABBITMQ_NODENAME": f"test{amqp}@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd),
        }
        server = Child(
            "rabbitmq",
            [str(SERVER)],
            folder / "output.log",
            env=environment,
            is_ready=lambda: _answers(url),
            patience_seconds=20,
        )
        try:
            server.start()
            server.wait_until_ready(60)
            yield Server(server, url, ""), folder
        finally:
            server.stop()
            # Erlang's port mapper outlives the node that started it.
            subprocess.run(["epmd", "-port", str(epmd), "-kill"], env=environment, check=False, capture_output=True)


def _answers(url: str) -> bool:
    try:
        with Connection(url, connect_timeout=2) as connection:
            connection.connect()
    except OSError:
        return False
    return True
