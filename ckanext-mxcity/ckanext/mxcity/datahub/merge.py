"""Move everything that one ministry owns to another: a few statements, whatever the number.

Datasets keep their id and address. Nothing here decides who may do it, and nothing commits.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub import sql, store
from ckanext.mxcity.datahub.model import MODELS, Agreement, Asset, Change, Request
from ckanext.mxcity.ground import clock

Group: Any = model.Group
Package: Any = model.Package
Member: Any = model.Member


def owned(organization_id: str) -> dict[str, int]:
    """Count what a merge would move: ``datasets``, ``assets``, ``people``."""
    asset: Any = Asset
    questions = {
        "datasets": sa.select(sa.func.count(Package.id)).where(
            Package.owner_org == organization_id, Package.state != "deleted"
        ),
        "assets": sa.select(sa.func.count(asset.id)).where(
            asset.organization_id == organization_id
        ),
        "people": sa.select(sa.func.count(Member.id)).where(
            Member.group_id == organization_id,
            Member.table_name == "user",
            Member.state == "active",
        ),
    }
    return {name: int(model.Session.scalar(query) or 0) for name, query in questions.items()}


def move(old: Any, new: Any, author: store.Author) -> None:
    """Give to one organisation the datasets, DataHub records, log and people of another.

    Args:
        old: the organisation that ends.
        new: the one that goes on.
        author: who the log names for inventory keys that both had.

    """
    _free_keys(old, new, author)
    model.Session.flush()
    session = model.Session
    session.execute(
        sa.update(Package)
        .where(Package.owner_org == old.id)
        .values(owner_org=new.id, metadata_modified=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    _records(old.id, new.id)
    _people(old.id, new.id)
    session.execute(
        sa.update(Member)
        .where(Member.group_id == old.id, Member.table_name == "package")
        .values(group_id=new.id)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    session.expire_all()


def _records(old_id: str, new_id: str) -> None:
    """Move the records of every kind with their log; what was asked of or by it too."""
    columns: list[Any] = [
        table.organization_id for kind, table in MODELS.items() if kind != "succession"
    ]
    columns += [Change.organization_id, Request.requester_id, Agreement.grantee_id]
    for column in columns:
        model.Session.execute(
            sa.update(column.class_)
            .where(column == old_id)
            .values({column: new_id})
            .execution_options(synchronize_session=False)
        )


def _people(old_id: str, new_id: str) -> None:
    """Make the people of a ministry members of another, nobody more than an editor there."""
    known = sa.select(Member.table_id).where(
        Member.group_id == new_id, Member.table_name == "user", Member.state == "active"
    )
    ours = (Member.group_id == old_id, Member.table_name == "user", Member.state == "active")
    capacity = sa.case((Member.capacity == "admin", "editor"), else_=Member.capacity)
    model.Session.execute(
        sa.update(Member)
        .where(*ours, Member.table_id.notin_(known))
        .values(group_id=new_id, capacity=capacity)
        .execution_options(synchronize_session=False)
    )
    model.Session.execute(
        sa.update(Member)
        .where(*ours)
        .values(state="deleted")
        .execution_options(synchronize_session=False)
    )


def _free_keys(old: Any, new: Any, author: store.Author) -> None:
    """Keep each asset with its own dataset, and give a new key to those whose key both have."""
    asset: Any = Asset
    linked = sql.linked_datasets()
    other = sa.orm.aliased(asset)
    twice = sa.exists().where(
        other.inv_id == asset.inv_id,
        other.organization_id.in_((old.id, new.id)),
        other.organization_id != asset.organization_id,
    )
    query = (
        sa.select(asset, linked.c.dataset_id, twice.label("twice"))
        .outerjoin(linked, linked.c.asset_id == asset.id)
        .where(
            sa.or_(
                asset.organization_id == old.id,
                sa.and_(asset.organization_id == new.id, twice),
            )
        )
        .with_for_update(of=asset)
    )
    for found, dataset_id, both in model.Session.execute(query).all():
        values: dict[str, Any] = {}
        if dataset_id:
            values["dataset_id"] = dataset_id
        if both and found.organization_id == old.id:
            values["inv_id"] = f"{found.inv_id}-{old.name}"
        if values:
            store.change(found, values, author)
