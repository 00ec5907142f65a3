"""What the sections of a ministry's page list of its own records: one statement each."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub import rights, sql
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
from ckanext.mxcity.datahub.sections.reader import ROWS, Reader

#: Assets on one page.
ASSETS = 25

Group: Any = model.Group
Lists = dict[str, Any]


def successions(reader: Reader) -> Lists:
    """List what the ministry was called and what became of it."""
    involved = sa.or_(
        Succession.organization_id == reader.organization_id,
        Succession.successor_id == reader.organization_id,
    )
    query = sa.select(Succession, Group.name, Group.title).outerjoin(
        Group, Group.id == Succession.successor_id
    )
    rows = model.Session.execute(query.where(involved).order_by(Succession.date.desc()))
    listed = [{**row[0].dictize(), "successor": row.title, "address": row.name} for row in rows]
    return {"successions": listed}


def assets(reader: Reader) -> Lists:
    """List a page of assets with their diagnosis, class and dataset."""
    if not reader.context.get("user"):
        return {"assets": [], "more_assets": False, "page": reader.page}
    linked = sql.linked_datasets()
    table: Any = Asset
    query = (
        reader.select(table)
        .add_columns(Diagnosis, Sharing, linked.c.dataset_id, linked.c.private)
        .outerjoin(Diagnosis, Diagnosis.asset_id == Asset.id)
        .outerjoin(Sharing, Sharing.asset_id == Asset.id)
        .outerjoin(linked, linked.c.asset_id == Asset.id)
        .order_by(table.inv_id, table.id)
        .offset((reader.page - 1) * ASSETS)
        .limit(ASSETS + 1)
    )
    rows = [
        {
            "asset": row[0].dictize(),
            "diagnosis": row[1].dictize() if row[1] else {},
            "sharing": row[2].dictize() if row[2] else {},
            "dataset_id": row.dataset_id,
            "private": row.private,
        }
        for row in model.Session.execute(query)
    ]
    return {"assets": rows[:ASSETS], "more_assets": len(rows) > ASSETS, "page": reader.page}


def requests(reader: Reader) -> Lists:
    """List requests of and to the ministry with the agreement that a grant made."""
    if not reader.context.get("user"):
        return {"requests": []}
    asker, owner = sa.orm.aliased(Group), sa.orm.aliased(Group)
    mine = sa.or_(
        Request.organization_id == reader.organization_id,
        Request.requester_id == reader.organization_id,
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
    if not reader.everything:
        query = query.where(rights.visible(request, reader.context))
    rows = [
        {
            **row[0].dictize(),
            "agreement": row[1].dictize() if row[1] else None,
            "asker": row[2],
            "owner": row[3],
            "asset": row[4],
            "outgoing": row[0].requester_id == reader.organization_id,
        }
        for row in model.Session.execute(query)
    ]
    return {"requests": rows}


def stakeholders(reader: Reader) -> Lists:
    """List allies."""
    return {"stakeholders": reader.shown(reader.select(Stakeholder).order_by(Stakeholder.name))}


def decisions(reader: Reader) -> Lists:
    """List decisions, the newest first."""
    return {"decisions": reader.shown(reader.select(Decision).order_by(Decision.date.desc()))}


def milestones(reader: Reader) -> Lists:
    """List the plan: open steps first, by the day they are due, with the days they are late."""
    open_first: Any = Milestone.done
    query = reader.select(Milestone).order_by(open_first.isnot(None), Milestone.due)
    found = model.Session.scalars(query.limit(ROWS)).all()
    rows = [
        {
            **rights.shown(record, reader.everything),
            "late_days": slipped(record.due, record.done, today()),
        }
        for record in found
    ]
    return {"milestones": rows}


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
