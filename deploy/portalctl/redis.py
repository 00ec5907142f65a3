"""The private Redis of an instance: queues and sessions, kept on disk.

It listens on a socket in a closed folder and on no port; it asks for a password besides.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import quote

from .errors import PortalError
from .instance import Instance, write_private


def write_configuration(instance: Instance) -> None:
    """Write ``redis.conf``; it has the password, so that its owner alone may read it."""
    folder = instance.folder / "redis"
    write_private(
        folder / "redis.conf",
        "\n".join(
            [
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


def socket_path(instance: Instance) -> Path:
    """Where the server listens."""
    return instance.run_folder() / "redis.sock"


def command(instance: Instance) -> list[str]:
    """The command that runs the server in the foreground.

    The place where it listens stands here, so that a server that runs is started anew when it
    changes.
    """
    return [
        "redis-server", str(instance.folder / "redis" / "redis.conf"), "--port", "0",
        "--unixsocket", str(socket_path(instance)), "--unixsocketperm", "700",
    ]  # fmt: skip


def url(instance: Instance) -> str:
    """The address for CKAN. An idle worker waits for long, hence the long socket time limit."""
    return (
        f"unix://{quote(str(socket_path(instance)))}?db=0&socket_timeout=3600"
        f"&password={instance.secret('redis')}"
    )


def wait(instance: Instance, seconds: int = 30) -> None:
    """Wait until the server answers a PING."""
    request = f"AUTH {instance.secret('redis')}\r\nPING\r\n".encode()
    for _ in range(seconds * 4):
        if b"+PONG" in _ask(socket_path(instance), request):
            return
        time.sleep(0.25)
    raise PortalError("Redis does not answer", f"See {instance.log('redis')}.")


def _ask(place: Path, request: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(place))
            connection.sendall(request)
            answer = b""
            while b"PONG" not in answer and (part := connection.recv(4096)):
                answer += part
            return answer
    except OSError:
        return b""
