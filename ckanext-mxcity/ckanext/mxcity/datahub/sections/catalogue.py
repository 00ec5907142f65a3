"""What the sections of a ministry's page list of the catalogue: one statement each."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.munge import munge_filename

from ckanext.mxcity.catalogue import view_counts
from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub import sql
from ckanext.mxcity.datahub.model import Diagnosis
from ckanext.mxcity.datahub.sections.reader import ROWS, Reader
from ckanext.mxcity.dataset.types import TYPES

Group: Any = model.Group
Row = dict[str, Any]
Lists = dict[str, Any]


def datasets(reader: Reader) -> Lists:
    """List the published datasets with dates, formats, quality and downloads."""
    query = sql.dataset_rows(today(), reader.organization_id, ROWS)
    rows = [dict(row) for row in model.Session.execute(query).mappings()]
    shown = [{"id": row["id"], "resources": _as_shown(row["id"], row["files"])} for row in rows]
    if p.plugin_loaded("tracking"):
        view_counts.add_counts(shown)
    for row, dataset in zip(rows, shown, strict=True):
        files = dataset["resources"]
        row["formats"] = sorted({file["format"].upper() for file in files if file["format"]})
        counts = [file["tracking_summary"]["total"] for file in files if "tracking_summary" in file]
        row["downloads"] = sum(counts) if counts else None
        row["complete"] = row["elements"] == len(sql.STANDARD_FIELDS)
    return {"datasets": rows, "elements": len(sql.STANDARD_FIELDS)}


def _as_shown(dataset_id: str, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return files with the address from which they are downloaded, as their dataset shows it."""
    for file in files:
        if file["url_type"] == "upload":
            file["url"] = tk.url_for(
                "dataset_resource.download",
                id=dataset_id,
                resource_id=file["id"],
                filename=munge_filename(file["url"]),
                qualified=True,
            )
    return files


def other_cities(reader: Reader) -> Lists:
    """List units of other cities with the same acronym, and datasets with the same schema."""
    found = reader.organization_id
    return {"peers": _peers(found), "alike": _alike(found)}


def _peers(organization_id: str) -> list[Row]:
    """List the units of other cities that carry the same acronym, with their datasets."""
    acronym = str((Group.get(organization_id).extras or {}).get("acronym") or "")
    if not acronym:
        return []
    package: Any = model.Package
    live = sa.and_(
        package.owner_org == Group.id,
        package.state == "active",
        package.type.in_(TYPES),
        package.private.is_(False),
    )
    query = (
        sa.select(
            Group.name,
            Group.title,
            sql.city_of(Group),
            sa.func.count(package.id).label("datasets"),
        )
        .outerjoin(package, live)
        .where(
            Group.is_organization.is_(True),
            Group.state == "active",
            Group.id != organization_id,
            sa.func.lower(Group.extras["acronym"].astext) == acronym.lower(),
        )
        .group_by(Group.id)
        .order_by(Group.title)
        .limit(ROWS)
    )
    return _rows(query)


def _alike(organization_id: str) -> list[Row]:
    """List the datasets of other cities that follow a schema of this ministry's data."""
    own: Any = Diagnosis
    named = sa.select(own.schema_ref).where(
        own.organization_id == organization_id, sa.func.coalesce(own.schema_ref, "") != ""
    )
    # Asked first: to look for the datasets of every city is dear, and few assets name a schema.
    schemas = model.Session.scalars(named.distinct()).all()
    if not schemas:
        return []
    package: Any = model.Package
    linked = sql.linked_datasets()
    here = sa.select(sql.city_of(Group)).where(Group.id == organization_id)
    query = (
        sa.select(
            package.name,
            package.title,
            own.schema_ref.label("schema"),
            Group.title.label("unit"),
            sql.city_of(Group),
        )
        .select_from(own)
        .join(linked, linked.c.asset_id == own.asset_id)
        .join(package, package.id == linked.c.dataset_id)
        .join(Group, Group.id == package.owner_org)
        .where(
            own.schema_ref.in_(schemas),
            package.private.is_(False),
            Group.extras["city"].astext != here.scalar_subquery(),
        )
        .order_by(own.schema_ref, Group.title, package.title)
        .limit(ROWS)
    )
    return _rows(query)


def sources(reader: Reader) -> Lists:
    """List the sources that are harvested for the ministry, with their last run."""
    if not p.plugin_loaded("sniegharvest"):
        return {"sources": []}
    columns = ("source_id", "state", "started", "finished", "counts")
    run = sa.table("sniegharvest_run", *(sa.column(name) for name in columns))
    last = (
        sa.select(run)
        .distinct(run.c.source_id)
        .order_by(run.c.source_id, run.c.started.desc())
        .subquery("last")
    )
    found: Any = model.Package
    query = (
        sa.select(found.name, found.title, last.c.state, last.c.started, last.c.counts)
        .outerjoin(last, last.c.source_id == found.id)
        .where(
            found.owner_org == reader.organization_id,
            found.type == "harvest",
            found.state == "active",
        )
        .order_by(found.title)
        .limit(ROWS)
    )
    if not reader.everything:
        query = query.where(found.private.is_(False))
    return {"sources": _rows(query)}


def _rows(query: sa.Select[Any]) -> list[Row]:
    return [dict(row) for row in model.Session.execute(query).mappings()]
