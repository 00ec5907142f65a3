"""Progress for people: one line a step, with its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    """Print a line of progress to standard error."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step has begun, and how long it took once it is done."""
    start = time.monotonic()
    if sys.stderr.isatty():
        print(f"  … {name}", end="\r", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        say(f"  ✗ {name}")
        raise
    say(f"  ✓ {name} ({time.monotonic() - start:.1f} s)")
