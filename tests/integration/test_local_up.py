"""`./local/up` with the product's own processes, started and stopped as a person does."""

import http.client
import json
import os
import re
import signal
import stat
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from local.ports import refuse_taken_port
from local.postgres import start_postgres
from local.servers import free_port, temporary_data
from local.valkey import start_valkey
from local.waiting import wait_until

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class Up:
    """A start of the system, with what it printed so far."""

    def __init__(self, data, *, port=0, **env):
        self.data = data
        site = data / "site"
        site.mkdir(exist_ok=True)
        (site / "index.html").write_text("<title>Trajectory</title>")
        self.log = data / f"up-{uuid.uuid4()}.log"
        own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.main", "--data", str(data / "kept"), "--port", str(port)],
                cwd=ROOT,
                env=own | {"TRAJECTORY_SITE": str(site)} | env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self):
        return self.log.read_text()

    def wait_until_ready(self):
        assert wait_until(lambda: "  stop  " in self.printed or self.process.poll() is not None, START_SECONDS)
        assert self.process.poll() is None, self.printed
        found = re.search(r"http://127\.0\.0\.1:(\d+)/sign-in#key=(tj_\S+)", self.printed)
        self.port, self.key = int(found[1]), found[2]

    def ask(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            with connection.getresponse() as answer:
                return answer.status, json.loads(answer.read())

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def up(data, **more):
    started = Up(data, **more)
    try:
        started.wait_until_ready()
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


@pytest.fixture
def data():
    with temporary_data() as folder:
        yield folder


@pytest.fixture(scope="module")
def running():
    """One start, for the tests that leave it as it is."""
    with temporary_data() as folder, up(folder, TRAJECTORY_TASKS="tests.work") as started:
        yield started


def test_a_start_is_stopped_whole_and_the_next_one_has_every_job_and_the_same_key(data):
    with up(data) as first:
        status, job = first.ask("POST", "/api/v1/jobs", {"task": "demo.sleep", "params": {"seconds": 0}})
        assert status == 201, job
        family = first.family()
        assert first.stop(signal.SIGINT) == 0

    assert not [process for process in family if process.is_running()]
    refuse_taken_port(first.port)
    assert "✓ stopped" in first.printed
    with up(data) as second:
        assert second.key == first.key
        assert second.ask("GET", f"/api/v1/jobs/{job['id']}")[0] == 200


def test_a_second_start_on_the_same_data_is_refused_in_one_line(running):
    second = Up(running.data, port=free_port())

    assert second.process.wait(30) == 2
    [line] = second.printed.splitlines()
    assert line.startswith("local/up: ")
    assert f"in use by another start (pid {running.process.pid})" in line


def test_a_taken_port_is_refused_in_one_line(running, data):
    taken = Up(data, port=running.port)

    assert taken.process.wait(30) == 2
    assert re.fullmatch(rf"local/up: port {running.port} is taken by .* --port\n", taken.printed)


def test_the_key_is_for_its_owner_alone_and_works(running):
    file = running.data / "kept" / "admin.key"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() == running.key
    assert running.ask("GET", "/api/v1/jobs")[0] == 200


def test_a_worker_started_by_hand_with_the_kept_environment_knows_the_same_tasks(running):
    kept = (running.data / "kept" / "env").read_text()

    assert "TRAJECTORY_TASKS=tests.work" in kept.splitlines()
    assert "test.noop" in [task["name"] for task in running.ask("GET", "/api/v1/tasks")[1]["items"]]


def test_no_process_outlives_a_killed_start(data):
    with up(data) as running:
        family = running.family()
        running.process.kill()
        running.process.wait()

    assert len(family) > 6
    assert wait_until(lambda: not any(process.is_running() for process in family), 20)


def test_every_part_that_is_killed_comes_back(data):
    with up(data) as running:
        for process in psutil.Process(running.process.pid).children():
            process.kill()

        assert wait_until(lambda: running.printed.count("starts again") == 5, 10), running.printed
        assert wait_until(lambda: is_ready(running), 30), running.printed


def is_ready(running):
    try:
        return running.ask("GET", "/ready")[0] == 200
    except (OSError, http.client.HTTPException, ValueError):
        return False


def test_servers_that_the_environment_names_are_used_and_none_is_started(data):
    with (
        start_postgres(data / "given") as postgres,
        start_valkey(data / "given") as valkey,
        up(data, DATABASE_URL=postgres.url, REDIS_URL=valkey.url) as running,
    ):
        names = {process.name() for process in psutil.Process(running.process.pid).children()}

    assert not names & {"postgres", "valkey-server"}
    assert not (data / "kept" / "postgres").exists()
