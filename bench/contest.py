"""What all contestants have in common: a place to run in, processes that can be held, and the clock of a drain."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import psutil

from bench.tally import VARIABLE, Tally
from local.child import Child
from local.steps import Refusal
from local.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.servers import Server

ROOT = Path(__file__).resolve().parent.parent
SLOTS = 2
PAYLOAD = "x" * 185  # {"payload": "..."}: 200 bytes of JSON
WARM_UP_JOBS = 300
_WARM_UP_SECONDS = 60
_DRAIN_SECONDS = 600


@dataclass(frozen=True)
class Place:
    """Servers of the bench's own, on which one contestant runs at a time."""

    folder: Path
    postgres: Server
    valkey: Server
    tally: Tally
    tally_file: Path

    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.tally_file), "PYTHONPATH": str(ROOT)}

    def database_url(self, name: str) -> str:
        return f"{self.postgres.url.rpartition('/')[0]}/{name}"

    def redis_url(self, number: int) -> str:
        return f"{self.valkey.url.rpartition('/')[0]}/{number}"


class Contestant(Protocol):
    """A system that runs `SLOTS` jobs at a time. It is started when the block begins and stopped when it ends."""

    place: Place

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def enqueue(self, jobs: int) -> None:
        """Add so many jobs that do nothing, by the quickest way the system has."""

    def is_recorded(self) -> bool:
        """Whether the system has on record that everything is done; asked once everything has run."""

    def hold(self) -> None:
        """Keep the slots from running anything."""

    def release(self) -> None:
        """Let them go on."""


class Processes:
    """The processes of a contestant."""

    def __init__(self, place: Place, environment: dict[str, str]) -> None:
        self._place = place
        self._environment = os.environ | place.environment() | environment
        self._children: list[Child] = []

    def start(self, name: str, *arguments: str, ready: Callable[[], bool] | None = None, **environment: str) -> Child:
        child = Child(
            name,
            [sys.executable, "-P", *arguments],
            self._place.folder / "logs" / f"{name}.log",
            env=self._environment | environment,
            cwd=ROOT,
            patience_seconds=15,
        )
        if ready:
            child.is_ready = ready
        child.start()
        self._children.append(child)
        child.wait_until_ready(_WARM_UP_SECONDS)
        return child

    def of(self, name: str) -> list[psutil.Process]:
        return [psutil.Process(child.process.pid) for child in self._children if child.name == name and child.process]

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        for child in reversed(self._children):
            child.stop()
        self._children.clear()

    def signal(self, number: int, *names: str) -> None:
        """Send a signal to the process groups of the children of these names, or of all."""
        for child in self._children:
            if child.process and child.is_running() and (not names or child.name in names):
                os.killpg(child.process.pid, number)


def drain(contestant: Contestant, jobs: int, *, times: int = 1) -> float:
    """Jobs a second of a contestant that has started, from the first job's start until the last is on record.

    The same for all: the slots are up and warm; they are stopped like a program under Ctrl-Z while the jobs are
    enqueued, and go on when all of them wait. So neither starting up nor enqueueing is in the figure. Who drains in
    half a second does it several times: a look so short would say more about what else the machine did just then.
    """
    tally = contestant.place.tally
    warm_up(contestant)
    seconds = 0.0
    for _ in range(times):
        contestant.hold()
        tally.reset()
        contestant.enqueue(jobs)
        contestant.release()
        seconds += wait_for(contestant, jobs) - tally.first_at()
    return times * jobs / seconds


def warm_up(contestant: Contestant) -> None:
    """Run jobs until every slot has run some. The tally is empty afterwards."""
    tally = contestant.place.tally
    for _ in range(20):
        before = tally.count()
        contestant.enqueue(WARM_UP_JOBS)
        wait_for(contestant, before + WARM_UP_JOBS)
        if tally.processes() == SLOTS:
            tally.reset()
            return
    raise Refusal(f"{contestant}: only {tally.processes()} of {SLOTS} slots ran anything")


def wait_for(contestant: Contestant, jobs: int) -> float:
    """Wait until so many jobs have run and are on record: when that was."""
    tally = contestant.place.tally
    if not wait_until(lambda: tally.count() >= jobs, _DRAIN_SECONDS, every=0.002):
        raise Refusal(f"{contestant}: {tally.count()} of {jobs} jobs ran in {_DRAIN_SECONDS} s")
    if contestant.is_recorded():
        return tally.last_at()
    if not wait_until(contestant.is_recorded, _DRAIN_SECONDS, every=0.001):
        raise Refusal(f"{contestant}: not all of {jobs} jobs that ran are on record")
    return time.monotonic()
