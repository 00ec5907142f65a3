"""Run other programs, keep what they print, and explain their failures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import PortalError

TAIL = 25  # lines of a failed command that the operator sees


def own_environment() -> dict[str, str]:
    """Return the environment without options for CKAN, which could name other servers."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CKAN")}


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    remedy: str = "",
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    text: str | None = None,
) -> str:
    """Run a command to its end and return its standard output.

    With ``log`` everything it prints is appended there as well. PortalError tells ``what``
    failed, with the last lines that the command printed.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env={**own_environment(), **(environment or {})},
            cwd=cwd,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise PortalError(f"{what}: {error.filename} was not found", remedy) from error
    if log is not None:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(done.stdout + done.stderr)
    if done.returncode:
        printed = "\n".join((done.stdout + done.stderr).splitlines()[-TAIL:])
        if "No space left on device" in printed:
            remedy = "The disk is full: free some space, then repeat the command."
        raise PortalError(f"{what} failed (exit code {done.returncode}):\n{printed}", remedy)
    return done.stdout


def tail(log: Path, lines: int = TAIL) -> str:
    """Return the last lines of a log, or nothing where there is none."""
    try:
        return "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
