"""Mends the index from PostgreSQL: what is missing or old is indexed, what is too much leaves.

One process does so at a time. Whether a dataset belongs into the index is asked when its turn
comes, so that what changes meanwhile is right too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.lib.search.common import make_connection

from ckanext.mxcity.catalogue.bulk.reindex import index_each
from ckanext.mxcity.guard.index import compare, connection

log = logging.getLogger(__name__)

LOCK = "mxcity index"
#: Datasets that are indexed with one request, and those that are listed with one.
CHUNK, LISTED = 200, 2000

_package: Any = model.Package


def mend(wanting: str) -> bool:
    """Make the index equal to PostgreSQL; tell whether that was done here, and wholly.

    Args:
        wanting: what is wrong with it, as ``compare.look`` says.

    Raises:
        pysolr.SolrError, SearchIndexError: Solr does not answer, or cannot be mended from here.

    """
    with _alone() as alone:
        if not alone:
            log.info("Search index: another process mends it")
            return False
        if wanting in (compare.ABSENT, compare.LOST, compare.UNFIT):
            open_core()
        wrong = differences(whole=wanting == compare.UNFIT)
        log.warning("Search index: it is %s; %d datasets are indexed again", wanting, len(wrong))
        refused = 0
        for start in range(0, len(wrong), CHUNK):
            try:
                refused += len(index_each(wrong[start : start + CHUNK]))
            finally:
                model.Session.remove()
            log.info("Search index: %d of %d", min(start + CHUNK, len(wrong)), len(wrong))
        log.warning("Search index: mended; %d datasets were refused", refused)
        return not refused


def differences(whole: bool) -> list[str]:
    """Return the ids of datasets that are not the same in PostgreSQL and in the index.

    Args:
        whole: gives every dataset, since what both sides tell of each does not say enough.

    """
    query = sa.select(_package.id, _package.metadata_modified, _package.private)
    with model.ensure_engine().connect() as opened:
        rows = opened.execute(query.where(compare.INDEXED))
        stored = {row.id: compare.state(row.metadata_modified.isoformat(), row.private)
                  for row in rows}  # fmt: skip
    wrong = set()
    for document in _documents():
        there = stored.get(document["id"])
        if there == compare.of_document(document) and not whole:
            del stored[document["id"]]
        else:
            wrong.add(document["id"])
    return sorted(wrong | stored.keys())


def _documents() -> Iterator[dict[str, Any]]:
    """Every document that is a dataset of ours, by id."""
    last = ""
    while True:
        after = [f'+id:{{"{last}" TO *]'] if last else []
        found = make_connection(decode_dates=False).search(
            "*:*", fq=[compare.ours(), *after], sort="id asc", rows=LISTED,
            fl="id,metadata_modified,capacity",
        ).docs  # fmt: skip
        yield from found
        if len(found) < LISTED:
            return
        last = found[-1]["id"]


@contextmanager
def _alone() -> Iterator[bool]:
    """Be the one process that mends, or learn that another is; ends with the process."""
    key = sa.func.hashtextextended(LOCK, 0)
    with model.ensure_engine().connect() as opened:
        held = opened.execution_options(isolation_level="AUTOCOMMIT")
        alone = bool(held.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield alone
        finally:
            if alone:
                held.execute(sa.select(sa.func.pg_advisory_unlock(key)))


def open_core() -> None:
    """Let Solr open the folder of the core anew; where it is on this machine, it is written too.

    Raises:
        pysolr.SolrError: Solr does not, or is elsewhere and has no such folder.

    """
    system, core = connection.ask_node("admin/info/system?wt=json")
    folder = Path(system["solr_home"]) / core
    log.warning("Search index: the core %s is opened anew", core)
    if connection.ask_node("admin/cores?action=STATUS&core={core}&wt=json")[0]["status"].get(core):
        connection.ask_node("admin/cores?action=UNLOAD&core={core}&wt=json")
    if folder.parent.is_dir():
        _write_folder(folder)
    connection.ask_node("admin/cores?action=CREATE&name={core}&instanceDir={core}&wt=json")
    connection.forget()


def _write_folder(folder: Path) -> None:
    (folder / "core.properties").unlink(missing_ok=True)  # Solr takes it for a core that is there
    if p.plugin_loaded("mxcity_search"):
        from ckanext.mxcity.catalogue.solr import solr_config

        solr_config.write(folder / "conf")
