"""Read what earlier runs stored in the database, with a few queries a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.harvest.model import HarvestObject, HarvestObjectExtra
from ckanext.sniegharvest.engine.records import Stored

HASH_KEY = "content_hash"
NAME_CHUNK = 1000


def known(connection: sa.Connection, source_id: str, guids: Sequence[str]) -> dict[str, Stored]:
    """Return the stored datasets of a source's records, by identifier there; one query."""
    hashes = sa.orm.aliased(HarvestObjectExtra)
    rows = connection.execute(
        sa.select(
            HarvestObject.guid,
            model.Package.id,
            model.Package.name,
            model.Package.state,
            hashes.value,
            HarvestObject.id,
        )
        .join(model.Package, model.Package.id == HarvestObject.package_id)
        .outerjoin(
            hashes,
            sa.and_(hashes.harvest_object_id == HarvestObject.id, hashes.key == HASH_KEY),
        )
        .where(
            HarvestObject.harvest_source_id == source_id,
            HarvestObject.current.is_(True),
            HarvestObject.guid == sa.any_(sa.cast(list(guids), ARRAY(sa.Text))),
        )
        .order_by(HarvestObject.import_finished)
    )
    return {
        guid: Stored(guid, package, name, digest or "", state == model.State.ACTIVE, object_id)
        for guid, package, name, state, digest, object_id in rows
    }


def active(connection: sa.Connection, source_id: str) -> int:
    """Count the active datasets of a source."""
    query = (
        sa.select(sa.func.count(sa.distinct(HarvestObject.package_id)))
        .join(model.Package, model.Package.id == HarvestObject.package_id)
        .where(
            HarvestObject.harvest_source_id == source_id,
            HarvestObject.current.is_(True),
            model.Package.state == model.State.ACTIVE,
        )
    )
    return int(connection.scalar(query) or 0)


def existing(package_ids: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """Return name and privacy of those datasets that exist, by id."""
    wanted = sorted(set(package_ids))
    found: dict[str, tuple[str, bool]] = {}
    for start in range(0, len(wanted), NAME_CHUNK):
        rows = model.Session.execute(
            sa.select(model.Package.id, model.Package.name, model.Package.private).where(
                model.Package.id.in_(wanted[start : start + NAME_CHUNK])
            )
        )
        found |= {id_: (name, bool(private)) for id_, name, private in rows}
    return found


def taken_names(names: Iterable[str]) -> set[str]:
    """Return those names that a dataset has already, deleted datasets included."""
    wanted = sorted(set(names))
    found: set[str] = set()
    for start in range(0, len(wanted), NAME_CHUNK):
        chunk = wanted[start : start + NAME_CHUNK]
        found |= set(
            model.Session.scalars(
                sa.select(model.Package.name).where(model.Package.name.in_(chunk))
            )
        )
    return found


def organizations() -> dict[str, str]:
    """Return ids of the active organisations by name and by title, both in lower case."""
    rows = model.Session.execute(
        sa.select(model.Group.id, model.Group.name, model.Group.title).where(
            model.Group.is_organization.is_(True), model.Group.state == model.State.ACTIVE
        )
    )
    found: dict[str, str] = {}
    for id_, name, title in rows:
        found.setdefault((title or name).strip().casefold(), id_)
        found[name.casefold()] = id_
    return found


def owner_of(source_id: str) -> str:
    """Return the id of the organisation to which a source belongs; "" if it has none."""
    package = model.Package.get(source_id)
    return (package.owner_org or "") if package else ""
