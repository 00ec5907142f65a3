"""Datasets that are stored, into the index again: a few queries and one request for many."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, cast

import ckan.model as model
import sqlalchemy as sa
from ckan.lib import search
from ckan.logic import package_show_default_and_custom_schemas
from ckan.types import Context

from ckanext.mxcity.catalogue import data_extents, data_words
from ckanext.mxcity.catalogue.bulk import compat, hooks, index
from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.catalogue.bulk.schemas import Schemas
from ckanext.mxcity.catalogue.bulk.show import Shower

CHUNK = 200
#: How often a dataset is indexed again that changes while it is.
_TRIES = 5

log = logging.getLogger(__name__)


def index_again(package_ids: Iterable[str]) -> None:
    """Make the index hold datasets as the database does; those that were deleted leave it.

    The documents are those that ``ckan.logic.index_update_package`` makes.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not take them.

    """
    wanted = sorted(set(package_ids))
    for start in range(0, len(wanted), CHUNK):
        _chunk(wanted[start : start + CHUNK])


def index_each(package_ids: Iterable[str]) -> list[str]:
    """Index datasets as ``index_again`` does; one that Solr refuses keeps no other out.

    Returns:
        The ids of those that are refused.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not answer.

    """
    wanted = sorted(set(package_ids))
    refused: list[str] = []
    for start in range(0, len(wanted), CHUNK):
        refused += _refused(wanted[start : start + CHUNK])
    return refused


def _refused(ids: list[str]) -> list[str]:
    try:
        _chunk(ids)
    except search.SearchIndexError as error:
        if not search.is_available():
            raise
        if len(ids) == 1:
            log.warning("Dataset %s is refused by the search index: %s", ids[0], error)
            return ids
        middle = len(ids) // 2
        return _refused(ids[:middle]) + _refused(ids[middle:])
    return []


def _stored(ids: list[str]) -> Sequence[Any]:
    package: Any = model.Package
    query = sa.select(package).where(package.id.in_(ids), package.state != model.State.DELETED)
    return model.Session.scalars(query.execution_options(populate_existing=True)).all()


def _chunk(ids: list[str]) -> None:
    """Index datasets, and those again that somebody changed and indexed meanwhile.

    What was read before the change would else stand over what was written after it.
    """
    for _ in range(_TRIES):
        before = _states(ids)
        stored = _stored(ids)
        index.send(_documents(stored))
        index.remove(sorted(set(ids) - {item.id for item in stored}))
        now = _states(ids)
        ids = [package_id for package_id in ids if before.get(package_id) != now.get(package_id)]
        if not ids:
            return
    log.warning("%s datasets change too often to be indexed as they are", len(ids))


def _states(ids: list[str]) -> dict[str, tuple[Any, ...]]:
    """Return what differs after a change of a dataset, as the database has it now."""
    package: Any = model.Package
    query = sa.select(package.id, package.state, package.private, package.metadata_modified)
    rows = model.Session.execute(query.where(package.id.in_(ids))).all()
    return {row.id: tuple(row) for row in rows}


def documents_of(package_ids: Iterable[str]) -> list[index.Document]:
    """Return the documents that the index would hold of datasets that are not deleted."""
    wanted = sorted(set(package_ids))
    found: list[index.Document] = []
    for start in range(0, len(wanted), CHUNK):
        found += _documents(_stored(wanted[start : start + CHUNK]))
    return found


def _documents(stored: Sequence[Any]) -> list[index.Document]:
    ids = [item.id for item in stored]
    schemas = Schemas()
    names = Prefetched([{"name": item.name} for item in stored], "")
    shower = Shower(stored, schemas, names)
    views = shower.views
    documents = index.Documents(
        hooks.Indexers(hooks.current(ids), views[0] if views is not None else None)
    )
    asked = {"model": model, "session": model.Session, "user": "", "ignore_auth": True}
    context = cast("Context", asked)  # plugins still look for the models in it
    with data_words.asked_for(ids), data_extents.asked_for(ids):
        made = [documents.make(*_both(item, shower, context)) for item in stored]
    return [document for document in made if document is not None]


def _both(item: Any, shower: Shower, context: Context) -> tuple[Any, Any]:
    """Return a dataset by CKAN's schema and by its own; or by the action that a plugin changes."""
    if compat.overridden():
        return package_show_default_and_custom_schemas({**context}, item.id)
    return shower.both(item, context)
