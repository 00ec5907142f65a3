"""Show the logs of an instance."""

from __future__ import annotations

import os
import sys

from .errors import PortalError
from .instance import Instance


def show(instance: Instance, name: str | None, follow: bool) -> int:
    """Print the end of one log or of all, and with ``follow`` what is added to it."""
    folder = instance.folder / "logs"
    known = sorted(path.stem for path in folder.glob("*.log"))
    if not known:
        raise PortalError(f"there are no logs in {folder}", "Start the portal: ./portal up")
    if name and name not in known:
        raise PortalError(f"there is no log {name!r}", f"Choose one of {', '.join(known)}.")
    files = [str(folder / f"{stem}.log") for stem in ([name] if name else known)]
    sys.stdout.flush()
    tail = ["tail", "-n", "200" if name else "10", *(["-F"] if follow else []), "--", *files]
    os.execvp("tail", tail)  # noqa: S606
