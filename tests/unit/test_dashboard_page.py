"""`docs/dashboard.md` names a test for every promise, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "dashboard.md"
PLACES = (ROOT / "tests", ROOT / "static-site" / "src")
NAMED = re.compile(r"`([\w./-]+\.(?:py|test\.tsx?))::([^`]+)`")


def promises() -> list[str]:
    """The rows of the tables, without heads and rules."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [row for row in rows if not row.startswith(("| promise", "| ---"))]


def file_of(name: str) -> Path:
    found = [file for place in PLACES for file in place.rglob(Path(name).name) if file.as_posix().endswith(f"/{name}")]
    assert len(found) == 1, f"{name}: {len(found)} files are called so"
    return found[0]


def has_test(file: Path, name: str) -> bool:
    """Whether there is such a function, or such a title of `it` or `it.each`."""
    text = file.read_text()
    if file.suffix == ".py":
        return name in {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    return re.search(rf"\(\s*(['\"`]){re.escape(name)}\1,", text) is not None


@pytest.mark.parametrize("promise", promises(), ids=lambda row: row.split("|")[1].strip()[:60])
def test_every_promise_names_a_test_and_that_test_exists(promise):
    named = NAMED.findall(promise)

    assert named, "no test is named"
    assert [f"{file}::{name}" for file, name in named if not has_test(file_of(file), name)] == []


def test_a_name_that_no_test_has_is_noticed():
    file = file_of("unit/test_dashboard_page.py")

    assert has_test(file, "test_a_name_that_no_test_has_is_noticed")
    assert not has_test(file, "test_that_nobody_wrote")
    assert has_test(file_of("ui/Time.test.tsx"), "says how long ago it was, and the exact moment on hover")
    assert not has_test(file_of("ui/Time.test.tsx"), "says how long ago it was")
