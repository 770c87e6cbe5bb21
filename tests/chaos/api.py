"""A client of the API that costs the machine little: each request on its own connection, and every end a value."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Reply(NamedTuple):
    """`status` is 0 when nobody answered, for the reason `why`."""

    status: int
    body: dict[str, Any]
    retry_after: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Api:
    url: str
    key: str

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        return self._ask("POST", path, json.dumps(body))

    def get(self, path: str) -> Reply:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: str | None = None) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        headers = {"Authorization": f"Bearer {self.key}", "Connection": "close"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, {}, why=repr(error))
        finally:
            connection.close()
        return Reply(answer.status, json.loads(text), answer.getheader("Retry-After"), text)
