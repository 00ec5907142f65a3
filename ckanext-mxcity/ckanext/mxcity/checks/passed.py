"""A mark for the time in which files are stored whose rows have passed the checks.

Publishing sets the mark. Whatever else looks at a new file (the loader of tables, the refusal of
closed tables) asks for the mark, and leaves such a file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_passed: ContextVar[bool] = ContextVar("mxcity_rows_passed", default=False)


@contextmanager
def rows_passed() -> Iterator[None]:
    """Mark the files that the block stores: each of their rows has passed the checks."""
    token = _passed.set(True)
    try:
        yield
    finally:
        _passed.reset(token)


def have_rows_passed() -> bool:
    """Return whether the rows of the file that is stored now have passed the checks."""
    return _passed.get()
