"""gunicorn for one machine: the API, the live socket and the site in one place.

Any of these can be changed on the command line or in GUNICORN_CMD_ARGS.
"""

import gc
import os
from pathlib import Path

wsgi_app = "functions.wsgi:app"
# gevent holds thousands of sockets; an API without the live socket may run on gthread.
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_connections = 4000
# One socket that all processes accept from, and that outlives each of them. With `reuse_port` every process has its
# own, and the kernel resets who waits there when the process goes, in the middle of a restart.
reuse_port = False
control_socket_disable = True
graceful_timeout = 10
timeout = 60
keepalive = 75
accesslog = None
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None


def post_worker_init(worker):
    """Refuse to run blocked, and keep the collector of garbage from the way of large batches.

    psycopg chooses how it waits when it is imported, which must be after gevent patched. A batch of 10,000 jobs makes
    40,000 objects that stay: with the usual thresholds the collector goes through them, and through everything that
    was loaded, again and again, which was four fifths of the time of reading a batch.
    """
    from psycopg import waiting

    if type(worker).__name__ == "GeventWorker" and waiting.wait.__name__ == "wait_c":
        raise RuntimeError("psycopg was imported before gevent patched the sockets")
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def worker_exit(server, worker):
    """Close the live sockets with 1012, so that browsers come back at once."""
    from functions import socket

    socket.hub.close()
