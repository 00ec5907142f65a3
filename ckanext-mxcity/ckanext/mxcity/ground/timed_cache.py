"""A value that one process keeps for a while, for all of its threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TimedCache(Generic[T]):
    """The last answer of a function, kept for some seconds or until it is forgotten.

    Threads may read and forget at once. An answer that was asked for before ``forget`` and came
    after it is given to whoever asked, and not kept.
    """

    def __init__(self, read: Callable[[], T], seconds: float) -> None:
        """Keep what ``read`` returns for ``seconds``."""
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: tuple[T, float] | None = None
        self._forgotten = 0

    def get(self, *, fresh: bool = False) -> T:
        """Return the kept answer, or a new one if there is none, it is old, or ``fresh`` is set."""
        held = self._held
        if held is not None and not fresh and time.monotonic() - held[1] < self._seconds:
            return held[0]
        forgotten, asked_at = self._forgotten, time.monotonic()
        value = self._read()
        with self._lock:
            if forgotten == self._forgotten:
                self._held = (value, asked_at)
        return value

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._held = None
            self._forgotten += 1
