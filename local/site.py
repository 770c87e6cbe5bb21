"""Builds static-site/dist when its sources changed since the last build."""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local import node
from local.bootstrap import ROOT
from local.steps import Refusal, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SITE = ROOT / "static-site"
SOURCES = ("src", "public", "index.html", "package*.json", "vite.config.*", "tsconfig*", "openapi*.json")
BUILD_LOG = ROOT / ".local" / "site.log"


def digest(site: Path) -> str:
    """One digest over the name and content of every file the build reads."""
    found = {file for pattern in SOURCES for path in site.glob(pattern) for file in (path, *path.rglob("*"))}
    total = hashlib.sha256()
    for file in sorted(file for file in found if file.is_file()):
        total.update(f"{file.relative_to(site)}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_built(site: Path) -> bool:
    stamp = site / "dist" / ".sources"
    return stamp.exists() and stamp.read_text() == digest(site)


def build(site: Path = SITE) -> Path:
    """Bring the built site up to date and return its folder."""
    if not is_built(site):
        with _one_at_a_time():
            if not is_built(site):
                sources = digest(site)
                say("  building the site")
                environment = install_packages(site)
                npm(site, environment, "run", "build")
                (site / "dist" / ".sources").write_text(sources)
    return site / "dist"


def install_packages(site: Path = SITE) -> dict[str, str]:
    """Install what the lock names unless it is there; return the environment to run npm in."""
    environment = node.environment()
    lock = hashlib.sha256((site / "package-lock.json").read_bytes()).hexdigest()
    stamp = site / "node_modules" / ".lock-digest"
    if not (stamp.exists() and stamp.read_text() == lock):
        npm(site, environment, "ci", "--no-audit", "--no-fund")
        stamp.parent.mkdir(exist_ok=True)  # npm makes none when there is nothing to put in it
        stamp.write_text(lock)
    return environment


def npm(site: Path, environment: Mapping[str, str], *arguments: str) -> None:
    """Run npm with its output in a log; on failure, refuse with the line that says most."""
    BUILD_LOG.parent.mkdir(exist_ok=True)
    with BUILD_LOG.open("w") as log:
        ended = subprocess.run(
            ["npm", *arguments],
            check=False,
            cwd=site,
            env=dict(environment),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    if ended.returncode:
        raise Refusal(
            f"npm {' '.join(arguments)} failed: {_first_fault(BUILD_LOG.read_text())} (all of it: {BUILD_LOG})"
        )


def _first_fault(output: str) -> str:
    """Return the first line that speaks of an error and says more than npm's own code for it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    faults = [line for line in lines if "error" in line.lower() and not re.fullmatch(r"npm error( code \w+)?", line)]
    return (faults or lines or ["no output"])[0]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    lock_file = ROOT / ".local" / "site.lock"
    try:
        lock_file.parent.mkdir(exist_ok=True)
        with lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise Refusal(f"the site must be built, and {error.filename} is not ours to write: run as its owner") from error
