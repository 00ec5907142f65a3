"""Keep every source of a dataset: one is the authority, the others are noted beside it.

The authority has ckanext-harvest's object, as ever. The others have a row each in a table of ours
and, made from those rows, an entry in the dataset's own field ``other_sources``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.mxcity.catalogue.bulk.reindex import index_again
from ckanext.mxcity.ground import clock
from ckanext.mxcity.reading.records import Record
from ckanext.sniegharvest.engine.records import Change
from ckanext.sniegharvest.model import LISTING, PROVENANCE

FIELD = "other_sources"
Entry = dict[str, Any]
#: Provenances by dataset.
Ways = dict[str, list[Entry]]

_UNLISTED = f"""
SELECT guid FROM sniegharvest_provenance AS further
WHERE source_id = :source
  AND NOT EXISTS (SELECT FROM {LISTING} AS listing WHERE listing.guid = further.guid)
"""  # noqa: S608 - the name is ours
_ADOPT = """
INSERT INTO harvest_object (id, guid, current, state, report_status, harvest_source_id,
                            harvest_job_id, package_id, content, gathered, import_finished)
SELECT gen_random_uuid()::text, :guid, true, 'COMPLETE', 'updated', :source,
       (SELECT id FROM harvest_job WHERE source_id = :source ORDER BY created DESC LIMIT 1),
       :package, '', :now, :now
"""


def order(names: Sequence[str]) -> dict[str, int]:
    """Return the rank of each declared source by id, 0 for the nearest to the producers."""
    if not names:
        return {}
    rows = model.Session.execute(
        sa.select(HarvestSource.id, model.Package.name)
        .join(model.Package, model.Package.id == HarvestSource.id)
        .where(sa.or_(HarvestSource.id.in_(names), model.Package.name.in_(names)))
    )
    ranks = {name: rank for rank, name in enumerate(names)}
    return {id_: ranks[id_] if id_ in ranks else ranks[name] for id_, name in rows}


def count(connection: sa.Connection, source_id: str) -> int:
    """Count the datasets that have the source as a further provenance."""
    query = (
        sa.select(sa.func.count())
        .select_from(PROVENANCE.join(model.Package, model.Package.id == PROVENANCE.c.package_id))
        .where(PROVENANCE.c.source_id == source_id, model.Package.state == model.State.ACTIVE)
    )
    return int(connection.scalar(query) or 0)


def entry(source_id: str, title: str, address: str, record: Record, harvested_at: str) -> Entry:
    """Return a further provenance, as the dataset shows it."""
    page = str(record.dataset.get("source_url") or record.dataset.get("url") or address)
    return {
        "source_id": source_id,
        "source_name": title,
        "source_url": page,
        "source_address": address,
        "source_identifier": record.identifier,
        "harvested_at": harvested_at,
        "record_sha256": record.content_hash,
    }


def further(package_ids: Iterable[str], but: str = "") -> Ways:
    """Return the further provenances of datasets, but for those by one source; one query."""
    found: Ways = {}
    query = (
        sa.select(PROVENANCE, HarvestSource.url.label("source_address"))
        .outerjoin(HarvestSource, HarvestSource.id == PROVENANCE.c.source_id)
        .where(PROVENANCE.c.package_id.in_(list(package_ids)), PROVENANCE.c.source_id != but)
        .order_by(PROVENANCE.c.source_name, PROVENANCE.c.guid)
    )
    for row in model.Session.execute(query):
        found.setdefault(row.package_id, []).append(
            {
                "source_id": row.source_id,
                "source_name": row.source_name,
                "source_url": row.address,
                "source_address": row.source_address or "",
                "source_identifier": row.guid,
                "harvested_at": row.harvested_at,
                "record_sha256": row.content_hash,
            }
        )
    return found


def ways(package_ids: Iterable[str], nearer: Sequence[str], source_id: str) -> Ways:
    """Return the further provenances of datasets that a source is about to write.

    Args:
        package_ids: of the datasets.
        nearer: those of which the source takes the authority's place, which becomes one of them.
        source_id: of the source.

    """
    found = further(package_ids, but=source_id)
    for package_id, way in _replaced(nearer) if nearer else ():
        found.setdefault(package_id, []).append(way)
    return found


def text(found: Sequence[Entry] | None) -> str:
    """Return provenances in the form of the dataset's field; "" for none."""
    return json.dumps(found, ensure_ascii=False) if found else ""


def _replaced(package_ids: Sequence[str]) -> list[tuple[str, Entry]]:
    rows = model.Session.execute(
        sa.select(HarvestObject, HarvestSource, model.Package.extras)
        .join(HarvestSource, HarvestSource.id == HarvestObject.harvest_source_id)
        .join(model.Package, model.Package.id == HarvestObject.package_id)
        .where(HarvestObject.package_id.in_(package_ids), HarvestObject.current.is_(True))
    )
    return [
        (
            object_.package_id,
            {
                "source_id": source.id,
                "source_name": source.title or source.url,
                "source_url": extras.get("source_url") or source.url,
                "source_address": source.url,
                "source_identifier": object_.guid,
                "harvested_at": extras.get("harvested_at") or "",
                "record_sha256": extras.get("record_sha256") or "",
            },
        )
        for object_, source, extras in rows
    ]


