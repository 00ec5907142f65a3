"""The jobs that read what tables say in words, when a table was loaded or changed.

PostgreSQL keeps which tables are to be read: a job that was lost with its queue is asked for again.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.search import SearchIndexError
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert

from ckanext.mxcity.catalogue.bulk.reindex import index_each
from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.checks.table_schemas import UnknownSchemaError, load_table_schema
from ckanext.mxcity.ground import clock
from ckanext.mxcity.interfaces import Extent
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.extents import keep as extents
from ckanext.mxcity.tables.headline import places
from ckanext.mxcity.tables.preview import lists
from ckanext.mxcity.tables.words import find, keep
from ckanext.mxcity.tables.words.model import ChangedTable, ColumnWords

log = logging.getLogger(__name__)

_Resource: Any = model.Resource
#: After how long a job that was asked for counts as lost, and how many of them are asked for anew.
LOST, AT_ONCE = dt.timedelta(minutes=10), 20
_TITLE = "Read what a table says in words"
#: Two jobs that read one table do so one after the other; until the transaction ends.
_ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('mxcity words'), hashtext(:table))")


def note(resource_id: str) -> None:
    """Have the words of a table read in a job, one for all changes until it begins. Commits.

    What its pages count of its values is forgotten at once.
    """
    lists.forget(resource_id)
    is_waiting = sa.and_(
        ChangedTable.begun.is_(False), ChangedTable.asked >= clock.utc_now() - LOST
    )
    is_new = _mark(resource_id, begun=False, where=sa.not_(is_waiting))
    if is_new:
        _enqueue(resource_id)


def take_up() -> None:
    """Ask again for the jobs that were lost, some at a time; commits. A worker calls it."""
    now = clock.utc_now()
    lost = (
        sa.select(ChangedTable.resource_id)
        .where(ChangedTable.asked < now - LOST)
        .order_by(ChangedTable.asked)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    query = (
        sa.update(ChangedTable)
        .where(ChangedTable.resource_id.in_(lost))
        .values(asked=now, begun=False)
        .returning(ChangedTable.resource_id)
    )
    ids = model.Session.scalars(query).all()
    model.Session.commit()
    for resource_id in ids:
        _enqueue(resource_id)


def read(resource_id: str) -> list[find.Words]:
    """Read and keep the words of a table, and index its dataset if they differ; a job.

    Where it does not come to its end, the table stays noted, and is read again later.

    Returns:
        The words; none where there is no table any more.

    """
    if not _mark(resource_id, begun=True):
        return []
    resource: Any = model.Resource.get(resource_id)
    model.Session.execute(_ALONE, {"table": resource_id})
    words = _words_of(resource)
    is_elsewhere = extents.remember(resource_id, _extent_of(resource))
    if keep.remember(resource_id, words) or is_elsewhere:
        _index(resource)
    done = ChangedTable.resource_id == resource_id, ChangedTable.begun.is_(True)
    model.Session.execute(sa.delete(ChangedTable).where(*done))
    model.Session.commit()
    return words


def forget(resource_id: str) -> None:
    """Drop the words of a table that is deleted, and index its dataset without them. Commits."""
    lists.forget(resource_id)
    gone = sa.delete(ColumnWords).where(ColumnWords.resource_id == resource_id)
    had = model.Session.scalars(gone.returning(ColumnWords.column_name)).all()
    was_somewhere = extents.remember(resource_id, None)
    resource: Any = model.Resource.get(resource_id)
    if (had or was_somewhere) and resource is not None:
        index_each([resource.package_id])


def _mark(resource_id: str, *, begun: bool, where: Any = None) -> bool:
    """Note that a table is to be read, or is being read; tell whether that is new. Commits.

    A resource that is not there is not noted.
    """
    now = clock.utc_now()
    there = sa.select(_Resource.id, sa.literal(now), sa.literal(begun))
    row = insert(ChangedTable).from_select(
        ["resource_id", "asked", "begun"], there.where(_Resource.id == resource_id)
    )
    noted = row.on_conflict_do_update(
        index_elements=["resource_id"], set_={"asked": now, "begun": begun}, where=where
    )
    is_new = model.Session.scalar(noted.returning(ChangedTable.resource_id)) is not None
    model.Session.commit()
    return is_new


def _words_of(resource: Any) -> list[find.Words]:
    try:
        columns = columns_of(resource.id, ignore_auth=True)
    except (tk.ObjectNotFound, tk.ValidationError):
        return []
    lists.lists_of(resource.id, columns, lists.JOB)
    return find.find(resource.id, columns, shut=_is_shut(resource, [c.name for c in columns]))


def _extent_of(resource: Any) -> Extent | None:
    """Return where the rows of a table are; nothing of a table with parts that are closed."""
    try:
        columns = columns_of(resource.id, ignore_auth=True)
    except (tk.ObjectNotFound, tk.ValidationError):
        return None
    shut = _is_shut(resource, [column.name for column in columns])
    return None if shut else places.extent_of(resource.id, columns)


def _is_shut(resource: Any, header: list[str]) -> bool:
    """Return whether the law keeps parts of such a table closed, by its columns or its schema."""
    kept = kept_by(resource.as_dict())
    try:
        named = kept if isinstance(kept, dict) else load_table_schema(kept) if kept else {}
    except UnknownSchemaError:
        named = {}
    return "mxcity:closed" in named or closed.schema_of(header) is not None


def _index(resource: Any) -> None:
    """Index the dataset of a table; where Solr is away, the words are forgotten, to be read anew.

    Raises:
        SearchIndexError: Solr is away.

    """
    try:
        index_each([resource.package_id])
    except SearchIndexError:
        model.Session.rollback()
        model.Session.execute(sa.delete(ColumnWords).where(ColumnWords.resource_id == resource.id))
        model.Session.commit()
        raise


def _enqueue(resource_id: str) -> None:
    try:
        tk.enqueue_job(read, [resource_id], title=_TITLE)
    except RedisError as error:
        log.warning("The words of the table %s are read later: %s", resource_id, error)
