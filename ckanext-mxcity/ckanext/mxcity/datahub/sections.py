"""What the sections of a ministry's page list: one statement each, and never more than a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.munge import munge_filename
from ckan.types import Context

from ckanext.mxcity import view_counts
from ckanext.mxcity.datahub import rights, sql
from ckanext.mxcity.datahub.clock import today
from ckanext.mxcity.datahub.model import (
    Agreement,
    Asset,
    Decision,
    Diagnosis,
    Milestone,
    Record,
    Request,
    Sharing,
    Stakeholder,
    Succession,
)
from ckanext.mxcity.datahub.ratios import slipped
from ckanext.mxcity.dataset_types import TYPES

#: Assets on one page, and the most rows of the other lists.
ASSETS, ROWS = 25, 50

Group: Any = model.Group


class Sections:
    """The lists of one ministry's page, as much of them as the reader may see."""

    def __init__(self, context: Context, organization_id: str, page: int = 1) -> None:
        self.context = context
        self.organization_id = organization_id
        self.page = page
        self.everything = rights.sees_all(context, organization_id)

    def _own(self, table: Any) -> sa.Select[Any]:
        query = sa.select(table).where(table.organization_id == self.organization_id)
        return query if self.everything else query.where(rights.visible(table, self.context))

    def _shown(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        found = model.Session.scalars(query.limit(ROWS))
        return [rights.shown(record, self.everything) for record in found]

    def assets(self) -> list[dict[str, Any]]:
        """List a page of assets with diagnosis, class and dataset (sections B, C and D)."""
        if not self.context.get("user"):
            return []
        linked = sql.linked_datasets()
        table: Any = Asset
        query = (
            self._own(table)
            .add_columns(Diagnosis, Sharing, linked.c.dataset_id, linked.c.private)
            .outerjoin(Diagnosis, Diagnosis.asset_id == Asset.id)
            .outerjoin(Sharing, Sharing.asset_id == Asset.id)
            .outerjoin(linked, linked.c.asset_id == Asset.id)
            .order_by(table.inv_id, table.id)
            .offset((self.page - 1) * ASSETS)
            .limit(ASSETS + 1)
        )
        return [
            {
                "asset": row[0].dictize(),
                "diagnosis": row[1].dictize() if row[1] else {},
                "sharing": row[2].dictize() if row[2] else {},
                "dataset_id": row.dataset_id,
                "private": row.private,
            }
            for row in model.Session.execute(query)
        ]

    def requests(self) -> list[dict[str, Any]]:
        """List requests of and to the ministry with the agreement that a grant made (D)."""
        if not self.context.get("user"):
            return []
        asker, owner = sa.orm.aliased(Group), sa.orm.aliased(Group)
        mine = sa.or_(
            Request.organization_id == self.organization_id,
            Request.requester_id == self.organization_id,
        )
        request, agreement = Request, Agreement
        query = (
            sa.select(request, agreement, asker.title, owner.title, Asset.title)
            .outerjoin(agreement, agreement.request_id == request.id)
            .join(asker, asker.id == request.requester_id)
            .join(owner, owner.id == request.organization_id)
            .join(Asset, Asset.id == request.asset_id)
            .where(mine)
            .order_by(request.created.desc())
            .limit(ROWS)
        )
        if not self.everything:
            query = query.where(rights.visible(request, self.context))
        return [
            {
                **row[0].dictize(),
                "agreement": row[1].dictize() if row[1] else None,
                "asker": row[2],
                "owner": row[3],
                "asset": row[4],
                "outgoing": row[0].requester_id == self.organization_id,
            }
            for row in model.Session.execute(query)
        ]

    def datasets(self) -> list[dict[str, Any]]:
        """List the published datasets with dates, formats, quality and downloads (E)."""
        query = sql.dataset_rows(today(), self.organization_id, ROWS)
        rows = [dict(row) for row in model.Session.execute(query).mappings()]
        shown = [{"id": row["id"], "resources": _as_shown(row["id"], row["files"])} for row in rows]
        if p.plugin_loaded("tracking"):
            view_counts.add_counts(shown)
        for row, dataset in zip(rows, shown, strict=True):
            files = dataset["resources"]
            row["formats"] = sorted({file["format"].upper() for file in files if file["format"]})
            counts = [
                file["tracking_summary"]["total"] for file in files if "tracking_summary" in file
            ]
            row["downloads"] = sum(counts) if counts else None
            row["complete"] = row["elements"] == len(sql.STANDARD_FIELDS)
        return rows

    def stakeholders(self) -> list[dict[str, Any]]:
        """List allies (F)."""
        return self._shown(self._own(Stakeholder).order_by(Stakeholder.name))

    def decisions(self) -> list[dict[str, Any]]:
        """List decisions, the newest first (H)."""
        return self._shown(self._own(Decision).order_by(Decision.date.desc()))

    def milestones(self) -> list[dict[str, Any]]:
        """List the plan: what is open first, by the day it is due, with the days it is late (I)."""
        open_first: Any = Milestone.done
        query = self._own(Milestone).order_by(open_first.isnot(None), Milestone.due)
        found = model.Session.scalars(query.limit(ROWS)).all()
        return [
            {
                **rights.shown(record, self.everything),
                "late_days": slipped(record.due, record.done, today()),
            }
            for record in found
        ]

    def successions(self) -> list[dict[str, Any]]:
        """List what the ministry was called and what became of it (A)."""
        heirs = sa.or_(
            Succession.organization_id == self.organization_id,
            Succession.successor_id == self.organization_id,
        )
        query = sa.select(Succession, Group.name, Group.title).outerjoin(
            Group, Group.id == Succession.successor_id
        )
        rows = model.Session.execute(query.where(heirs).order_by(Succession.date.desc()))
        return [{**row[0].dictize(), "successor": row.title, "address": row.name} for row in rows]

    def peers(self, acronym: str) -> Sequence[Any]:
        """List the units of other cities that carry the same acronym, with their datasets (J)."""
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
                Group.id != self.organization_id,
                sa.func.lower(Group.extras["acronym"].astext) == acronym.lower(),
            )
            .group_by(Group.id)
            .order_by(Group.title)
            .limit(ROWS)
        )
        return model.Session.execute(query).all()

    def alike(self) -> Sequence[Any]:
        """List the datasets of other cities that follow a schema of this ministry's data (J)."""
        own: Any = Diagnosis
        named = sa.select(own.schema_ref).where(
            own.organization_id == self.organization_id, sa.func.coalesce(own.schema_ref, "") != ""
        )
        # Asked first: to look for the datasets of every city is dear, and few assets name a schema.
        schemas = model.Session.scalars(named.distinct()).all()
        if not schemas:
            return []
        package: Any = model.Package
        linked = sql.linked_datasets()
        here = sa.select(sql.city_of(Group)).where(Group.id == self.organization_id)
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
        return model.Session.execute(query).all()

    def sources(self) -> Sequence[Any]:
        """List the sources that are harvested for the ministry, with their last run (K)."""
        if not p.plugin_loaded("sniegharvest"):
            return []
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
                found.owner_org == self.organization_id,
                found.type == "harvest",
                found.state == "active",
            )
            .order_by(found.title)
            .limit(ROWS)
        )
        return model.Session.execute(query).all()


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


def parts_of(asset: Record) -> dict[str, list[Record]]:
    """Return what belongs to an asset by kind: one statement a kind."""
    tables: dict[str, Any] = {
        "diagnosis": Diagnosis,
        "sharing": Sharing,
        "milestone": Milestone,
        "request": Request,
    }
    return {
        kind: list(model.Session.scalars(sa.select(table).where(table.asset_id == asset.id)))
        for kind, table in tables.items()
    }
