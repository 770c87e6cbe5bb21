"""Files of jobs in a folder and in S3, which must behave alike; then S3 with real processes."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast
from uuid import uuid4

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from werkzeug.http import parse_options_header

from local.waiting import wait_until
from tests.integration.conftest import slot_of, take
from tests.work import content
from trajectory import acts, views
from trajectory.artifacts import Artifacts, artifact_key, artifacts
from trajectory.errors import ClaimLost, JobTimeout, NotFound
from trajectory.run import Run
from trajectory.settings import read_settings
from trajectory.states import JobState, Outcome
from trajectory.store.fleet import held_under_claim
from workers.rescue import give_back
from workers.slot import Current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from tests.system import System
    from trajectory.schemas import Job
    from workers.slot import Slot

MEBIBYTE = 1024 * 1024
LARGE = 20 * MEBIBYTE + 1  # more than boto3 sends in one request
ODD_NAMES = [
    "two words.txt",
    " leading and trailing ",
    "Größe, 報告.csv",
    "🙂" * 63,
    "100%.txt",
    "%2e%2e%2fx",
    "a+b&c=d;e,f.txt",
    "what?.txt",
    "#1.txt",
    'it\'s "quoted".txt',
    "<b>&amp;[1]{2}^`|~$@!*().txt",
    "x" * 255,
]


class Store:
    """Where artifacts are kept, with what the other side of it shows."""

    def __init__(self, address: str, names: Callable[[], list[str]], delete: Callable[[str], object]) -> None:
        self.address = address
        self.names = names
        self.delete = delete
        self.artifacts = self.anew()

    def anew(self) -> Artifacts:
        """As another process sees it."""
        needed = {"DATABASE_URL": "postgresql://unused", "REDIS_URL": "redis://unused"}
        return artifacts(read_settings(needed | {"TRAJECTORY_ARTIFACTS": self.address}))

    def read(self, key: str) -> bytes:
        return b"".join(self.artifacts.read(key))


class Trickle(io.RawIOBase):
    """A source that gives less than it is asked for, cannot be wound back, and may break at its end."""

    def __init__(
        self, data: bytes, error: BaseException | None = None, at_end: Callable[[], object] | None = None
    ) -> None:
        self._source = io.BytesIO(data)
        self._error = error
        self._at_end = at_end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._source.read(min(len(buffer), 100_001))
        if not piece and self._error:
            raise self._error
        if not piece and self._at_end:
            self._at_end, at_end = None, self._at_end
            at_end()
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Client:
    """A client of our own, by the variables that the product's is made from."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": s3_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    return boto3.session.Session().client("s3")


@pytest.fixture
def bucket(client: S3Client) -> str:
    name = f"bucket-{uuid4()}"
    client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def in_s3(client: S3Client, bucket: str) -> Store:
    def names() -> list[str]:
        return [kept["Key"] for kept in client.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def delete(key: str) -> None:
        client.delete_object(Bucket=bucket, Key=f"some/prefix/{key}")

    return Store(f"s3://{bucket}/some/prefix", names, delete)


@pytest.fixture
def in_folder(tmp_path: Path) -> Store:
    folder = tmp_path / "kept"

    def names() -> list[str]:
        return [str(path) for path in folder.rglob("*") if path.is_file()]

    return Store(str(folder), names, lambda key: (folder / key).unlink())


@pytest.fixture(params=["in_folder", "in_s3"])
def store(request: pytest.FixtureRequest) -> Store:
    made: Store = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE + 1])
def test_what_is_put_is_read_by_another_process_too(store: Store, size: int) -> None:
    store.artifacts.put("job/1/a", io.BytesIO(content(size)))

    assert store.read("job/1/a") == b"".join(store.anew().read("job/1/a")) == content(size)


def test_a_later_file_takes_the_place_of_the_earlier(store: Store) -> None:
    store.artifacts.put("job/1/a", io.BytesIO(b"the longer one"))
    store.artifacts.put("job/1/a", io.BytesIO(b"short"))

    assert store.read("job/1/a") == b"short"
    assert len(store.names()) == 1


def test_the_files_of_a_job_are_removed_and_those_of_others_stay(store: Store) -> None:
    for key in ("job/1/a", "job/1/b", "job/2/a", "job-2/1/a"):
        store.artifacts.put(key, io.BytesIO(b"x"))
    store.artifacts.remove(["job/1/a", "job/1/b", "job/2/a"])
    store.artifacts.remove(["job/1/a"])  # is no fault

    assert len(store.names()) == 1
    assert store.read("job-2/1/a") == b"x"


