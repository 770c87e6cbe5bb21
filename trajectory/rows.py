"""Rows of an export as CSV and JSON Lines, whatever they are rows of."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from trajectory.spreadsheets import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TextFormat = Literal["csv", "jsonl"]

MEDIA_TYPES: dict[str, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """RFC 4180, UTF-8; lists and objects as JSON text, and nothing that a spreadsheet would run."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(_cell(value)) for value in row] for row in rows)
    return text.getvalue().encode()


def as_json_line(row: Mapping[str, Any]) -> bytes:
    return json_text(row).encode() + b"\n"


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json_text(value) if isinstance(value, bool | dict | list) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value)
