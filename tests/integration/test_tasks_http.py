"""http_request against a real server on this machine."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from trajectory.errors import Permanent, RetryLater
from trajectory.run import Run
from trajectory.settings import settings
from workers.tasks.http import NotNow, Params, TooSlow, Unreachable, http_request

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Kept:
    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}

    def keep_artifact(self, _run: Run, name: str, media_type: str, source: IO[bytes]) -> None:
        self.files[name] = media_type, source.read()


class _Handler(BaseHTTPRequestHandler):
    seen: list[dict[str, Any]]

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.seen.append({"path": self.path, "body": self.rfile.read(length), **dict(self.headers.items())})
        kind, _, argument = self.path.partition("?")[0].strip("/").partition("/")
        getattr(self, f"_{kind}")(argument)

    def do_POST(self) -> None:
        self.do_GET()

    def _ok(self, _: str) -> None:
        self._answer(200, b"hello", {"Content-Type": "text/plain; charset=utf-8", "X-Echo": str(self.headers)[:400]})

    def _big(self, size: str) -> None:
        self._answer(200, b"x" * int(size), {"Content-Type": 'text/html"><script>'})

    def _status(self, argument: str) -> None:
        status, _, after = argument.partition("/")
        self._answer(int(status), b"why", {"Retry-After": after} if after else {})

    def _to(self, target: str) -> None:
        self._answer(302, b"", {"Location": target if "://" in target else f"/{target}"})

    def _drip(self, _: str) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b".")
            except OSError:
                return
            threading.Event().wait(0.1)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value.replace("\n", " ").replace("\r", ""))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def _serving() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Handler", (_Handler,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with _serving() as made:
        yield made


@pytest.fixture
def url(server: tuple[str, list[dict[str, Any]]]) -> str:
    return server[0]


@pytest.fixture(autouse=True)
def private_allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", "postgresql://unused")
    monkeypatch.setenv("REDIS_URL", "redis://unused")
    monkeypatch.setenv("TRAJECTORY_ALLOW_PRIVATE_ADDRESSES", "true")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def private_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECTORY_ALLOW_PRIVATE_ADDRESSES", "false")
    settings.cache_clear()


def call(url: str, **params: Any) -> tuple[dict[str, Any], _Kept, list[str]]:
    kept = _Kept()
    run = Run(uuid4(), "http_request", 1, kept)
    result: dict[str, Any] = http_request(Params(url=url, **params), run)
    return result, kept, [line.message for line in run.take_lines()]


def test_the_answer_is_kept_with_its_type(url: str) -> None:
    result, kept, _ = call(f"{url}/ok")

    assert kept.files["response"] == ("text/plain; charset=utf-8", b"hello")
    assert (result["status"], result["size_bytes"], result["truncated"]) == (200, 5, False)


def test_json_and_text_are_sent(server: tuple[str, list[dict[str, Any]]]) -> None:
    url, seen = server
    call(f"{url}/ok", method="POST", json={"a": [1]})
    call(f"{url}/ok", method="POST", body="é", headers={"Content-Type": "text/plain"})

    assert seen[0]["body"] == b'{"a":[1]}'
    assert seen[0]["Content-Type"] == "application/json"
    assert (seen[1]["body"], seen[1]["Content-Type"]) == ("é".encode(), "text/plain")


def test_an_answer_that_is_too_long_is_cut_and_a_hostile_type_is_dropped(url: str) -> None:
    result, kept, _ = call(f"{url}/big/300000", max_response_bytes=100_000)

    assert kept.files["response"] == ("application/octet-stream", b"x" * 100_000)
    assert result["truncated"]


def test_secrets_are_in_no_log_and_no_result(url: str) -> None:
    with_password = url.replace("://", "://me:pass-word@")
    result, _, log = call(
        f"{with_password}/ok?token=in-query", headers={"X-Api-Key": "k-secret", "Cookie": "c=secret2"}
    )

    everything = f"{ {**result, 'url': ''} } {log}"
    for secret in ("pass-word", "k-secret", "c=secret2", "bWU6cGFzcy13b3Jk"):
        assert secret not in everything
    assert "in-query" not in str(log)
    assert "pass-word" not in result["url"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_now_is_asked_again(url: str, status: int) -> None:
    with pytest.raises(NotNow):
        call(f"{url}/status/{status}")
    with pytest.raises(RetryLater) as raised:
        call(f"{url}/status/{status}/7")

    assert raised.value.seconds == 7


@pytest.mark.parametrize("status", [400, 404, 418])
def test_another_fault_fails_for_good(url: str, status: int) -> None:
    with pytest.raises(Permanent):
        call(f"{url}/status/{status}")


def test_expected_statuses_are_success_and_others_are_not(url: str) -> None:
    assert call(f"{url}/status/503", expected_status=[503])[0]["status"] == 503
    with pytest.raises(Permanent):
        call(f"{url}/ok", expected_status=[201])


def test_redirects_are_followed_up_to_five_times(url: str) -> None:
    assert call(f"{url}/to/to/to/ok")[0]["redirects"] == 3
    assert call(f"{url}/to/ok", follow_redirects=False, expected_status=[302])[0]["redirects"] == 0
    with pytest.raises(Permanent):
        call(f"{url}/{'to/' * 6}ok")


def test_keys_are_not_carried_to_another_host(server: tuple[str, list[dict[str, Any]]]) -> None:
    with _serving() as (other, seen):
        call(f"{server[0]}/to/{other}/ok", headers={"X-Api-Key": "k", "Authorization": "Bearer t", "Accept": "a/b"})

    assert seen[0]["Accept"] == "a/b"
    assert not {"X-Api-Key", "Authorization"} & set(seen[0])


def test_a_server_that_drips_is_left_when_the_time_is_over(url: str) -> None:
    began_at = time.monotonic()
    with pytest.raises(TooSlow):
        call(f"{url}/drip", timeout_seconds=0.4)

    assert time.monotonic() - began_at < 4


def test_a_closed_port_is_worth_another_attempt() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(Unreachable):
            call(f"http://127.0.0.1:{port}/")


@pytest.mark.usefixtures("private_refused")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_refused_however_it_is_written(url: str, host: str) -> None:
    port = url.rsplit(":", 1)[1]
    with pytest.raises((Permanent, Unreachable)) as raised:
        call(f"http://{host}:{port}/ok")

    assert isinstance(raised.value, Permanent) or "resolved" in str(raised.value)


def test_a_name_is_resolved_once_and_the_checked_address_is_called(
    server: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked up first and private afterwards never leads to the private address."""
    answers = iter(["203.0.114.1", "127.0.0.1", "127.0.0.1"])
    real, asked, connected = socket.getaddrinfo, [], []

    def lookup(host: str, port: int, *more: Any, **how: Any) -> Any:
        if host != "rebind.test":
            return real(host, port, *more, **how)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setenv("TRAJECTORY_ALLOW_PRIVATE_ADDRESSES", "false")
    settings.cache_clear()
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        call("http://rebind.test/ok")

    assert (len(asked), connected) == (1, ["203.0.114.1"])
    with pytest.raises(Permanent):
        call("http://rebind.test/ok")
    assert connected == ["203.0.114.1"]


def test_a_redirect_to_a_private_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host counts as public here; the one that it names does not."""
    monkeypatch.setenv("TRAJECTORY_ALLOW_PRIVATE_ADDRESSES", "false")
    settings.cache_clear()
    monkeypatch.setattr(
        "workers.tasks.public_network.why_refused", lambda address: None if address == "127.0.0.1" else "private"
    )
    with pytest.raises(Permanent, match="private"):
        call(f"{url}/to/http://127.0.0.2:1/")


def test_a_proxy_of_the_environment_is_not_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert call(f"{url}/ok")[0]["status"] == 200