@pytest.mark.parametrize("size", [10, LARGE])
def test_a_source_is_kept_from_where_it_stands_and_stays_open(store: Store, tmp_path: Path, size: int) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"head" + content(size))
    with path.open("rb") as source:
        source.seek(4)

        assert store.artifacts.put("job/1/a", source) == size
        assert not source.closed
    assert store.read("job/1/a") == content(size)


@pytest.mark.parametrize("size", [0, MEBIBYTE, LARGE])
def test_a_source_that_trickles_is_kept_whole(store: Store, size: int) -> None:
    assert store.artifacts.put("job/1/a", io.BufferedReader(Trickle(content(size)))) == size
    assert store.artifacts.put("job/1/b", raw(content(size))) == size
    assert store.read("job/1/a") == store.read("job/1/b") == content(size)


def raw(data: bytes, error: BaseException | None = None, at_end: Callable[[], object] | None = None) -> IO[bytes]:
    return cast("IO[bytes]", Trickle(data, error, at_end))


@pytest.mark.parametrize("error", [OSError("the disk is gone"), JobTimeout("too long"), KeyboardInterrupt()])
@pytest.mark.parametrize("size", [10, LARGE])
def test_of_a_source_that_breaks_nothing_is_kept(
    store: Store, size: int, error: BaseException, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(type(error)):
        store.artifacts.put("job/1/a", raw(content(size), error))

    assert store.names() == []
    if store.address.startswith("s3:"):
        client = request.getfixturevalue("client")
        assert "Uploads" not in client.list_multipart_uploads(Bucket=request.getfixturevalue("bucket"))


def test_a_large_file_is_read_in_pieces(store: Store) -> None:
    store.artifacts.put("job/1/a", io.BytesIO(content(LARGE)))
    pieces = list(store.artifacts.read("job/1/a"))

    assert b"".join(pieces) == content(LARGE)
    assert max(map(len, pieces)) <= MEBIBYTE


def test_what_is_not_there_is_said_before_the_first_piece(store: Store) -> None:
    store.artifacts.put("job/1/a", io.BytesIO(b"x"))
    store.delete("job/1/a")

    for key in ("job/1/a", "job/1/b"):
        with pytest.raises(NotFound, match=key):
            store.artifacts.read(key)


def test_odd_names_are_kept_apart(store: Store) -> None:
    for name in ODD_NAMES:
        store.artifacts.put(artifact_key("job", 1, name), io.BytesIO(name.encode()))

    assert [store.read(artifact_key("job", 1, name)).decode() for name in ODD_NAMES] == ODD_NAMES
    assert len(store.names()) == len(ODD_NAMES)


@pytest.mark.parametrize(
    ("after", "key"), [("", "job/1/a"), ("/", "job/1/a"), ("/b", "b/job/1/a"), ("/b/", "b/job/1/a")]
)
def test_the_prefix_is_a_folder_of_the_bucket(in_s3: Store, bucket: str, after: str, key: str) -> None:
    Store(f"s3://{bucket}{after}", in_s3.names, in_s3.delete).artifacts.put("job/1/a", io.BytesIO(b"x"))

    assert in_s3.names() == [key]


_HALF = """
import os, signal, sys
from trajectory.artifacts import artifacts
from trajectory.settings import read_settings

class Fatal:
    def read(self, size):
        if getattr(self, "begun", False):
            os.kill(os.getpid(), signal.SIGKILL)
        self.begun = True
        return b"x" * size

artifacts(read_settings(os.environ)).put("job/1/a", Fatal())
"""


def test_what_a_killed_process_left_of_a_file_is_removed_with_the_job(in_folder: Store) -> None:
    needed = {"DATABASE_URL": "postgresql://unused", "REDIS_URL": "redis://unused"}
    environment = os.environ | needed | {"TRAJECTORY_ARTIFACTS": in_folder.address}
    ended = subprocess.run([sys.executable, "-c", _HALF], env=environment, check=False, timeout=30)
    assert ended.returncode == -signal.SIGKILL
    assert len(in_folder.names()) == 1
    in_folder.artifacts.remove(["job/1/a"])

    assert in_folder.names() == []


@pytest.fixture
def installed(catalogue: System, store: Store) -> System:
    """An installation that keeps its artifacts there."""
    catalogue.artifacts = store.address
    catalogue.parts.close()
    catalogue.renew()
    return catalogue


@contextmanager
def attempt_of(system: System, job: Job) -> Iterator[tuple[Slot, Run]]:
    """A slot in this process, and its attempt of the job."""
    with slot_of(system) as slot:
        [claimed] = slot.patience.insist(lambda connection: take(connection, slot.claim))
        assert claimed.id == str(job.id)
        run = Run(job.id, claimed.task, claimed.attempt, slot)
        slot.current = Current(claimed, run, time.monotonic())
        yield slot, run


def lose(slot: Slot) -> None:
    with slot.engine.connect() as connection:
        give_back(held_under_claim(connection, slot.claim), Outcome.LOST)


def test_a_file_that_was_put_when_its_job_had_gone_to_another_slot_goes_with_the_job(
    installed: System, store: Store
) -> None:
    job = installed.submit("test.noop")
    with attempt_of(installed, job) as (slot, run), pytest.raises(ClaimLost):
        run.artifact("a.txt", raw(b"x", at_end=lambda: lose(slot)))
    assert installed.job(job.id).state is JobState.QUEUED
    assert views.artifacts(job.id).items == []
    acts.cancel(job.id)
    acts.delete(job.id)

    assert store.names() == []


def test_a_file_that_was_put_when_its_job_had_been_deleted_is_removed_at_once(installed: System, store: Store) -> None:
    job = installed.submit("test.noop")

    def forget(slot: Slot) -> None:
        lose(slot)
        acts.cancel(job.id)
        acts.delete(job.id)

    # From a folder the half of it is removed under it.
    with attempt_of(installed, job) as (slot, run), pytest.raises((ClaimLost, FileNotFoundError)):
        run.artifact("a.txt", raw(b"x", at_end=lambda: forget(slot)))

    assert store.names() == []


def test_a_slot_that_lost_its_job_before_puts_nothing(installed: System, store: Store) -> None:
    job = installed.submit("test.noop")
    with attempt_of(installed, job) as (slot, run):
        lose(slot)
        with pytest.raises(ClaimLost):
            run.artifact("a.txt", b"x")

    assert store.names() == []


def test_while_a_later_attempt_puts_a_file_the_one_of_the_earlier_is_read(installed: System, store: Store) -> None:
    job = installed.submit("test.noop")
    read = []
    with attempt_of(installed, job) as (slot, run):
        run.artifact("a.txt", b"first")
        lose(slot)
    with attempt_of(installed, job) as (slot, run):
        run.artifact("a.txt", raw(b"second", at_end=lambda: read.append(views.open_artifact(job.id, "a.txt"))))
        read.append(views.open_artifact(job.id, "a.txt"))
        lose(slot)
    acts.cancel(job.id)

    assert [(artifact.attempt, b"".join(pieces)) for artifact, pieces in read] == [(1, b"first"), (2, b"second")]
    acts.delete(job.id)
    assert store.names() == []


def test_a_file_whose_slot_was_killed_before_it_was_recorded_goes_with_the_job(installed: System, store: Store) -> None:
    installed.start_worker()
    with installed.parts.engine.connect() as connection:
        connection.exec_driver_sql("""
            CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END'
        """)
        connection.exec_driver_sql("""
            CREATE TRIGGER record BEFORE INSERT OR UPDATE ON artifacts FOR EACH ROW WHEN (NEW.size_bytes > 0)
            EXECUTE FUNCTION wait_for_the_test()
        """)
        connection.exec_driver_sql("SELECT pg_advisory_lock(42)")
        job = installed.submit("test.leave", {"names": ["a.txt"], "size_bytes": 10})
        assert wait_until(lambda: bool(store.names()), 20)
        acts.cancel(job.id)
        statement = "SELECT pid FROM slots JOIN jobs ON jobs.claim = slots.claim WHERE jobs.id = %s"
        os.kill(connection.exec_driver_sql(statement, (job.id,)).scalar_one(), signal.SIGKILL)
        # The server notices the loss of a client only when it has something to say to it.
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
        connection.exec_driver_sql("SELECT pg_advisory_unlock(42)")
    assert installed.wait(job).state is JobState.CANCELLED
    assert len(store.names()) == 1
    acts.delete(job.id)

    assert store.names() == []


@pytest.fixture
def working(system: System, in_s3: Store) -> System:
    """An installation that keeps its artifacts in S3, with a worker."""
    system.artifacts = in_s3.address
    system.renew()
    system.start_worker()
    return system


def left(system: System, *names: str, size_bytes: int) -> Job:
    """A job that left files of these names."""
    task = {"names": names, "size_bytes": size_bytes}
    job = system.wait(system.submit("test.leave", task, max_retries=0))
    assert job.state is JobState.SUCCEEDED, job.error
    return job


@pytest.fixture
def api(working: System) -> Iterator[httpx.Client]:
    """The API of gunicorn, by its address."""
    headers = {"Authorization": f"Bearer {working.key()}"}
    with httpx.Client(base_url=working.start_api(), headers=headers) as client:
        yield client


def test_the_files_of_a_job_are_downloaded_from_s3_by_their_links(
    working: System, api: httpx.Client, in_s3: Store
) -> None:
    names = [*ODD_NAMES, "a.csv"]
    job = left(working, *names, size_bytes=1000)
    listed = api.get(f"/api/v1/jobs/{job.id}/artifacts").json()["items"]

    assert {file["name"]: file["size_bytes"] for file in listed} == dict.fromkeys(names, 1000)
    assert sorted(in_s3.names()) == sorted(f"some/prefix/{job.id}/1/{name}" for name in names)
    for file in listed:
        answer = api.get(file["url"])
        assert answer.status_code == 200, file
        assert answer.content == content(1000)
        assert answer.headers["Content-Type"] == file["media_type"]
        kind, named = parse_options_header(answer.headers["Content-Disposition"])
        assert (kind, named["filename"]) == ("attachment", file["name"])


def test_a_link_with_a_ticket_opens_a_file_in_s3_without_a_key(working: System, api: httpx.Client) -> None:
    job = left(working, "a b.txt", size_bytes=10)
    [file] = api.get(f"/api/v1/jobs/{job.id}/artifacts").json()["items"]
    ticket = api.post("/api/v1/ticket").json()["ticket"]
    del api.headers["Authorization"]

    assert api.get(file["url"]).status_code == 401
    assert api.get(file["url"], params={"ticket": ticket}).content == content(10)


def test_a_large_file_of_a_job_comes_through_the_api_whole(
    working: System, api: httpx.Client, client: S3Client, bucket: str
) -> None:
    job = left(working, "a.bin", size_bytes=LARGE)
    etag = client.head_object(Bucket=bucket, Key=f"some/prefix/{job.id}/1/a.bin")["ETag"]
    with api.stream("GET", f"/api/v1/jobs/{job.id}/artifacts/a.bin") as answer:
        pieces = list(answer.iter_bytes())

    assert answer.headers["Content-Length"] == str(LARGE)
    assert b"".join(pieces) == content(LARGE)
    assert etag.strip('"').endswith("-3")  # sent in three parts


def test_a_file_that_is_gone_from_s3_is_a_problem_and_not_an_empty_file(
    working: System, api: httpx.Client, in_s3: Store
) -> None:
    job = left(working, "a.txt", "b.txt", size_bytes=10)
    in_s3.delete(f"{job.id}/1/a.txt")

    gone = api.get(f"/api/v1/jobs/{job.id}/artifacts/a.txt")
    never = api.get(f"/api/v1/jobs/{job.id}/artifacts/c.txt")
    assert [(answer.status_code, answer.json()["code"]) for answer in (gone, never)] == [(404, "not_found")] * 2
    assert api.get(f"/api/v1/jobs/{job.id}/artifacts/b.txt").status_code == 200


def test_a_job_whose_file_cannot_be_kept_fails_and_says_why(working: System, client: S3Client, bucket: str) -> None:
    client.delete_bucket(Bucket=bucket)
    job = working.wait(working.submit("test.leave", {"names": ["a.txt"], "size_bytes": 10}, max_retries=0))

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "NoSuchBucket" in job.error.message


def test_the_timeout_of_a_job_holds_while_s3_does_not_answer(system: System, in_s3: Store) -> None:
    system.artifacts = in_s3.address
    system.renew()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        system.start_worker(AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{silent.getsockname()[1]}")
        asked = system.submit("test.leave", {"names": ["a.txt"], "size_bytes": 10}, timeout_seconds=1, max_retries=0)
        job = system.wait(asked)

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.type == "JobTimeout"
