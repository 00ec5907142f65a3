"""Visitors of a portal on this machine: slow ones, hungry ones, and one who only wants a page.

Each comes from an address of its own within 127.0.0.0/8, so that limits for one visitor and limits
in all can be told apart.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

#: A visitor who asks for many things at once.
ONE = "127.0.9.1"
#: The smallest window that the system gives: a reader who does not read has this much.
_WINDOW = 2048


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in small letters, size of the body, seconds it took."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    seconds: float = 0.0
    start: bytes = b""


def address(network: int, number: int) -> str:
    """An address of this machine that is another visitor's."""
    return f"127.0.{network}.{number + 1}"


def get(
    port: int, path: str, source: str = "127.0.0.1", seconds: float = 60, **headers: str
) -> Answer:
    """Ask for a path and read all of the answer."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=seconds, source_address=(source, 0)
    )
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        start = answer.read(1000)
        size = len(start)
        while part := answer.read(1 << 16):
            size += len(part)
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, size, time.monotonic() - begin, start)
    finally:
        connection.close()


def post(
    port: int, path: str, size: int, send: bool = True, source: str = "127.0.0.1", **headers: str
) -> Answer:
    """Announce a body of ``size`` bytes, send it unless told not to, and read the answer."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30, source_address=(source, 0)
    )
    try:
        connection.putrequest("POST", path)
        for name, value in {"Content-Length": str(size), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        with suppress(ConnectionError):  # the answer may come before all is sent
            if send:
                connection.send(bytes(size))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, start=answer.read(1000))
    finally:
        connection.close()


def _slow(port: int, source: str, request: bytes) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
    connection.settimeout(10)
    connection.bind((source, 0))
    connection.connect(("127.0.0.1", port))
    connection.sendall(request)
    return connection


@contextmanager
def slow_readers(port: int, paths: list[str]) -> Iterator[None]:
    """Ask for each path as another visitor, and read nothing of the answers within the block."""
    with ExitStack() as open_sockets:
        for number, path in enumerate(paths):
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
            open_sockets.enter_context(_slow(port, address(1, number), request))
        yield


@contextmanager
def slow_senders(port: int, path: str, count: int, of_one: bool = False) -> Iterator[None]:
    """Announce a body to a path ``count`` times, and send six bytes of it.

    Each is another visitor, or all are ``ONE``.
    """
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
    ).encode()
    with ExitStack() as open_sockets:
        for number in range(count):
            open_sockets.enter_context(_slow(port, ONE if of_one else address(2, number), request))
        yield


@contextmanager
def hungry(port: int, paths: list[str], seconds: float) -> Iterator[list[Future[Answer]]]:
    """Take all paths at the same time, each as another visitor; they are done after the block."""
    with ThreadPoolExecutor(len(paths)) as pool:
        yield [
            pool.submit(get, port, path, address(3, number), seconds)
            for number, path in enumerate(paths)
        ]
