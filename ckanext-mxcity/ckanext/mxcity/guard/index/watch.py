"""Watches the index from a process that runs anyway, and has it mended without a person."""

from __future__ import annotations

import logging
import threading
from typing import Any

import ckan.model as model
import pysolr
import sqlalchemy as sa
from ckan.lib.search.common import SearchIndexError

from ckanext.mxcity.catalogue import indexed_names
from ckanext.mxcity.guard.index import compare, repair

log = logging.getLogger(__name__)

#: Seconds between two looks, and the longest pause after attempts that failed.
INTERVAL, LONGEST = 15.0, 600.0
FAULTS = (pysolr.SolrError, SearchIndexError, sa.exc.SQLAlchemyError, OSError)


def start(_sender: Any, *, stopping: threading.Event, **_: Any) -> threading.Thread:
    """Watch in a thread until ``stopping``; heard when the scheduler begins."""
    thread = threading.Thread(target=_watch, args=(stopping,), name="index-watch", daemon=True)
    thread.start()
    return thread


def _watch(stopping: threading.Event) -> None:
    watch = Watch()
    while not stopping.wait(watch.pause):
        watch.round()


class Watch:
    """Looks, mends, and takes longer pauses while that does not help."""

    def __init__(self) -> None:
        self.pause = INTERVAL
        self.wanting: str | None = None

    def round(self) -> None:
        """Look once, and mend what is wanting; no fault ends the watch."""
        try:
            found = compare.look(self.wanting)
            if found != self.wanting:
                log.warning("Search index: it is %s", found or "in order")
            self.wanting = found
            helped = found not in compare.MENDABLE or repair.mend(str(found))
            if found in compare.MENDABLE and helped:
                self.wanting = None
            if found is None:
                indexed_names.catch_up(at_once=True)
        except FAULTS as error:
            log.warning("Search index: it could not be mended: %s", str(error)[:300])
            helped = False
        except Exception:  # the watch outlives whatever a plugin raises
            log.exception("Search index: it could not be mended")
            helped = False
        finally:
            model.Session.remove()
        self.pause = INTERVAL if helped else min(self.pause * 2, LONGEST)
