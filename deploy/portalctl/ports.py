"""Ports of this machine, who has them, and the processes that a portal left behind."""

from __future__ import annotations

import base64
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

LISTENING = "0A"


def open_local(address: str, timeout: float, account: tuple[str, str] | None = None) -> Any:
    """Open an address of this machine, past any proxy that the environment names.

    ``account`` is the name and the password that the server asks for; ``timeout`` is in seconds.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address)  # noqa: S310
    if account:
        given = base64.b64encode(":".join(account).encode()).decode()
        request.add_header("Authorization", f"Basic {given}")
    return opener.open(request, timeout=timeout)


def owner(port: int) -> str | None:
    """Name and pid of the process that listens on a port, as far as we may see it."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in _processes():
        with suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                if os.readlink(descriptor) in wanted:
                    name = (process / "comm").read_text("utf-8").strip()
                    return f"{name} (pid {process.name})"
    return None


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text("utf-8").splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(fields[9])
    return found


def _processes() -> Iterator[Path]:
    return (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())


def processes_with(variable: bytes) -> list[int]:
    """Return the pids of processes that were started with ``NAME=value`` in their environment."""
    found = []
    for process in _processes():
        with suppress(OSError):
            if variable in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def signal_process(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
