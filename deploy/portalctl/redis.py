"""The private Redis of an instance: queues and sessions, kept on disk."""

from __future__ import annotations

import socket
import time

from .errors import PortalError
from .instance import Instance, write_private


def write_configuration(instance: Instance) -> None:
    """Write ``redis.conf``; it has the password, so that its owner alone may read it."""
    folder = instance.folder / "redis"
    write_private(
        folder / "redis.conf",
        "\n".join(
            [
                "bind 127.0.0.1",
                f"port {instance.port('redis')}",
                f"requirepass {instance.secret('redis')}",
                "dir " + _quoted(str(folder)),
                "appendonly yes",  # queued work survives a crash
                "appendfsync everysec",
                'save ""',
                "daemonize no",
                "maxmemory-policy noeviction",
            ]
        )
        + "\n",
    )


def _quoted(text: str) -> str:
    """A text as redis.conf takes it, spaces and quotes included."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def command(instance: Instance) -> list[str]:
    """The command that runs the server in the foreground."""
    return ["redis-server", str(instance.folder / "redis" / "redis.conf")]


def url(instance: Instance) -> str:
    """The address for CKAN. An idle worker waits for long, hence the long socket time limit."""
    password, port = instance.secret("redis"), instance.port("redis")
    return f"redis://:{password}@127.0.0.1:{port}/0?socket_timeout=3600"


def wait(instance: Instance, seconds: int = 30) -> None:
    """Wait until the server answers a PING."""
    request = f"AUTH {instance.secret('redis')}\r\nPING\r\n".encode()
    for _ in range(seconds * 4):
        if b"+PONG" in _ask(instance.port("redis"), request):
            return
        time.sleep(0.25)
    raise PortalError("Redis does not answer", f"See {instance.log('redis')}.")


def _ask(port: int, request: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(request)
            answer = b""
            while b"PONG" not in answer and (part := connection.recv(4096)):
                answer += part
            return answer
    except OSError:
        return b""
