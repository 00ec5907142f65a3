"""What the map of a table by areas shows: its figures for each of INEGI's codes, and outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import OperationalError

from ckanext.mxcity.areas import areas
from ckanext.mxcity.tables.areas import boundaries, drawing
from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.chart.groups import groups_of
from ckanext.mxcity.tables.chart.view import columns_or_none, measures

#: From the widest to the finest.
LEVELS = ("state", "municipality", "locality", "ageb", "block")
#: What a reader chooses in the address, and an editor in the preview's settings.
OPTIONS = ("x", "y", "measure")


def has_areas(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource has a table with codes of areas."""
    return bool(resource.get("datastore_active") and boundaries.area_keys(str(resource["id"])))


def by_areas(resource: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template shows of a table: ``chosen`` are the ``OPTIONS`` that are asked for.

    ``chart`` is None where the user cannot read the table.
    """
    table = str(resource["id"])
    columns, levels = columns_or_none(table), boundaries.area_keys(table)
    keys = [column for column in columns if column.name in levels]
    if not keys:
        return {"chart": None}
    asked = {name: str(chosen.get(name) or "") for name in OPTIONS}
    if asked["x"] not in [column.name for column in keys]:
        # Of several keys the finest: a municipality's code tells its state.
        asked["x"] = max(keys, key=lambda column: LEVELS.index(levels[column.name])).name
    chart = spec.chart_of(columns, asked)
    chart = replace(chart, kind="map") if chart else None
    version = str(resource.get("last_modified") or resource.get("metadata_modified") or "")
    groups = groups_of(table, version, chart) if chart else None
    return {
        "chart": chart,
        "choices": spec.Choices(tuple(keys), spec.choices(columns).measured),
        "titles": {column.name: column.title for column in columns},
        "groups": groups,
        "names": {code: area.name for code, area in areas().items()},
        "size": drawing,
        "measures": measures(),
        "most": spec.AREAS,
        **(_drawn(table, chart.x, groups) if chart and groups else {}),
    }


def _drawn(resource_id: str, key: str, groups: spec.Groups) -> dict[str, Any]:
    """Return the paths and the legend, and which table the outlines are of."""
    values = dict(groups.rows)
    found = boundaries.boundaries_for(resource_id, key)
    if found is None:
        return {"boundaries": None, "drawn": []}
    legend = drawing.shades(list(values.values()))
    names = {code: area.name for code, area in areas().items()}
    try:
        shapes = boundaries.shapes(found, values)
    except OperationalError:
        return {"boundaries": found, "drawn": []}
    return {
        "boundaries": found,
        "legend": legend,
        "drawn": drawing.draw(shapes, values, names, legend),
    }
