"""When a cron expression is due in a time zone. Pure: it reads no clock, and works with UTC outside.

As in Debian's cron, a schedule whose minute or hour begins with `*` keeps its interval when the clocks change; one with
fixed times runs once: at the end of the gap when its time does not exist, the first time when it comes twice.
"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day-of-month": "1-31 (and one that its months have), L or LW",
    "month": "1-12 or JAN-DEC",
    "day-of-week": "0-7 or SUN-SAT, 5L, MON#2",
}
_SOME_TIME = datetime(2024, 1, 1, tzinfo=UTC)


def checked_cron(text: str) -> str:
    """The expression with single spaces. Raises `ValueError` that says which field is wrong."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"must have five fields: {' '.join(_FIELDS)}; this has {len(fields)}")
    cron = " ".join(fields)
    try:
        tick = next(CronSim(cron, _SOME_TIME), None)
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        value = dict(zip(_FIELDS, fields, strict=True))[name]
        raise ValueError(f"the {name} {value!r} is not valid: {_FIELDS[name]}, as a list, range or */step") from None
    if tick is None:
        raise ValueError("there is no such time in the next 50 years")
    return cron


def checked_timezone(name: str) -> str:
    """The name if the IANA database has it. Raises `ValueError` that names the nearest."""
    if name not in _timezones():
        nearest = difflib.get_close_matches(name, _timezones(), n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise ValueError(f"there is no time zone {name!r}{hint}")
    return name


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def in_words(cron: str) -> str:
    """The expression in English."""
    return CronSim(cron, _SOME_TIME).explain()


def ticks_after(cron: str, timezone: str, after: datetime) -> Iterator[datetime]:
    """The times when it is due after a moment, soonest first."""
    for local in CronSim(cron, after.astimezone(ZoneInfo(timezone))):
        # Compared in UTC: times of one zone compare by what the clock shows. The library may begin before `after`:
        # in the second pass of an hour that comes twice it finds the first pass.
        tick = local.astimezone(UTC)
        if tick > after:
            yield tick


def next_tick(cron: str, timezone: str, after: datetime) -> datetime | None:
    """The first time when it is due after a moment; None when that is more than 50 years away."""
    return next(ticks_after(cron, timezone, after), None)


def next_ticks(cron: str, timezone: str, after: datetime, count: int) -> list[datetime]:
    return list(islice(ticks_after(cron, timezone, after), count))


def latest_ticks(cron: str, timezone: str, *, first: datetime, until: datetime, at_most: int) -> list[datetime]:
    """The newest times when it was due from `first`, which is one of them, to `until`; soonest first.

    Counted backwards from `until`: a long downtime costs no more than a short one.
    """
    ticks: list[datetime] = []
    end = until.replace(microsecond=0) + timedelta(seconds=1)
    for local in CronSim(cron, end.astimezone(ZoneInfo(timezone)), reverse=True):
        tick = local.astimezone(UTC)
        if tick <= first or len(ticks) == at_most:
            break
        if tick <= until:
            ticks.append(tick)
    if len(ticks) < at_most:
        ticks.append(first)
    return ticks[::-1]
