"""Datasets that are stored, into the index again: a few queries and one request for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.lib import search
from ckan.logic import index_update_package

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
    if compat.overridden():
        _one_by_one(wanted)
        return
    for start in range(0, len(wanted), CHUNK):
        _chunk(wanted[start : start + CHUNK])


def _one_by_one(ids: list[str]) -> None:
    for package in _stored(ids):
        index_update_package({"user": "", "ignore_auth": True}, package.id, defer_commit=True)
    search.commit()


def _stored(ids: list[str]) -> Sequence[Any]:
    package: Any = model.Package
    query = sa.select(package).where(package.id.in_(ids), package.state != model.State.DELETED)
    return model.Session.scalars(query.execution_options(populate_existing=True)).all()


def _chunk(ids: list[str]) -> None:
    stored = _stored(ids)
    schemas = Schemas()
    shower = Shower(stored, schemas, Shelf([], ""))
    views = shower.views
    documents = index.Documents(
        hooks.Indexers(hooks.current(ids), views[0] if views is not None else None)
    )
    context = {"model": model, "session": model.Session, "user": "", "ignore_auth": True}
    made = [documents.make(*shower.both(item, context)) for item in stored]
    index.send([document for document in made if document is not None])
    index.remove(sorted(set(ids) - {item.id for item in stored}))
