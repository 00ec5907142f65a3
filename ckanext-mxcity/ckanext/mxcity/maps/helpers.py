"""Template helpers of the maps."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from flask import request

from ckanext.mxcity.city import BoundingBox, City, settings
from ckanext.mxcity.maps.basemap import store
from ckanext.mxcity.maps.boxes import BoxError, box_text, read_box, zones

__all__ = [
    "mxcity_map_data",
    "mxcity_map_extent",
    "mxcity_map_filter",
]

#: Bytes of an extent that a page carries; a larger one is not drawn.
EXTENT_LIMIT = 20_000


def mxcity_map_data(source: str = "") -> dict[str, str]:
    """Return what the element of a map tells its script, by the names of ``data-`` attributes.

    Args:
        source: whose data the map shows, for the line below it.

    """
    city, base = settings.city(), store.base_map()
    without = tk._("Without a base map.")
    lines = [tk._("Data: {name}.").format(name=source)] if source else []
    data = {
        "city": box_text(city.bbox) if city else "",
        "city-name": city.name if city else "",
        "zoom-in": tk._("Zoom in"),
        "zoom-out": tk._("Zoom out"),
        "without-base": " ".join([*lines, without]),
    }
    if base:
        data["base"] = tk.url_for("mxcity_maps.base_map", version=base.version)
        if base.demonstration:
            data["badge"] = tk._("Demonstration base map")
        else:
            lines.append(tk._("Base map: {name}.").format(name=base.source))
    else:
        lines.append(without)
    return {**data, "attribution": " ".join(lines)}


def mxcity_map_filter() -> dict[str, Any]:
    """Return what the search's map filter shows.

    Returns:
        ``box`` (the rectangle in force or the city's, None without either), ``active``,
        ``zones`` (key, title, value), ``kept`` (the other parameters), ``path`` and ``clear_url``.

    """
    city = settings.city()
    asked = request.args.get("ext_bbox", "")
    box = _box(asked)
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("ext_bbox", "page")
    ]
    query = urlencode(kept)
    return {
        "active": box is not None,
        "value": box_text(box) if box else "",
        "box": box or (city.bbox if city else None),
        "zones": _zones(city),
        "kept": kept,
        "path": request.path,
        "clear_url": request.path + (f"?{query}" if query else ""),
    }


def mxcity_map_extent(spatial: str | dict[str, Any] | None) -> str:
    """Return a dataset's extent as GeoJSON to draw, empty if there is none or it is too long."""
    if not spatial:
        return ""
    try:
        geometry = json.loads(spatial) if isinstance(spatial, str) else spatial
    except ValueError:
        return ""
    if not isinstance(geometry, dict) or "type" not in geometry:
        return ""
    text = json.dumps(geometry, separators=(",", ":"))
    return text if len(text) <= EXTENT_LIMIT else ""


def _box(text: str) -> BoundingBox | None:
    try:
        return read_box(text) if text else None
    except BoxError:
        return None


def _zones(city: City | None) -> list[dict[str, str]]:
    if city is None:
        return []
    return [
        {"title": _zone_title(zone.key, city.name), "value": zone.value}
        for zone in zones(city.bbox)
    ]


def _zone_title(key: str, city: str) -> str:
    titles = {
        "city": tk._("All of {city}").format(city=city),
        "north_west": tk._("North west"),
        "north_east": tk._("North east"),
        "south_west": tk._("South west"),
        "south_east": tk._("South east"),
    }
    return titles[key]
