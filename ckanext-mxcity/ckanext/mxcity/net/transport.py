"""Connections that go only where the policy lets them.

A name is resolved once, all its addresses are judged, and the socket is opened to a judged
address: there is no second look-up that could answer differently. TLS and the Host header keep
the name.
"""

from __future__ import annotations

import contextvars
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ckanext.mxcity.ground.errors import TooSlowError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.net.policy import Address, NetworkPolicy, numeric_address
from ckanext.mxcity.net.process_guard import judged_already

#: Of a host with many, as each may take a whole connection timeout.
_MAX_ADDRESSES = 4

#: Takes a host and a port, gives every address of it.
Resolver = Callable[[str, int], list[str]]
#: Takes (address, port) and a timeout in seconds, gives a connected socket.
Connector = Callable[[tuple[str, int], float], socket.socket]


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def system_connector(address: tuple[str, int], timeout: float) -> socket.socket:
    """Open a TCP connection to a numeric address."""
    return socket.create_connection(address, timeout=timeout)


class Deadline:
    """The moment at which an exchange is over, enforced on the sockets given to it.

    A read timeout alone starts again with each byte; closing the socket does not.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.seconds = seconds
        self.expired = False
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[Any] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._timer.cancel()

    def remaining(self) -> float:
        """Return the seconds left; raise ``TooSlowError`` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0 or self.expired:
            raise self.error()
        return left

    def error(self) -> TooSlowError:
        """Return what to raise when the time is over."""
        return TooSlowError(url=self.url, limit=self.seconds)

    def watch(self, opened: Any) -> None:
        """Shut a socket down when the time is over."""
        with self._lock:
            self._sockets.append(opened)

    def _expire(self) -> None:
        self.expired = True
        with self._lock:
            for opened in self._sockets:
                with suppress(OSError):  # closed already
                    opened.shutdown(socket.SHUT_RDWR)


#: The deadline of the request that this thread is making.
_current: contextvars.ContextVar[Deadline | None] = contextvars.ContextVar(
    "mxcity_deadline", default=None
)


@contextmanager
def watched(deadline: Deadline) -> Iterator[None]:
    """Put the sockets that answer inside the block under a deadline."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def _watch(opened: Any) -> None:
    deadline = _current.get()
    if deadline is not None and opened is not None:
        deadline.watch(opened)


def _resolve(resolver: Resolver, host: str, port: int, timeout: float) -> list[str]:
    """Resolve in a thread, because the system's resolver has no deadline of its own."""
    answer: list[list[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    worker = threading.Thread(target=ask, daemon=True)
    worker.start()
    worker.join(timeout)
    if not answer:
        raise OSError(N_("the name server did not answer in time"))
    if isinstance(answer[0], Exception):
        raise OSError(N_("the name does not exist or cannot be resolved")) from answer[0]
    return answer[0]


def judged_addresses(
    policy: NetworkPolicy, resolver: Resolver, host: str, port: int, timeout: float
) -> list[Address]:
    """Return every address of a host, having judged all of them.

    Raises:
        AddressRefusedError: one of them is not allowed: a name that mixes is not trusted at all.
        OSError: the host has no address.

    """
    shown = f"{host}:{port}"
    literal = numeric_address(host)
    if literal is not None:
        addresses = [literal]
    else:
        texts = _resolve(resolver, host, port, timeout)
        addresses = [ipaddress.ip_address(text.split("%", 1)[0]) for text in texts]
    for address in addresses:
        policy.check(shown, host, port, address)
    if not addresses:
        raise OSError(N_("the name has no address"))
    return addresses


def pool_manager(
    policy: NetworkPolicy,
    resolver: Resolver = system_resolver,
    connector: Connector = system_connector,
    **settings: Any,
) -> PoolManager:
    """Return a urllib3 manager whose every connection is guarded; proxies are never used."""

    def open_socket(connection: HTTPConnection) -> socket.socket:
        timeout = float(connection.timeout or 10.0)
        host, port = connection.host.strip("[]"), int(connection.port or 80)
        failure: OSError = OSError(N_("no address"))
        try:
            addresses = judged_addresses(policy, resolver, host, port, timeout)
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                with judged_already():
                    return connector((str(address), port), timeout)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(connection, N_("the connection timed out")) from failure
        raise NewConnectionError(connection, str(failure)) from failure

    class GuardedConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self)

        def getresponse(self) -> Any:
            _watch(self.sock)
            return super().getresponse()

    class GuardedTlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self)

        def getresponse(self) -> Any:
            _watch(self.sock)
            return super().getresponse()

    class GuardedPool(HTTPConnectionPool):
        ConnectionCls = GuardedConnection

    class GuardedTlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTlsConnection

    manager = PoolManager(**settings)
    manager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTlsPool}
    return manager
