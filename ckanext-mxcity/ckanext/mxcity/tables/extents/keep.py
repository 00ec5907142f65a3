"""Keep where the rows of tables are, and give it to whoever indexes datasets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.interfaces import Extent
from ckanext.mxcity.tables.extents.model import TableExtent

_Resource: Any = model.Resource


def remember(resource_id: str, extent: Extent | None) -> bool:
    """Keep the rectangle of a table in place of the one it had; tell whether they differ. Commits.

    Args:
        resource_id: the table.
        extent: west, south, east, north; None where its rows have no places.

    """
    stored = model.Session.get(TableExtent, resource_id)
    known = (stored.west, stored.south, stored.east, stored.north) if stored else None
    if known != extent:
        mine = TableExtent.resource_id == resource_id
        model.Session.execute(sa.delete(TableExtent).where(mine))
        if extent:
            sides = dict(zip(("west", "south", "east", "north"), extent, strict=True))
            model.Session.execute(sa.insert(TableExtent).values(resource_id=resource_id, **sides))
    model.Session.commit()
    return known != extent


def of_datasets(package_ids: Collection[str]) -> dict[str, Extent]:
    """Return the rectangle around all tables of each dataset that has places; one query for all."""
    query = (
        sa.select(
            _Resource.package_id,
            sa.func.min(TableExtent.west),
            sa.func.min(TableExtent.south),
            sa.func.max(TableExtent.east),
            sa.func.max(TableExtent.north),
        )
        .join(_Resource, _Resource.id == TableExtent.resource_id)
        .where(_Resource.package_id.in_(package_ids), _Resource.state == model.State.ACTIVE)
        .group_by(_Resource.package_id)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in model.Session.execute(query)}
