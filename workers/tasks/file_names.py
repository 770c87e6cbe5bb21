"""Names of the files that tasks leave: what may be asked for, and the right ending."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

FileName = Annotated[
    str,
    Field(
        max_length=150,
        # Understood alike by Python, Rust and the browser: no path, no hidden file, no control character.
        pattern=r"^([^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*)?$",
    ),
]


def with_ending(name: str, ending: str, *, default: str) -> str:
    """The asked name, or the default, ending in `.ending` once."""
    name = name.strip().rstrip(".") or default
    return name if name.lower().endswith(f".{ending}") else f"{name}.{ending}"
