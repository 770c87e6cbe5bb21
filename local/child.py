"""One child process: started with its output in a log file, watched until ready, stopped for certain.

A child lives in its own process group, so that a Ctrl-C in the terminal reaches only us, and on Linux it gets a
signal when we are killed, so that no orphan stays. Start children from the main thread: the signal follows the
thread that started them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_BYTES = 20_000_000


class ChildDied(Exception):
    """A child ended, or was not ready in time, while we waited for it."""

    def __init__(self, child: Child, what: str) -> None:
        self.name = child.name
        self.output = child.output()
        self.log = child.log
        super().__init__(f"{child.name} {what}")


@dataclass(frozen=True)
class Account:
    """The user a child runs as when we are root and it must not be."""

    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """Give subprocess its arguments for this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _always() -> bool:
    return True


@dataclass
class Child:
    """How a process is started, when it is ready, and how it is asked to stop."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | str | None = None
    account: Account | None = None
    is_ready: Callable[[], bool] = _always
    stop_signal: int = signal.SIGTERM
    patience_seconds: float = 20
    orphan_signal: int = signal.SIGKILL
    killed_in_haste: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)
    _asked_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start it, with its output appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as log:
            self._log_start = log.seek(0, os.SEEK_END)
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                process_group=0,
                preexec_fn=_signal_when_parent_dies(self.orphan_signal),  # noqa: PLW1509
                **(self.account.options() if self.account else {}),
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until it is ready; raise when it ends before, or does not get there in time."""
        ready = wait_until(lambda: not self.is_running() or self.is_ready(), seconds, every=0.05)
        if not self.is_running():
            raise ChildDied(self, f"ended with {self.exit_code()} while starting")
        if not ready:
            raise ChildDied(self, f"was not ready after {seconds:.0f} s")

    def exit_code(self) -> str:
        """Name the exit code or the signal it ended by."""
        code = self.process.returncode if self.process else None
        return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"

    def output(self) -> str:
        """Return what it wrote to its log since it was last started, the last 20 kB of it."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(max(self._log_start, log.seek(0, os.SEEK_END) - 20_000))
            return log.read().decode(errors="replace")
        return ""

    def ask_to_stop(self) -> None:
        """Send the stop signal; wait with `finish`."""
        self._asked_at = time.monotonic()
        if self.is_running() and self.process:
            self.process.send_signal(self.stop_signal)

    def finish(self, in_haste: Callable[[], bool] = lambda: False) -> None:
        """Wait until it ended; kill it when its patience or ours is over. Leaves nothing of its group."""
        left = self.patience_seconds - (time.monotonic() - self._asked_at)
        wait_until(lambda: not self.is_running() or (self.killed_in_haste and in_haste()), left)
        if self.process is None:
            return
        # Its own children may outlive it, or hang on when it is killed.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.ask_to_stop()
        self.finish()


def _signal_when_parent_dies(orphan_signal: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    set_option = ctypes.CDLL(None).prctl  # looked up before the fork: little may be done after it
    parent = os.getpid()

    def after_fork() -> None:
        set_option(PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked to be told
            os.kill(os.getpid(), signal.SIGKILL)

    return after_fork
