"""Which failures are the same: by task, type of the error, where it was raised, and shape of its message. Pure.

What differs from one occurrence to the next is no part of it: numbers, ids, times, quoted text, paths and addresses in
the message; line numbers and the installation's folders in the traceback.
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from trajectory.errors import JobTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

LENGTH = 16
"""Hexadecimal digits of a fingerprint."""

_LOOKED_AT = 10_000
_LONGEST_SHAPE = 300
_LIBRARIES = (sysconfig.get_path("stdlib"), "site-packages", "dist-packages", "<frozen")

# In this order: what comes first may hold what comes after. A quote that is cut off ends with the message. No group is
# possessive: Python before 3.11.5 matches those wrongly.
_VARIABLE = re.compile(
    r"""
      (?P<text> (?<!\w) (?P<quote>['"`]) (?:\\.?|(?!(?P=quote))[^\\]|(?P=quote)(?=\w))* (?:(?P=quote)|$) )
    | (?P<url> \b[a-z][a-z0-9+.-]{0,20}+://[^\s'"<>)\]]++ )
    | (?P<email> (?<![\w.+-]) [\w.+-]++@[\w-]+(?:\.[\w-]+)+ )
    | (?P<id> \b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b )
    | (?P<time> \b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\ ?Z|\ ?[+-]\d\d:?\d\d)?)?\b
        | \b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b )
    | (?P<address> \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b )
    | (?P<path> (?<![\w.@%+~:/\\-]) (?:[a-z]:)?[\w.@%+~-]*+(?:[\\/][\w.@%+~-]++)+[\\/]? )
    | (?P<hex> \b0x[0-9a-f]+\b )
    | (?P<word> \b[a-z_]++ ) (?P<suffix> \d++ ) \b
    | (?P<digits> \b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}\b )
    | (?P<n> (?<![\w.])[+-]?\d[\d.,_]*(?<=\d)(?:e[+-]?\d+)? ) (?P<unit> (?:%|[a-z]{1,3})?(?!\w) )
    | (?P<mixed> \b(?=[a-z_]*\d)(?=\d*[a-z_])\w{8,}\b )
    | (?P<rest> \d+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REPEATED = re.compile(r"(<[a-z]+>)(?:(?:, ?| )\1)+")
"""A list of three numbers is of the same shape as one of four."""


@dataclass(frozen=True)
class Cause:
    """What one failure has in common with others. `place`: `module:function` of the innermost own frame, if any."""

    task: str
    error_type: str
    shape: str
    place: str | None

    @cached_property
    def fingerprint(self) -> str:
        parts = (self.task, self.error_type, self.place or "", self.shape)
        return sha256("\0".join(parts).encode()).hexdigest()[:LENGTH]


def cause_of(task: str, error: BaseException, frames: TracebackType | None) -> Cause:
    """The cause of an error that a task raised. `frames`: its traceback, from the task's own code on."""
    # Time runs out wherever the task happens to be: where that was makes it no other failure.
    place = None if isinstance(error, JobTimeout) else place_of(frames)
    return Cause(task, type(error).__qualname__, shape_of(message_of(error)), place)


def message_of(error: BaseException) -> str:
    """What the error says of itself. That is code of the task's, which may fail too: the error it is about counts."""
    try:
        return str(error)
    except Exception as another:
        return f"<its message cannot be read: {type(another).__qualname__}>"


def shape_of(message: str) -> str:
    """The message with what varies replaced by what it is: `<n>`, `<id>`, `<hex>`, `<text>`, `<path>` and the like."""
    line = " ".join(message[:_LOOKED_AT].split())
    shape = _REPEATED.sub(r"\1…", _VARIABLE.sub(_name_of, line))
    return shape.encode("utf-8", "replace").decode()[:_LONGEST_SHAPE]


def _name_of(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["word"] is not None:
        return f"{found['word']}<n>"
    if found["n"] is not None:
        return f"<n>{found['unit']}"
    names = {"digits": "hex", "mixed": "id", "rest": "n"}
    name = next(name for name, part in found.items() if part is not None)
    return f"<{names.get(name, name)}>"


def place_of(frames: TracebackType | None) -> str | None:
    """`module:function` of the innermost frame that is the task's own code: no library's and not this service's.

    A task that is installed as a package is found in a library's folder: what shares its package is its own too.
    """
    own = None
    home = None
    for frame in _each(frames):
        module = str(frame.f_globals.get("__name__", ""))
        if _is_machinery(module):
            continue
        package = module.partition(".")[0]
        home = home or package
        if package == home or not any(part in frame.f_code.co_filename for part in _LIBRARIES):
            own = f"{module}:{frame.f_code.co_qualname}"
    return own


def _each(frames: TracebackType | None) -> Iterator[FrameType]:
    while frames is not None:
        yield frames.tb_frame
        frames = frames.tb_next


def _is_machinery(module: str) -> bool:
    package, _, rest = module.partition(".")
    return package == "trajectory" or (package == "workers" and not rest.startswith("tasks"))
