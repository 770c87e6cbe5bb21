"""Cells of a CSV file as a spreadsheet will read them."""

from __future__ import annotations

import re

# A spreadsheet takes a cell that begins so for a formula, and a formula can call out (CWE-1236). Some skip blanks
# before it, and some know the wide forms.
_FORMULA = re.compile(r"[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet runs it: a formula gets an apostrophe before it, a number stays one."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