def owned(changes: Sequence[Change], source_id: str) -> None:
    """Make a source the authority on the datasets that it has just written.

    In the transaction of the batch: whichever source was it before becomes a further provenance.
    """
    guids = [change.record.identifier for change in changes]
    model.Session.execute(
        sa.delete(PROVENANCE).where(
            PROVENANCE.c.source_id == source_id, PROVENANCE.c.guid.in_(guids)
        )
    )
    kept = {
        change.package_id: json.loads(change.package[FIELD])
        for change in changes
        if change.package.get(FIELD)
    }
    if not kept:
        return
    model.Session.execute(
        sa.update(HarvestObject)
        .where(
            HarvestObject.package_id.in_(list(kept)),
            HarvestObject.harvest_source_id != source_id,
            HarvestObject.current.is_(True),
        )
        .values(current=False)
        .execution_options(synchronize_session=False)
    )
    _store([(package, way) for package, found in kept.items() for way in found])


def add(changes: Sequence[Change]) -> None:
    """Note a further provenance for each change, in one transaction, and index the datasets."""
    _store([(change.package_id, change.package) for change in changes])
    ids = sorted({change.package_id for change in changes})
    _show(ids)
    model.Session.commit()
    index_again(ids)


def forget_unlisted(source_id: str, connection: sa.Connection) -> None:
    """Forget the further provenances that a source, read to its end, lists no more."""
    gone = connection.scalars(sa.text(_UNLISTED), {"source": source_id}).all()
    if not gone:
        return
    ids = model.Session.scalars(
        sa.delete(PROVENANCE)
        .where(PROVENANCE.c.source_id == source_id, PROVENANCE.c.guid.in_(gone))
        .returning(PROVENANCE.c.package_id)
    ).all()
    _show(ids)
    # Indexed first: what is not committed is found again by the next run.
    index_again(ids)
    model.Session.commit()


def hand_over(package_ids: Iterable[str], source_id: str) -> set[str]:
    """Leave datasets that their authority lists no more to another source that has them.

    That source becomes the authority, and writes the dataset anew when it is read the next time.

    Returns:
        The datasets that were handed over.

    """
    left = further(sorted(package_ids), but=source_id)
    if not left:
        return set()
    model.Session.execute(
        sa.update(HarvestObject)
        .where(HarvestObject.package_id.in_(list(left)), HarvestObject.current.is_(True))
        .values(current=False)
        .execution_options(synchronize_session=False)
    )
    own = {package_id: _adopt(package_id, found[0]) for package_id, found in left.items()}
    _show(list(left), own)
    index_again(left)
    model.Session.commit()
    return set(left)


def _adopt(package_id: str, heir: Entry) -> dict[str, str]:
    """Make a further source the authority; gives the fields that say so."""
    values = {"source": heir["source_id"], "guid": heir["source_identifier"]}
    model.Session.execute(
        sa.text(_ADOPT), {**values, "package": package_id, "now": clock.utc_now()}
    )
    model.Session.execute(
        sa.delete(PROVENANCE).where(
            PROVENANCE.c.source_id == values["source"], PROVENANCE.c.guid == values["guid"]
        )
    )
    # The source is to be read whole the next time, whether or not it has changed.
    model.Session.execute(
        sa.text("DELETE FROM sniegharvest_source WHERE id = :source"), {"source": values["source"]}
    )
    names = ("source_name", "source_url", "source_identifier", "harvested_at", "record_sha256")
    return {name: heir[name] for name in names}


def _store(entries: Sequence[tuple[str, Entry]]) -> None:
    if not entries:
        return
    rows = {
        (way["source_id"], way["source_identifier"]): {
            "source_id": way["source_id"],
            "guid": way["source_identifier"],
            "package_id": package_id,
            "source_name": way["source_name"],
            "address": way["source_url"],
            "content_hash": way["record_sha256"],
            "harvested_at": way["harvested_at"],
        }
        for package_id, way in entries
    }
    statement = insert(PROVENANCE).values(list(rows.values()))
    renewed = ("package_id", "source_name", "address", "content_hash", "harvested_at")
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "guid"],
            set_={name: statement.excluded[name] for name in renewed},
        )
    )


def _show(package_ids: Sequence[str], more: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Write the provenances that are stored into the field of their datasets.

    Args:
        package_ids: of the datasets.
        more: further fields of each, all of them the harvester's own.

    """
    found = further(package_ids)
    packages = model.Session.scalars(
        sa.select(model.Package)
        .where(model.Package.id.in_(list(package_ids)))
        .execution_options(populate_existing=True)
    )
    for package in packages:
        values = {FIELD: text(found.get(package.id)), **((more or {}).get(package.id) or {})}
        extras = {**package.extras, **values}
        package.extras = {key: value for key, value in extras.items() if value}
        package.metadata_modified = clock.utc_now()
    model.Session.flush()
