"""http_request: call a URL, keep what it answers, and try again when the server asks for it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from trajectory.artifacts import spool
from trajectory.errors import Permanent, RetryLater
from trajectory.settings import settings
from trajectory.tasks import task
from workers.tasks.public_network import CheckedNetwork, CheckedTransport
from workers.tasks.retry_after import retry_after_seconds
from workers.tasks.secrets_of_a_call import Secrets, bare, shown

if TYPE_CHECKING:
    from trajectory.run import Run

MAX_REDIRECTS = 5
_ARTIFACT = "response"
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;\s*charset=\"?[\w.:-]+\"?)?", re.ASCII)
_HEADER_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$"
_HEADER_VALUE = r"^[\t\x20-\x7e]{0,8000}$"
_OURS = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"}
_FOR_ANYONE = {"accept", "accept-language", "accept-encoding", "content-type", "user-agent"}
_MAX_HEADERS_KEPT = 40
_MAX_HEADER_KEPT = 500


class Unreachable(Exception):
    """The server could not be reached, or broke off"""


class TooSlow(Exception):
    """The server did not answer in time"""


class NotNow(Exception):
    """The server answered that it cannot serve this now"""


class Params(BaseModel):
    # Faults are shown to people and kept with the job: the values, which may be secrets, are not.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = Field(
        "GET", description="HTTP method; after a failure the same request is sent again"
    )
    url: str = Field(
        min_length=8,
        max_length=8000,
        pattern=r"^[hH][tT][tT][pP][sS]?://",
        description="Where to, http or https; private addresses are refused unless a setting allows them",
        examples=["https://example.com/hook"],
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        max_length=50,
        description="Headers to send; credentials among them are kept out of logs and results",
        json_schema_extra={
            "propertyNames": {"pattern": _HEADER_NAME},
            "additionalProperties": {"type": "string", "pattern": _HEADER_VALUE},
        },
    )
    body: str | None = Field(None, max_length=1_000_000, description="Text to send as the body")
    json_body: Any = Field(None, alias="json", description="Value to send as a JSON body, instead of a text")
    expected_status: list[Annotated[int, Field(ge=100, le=599)]] = Field(
        default_factory=list, max_length=50, description="Statuses that count as success; none: any from 200 to 299"
    )
    follow_redirects: bool = Field(True, description=f"Follow up to {MAX_REDIRECTS} redirects")
    timeout_seconds: float = Field(
        30.0, ge=0.1, le=300, description="Longest time for one attempt, redirects and body included"
    )
    max_response_bytes: int = Field(
        1024 * 1024, ge=0, le=100 * 1024 * 1024, description="How much of the answer's body is kept; the rest is left"
    )

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(_HEADER_NAME, name) or not re.fullmatch(_HEADER_VALUE, value):
                raise ValueError("a header has a name or a value that HTTP cannot carry")
            if name.lower() in _OURS:
                raise ValueError(f"the header {name} is set by the connection itself")
        return headers

    @model_validator(mode="after")
    def _one_body(self) -> Params:
        if self.body is not None and self.json_body is not None:
            raise ValueError("give body or json, not both")
        return self


class _Kept(NamedTuple):
    size_bytes: int
    truncated: bool


@task("http_request", timeout=600, commit="each", max_retries=5)
def http_request(params: Params, run: Run) -> dict[str, object]:
    """Call a URL and keep the answer as an artifact.

    429, 5xx and broken connections are tried again, when the server's Retry-After says so; any other answer that was
    not expected fails for good.
    """
    began_at = time.monotonic()
    url = _parsed(params.url)
    secrets = Secrets(url, params.headers)
    network = CheckedNetwork(
        ends_at=began_at + params.timeout_seconds, allow_private=settings().allow_private_addresses
    )
    run.progress(0, message=f"calling {secrets.hidden(url.host)}")
    run.log(secrets.hidden(f"{params.method} {shown(url)}"))
    # trust_env would let a proxy from the environment make the connections, unchecked.
    calling = httpx.Client(transport=CheckedTransport(network), timeout=params.timeout_seconds, trust_env=False)
    try:
        with calling as client:
            response, redirects = _answer(client, _request(client, url, params), params, run, secrets)
            try:
                kept = _keep_body(response, params.max_response_bytes, run)
            finally:
                response.close()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise Permanent(secrets.hidden(f"{shown(url)} cannot be called: {error}")) from None
    except httpx.TimeoutException:
        raise TooSlow(f"{secrets.hidden(shown(url))} took more than {params.timeout_seconds:g} s") from None
    except httpx.TransportError as error:
        raise Unreachable(secrets.hidden(f"{shown(url)}: {error or type(error).__name__}")) from None
    elapsed = time.monotonic() - began_at
    run.log(f"answered {_words(response.status_code)}, {kept.size_bytes} bytes in {elapsed:.2f} s")
    _insist_on_success(response, params.expected_status, secrets)
    return {
        "status": response.status_code,
        "url": secrets.hidden(str(bare(response.url))),
        "redirects": redirects,
        "headers": _kept_headers(response.headers, secrets),
        "size_bytes": kept.size_bytes,
        "truncated": kept.truncated,
        "elapsed_seconds": round(elapsed, 3),
        "artifact": _ARTIFACT if kept.size_bytes else None,
    }


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        # Not the address itself: it may hold a password.
        raise Permanent(f"the url is not valid: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Permanent("the url must be http or https and name a host")
    return url


def _request(client: httpx.Client, url: httpx.URL, params: Params) -> httpx.Request:
    # Asked for plain, the answer needs no unpacking, and no small answer can unpack to a large one.
    headers = httpx.Headers({"accept-encoding": "identity", "user-agent": "trajectory"})
    headers.update(params.headers)
    return client.build_request(
        params.method,
        url,
        headers=headers,
        content=None if params.body is None else params.body.encode(),
        json=params.json_body,
    )


def _answer(
    client: httpx.Client, request: httpx.Request, params: Params, run: Run, secrets: Secrets
) -> tuple[httpx.Response, int]:
    """The answer, its body unread, and after how many redirects.

    Not left to httpx, which reads the whole body of each redirect, however long.
    """
    for redirects in range(MAX_REDIRECTS + 1):
        response = client.send(request, stream=True, follow_redirects=False)
        following = response.next_request
        if following is None or not params.follow_redirects:
            return response, redirects
        response.close()
        run.log(f"answered {_words(response.status_code)}, to {secrets.hidden(shown(following.url))}")
        if _origin(following.url) != _origin(request.url):
            # httpx takes away Authorization and Cookie; a key in another header is no less a key.
            for name in params.headers:
                if name.lower() not in _FOR_ANYONE:
                    following.headers.pop(name, None)
        request = following
    raise Permanent(f"more than {MAX_REDIRECTS} redirects")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _keep_body(response: httpx.Response, limit: int, run: Run) -> _Kept:
    """Read up to `limit` bytes into the artifact; what a failure answers is kept too, for it often says why."""
    announced = response.headers.get("content-length", "")
    total = min(int(announced), limit) if re.fullmatch("[0-9]{1,15}", announced) else None
    size, truncated = 0, False
    with spool() as file:
        for piece in response.iter_raw():
            taken = piece[: limit - size]
            size += file.write(taken)
            run.progress(size, total, "receiving")
            if len(taken) < len(piece):
                truncated = True
                run.log(f"the answer is longer than {limit} bytes: the rest is left", "warning")
                break
        if size:
            file.seek(0)
            run.artifact(_ARTIFACT, file, _media_type(response.headers, run))
    return _Kept(size, truncated)


def _media_type(headers: httpx.Headers, run: Run) -> str:
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        run.log("the server packed its answer though asked not to: it is kept packed", "warning")
        return "application/octet-stream"
    announced: str = headers.get("content-type", "")
    return announced if len(announced) <= 200 and _MEDIA_TYPE.fullmatch(announced) else "application/octet-stream"


def _kept_headers(headers: httpx.Headers, secrets: Secrets) -> dict[str, str]:
    kept = [(name, value) for name, value in headers.items() if name != "set-cookie"][:_MAX_HEADERS_KEPT]
    return {secrets.hidden(name[:100]): secrets.hidden(value)[:_MAX_HEADER_KEPT] for name, value in kept}


def _insist_on_success(response: httpx.Response, expected: list[int], secrets: Secrets) -> None:
    status = response.status_code
    if status in expected or (not expected and response.is_success):
        return
    message = secrets.hidden(f"{response.request.method} {shown(response.url)} answered {_words(status)}")
    if status != HTTPStatus.TOO_MANY_REQUESTS and not response.is_server_error:
        raise Permanent(message)
    seconds = retry_after_seconds(response.headers.get("retry-after"), now=datetime.now(UTC))
    if seconds is None:
        raise NotNow(message)
    raise RetryLater(f"{message} and asked to be tried again after {seconds:.0f} s", seconds=seconds)


def _words(status: int) -> str:
    """The status with the words of the standard: those of the server may be anything."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
