"""Files that jobs leave behind: in a folder, or in S3 when the setting says `s3://bucket/prefix`."""

from __future__ import annotations

import errno
import importlib
import io
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from trajectory.errors import ArtifactsAway, NotFound, TrajectoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trajectory.settings import Settings

_PIECE = 256 * 1024
_MOST_REMOVED_AT_ONCE = 1000  # S3's limit


class Artifacts(Protocol):
    def put(self, key: str, source: IO[bytes]) -> int:
        """Keep the rest of `source` under `key`, whole or not at all: how many bytes. `source` stays open."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes under `key`, in pieces. Raises `NotFound` before the first."""

    def remove(self, keys: Iterable[str]) -> None:
        """Forget what is under these keys; one that is not there is no fault. Raises `ArtifactsAway`."""


def artifacts(settings: Settings) -> Artifacts:
    if settings.artifacts.startswith("s3://"):
        return _Bucket(settings.artifacts)
    return _Folder(Path(settings.artifacts))


def artifact_key(job_id: object, attempt: int, name: str) -> str:
    return f"{job_id}/{attempt}/{name}"


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, source: IO[bytes]) -> int:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            try:
                shutil.copyfileobj(source, file, _PIECE)
                file.flush()
                Path(file.name).replace(path)
                return file.tell()
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def read(self, key: str) -> Iterator[bytes]:
        try:
            file = (self._root / key).open("rb")
        except FileNotFoundError:
            raise NotFound(f"the file {key} is gone") from None
        return _pieces(file)

    def remove(self, keys: Iterable[str]) -> None:
        paths = [self._root / key for key in keys]
        attempts = dict.fromkeys(path.parent for path in paths)
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            for attempt in attempts:
                for half in attempt.glob(".*"):  # of a process that was killed: no file of a job is named so
                    half.unlink(missing_ok=True)
                _remove_if_empty(attempt)
            for job in dict.fromkeys(attempt.parent for attempt in attempts):
                _remove_if_empty(job)
        except OSError as error:
            raise ArtifactsAway(str(error)) from error


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.ENOENT):
            raise


class _Bucket:
    def __init__(self, address: str) -> None:
        self._bucket, _, self._prefix = address.removeprefix("s3://").partition("/")
        # Imported here: it costs half a second, and most installations keep a folder.
        boto3 = importlib.import_module("boto3.session")
        transfer = importlib.import_module("boto3.s3.transfer")
        config = importlib.import_module("botocore.config")
        # A session of its own: to make a client from boto3's default session is not safe among threads.
        # It gives up soon: the dispatcher removes files, and has other duties.
        patience = config.Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3})
        self._client: Any = boto3.Session().client("s3", config=patience)
        self._client.meta.events.register_first("needs-retry.s3", _stop_for_ours)
        # With threads, ten parts of a large file are in memory at once, and the timeout of a job waits for them.
        self._config = transfer.TransferConfig(use_threads=False)

    def put(self, key: str, source: IO[bytes]) -> int:
        measured = _Measured(source)
        # boto3 closes what it has sent, and takes a short read for the end of it.
        whole_reads = io.BufferedReader(measured, _PIECE)
        self._client.upload_fileobj(whole_reads, self._bucket, self._key(key), Config=self._config)
        return measured.size_bytes

    def read(self, key: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=self._key(key))["Body"]
        except self._client.exceptions.NoSuchKey:
            raise NotFound(f"the file {key} is gone") from None
        return _pieces(body)

    def remove(self, keys: Iterable[str]) -> None:
        errors = importlib.import_module("botocore.exceptions")
        try:
            objects = [{"Key": self._key(key)} for key in keys]
            for first in range(0, len(objects), _MOST_REMOVED_AT_ONCE):
                some = {"Objects": objects[first : first + _MOST_REMOVED_AT_ONCE], "Quiet": True}
                answer = self._client.delete_objects(Bucket=self._bucket, Delete=some)
                if faults := answer.get("Errors"):
                    raise ArtifactsAway(f"{faults[0]['Key']}: {faults[0]['Message']}")
        except (errors.BotoCoreError, errors.ClientError) as error:
            raise ArtifactsAway(str(error)) from error

    def _key(self, key: str) -> str:
        return f"{self._prefix.rstrip('/')}/{key}" if self._prefix else key


def _stop_for_ours(caught_exception: BaseException | None = None, **_: object) -> None:
    """Botocore takes the timeout of a job, raised while it waits, for a fault of the network and tries again."""
    if caught_exception and isinstance(caught_exception.__context__, TrajectoryError):
        raise caught_exception.__context__ from None


class _Measured(io.RawIOBase):
    """The rest of a source, counted as it is read. To close this leaves the source open."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.size_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._source.read(len(buffer))
        buffer[: len(piece)] = piece
        self.size_bytes += len(piece)
        return len(piece)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def spool() -> Iterator[IO[bytes]]:
    """A temporary file for something that is being written."""
    with tempfile.TemporaryFile() as file:
        yield file
