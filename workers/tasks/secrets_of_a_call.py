"""What of a request must not be written down: found once, and then hidden wherever it might come back."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|key|password|signature|credential", re.IGNORECASE)
_HIDDEN = "•••"
_SHORTEST = 4


class Secrets:
    """The credentials of one request. `hidden` takes them out of what a server or library wrote."""

    def __init__(self, url: httpx.URL, headers: Mapping[str, str]) -> None:
        values = set(_of_headers(headers))
        if url.userinfo:
            values |= {url.password, base64.b64encode(f"{url.username}:{url.password}".encode()).decode()}
        # The longest first: one may contain another.
        self._values = sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)

    def hidden(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, _HIDDEN)
        return text


def _of_headers(headers: Mapping[str, str]) -> Iterable[str]:
    for name, value in headers.items():
        if _SECRET_HEADER.search(name):
            yield value.strip()
            yield from value.split()[1:]  # "Bearer x": servers echo the second word alone


def bare(url: httpx.URL) -> httpx.URL:
    """The address without user and password."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def shown(url: httpx.URL) -> str:
    """The address for log lines and messages: its query may carry tokens and stays out."""
    return str(bare(url).copy_with(query=None, fragment=None))
