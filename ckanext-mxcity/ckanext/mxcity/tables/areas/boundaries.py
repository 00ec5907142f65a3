"""The polygons of areas: a table of the portal that has a geometry for each of INEGI's codes."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.ground.columns import geometry_column
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.joins.levels import AREA_LEVELS
from ckanext.mxcity.tables.joins.model import TableKey
from ckanext.mxcity.tables.joins.suggest import Suggestion, suggest

#: Tables that are looked at for polygons, those with the most areas in common first.
LOOKED_AT = 20
#: Characters of GeoJSON that a page draws: more would keep it waiting.
MOST_TEXT = 8_000_000
TIMEOUT = 5_000


@dataclass(frozen=True)
class Boundaries:
    """A table that holds polygons: its file, and the columns of codes and of geometries."""

    resource_id: str
    dataset_name: str
    dataset_title: str
    key: str
    geometry: str


def area_keys(resource_id: str) -> dict[str, str]:
    """Return the columns of a table that are codes of areas, each with its level."""
    query = sa.select(TableKey.column_name, TableKey.level).where(
        TableKey.resource_id == resource_id, TableKey.level.in_(AREA_LEVELS)
    )
    return {row.column_name: row.level for row in model.Session.execute(query)}


def boundaries_for(resource_id: str, key: str) -> Boundaries | None:
    """Return the table with polygons that has the most areas of a key column; None without one.

    Only tables that the user may read are looked at, the table itself first.
    """
    geometry = _geometry(resource_id)
    if geometry:
        return Boundaries(resource_id, "", "", key, geometry)
    found = (_boundaries(one) for one in suggest(resource_id, LOOKED_AT) if one.left == key)
    return next((one for one in found if one), None)


def _boundaries(one: Suggestion) -> Boundaries | None:
    geometry = _geometry(one.resource_id)
    if geometry is None:
        return None
    return Boundaries(one.resource_id, one.dataset_name, one.dataset_title, one.right, geometry)


def _geometry(resource_id: str) -> str | None:
    try:
        names = [column.name for column in columns_of(resource_id)]
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    return geometry_column(names)


def shapes(boundaries: Boundaries, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the polygons of some areas by code, until they are more than a page draws.

    OperationalError of SQLAlchemy if the database takes too long.
    """
    key, text = (
        sa.cast(sa.column(name), sa.Text) for name in (boundaries.key, boundaries.geometry)
    )
    query = (
        sa.select(key, text)
        .select_from(sa.table(boundaries.resource_id))
        .where(key.in_(list(codes)), text.is_not(None))
        .order_by(sa.func.length(text))
    )
    found: dict[str, dict[str, Any]] = {}
    left = MOST_TEXT
    with reading(TIMEOUT) as connection:
        for code, written in connection.execution_options(stream_results=True).execute(query):
            left -= len(written)
            if left < 0:
                break
            if (shape := _polygon(written)) is not None:
                found.setdefault(code, shape)
    return found


def _polygon(written: str) -> dict[str, Any] | None:
    try:
        shape = json.loads(written)
    except ValueError:
        return None
    kinds = ("Polygon", "MultiPolygon")
    return shape if isinstance(shape, dict) and shape.get("type") in kinds else None
