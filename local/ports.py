"""Whether a port can be had, and who has it if not."""

from __future__ import annotations

import contextlib
import errno
import socket

import psutil

from local.steps import Refusal


def refuse_taken_port(port: int) -> None:
    """Raise a refusal that names the holder where the system tells."""
    with socket.socket() as probe:
        # As gunicorn does: connections of an earlier start that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refusal(f"port {port} is taken{_by_whom(port)}: choose another with --port") from error
            raise Refusal(f"cannot listen on port {port}: {error.strerror}; choose another with --port") from error


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
