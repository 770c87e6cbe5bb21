"""What the checks need of the operating system: a browser, RabbitMQ, a false clock. Installed when we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.steps import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# package -> the program that shows it is there
PROGRAMS = {"chromium": "chromium", "faketime": "faketime", "rabbitmq-server": "rabbitmq-server"}

# dpkg and RabbitMQ's own scripts live where an ordinary PATH does not look.
SYSTEM_PATH = ("/usr/local/sbin", "/usr/sbin", "/sbin")

SERVICE_POLICY = Path("/usr/sbin/policy-rc.d")


def search_path(path: str) -> str:
    """Return PATH with the system's own folders at its end."""
    return os.pathsep.join(dict.fromkeys([*path.split(os.pathsep), *SYSTEM_PATH]))


def missing(packages: Iterable[str]) -> list[str]:
    return [package for package in packages if shutil.which(PROGRAMS[package]) is None]


def install(packages: Iterable[str]) -> None:
    """Install what is missing if we are root and the system is Debian's; whether it worked, `missing` tells."""
    wanted = missing(packages)
    if not wanted or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    say(f"  installing {', '.join(wanted)} from the system's packages")
    with _no_services():
        for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *wanted]):
            command = ["apt-get", *arguments]
            ended = subprocess.run(
                command,
                check=False,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if ended.returncode:
                say(ended.stdout)
                say(f"! {' '.join(command)} ended with exit code {ended.returncode}")
                return


@contextmanager
def _no_services() -> Iterator[None]:
    """Keep a package from starting its server: the tests start their own."""
    if SERVICE_POLICY.exists():
        yield
        return
    SERVICE_POLICY.write_text("#!/bin/sh\nexit 101\n")
    SERVICE_POLICY.chmod(0o755)
    try:
        yield
    finally:
        SERVICE_POLICY.unlink(missing_ok=True)
