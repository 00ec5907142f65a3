"""Keep Python's garbage collector from walking all of CKAN while batches are written.

A batch makes some hundred thousand objects, and each makes the collector look at the million that
CKAN holds for good. Those are set aside, and what a batch leaves is collected once, at its end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Freeze the objects that exist; collect garbage only in ``collect``."""
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
    """Collect the garbage since the freeze."""
    gc.collect()
