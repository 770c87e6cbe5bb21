"""What the embedded PostgreSQL and Valkey have in common: a handle, a free port, a secret, a place for root."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from local.steps import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.child import Child

# Where root keeps what other users must reach, when the tree itself is closed to them (as /root is).
OPEN_HOME = Path("/var/lib/trajectory")


@dataclass
class Server:
    """A server that runs: its address, and the way to end it."""

    child: Child
    url: str
    version: str

    def stop(self) -> None:
        self.child.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def make_data_folder(data: Path) -> Path:
    """Make the folder, closed to others; root's can be entered, since PostgreSQL will not run as root."""
    data = data.absolute()
    if not data.is_dir():
        try:
            data.mkdir(parents=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise Refusal(f"cannot make the data folder {data}: {error.strerror}") from error
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise Refusal(f"cannot write to the data folder {data}: choose another with --data")
    return data


@contextmanager
def temporary_data() -> Iterator[Path]:
    """Give a data folder for a while: for tests, measurements and trials."""
    folder = Path(tempfile.mkdtemp(prefix="trajectory-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as another user, who must get in
    try:
        yield folder
    finally:
        discard(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def secret(file: Path) -> str:
    """Return the secret kept in the file, made at the first call; only the owner may read it."""
    if not file.exists():
        write_private(file, secrets.token_hex(24))
    return file.read_text().strip()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text + "\n")
    new.replace(file)


def others_may_enter(folder: Path) -> bool:
    """Whether any user can get to what lies in the folder: it and all its parents are open."""
    folder = folder.absolute()
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents))


def discard(data: Path) -> None:
    """Delete a data folder, with what root had to keep outside of it."""
    link = data / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.resolve().parent, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
