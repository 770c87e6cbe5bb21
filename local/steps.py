"""What `local` says to a person: one line per step with its seconds, one line for a refusal.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = 2


class Refusal(Exception):
    """Why we cannot go on, in one line that says what to do. The exit code is 2."""


class Step:
    """A step under way; its label may grow while it runs, for example by a version."""

    def __init__(self, label: str) -> None:
        self.label = label


def say(line: str) -> None:
    # A closed terminal must not keep us from stopping what we started.
    with contextlib.suppress(OSError):
        print(line, flush=True)


def done(label: str, seconds: float) -> None:
    say(f"✓ {label:<24}{seconds:6.1f} s")


@contextmanager
def step(label: str) -> Iterator[Step]:
    """Print the label with the seconds the block took, if it ends well."""
    started = time.monotonic()
    running = Step(label)
    yield running
    done(running.label, time.monotonic() - started)


def write_any_letter() -> None:
    """Let a terminal without UTF-8 show a question mark where it cannot show a letter."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def refuse(command: str, refusal: Refusal) -> int:
    print(f"{command}: {refusal}", file=sys.stderr, flush=True)
    return REFUSED
