"""Connections to the public network only: an address is resolved once, checked, and that very address is called.

A check before the call would not hold: the name could resolve differently a moment later (DNS rebinding). Here the
check and the connection are one step, for the first request and for each redirect; Host and SNI keep the name.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from trajectory.errors import Permanent

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRIED_AT_MOST = 4
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = {
    ipaddress.ip_network("0.0.0.0/8"): "this network",
    ipaddress.ip_network("100.64.0.0/10"): "shared by a carrier",
    # Public by the registries, and yet each answers only inside a cloud, with secrets of the machine.
    ipaddress.ip_network("168.63.129.16/32"): "a cloud's metadata",
    ipaddress.ip_network("192.0.0.0/24"): "reserved",
    ipaddress.ip_network("64:ff9b:1::/48"): "translated to a private network",
    ipaddress.ip_network("fec0::/10"): "private",
}


def why_refused(address: str) -> str | None:
    """What makes the address one that a job may not call, or None when it is public."""
    try:
        parsed = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return "not an address"
    for network, reason in _NOT_PUBLIC.items():
        if parsed.version == network.version and parsed in network:
            return reason
    kinds = {
        "unspecified": parsed.is_unspecified,
        "loopback": parsed.is_loopback,
        "link-local": parsed.is_link_local,
        "multicast": parsed.is_multicast,
        "private": parsed.is_private,
        "reserved": parsed.is_reserved or not parsed.is_global,
    }
    return next((kind for kind, holds in kinds.items() if holds), None)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does: that is where the packets would go."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections to checked addresses, and lets no operation on them last beyond `ends_at` (monotonic)."""

    def __init__(self, *, ends_at: float, allow_private: bool) -> None:
        self._ends_at = ends_at
        self._allow_private = allow_private
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolve(host, port)[:_TRIED_AT_MOST]
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for index, address in enumerate(addresses):
            # Each address gets its share of what is left, so that one that is silent does not use it all.
            share = time_left(self._ends_at, timeout, httpcore.ConnectTimeout) / (len(addresses) - index)
            try:
                stream = self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._ends_at)
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} cannot be resolved: {error}") from error
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        if self._allow_private:
            return addresses
        refused = {address: why_refused(address) for address in addresses}
        public = [address for address, reason in refused.items() if reason is None]
        if refused and not public:
            address, reason = next(iter(refused.items()))
            at = "" if address == host else f" is {address}, which"
            raise Permanent(f"{host}{at} is refused: {reason}; TRAJECTORY_ALLOW_PRIVATE_ADDRESSES=true would allow it")
        return public

    def connect_unix_socket(self, path: str, *_: object, **__: object) -> httpcore.NetworkStream:
        raise Permanent(f"{path} is refused: only the network may be called")


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends in time. Time-outs for each alone would let a server drip."""

    def __init__(self, stream: httpcore.NetworkStream, ends_at: float) -> None:
        self._stream = stream
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, time_left(self._ends_at, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, time_left(self._ends_at, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = time_left(self._ends_at, timeout, httpcore.ConnectTimeout)
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def time_left(ends_at: float, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
    """Seconds for the next operation; raises `error` when there are none."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise error("timed out")
    return left if timeout is None else min(left, timeout)


class CheckedTransport(httpx.HTTPTransport):
    """httpx over `CheckedNetwork`, and never over a proxy: a proxy would resolve the name itself."""

    def __init__(self, network: CheckedNetwork) -> None:
        super().__init__(verify=_ssl_context(), trust_env=False)
        # httpx takes no network backend; only the pool below it does.
        self._pool = httpcore.ConnectionPool(ssl_context=_ssl_context(), network_backend=network)


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context()
