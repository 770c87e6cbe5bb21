"""The machine under the installation: a disk that is full, a clock that is wrong."""

from __future__ import annotations

import errno
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local.postgres import start_postgres
from local.servers import free_port, temporary_data
from local.waiting import wait_until
from tests.chaos.api import Api
from tests.chaos.faults import start_again
from tests.chaos.load import Load
from tests.conftest import make_template, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.journal import Journal
    from tests.system import System

DATA_MEGABYTES = 250
FILES_MEGABYTES = 8
FIVE_MINUTES = 300


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, so that it can be full. Needs root, as the embedded servers' other accounts do."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Take all the room there is: the file to delete when it is wanted back."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while shutil.disk_usage(disk).free:
                file.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:  # others write too
                raise
    return ballast


def test_a_full_disk_under_the_database_refuses_submissions_and_corrupts_nothing(system, journal):
    with temporary_data() as home, small_disk(home / "data", DATA_MEGABYTES) as disk, start_postgres(disk) as postgres:
        system.database_url = named(postgres.url, make_template(postgres))
        system.renew()
        system.start_worker(slots=2)
        system.start_dispatcher()
        with Load(Api(system.start_api(), system.key())) as load:
            load.run_for(2)
            ballast = fill(disk)
            assert wait_until(lambda: any(answer.status == 503 for answer in load.answers), 60)
            load.run_for(2)
            ballast.unlink()
            so_far = len(load.accepted())

            def serves():
                if not postgres.child.is_running():  # it stops when it cannot write its log any more
                    start_again(postgres)
                return len(load.accepted()) > so_far + 100

            assert wait_until(serves, 60)
            system.parts.engine.dispose()

        journal.audit(system, [answer.job_id for answer in load.accepted()])
        assert {answer.status for answer in load.answers} == {201, 503}, {answer.why[:300] for answer in load.refused()}
        assert all(answer.retry_after for answer in load.refused())
        for child in reversed(system.children):
            child.stop()
        system.parts.close()


def test_a_full_disk_under_the_files_of_jobs_fails_those_jobs_with_that_as_their_error(system, journal, tmp_path):
    with small_disk(tmp_path / "artifacts", FILES_MEGABYTES) as disk:
        system.start_worker(slots=2)
        system.start_dispatcher()
        with Load(None) as load:
            fits = system.wait(system.submit("chaos.file", {"bytes": 1_000_000}))
            ballast = fill(disk)
            fails = system.wait(system.submit("chaos.file", {"bytes": 1_000_000}))
            ballast.unlink()
            fits_again = system.wait(system.submit("chaos.file", {"bytes": 1_000_000}))

        assert [job.state for job in (fits, fails, fits_again)] == ["succeeded", "failed", "succeeded"]
        assert (fails.error.type, "No space left on device" in fails.error.message) == ("OSError", True)
        journal.audit(system, [answer.job_id for answer in load.accepted()])


@pytest.fixture
def clock(tmp_path):
    """The environment of a process whose clock can be stepped, and the way to step it."""
    file = tmp_path / "clock"
    file.write_text("+0")
    library = subprocess.run(
        ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    environment = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_CACHE_DURATION": "1"}
    return environment | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}, lambda seconds: file.write_text(f"{seconds:+d}")


# gunicorn's parent sleeps until a moment of the monotonic clock, which libfaketime turns into an error.
ONE_API_PROCESS = """
import sys
from gevent import monkey
monkey.patch_all()
from gevent.pywsgi import WSGIServer
from functions.wsgi import app
WSGIServer(("127.0.0.1", int(sys.argv[1])), app, log=None).serve_forever()
"""


def start_api(system: System, **environment: str) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    health = Api(url, "")
    system.start(
        "api", "-c", ONE_API_PROCESS, str(port), ready=lambda: health.get("/health").status == 200, **environment
    )
    return url


@pytest.mark.parametrize("stepped", ["worker", "dispatcher", "api"])
def test_a_clock_that_is_stepped_changes_neither_order_nor_leases_nor_times(system, journal, clock, stepped):
    environment, turn = clock
    lease = {"TRAJECTORY_HEARTBEAT": "0.5", "TRAJECTORY_LOST_AFTER": "20"}
    of = {name: lease | (environment if name == stepped else {}) for name in ("worker", "dispatcher", "api")}
    system.start_worker(slots=1, **of["worker"])
    system.start_dispatcher(**of["dispatcher"])
    api = Api(start_api(system, **of["api"]), system.key())
    with Load(api, rate=50) as load:  # one slot and one process must keep up, so that order is all there is
        for step in (FIVE_MINUTES, -FIVE_MINUTES):
            turn(step)
            load.run_for(1.5)  # until the process sees it
            later = post(api, delay_seconds=1)
            done = system.wait(later, seconds=10)
            assert 1 <= (done.started_at - done.created_at).total_seconds() < 10
            assert system.living_workers() == 1
            assert_order(system, journal, api)

    jobs = journal.audit(system, [answer.job_id for answer in load.accepted()])
    assert load.refused() == []
    assert {job.attempt for job in jobs} == {1}


def post(api: Api, seconds: float = 0.0, **how: object) -> str:
    return api.post("/api/v1/jobs", {"task": "chaos.work", "params": {"seconds": seconds}} | how).body["id"]


def assert_order(system: System, journal: Journal, api: Api) -> None:
    """What is submitted while nothing may run is then run in the order of priority, and of submission."""
    with system.parts.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE queues SET paused_at = now()")
        sent = [post(api, 0.02, priority=priority) for priority in ("low", "medium", "high") * 3]
        connection.exec_driver_sql("UPDATE queues SET paused_at = NULL")
    in_order = [*sent[2::3], *sent[1::3], *sent[0::3]]
    for job_id in in_order:
        system.wait(job_id)

    assert [job_id for job_id in journal.begun() if job_id in in_order] == in_order
