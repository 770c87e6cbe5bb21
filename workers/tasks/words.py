"""Numbers and times as people read them in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

DASH = "\N{EN DASH}"
_GLUE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, which belong on one line."""


def count(number: int) -> str:
    return f"{number:,}"


def share(value: float | None) -> str:
    """A percentage that never rounds up to 100 nor down to 0."""
    if value is None:
        return DASH
    if 0 < value < 0.001:
        return f"<0.1{_GLUE}%"
    if 0.999 < value < 1:
        return f">99.9{_GLUE}%"
    return f"{value:.1%}".replace(".0%", "%").replace("%", f"{_GLUE}%")


def duration(seconds: float | None) -> str:
    """Two or three digits in the unit that fits."""
    if seconds is None:
        return DASH
    return _duration(seconds).replace(" ", _GLUE)


def _duration(seconds: float) -> str:
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.00995 else f"{seconds * 1000:.1f} ms"
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02d} min"
    return f"{hours // 24} d {hours % 24} h"


def moment(at: datetime) -> str:
    return f"{at:%-d %b %Y, %H:%M}"


def brief(at: datetime) -> str:
    """Day and time where the year is known, on one line."""
    return f"{at:%-d %b %H:%M}".replace(" ", _GLUE)


def span(start: datetime, end: datetime) -> str:
    """The two ends of a period; the day once when it is one."""
    if start.date() == end.date():
        return f"{moment(start)} {DASH} {end:%H:%M} UTC"
    return f"{moment(start)} {DASH} {moment(end)} UTC"


def width(seconds: int) -> str:
    """How long a bucket is, to be read after "per"."""
    for unit, name in ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            number = seconds // unit
            return f"{number} {name}s" if number > 1 else name
    return f"{seconds} seconds"
