"""Template helpers of the maps."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from flask import request

from ckanext.mxcity.city import BoundingBox, City, settings
from ckanext.mxcity.maps.boxes import BoxError, box_text, read_box, zones

__all__ = [
    "mxcity_map_city",
    "mxcity_map_extent",
    "mxcity_map_filter",
]

#: Bytes of an extent that a page carries; a larger one is not drawn.
EXTENT_LIMIT = 20_000


def mxcity_map_city() -> str:
    """Return the city's rectangle as ``west,south,east,north``, empty without a profile."""
    city = settings.city()
    return box_text(city.bbox) if city else ""


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
