"""The Retry-After header: how long a server asks to be left alone. Pure."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

# Python's int() takes more than HTTP's digits (underscores, other scripts), and refuses thousands of them.
_DELTA = re.compile(r"[0-9]{1,12}", re.ASCII)


def retry_after_seconds(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait from `now`, never negative; None when the header is absent or makes no sense."""
    if value is None:
        return None
    value = value.strip()
    if _DELTA.fullmatch(value):
        return float(value)
    # A date of HTTP is 29 characters long; the parser of e-mail dates is lenient and need not see much more.
    if len(value) > 64 or not value.isascii():
        return None
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
