"""Files that jobs leave behind: in a folder, or in S3 when the setting says `s3://bucket/prefix`."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from trajectory.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trajectory.settings import Settings

_PIECE = 256 * 1024


class Artifacts(Protocol):
    def put(self, key: str, source: IO[bytes]) -> int:
        """Keep the rest of `source` under `key`, whole or not at all: how many bytes. `source` stays open."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes under `key`, in pieces. Raises `NotFound` before the first."""


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


class _Bucket:
    def __init__(self, address: str) -> None:
        self._bucket, _, self._prefix = address.removeprefix("s3://").partition("/")

    def put(self, key: str, source: IO[bytes]) -> int:
        measured = _Measured(source)
        self._client.upload_fileobj(measured, self._bucket, self._key(key), Config=self._transfer)
        return measured.size_bytes

    def read(self, key: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=self._key(key))["Body"]
        except self._client.exceptions.NoSuchKey:
            raise NotFound(f"the file {key} is gone") from None
        return _pieces(body)

    def _key(self, key: str) -> str:
        return f"{self._prefix.rstrip('/')}/{key}" if self._prefix else key

    # Imported late: it costs half a second, and most installations keep a folder.

    @cached_property
    def _client(self) -> Any:
        # A session of its own: to make a client from boto3's default session is not safe among threads.
        return importlib.import_module("boto3.session").Session().client("s3")

    @cached_property
    def _transfer(self) -> Any:
        # One part at a time: with threads, ten parts of a large file are in memory at once.
        return importlib.import_module("boto3.s3.transfer").TransferConfig(use_threads=False)


class _Measured:
    """A source as boto3 must see it: boto3 closes what it can close, and takes a short read for the end."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.size_bytes = 0

    def read(self, size: int) -> bytes:
        held = bytearray()
        while len(held) < size and (piece := self._source.read(size - len(held))):
            held += piece
        self.size_bytes += len(held)
        return bytes(held)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def spool() -> Iterator[IO[bytes]]:
    """A temporary file for something that is being written."""
    with tempfile.TemporaryFile() as file:
        yield file
