"""`./local/test`: every check, or the named ones. All of them run, and one that fails makes the exit code 1.

The parts that are pytest's run last and in one go, so that its closing line closes the output.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from local import node, packages, site
from local.bootstrap import ROOT
from local.steps import Refusal, refuse, say, write_any_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

COMMANDS: dict[str, list[list[str]]] = {
    "lint": [
        [sys.executable, "-m", "ruff", "check"],
        [sys.executable, "-m", "ruff", "format", "--check"],
    ],
    "types": [[sys.executable, "-m", "mypy"]],
    "contracts": [[str(Path(sys.executable).with_name("lint-imports"))]],
    "site": [["npm", "run", "lint"], ["npm", "run", "types"], ["npm", "run", "test"]],
}
PYTEST = ("unit", "integration", "acceptance", "chaos", "e2e")
PARTS = ("lint", "types", "contracts", "unit", "integration", "acceptance", "chaos", "site", "e2e")

# part -> the system's package it cannot do without
NEEDS = {"chaos": "faketime", "e2e": "chromium"}
BROKER = "rabbitmq-server"
BROKER_PARTS = ("integration", "acceptance", "chaos")
BROKER_TESTS = "rabbitmq"  # their marker


@dataclass
class Results:
    """What each part came to, in the order they ran."""

    lines: list[str] = field(default_factory=list)
    faults: int = 0

    def note(self, part: str, outcome: str, seconds: float, *, fault: bool) -> None:
        self.faults += fault
        self.lines.append(f"{part:<14}{outcome:<10}{seconds:8.1f} s")


def chosen(arguments: Sequence[str]) -> list[str]:
    """Return the parts asked for, in their order; all of them when none is named."""
    parser = argparse.ArgumentParser("local/test", description="Run every check, or the named parts.")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    asked = parser.parse_args(arguments).parts
    if unknown := [part for part in asked if part not in PARTS]:
        raise Refusal(f"there is no part {unknown[0]}: choose from {', '.join(PARTS)}")
    return [part for part in PARTS if part in asked] if asked else list(PARTS)


def without_needs(parts: Sequence[str], results: Results) -> list[str]:
    """Install what the parts need, and return them less those that cannot run; each left out is a fault."""
    packages.install({NEEDS[part] for part in parts if part in NEEDS} | _broker(parts))
    able = []
    for part in parts:
        if part in NEEDS and packages.missing([NEEDS[part]]):
            _note_missing(part, NEEDS[part], results)
        else:
            able.append(part)
    return able


def selection(parts: Sequence[str], results: Results) -> list[str]:
    """Return pytest's arguments that leave out the tests of a broker that is not here; that too is a fault."""
    if not packages.missing(_broker(parts)):
        return []
    _note_missing(BROKER_TESTS, BROKER, results)
    return ["-m", f"not {BROKER_TESTS}"]


def _broker(parts: Sequence[str]) -> set[str]:
    return {BROKER} if any(part in BROKER_PARTS for part in parts) else set()


def _note_missing(what: str, package: str, results: Results) -> None:
    say(f"! {what} did not run: {package} is missing; install it as root: apt-get install {package}")
    results.note(what, "MISSING", 0, fault=True)


def run_commands(part: str, cwd: Path, environment: dict[str, str], results: Results) -> None:
    started = time.monotonic()
    failed = False
    for command in COMMANDS[part]:
        say(f"── {part}: {Path(command[0]).name} {' '.join(command[1:])}")
        failed |= subprocess.run(command, check=False, cwd=cwd, env=environment).returncode != 0
    results.note(part, "FAILED" if failed else "passed", time.monotonic() - started, fault=failed)


def attempt(part: str, results: Results, prepare: Callable[[], dict[str, str]]) -> dict[str, str] | None:
    """Prepare what a part stands on; a refusal is that part's fault and stops no other."""
    started = time.monotonic()
    try:
        return prepare()
    except Refusal as refusal:
        say(f"! {part} did not run: {refusal}")
        results.note(part, "FAILED", time.monotonic() - started, fault=True)
        return None


def build_site() -> dict[str, str]:
    site.build()
    return node.environment()


def run_pytest(parts: Sequence[str], environment: dict[str, str], results: Results) -> int:
    """Run the chosen test folders at once; `local.timings` prints the table before pytest's last line."""
    command = [sys.executable, "-m", "pytest", "-p", "local.timings", *selection(parts, results)]
    command += [f"tests/{part}" for part in parts]
    table = "\n".join(results.lines)
    return subprocess.run(command, check=False, cwd=ROOT, env=environment | {"LOCAL_TEST_TABLE": table}).returncode


def main(arguments: list[str]) -> int:
    """Return 0 only when every part that was asked for ran and passed."""
    write_any_letter()
    started = time.monotonic()
    os.environ["PATH"] = packages.search_path(os.environ.get("PATH", os.defpath))
    results = Results()
    try:
        parts = without_needs(chosen(arguments), results)
    except Refusal as refusal:
        return refuse("local/test", refusal)
    for part in ("lint", "types", "contracts"):
        if part in parts:
            run_commands(part, ROOT, dict(os.environ), results)
    if "site" in parts and (environment := attempt("site", results, site.install_packages)):
        run_commands("site", site.SITE, environment, results)
    environment = dict(os.environ)
    if "e2e" in parts:
        built = attempt("e2e", results, build_site)
        environment = built or environment
        parts = parts if built else [part for part in parts if part != "e2e"]
    if tests := [part for part in PYTEST if part in parts]:
        ended = run_pytest(tests, environment, results)
        return ended or min(results.faults, 1)
    say("\n".join(results.lines))
    passed = len(results.lines) - results.faults
    say(f"==== {results.faults} failed, {passed} passed in {time.monotonic() - started:.2f}s ====")
    return min(results.faults, 1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that what runs is ended too, and no pytest stays behind


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
