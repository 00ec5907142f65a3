"""What the map of a table by areas shows: its figures for each of INEGI's codes, and outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ckan.plugins as p
from sqlalchemy.exc import OperationalError

from ckanext.mxcity.ground.areas import areas
from ckanext.mxcity.interfaces import AREA_OPTIONS
from ckanext.mxcity.tables.areas import boundaries, drawing
from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.groups import groups_of
from ckanext.mxcity.tables.chart.table import columns_or_none, measures
from ckanext.mxcity.tables.version import version_of

#: From the widest to the finest.
LEVELS = ("state", "municipality", "locality", "ageb", "block")
#: Areas drawn at most: as many as Mexico has municipalities.
MOST = 2_500


class AreaMapsMixin:
    """IAreaMaps: draws tables by the codes of areas that they hold."""

    def has_area_codes(self, resource: Mapping[str, Any]) -> bool:
        """Tell whether a resource has a table with codes of areas."""
        if not (resource.get("datastore_active") and p.plugin_loaded("datastore")):
            return False
        return bool(boundaries.area_keys(str(resource["id"])))

    def area_map(self, resource: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the template of the map shows of a table, by the ``chosen`` options.

        ``chart`` is None where the user cannot read the table.
        """
        table = str(resource["id"])
        columns, levels = columns_or_none(table), boundaries.area_keys(table)
        keys = [column for column in columns if column.name in levels]
        if not keys:
            return {"chart": None}
        asked = {name: str(chosen.get(name) or "") for name in AREA_OPTIONS}
        if asked["x"] not in [column.name for column in keys]:
            # Of several keys the finest: a municipality's code tells its state.
            asked["x"] = max(keys, key=lambda column: LEVELS.index(levels[column.name])).name
        chart = chart_of(columns, asked)
        chart = replace(chart, kind="map") if chart else None
        groups = groups_of(table, version_of(resource), chart, MOST) if chart else None
        return {
            "chart": chart,
            "asked": asked,
            "choices": spec.Choices(tuple(keys), spec.choices(columns).measured),
            "titles": {column.name: column.heading for column in columns},
            "groups": groups,
            "names": {code: area.name for code, area in areas().items()},
            "size": drawing,
            "measures": measures(),
            "most": MOST,
            **(_drawn(table, chart.x, groups) if chart and groups else {}),
        }


def _drawn(resource_id: str, key: str, groups: spec.Groups) -> dict[str, Any]:
    """Return the paths and the legend, and which table the outlines are of."""
    values = dict(groups.rows)
    found = boundaries.boundaries_for(resource_id, key)
    if found is None:
        return {"boundaries": None, "drawn": []}
    legend = drawing.shades(groups.values)
    names = {code: area.name for code, area in areas().items()}
    try:
        shapes = boundaries.shapes(found, values)
    except OperationalError:
        return {"boundaries": found, "drawn": []}
    return {
        "boundaries": found,
        "legend": legend,
        "drawn": drawing.draw(shapes, values, names, legend),
        # In the order of the list: an area without room for its name has its number in it.
        "numbers": {code: number for number, code in enumerate(values, start=1)},
    }
