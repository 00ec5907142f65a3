"""Whether the index holds what PostgreSQL holds: told by counts and by what changed last.

A look costs two questions to each side, whatever the catalogue. What is being written just now is
left alone for a grace, since documents arrive before their dataset is committed, or seconds after.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pysolr
import sqlalchemy as sa
from ckan.lib.search.common import make_connection
from ckan.lib.search.query import solr_literal

from ckanext.mxcity.ground import clock
from ckanext.mxcity.guard.index import connection

#: How young, in seconds, a change is that the index need not have yet.
GRACE = 30.0
#: How many of the datasets that changed last are looked at one by one.
WINDOW = 50
#: Seconds between two looks that have to agree before something is said to be wanting.
BETWEEN_LOOKS = 1.5

#: What may be wanting.
AWAY = "silent"
ABSENT = "absent"
FOREIGN = "another portal's"
EMPTY = "empty"
MISSING = "incomplete"
SURPLUS = "too full"
STALE = "behind"
LOST = "without its files"
UNFIT = "of another schema"
#: What a rebuilding mends; a Solr that does not answer has to come back first.
MENDABLE = frozenset({ABSENT, FOREIGN, EMPTY, MISSING, SURPLUS, STALE, LOST, UNFIT})

#: A field that our search needs, by the plugin that needs it.
_NEEDED = {"mxcity_search": "mxcity_data"}
_package: Any = model.Package
#: Datasets that the index has to hold.
INDEXED = _package.state != model.State.DELETED


def look(confirmed: str | None = None) -> str | None:
    """Return what is wanting in the index, None if nothing is.

    Args:
        confirmed: what was wanting before; otherwise a second look has to find the same.

    """
    found = _look()
    if found is None or found == confirmed or found in (AWAY, ABSENT):
        return found
    time.sleep(BETWEEN_LOOKS)
    return found if _look() == found else None


def ours() -> str:
    """Return the filter of the documents that are this portal's datasets."""
    return f"+site_id:{solr_literal(tk.config['ckan.site_id'])} +entity_type:package"


def state(modified: str, private: bool) -> tuple[str, bool]:
    """Return what both sides say of a dataset; Solr keeps the time to the millisecond."""
    return modified.removesuffix("Z")[:22], private


def _look() -> str | None:
    before = clock.utc_now() - dt.timedelta(seconds=GRACE)
    try:
        found = _counted(before) or _behind(before) or _unfit() or _lost()
    except pysolr.SolrError as error:
        if connection.is_without_index(error):
            return ABSENT
        if connection.is_bad_question(error):
            return UNFIT  # it has not even the fields
        return AWAY
    return found


def _counted(before: dt.datetime) -> str | None:
    moment = f"[* TO {before.isoformat(timespec='milliseconds')}Z]"
    old = f"{ours()} +metadata_modified:{moment}"
    answer = make_connection(decode_dates=False).search(
        "*:*", rows=0, facet="true", **{"facet.query": [ours(), old], "facet.limit": 0}
    )
    counts = answer.facets["facet_queries"]
    stored, settled, young = _stored(before)
    if settled and not counts[ours()]:
        return FOREIGN if answer.hits else EMPTY
    if counts[old] < settled:
        return MISSING
    if counts[ours()] > stored + young:
        return SURPLUS
    return None


def _stored(before: dt.datetime) -> tuple[int, int, int]:
    """Count datasets: all that are indexed, those of them that are old, and any that are young."""
    is_old = _package.metadata_modified <= before
    counted = sa.func.count().filter
    query = sa.select(
        sa.func.count().filter(INDEXED), counted(INDEXED, is_old), counted(sa.not_(is_old))
    ).select_from(_package)
    with model.ensure_engine().connect() as opened:
        row = opened.execute(query).one()
    return row[0], row[1], row[2]


def _behind(before: dt.datetime) -> str | None:
    """Compare the datasets that changed last, one by one."""
    query = (
        sa.select(_package.id, _package.metadata_modified, _package.private)
        .where(INDEXED, _package.metadata_modified <= before)
        .order_by(_package.metadata_modified.desc())
        .limit(WINDOW)
    )
    with model.ensure_engine().connect() as opened:
        rows = opened.execute(query).all()
    if not rows:
        return None
    named = " OR ".join(solr_literal(row.id) for row in rows)
    answer = make_connection(decode_dates=False).search(
        f"id:({named})", fq=ours(), fl="id,metadata_modified,capacity", rows=WINDOW
    )
    indexed = {document["id"]: of_document(document) for document in answer.docs}
    for row in rows:
        there = indexed.get(row.id)
        if there is None:
            return MISSING
        wanted = state(row.metadata_modified.isoformat(), row.private)
        if there != wanted and there[0] <= wanted[0]:  # a younger one is just being committed
            return STALE
    return None


def _unfit() -> str | None:
    """Return whether a field that our search needs is unknown to the schema."""
    solr = make_connection(decode_dates=False)
    for field in (field for name, field in _NEEDED.items() if p.plugin_loaded(name)):
        try:
            solr._send_request("get", f"schema/fields/{field}")
        except pysolr.SolrError as error:
            if connection.is_without_index(error):
                return UNFIT
            raise
    return None


def _lost() -> str | None:
    """Return whether the files of the index are gone under a node that still reads them."""
    answer, core = connection.ask_node("admin/cores?action=STATUS&core={core}&wt=json")
    index = answer["status"].get(core, {}).get("index", {})
    return LOST if index.get("numDocs") and index.get("sizeInBytes") == 0 else None


def of_document(document: dict[str, Any]) -> tuple[str, bool]:
    """Return what the index says of a dataset."""
    return state(str(document.get("metadata_modified")), document.get("capacity") == "private")
