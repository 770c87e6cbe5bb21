"""A pytest plugin: the table of `./local/test`, with the seconds of each part, above pytest's closing line."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_seconds: defaultdict[str, float] = defaultdict(float)
_failed: set[str] = set()


def part_of(nodeid: str) -> str:
    """Return the folder of tests/ that a test lies in."""
    parts = Path(nodeid.partition("::")[0]).parts
    return parts[1] if len(parts) > 1 else "tests"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    part = part_of(report.nodeid)
    _seconds[part] += report.duration
    if report.failed:
        _failed.add(part)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("parts")
    if table := os.environ.get("LOCAL_TEST_TABLE"):
        terminalreporter.write_line(table)
    for part, seconds in _seconds.items():
        outcome = "FAILED" if part in _failed else "passed"
        terminalreporter.write_line(f"{part:<14}{outcome:<10}{seconds:8.1f} s")
