"""Keeps Python's collector from going through all of CKAN while batches are written.

A batch makes some hundred thousand objects, and each makes the collector look at the million that
CKAN holds for good. Those are set aside, and what a batch leaves is collected once, at its end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Set aside what is there; collect only when ``collect`` says so."""
    was_on = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def collect() -> None:
    """Collect what has come since."""
    gc.collect()
