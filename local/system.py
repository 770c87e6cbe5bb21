"""The whole system on one machine: which processes, in what order, with what environment."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local import site
from local.bootstrap import ROOT
from local.child import Child
from local.ports import refuse_taken_port
from local.postgres import start_postgres
from local.servers import free_port, make_data_folder, secret, write_private
from local.steps import Refusal, done, say, step
from local.supervisor import Supervisor
from local.valkey import start_valkey
from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.servers import Server

HOST = "127.0.0.1"
READY_SECONDS = 60
# Longer than the grace period the worker gives its running jobs before it hands them back.
WORKER_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Options:
    """What may be chosen at the start."""

    data: Path = ROOT / ".local" / "data"
    port: int = 8080  # 0: a free one
    slots: int = 2
    queues: str = "high,medium,low"


@dataclass(frozen=True)
class System:
    """A system that runs: where it is, and the key that opens it."""

    url: str
    key: str
    data: Path
    supervisor: Supervisor

    @property
    def sign_in(self) -> str:
        return f"{self.url}/sign-in#key={self.key}"


@contextmanager
def running_system(options: Options) -> Iterator[System]:
    """Start everything, give it to the block, and stop everything after it."""
    started = time.monotonic()
    data = make_data_folder(options.data)
    with _sole_use(data):
        port = options.port or free_port()
        refuse_taken_port(port)
        built = _site()
        with Supervisor() as supervisor:
            env = _environment(data, _servers(supervisor, data))
            with step("migrations"):
                _run_once("migrate", ["-m", "trajectory", "migrate"], env, data)
            launched = time.monotonic()
            api, worker, dispatcher = group = _processes(options, port, data, env, built)
            supervisor.start(*group)
            key = _admin_key(data, env)
            api.is_ready = lambda: ask(port, "/health").status == http.client.OK
            worker.is_ready = lambda: ask(port, "/ready", key).says_ok("worker")
            dispatcher.is_ready = lambda: ask(port, "/ready", key).says_ok("dispatcher")
            for child in group:
                child.wait_until_ready(READY_SECONDS)
                done(child.name, time.monotonic() - launched)
            if not wait_until(lambda: ask(port, "/ready").status == http.client.OK, READY_SECONDS):
                raise Refusal(f"not ready after {READY_SECONDS} s: {ask(port, '/ready', key).body}")
            done("ready", time.monotonic() - started)
            yield System(f"http://{HOST}:{port}", key, data, supervisor)
            stopping = time.monotonic()
        done("stopped", time.monotonic() - stopping)


@contextmanager
def _sole_use(data: Path) -> Iterator[None]:
    lock_file = data / "lock"
    with lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Refusal(
                f"{data} is in use by another start (pid {lock.read().strip()}): stop it, or choose another with --data"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _site() -> str:
    if given := os.environ.get("TRAJECTORY_SITE"):
        say("  the site is the one TRAJECTORY_SITE names")
        return given
    with step("site"):
        return str(site.build())


def _servers(supervisor: Supervisor, data: Path) -> dict[str, str]:
    """Start the servers that the environment does not name, and return the addresses of both."""
    return {
        "DATABASE_URL": _server(supervisor, "PostgreSQL", "DATABASE_URL", start_postgres, data),
        "REDIS_URL": _server(supervisor, "Valkey", "REDIS_URL", start_valkey, data),
    }


def _server(supervisor: Supervisor, name: str, variable: str, start: Callable[[Path], Server], data: Path) -> str:
    if given := os.environ.get(variable):
        say(f"  {name} is the one {variable} names")
        return given
    with step(name) as running:
        server = start(data)
        supervisor.adopt(server.child)
        running.label = f"{name} {server.version}"
    return server.url


def _environment(data: Path, addresses: dict[str, str]) -> dict[str, str]:
    artifacts = os.environ.get("TRAJECTORY_ARTIFACTS") or str(data / "artifacts")
    settings = {**addresses, "TRAJECTORY_ARTIFACTS": artifacts}
    if tasks := os.environ.get("TRAJECTORY_TASKS"):
        settings["TRAJECTORY_TASKS"] = tasks  # a worker started by hand without them would fail their jobs
    # For a worker or a psql started by hand: `set -a; . DATA/env`.
    write_private(data / "env", "\n".join(f"{name}={shlex.quote(value)}" for name, value in settings.items()))
    # Tasks of one's own (TRAJECTORY_TASKS) may lie where the command was typed.
    path = dict.fromkeys([str(ROOT), str(Path.cwd()), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    return os.environ | settings | {"PYTHONPATH": os.pathsep.join(filter(None, path)), "PYTHONUNBUFFERED": "1"}


def _processes(options: Options, port: int, data: Path, env: dict[str, str], built: str) -> list[Child]:
    def child(name: str, *arguments: str, patience: float = 20, **more: str) -> Child:
        return Child(
            name,
            [sys.executable, *arguments],
            data / "logs" / f"{name}.log",
            env=env | more,
            cwd=ROOT,
            patience_seconds=patience,
        )

    worker = child(
        "worker",
        *("-m", "celery", "-A", "workers.app", "worker", "-Q", options.queues, "-c", str(options.slots)),
        *("--hostname", "local@%h", "--without-mingle", "--without-gossip"),
        patience=WORKER_PATIENCE_SECONDS,
    )
    dispatcher = child("dispatcher", "-m", "workers.dispatcher")
    gunicorn = ["-m", "gunicorn", "--config", "functions/gunicorn.conf.py", "--bind", f"{HOST}:{port}"]
    api = child("api", *gunicorn, TRAJECTORY_SITE=built)
    return [api, worker, dispatcher]


@dataclass(frozen=True)
class Answer:
    """What the API said; status 0 when nobody did."""

    status: int = 0
    body: str = ""

    def says_ok(self, part: str) -> bool:
        """Whether /ready names the part and finds it well."""
        try:
            return bool(json.loads(self.body)["parts"][part]["state"] == "ok")
        except (ValueError, KeyError):
            return False


def ask(port: int, path: str, key: str = "") -> Answer:
    """GET the path from the API on this machine."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
        response = connection.getresponse()
        return Answer(response.status, response.read().decode())
    except (OSError, http.client.HTTPException):
        return Answer()
    finally:
        connection.close()


def _run_once(name: str, arguments: list[str], env: dict[str, str], data: Path) -> str:
    """Run one of the product's commands to its end and return what it printed."""
    log = data / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("a") as errors:
        ended = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    if ended.returncode:
        last = [line for line in log.read_text(errors="replace").splitlines() if line.strip()][-1:]
        raise Refusal(f"{name} failed: {''.join(last) or 'no output'} (all of it: {log})")
    return ended.stdout


def _admin_key(data: Path, env: dict[str, str]) -> str:
    """Return the key kept in the data folder if this database knows it, else make a new one."""
    file = data / "admin.key"
    if file.exists():
        key = secret(file)
        command = [sys.executable, "-m", "trajectory", "key", "check"]
        checked = subprocess.run(command, check=False, cwd=ROOT, env=env, input=key, text=True, capture_output=True)
        if checked.returncode == 0:
            return key
    created = _run_once("key", ["-m", "trajectory", "key", "create", "--name", "admin", "--role", "admin"], env, data)
    write_private(file, created.strip())
    return created.strip()
