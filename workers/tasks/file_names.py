"""Names of the files that tasks leave: what may be asked for, and the right ending."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trajectory.run import MAX_NAME_BYTES

FileName = Annotated[
    str,
    Field(
        max_length=150,
        # Understood alike by Python, Rust and the browser: no path, no hidden file, no control character.
        pattern=r"^([^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*)?$",
    ),
]


def with_ending(name: str, ending: str, *, default: str) -> str:
    """The asked name, or the default, ending in `.ending` once, and cut to what a file may be called."""
    name = name.strip().rstrip(".") or default
    if name.lower().endswith(f".{ending}"):
        name, ending = name[: -len(ending) - 1], name[-len(ending) :]
    room = MAX_NAME_BYTES - len(f".{ending}")
    return f"{name.encode()[:room].decode(errors='ignore')}.{ending}"
