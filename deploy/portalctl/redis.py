"""The private Redis of an instance: queues and sessions, kept on disk.

It listens on a socket in a closed folder and on no port; it asks for a password besides. Another
server of the same protocol and configuration takes its place by the names here; the folder, the
log and the secret of an instance keep theirs.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import quote

from .errors import PortalError
from .instance import Instance, write_private

#: What people read.
TITLE = "Redis"
#: The Debian package, the program in it, and the service that Debian makes of it.
PACKAGE = PROGRAM = SERVICE = "redis-server"


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
    """Return a text as redis.conf takes it, spaces and quotes included."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def socket_path(instance: Instance) -> Path:
    """Return where the server listens."""
    return instance.run_folder() / "redis.sock"


def command(instance: Instance) -> list[str]:
    """Return the command that runs the server in the foreground.

    The place where it listens stands here, so that a server that runs is started anew when it
    changes.
    """
    return [
        PROGRAM, str(instance.folder / "redis" / "redis.conf"), "--port", "0",
        "--unixsocket", str(socket_path(instance)), "--unixsocketperm", "700",
    ]  # fmt: skip


def url(instance: Instance) -> str:
    """Return the address for CKAN, with a long time limit for workers that are idle."""
    return (
        f"unix://{quote(str(socket_path(instance)))}?db=0&socket_timeout=3600"
        f"&password={instance.secret('redis')}"
    )


def wait(instance: Instance, seconds: int = 30) -> None:
    """Wait until the server answers a PING."""
    for _ in range(seconds * 4):
        if b"+PONG" in _ask(instance):
            return
        time.sleep(0.25)
    raise PortalError(f"{TITLE} does not answer", f"See {instance.log('redis')}.")


def empty(instance: Instance) -> None:
    """Forget everything."""
    answer = _ask(instance, "FLUSHALL")
    if b"-ERR" in answer or b"+PONG" not in answer:
        raise PortalError("Redis was not emptied", f"See {instance.log('redis')}.")


def _ask(instance: Instance, *commands: str) -> bytes:
    """Send commands, then a PING; returns what is answered, nothing where nobody listens."""
    lines = (f"AUTH {instance.secret('redis')}", *commands, "PING")
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(socket_path(instance)))
            connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
            answer = b""
            while b"PONG" not in answer and (part := connection.recv(4096)):
                answer += part
            return answer
    except OSError:
        return b""
