"""The catalogue of tasks that workers announced: is there such a task, and do these params fit it?"""

from __future__ import annotations

import difflib
import json
import math
import re
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema_rs import Draft202012Validator, ValidationErrorKind
from pydantic_core import PydanticSerializationError, to_json

from trajectory.errors import FieldError, InvalidSubmission, UnknownTask
from trajectory.store.fleet import list_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Engine

    from trajectory.schemas import TaskInfo

_FRESH_SECONDS = 5.0
_MAX_FAULTS = 50
# In JSON text, what may be NUL or half of a surrogate pair, or only looks like it.
_SUSPICIOUS = re.compile(r"\\u(0000|d[89a-f])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Entry(NamedTuple):
    info: TaskInfo
    validator: Draft202012Validator


class Catalogue:
    """The tasks in the database, read again when what is held is older than five seconds. Safe for threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._read_at = -_FRESH_SECONDS

    def find(self, name: str, pointer: str = "/task") -> TaskInfo:
        """The task, or `UnknownTask` that names the nearest."""
        return self._find(name, pointer).info

    def check(self, name: str, params: dict[str, Any], pointer: str = "") -> tuple[TaskInfo, str]:
        """The task if `params` fit it, and they as JSON text.

        Raises `UnknownTask`, or `InvalidSubmission` with every fault.
        """
        entry = self._find(name, f"{pointer}/task")
        text = _json_text(params)
        faults = list(_schema_faults(entry.validator, params, pointer))
        if _SUSPICIOUS.search(text) or "NaN" in text or "Infinity" in text:  # nearly never
            unstorable = list(_unstorable(params, f"{pointer}/params"))
            told = {fault.pointer for fault in unstorable}
            # The schema is checked as if what is no number were null: what it says of that would mislead.
            faults = [*(fault for fault in faults if fault.pointer not in told), *unstorable]
        if faults:
            raise InvalidSubmission(f"the params do not fit {name}", faults[:_MAX_FAULTS])
        return entry.info, text

    def _find(self, name: str, pointer: str) -> Entry:
        entry = self._fresh().get(name)
        if entry is None:
            # A worker may have announced it this very moment.
            entry = self._read().get(name)
        if entry is None:
            nearest = difflib.get_close_matches(name, self._entries, n=1, cutoff=0.5)
            raise UnknownTask(name, nearest[0] if nearest else None, pointer)
        return entry

    def _fresh(self) -> dict[str, Entry]:
        if time.monotonic() - self._read_at < _FRESH_SECONDS:
            return self._entries
        return self._read()

    def _read(self) -> dict[str, Entry]:
        with self._engine.connect() as connection:
            tasks = list_tasks(connection)
        with self._lock:
            known = self._entries
            self._entries = {info.name: _entry(info, known.get(info.name)) for info in tasks}
            self._read_at = time.monotonic()
            return self._entries


def _entry(info: TaskInfo, known: Entry | None) -> Entry:
    if known and known.info.params_schema == info.params_schema:
        return Entry(info, known.validator)
    return Entry(info, Draft202012Validator(info.params_schema, validate_formats=True))


def _schema_faults(validator: Draft202012Validator, params: dict[str, Any], pointer: str) -> Iterator[FieldError]:
    if validator.is_valid(params):
        return
    for fault in validator.iter_errors(params):
        base = json_pointer(f"{pointer}/params", fault.instance_path)
        match fault.kind:
            case ValidationErrorKind.Required(property=name):
                yield FieldError(json_pointer(base, [name]), "is required")
            case ValidationErrorKind.AdditionalProperties(unexpected=names):
                yield from (FieldError(json_pointer(base, [name]), "is not a parameter of this task") for name in names)
            case _:
                yield FieldError(base, fault.message)


def _json_text(params: dict[str, Any]) -> str:
    try:
        return to_json(params).decode()
    except PydanticSerializationError:  # half of a surrogate pair
        return json.dumps(params)


def _unstorable(value: Any, pointer: str) -> Iterator[FieldError]:
    """What our reading of JSON takes and PostgreSQL's jsonb does not: some strings, and numbers that are none."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield FieldError(pointer, "must not contain NUL or half of a surrogate pair")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _unstorable(name, pointer)
            yield from _unstorable(item, json_pointer(pointer, [name]))
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield FieldError(pointer, "must be a finite number")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{pointer}/{index}")


def json_pointer(base: str, path: Iterable[object]) -> str:
    """RFC 6901."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
