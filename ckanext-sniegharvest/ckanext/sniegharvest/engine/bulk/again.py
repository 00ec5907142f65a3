"""Datasets that are stored, into the index again: a few queries and one request for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.logic import package_show_default_and_custom_schemas

from ckanext.sniegharvest.engine.bulk import compat, hooks, index
from ckanext.sniegharvest.engine.bulk.schemas import Schemas
from ckanext.sniegharvest.engine.bulk.shelf import Shelf
from ckanext.sniegharvest.engine.bulk.show import Shower

CHUNK = 200


def index_again(package_ids: Iterable[str]) -> None:
    """Make the index hold datasets as the database does; those that were deleted leave it.

    The documents are those that ``ckan.logic.index_update_package`` makes.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not take them.

    """
    wanted = sorted(set(package_ids))
    for start in range(0, len(wanted), CHUNK):
        _chunk(wanted[start : start + CHUNK])


def _stored(ids: list[str]) -> Sequence[Any]:
    package: Any = model.Package
    query = sa.select(package).where(package.id.in_(ids), package.state != model.State.DELETED)
    return model.Session.scalars(query.execution_options(populate_existing=True)).all()


def _chunk(ids: list[str]) -> None:
    stored = _stored(ids)
    index.send(_documents(stored))
    index.remove(sorted(set(ids) - {item.id for item in stored}))


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
    shower = Shower(stored, schemas, Shelf([], ""))
    views = shower.views
    documents = index.Documents(
        hooks.Indexers(hooks.current(ids), views[0] if views is not None else None)
    )
    context = {"model": model, "session": model.Session, "user": "", "ignore_auth": True}
    made = [documents.make(*_both(item, shower, context)) for item in stored]
    return [document for document in made if document is not None]


def _both(item: Any, shower: Shower, context: dict[str, Any]) -> tuple[Any, Any]:
    """A dataset by CKAN's schema and by its own; by CKAN's action where a plugin changes that."""
    if compat.overridden():
        return package_show_default_and_custom_schemas({**context}, item.id)
    return shower.both(item, context)
