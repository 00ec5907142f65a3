"""Names of organizations and groups in the search index, and datasets indexed anew with new ones.

A document of the index holds the name, title and description of its dataset's organization and
groups. PostgreSQL keeps a digest of what the index was made with: who differs has changed, by
whatever way, and work that was lost with its queue is found again.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Collection, Iterable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pysolr
import sqlalchemy as sa
from ckan.lib import search
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import JSONB, insert

from ckanext.mxcity.catalogue.bulk.reindex import index_each

#: The row of CKAN's table ``system_info`` with the digests.
KEY = "mxcity.indexed_names"
#: The entry of that row that changes with each change of tags.
TAGS = "tags"
#: Datasets that are indexed before the answer; more of them follow in the background.
INDEXED_NOW = 50

log = logging.getLogger(__name__)

_Group: Any = model.Group
_Member: Any = model.Member
_Package: Any = model.Package
_Info: Any = model.SystemInfo


def version() -> str:
    """Return what changes when datasets were indexed anew with other names."""
    query = sa.select(sa.func.md5(_Info.value)).where(_Info.key == KEY)
    return str(model.Session.scalar(query) or "")


def catch_up(
    moved_to: Collection[str] = (), datasets: Collection[str] = (), *, at_once: bool = False
) -> None:
    """Index anew the datasets of what has another name than the index was made with.

    Call it after the commit of a change. It does not fail: what cannot be done now is done by a
    job or, where that is lost too, by the watch of the index.

    Args:
        moved_to: ids of organizations that have taken over datasets.
        datasets: ids of datasets whose tags have changed.
        at_once: index many datasets here too, and not in a job.

    """
    try:
        if moved_to:
            _store(dict.fromkeys(moved_to, ""))
        changed = _changed()
        ids = {*_datasets_of(changed), *datasets}
        if at_once or len(ids) <= INDEXED_NOW:
            _index(ids, changed, tags=bool(datasets))
            return
        title = "Index datasets with new names"
        tk.enqueue_job(index_changed, [sorted(datasets)], title=title)
    except (search.SearchIndexError, search.SearchError, pysolr.SolrError, RedisError) as error:
        log.warning("Datasets have other names than the search index, for now: %s", error)


def index_changed(datasets: Collection[str] = ()) -> None:
    """Index anew the datasets of all that has changed; a job of CKAN's worker.

    Args:
        datasets: ids of further datasets, whose tags have changed.

    Raises:
        SearchIndexError: Solr does not answer.

    """
    changed = _changed()
    _index({*_datasets_of(changed), *datasets}, changed, tags=bool(datasets))


def tags_changed() -> None:
    """Note that tags of datasets are others than before, in the index too."""
    _store({TAGS: uuid.uuid4().hex})


def with_tags_of(vocabulary_id: str) -> list[str]:
    """Return the ids of the datasets that have tags of a vocabulary."""
    tag: Any = model.Tag
    used: Any = model.PackageTag
    query = (
        sa.select(used.package_id)
        .join(tag, tag.id == used.tag_id)
        .where(tag.vocabulary_id == vocabulary_id, used.state == model.State.ACTIVE)
    )
    return list(model.Session.scalars(query.distinct()))


def _changed() -> dict[str, str]:
    """Return the digest of each organization and group that the index has otherwise."""
    shown = (_Group.name, _Group.title, _Group.description, _Group.image_url, _Group.state)
    digest = sa.func.md5(sa.cast(sa.func.row(*shown, _Group.approval_status), sa.Text))
    current = model.Session.execute(sa.select(_Group.id, digest)).all()
    kept = model.Session.scalar(sa.select(_Info.value).where(_Info.key == KEY))
    indexed = json.loads(kept) if kept else {}
    return {id_: digest for id_, digest in current if indexed.get(id_) != digest}


def _datasets_of(groups: Iterable[str]) -> list[str]:
    ids = list(groups)
    members = sa.select(_Member.table_id).where(
        _Member.group_id.in_(ids),
        _Member.table_name == "package",
        _Member.state == model.State.ACTIVE,
    )
    query = sa.select(_Package.id).where(
        _Package.state != model.State.DELETED,
        sa.or_(_Package.owner_org.in_(ids), _Package.id.in_(members)),
    )
    return list(model.Session.scalars(query)) if ids else []


def _index(ids: Iterable[str], changed: dict[str, str], tags: bool) -> None:
    index_each(ids)
    _store({**changed, **({TAGS: uuid.uuid4().hex} if tags else {})})


def _store(entries: dict[str, str]) -> None:
    """Keep digests, beside those of others that are kept meanwhile."""
    if not entries:
        return
    row = insert(model.SystemInfo).values(
        key=KEY, value=json.dumps(entries, sort_keys=True), state=model.State.ACTIVE
    )
    both = sa.cast(_Info.value, JSONB).op("||")(sa.cast(row.excluded.value, JSONB))
    model.Session.execute(
        row.on_conflict_do_update(index_elements=["key"], set_={"value": sa.cast(both, sa.Text)})
    )
    model.Session.commit()
