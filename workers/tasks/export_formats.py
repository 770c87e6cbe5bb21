"""How rows of an export become CSV, JSON Lines or Parquet: each a writer that holds a few rows at a time."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from trajectory import rows
from trajectory.rows import TextFormat, as_csv, as_json_line, json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

Format = Literal[TextFormat, "parquet"]

MEDIA_TYPES: dict[str, str] = {**rows.MEDIA_TYPES, "parquet": "application/vnd.apache.parquet"}
_GROUP_ROWS = 5000
_GROUP_CHARACTERS = 8 * 1024 * 1024
_TEXT, _TIME, _WHOLE, _REAL = pa.string(), pa.timestamp("us", tz="UTC"), pa.int32(), pa.float64()
_PARQUET_TYPES = {
    "tags": pa.list_(pa.string()),
    **dict.fromkeys(("created_at", "run_at", "started_at", "finished_at"), _TIME),
    **dict.fromkeys(("attempt", "max_retries"), _WHOLE),
    **dict.fromkeys(("timeout_seconds", "wait_seconds", "run_seconds", "progress_percent"), _REAL),
}


class Writer(Protocol):
    def write(self, row: dict[str, Any]) -> None:
        """Add a row: a value for every column."""

    def finish(self) -> None:
        """Write what is still held. The file stays open."""


def writer(form: Format, file: IO[bytes], columns: Sequence[str]) -> Writer:
    return _Parquet(file, columns) if form == "parquet" else _Lines(form, file, columns)


class _Lines:
    """CSV or JSON Lines, in which each row stands on its own."""

    def __init__(self, form: TextFormat, file: IO[bytes], columns: Sequence[str]) -> None:
        self._form = form
        self._file = file
        self._columns = columns
        if form == "csv":
            file.write(as_csv([columns]))

    def write(self, row: dict[str, Any]) -> None:
        cells = {name: row[name] for name in self._columns}
        self._file.write(as_csv([cells.values()]) if self._form == "csv" else as_json_line(cells))

    def finish(self) -> None:
        """Nothing is held."""


class _Parquet:
    """Row groups of bounded rows and size; params and result as JSON text, for they have no one shape."""

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._schema = pa.schema([(name, _PARQUET_TYPES.get(name, _TEXT)) for name in columns])
        self._writer = ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._characters = 0

    def write(self, row: dict[str, Any]) -> None:
        cells = {name: self._cell(name, value) for name, value in row.items()}
        self._rows.append(cells)
        self._characters += sum(len(cell) for cell in cells.values() if isinstance(cell, str))
        if len(self._rows) >= _GROUP_ROWS or self._characters >= _GROUP_CHARACTERS:
            self._write_group()

    def finish(self) -> None:
        if self._rows:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
        self._rows, self._characters = [], 0

    @staticmethod
    def _cell(name: str, value: Any) -> Any:
        if value is None or name in _PARQUET_TYPES:
            return value
        return value if isinstance(value, str) else json_text(value)
