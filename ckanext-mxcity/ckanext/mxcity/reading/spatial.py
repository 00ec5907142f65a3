"""Extents: GeoJSON, WKT, boxes and envelopes, to the GeoJSON text of our schema."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.errors import ShapelyError

_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_BOX = re.compile(r"\s*(?:[-+]?\d+(?:\.\d+)?\s*[, ]\s*){3}[-+]?\d+(?:\.\d+)?\s*")
_PAIR = re.compile(r"\s*([-+]?\d+\.\d+)\s*,\s*([-+]?\d+\.\d+)\s*")
_WKT = re.compile(
    r"\s*(?:<[^>]*>\s*)?((?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ENVELOPE = re.compile(r"\s*ENVELOPE\s*\((.*)\)\s*", re.IGNORECASE)
#: A shape of more characters is replaced by its box: the search only needs where it is.
MAX_SHAPE = 30_000


def geojson(value: Any) -> str:
    """Return a geometry as GeoJSON text in degrees, empty if the value is not one."""
    shape = _geometry(value)
    if shape is None or not _in_degrees(shape):
        return ""
    written = json.dumps(shape, separators=(",", ":"))
    if len(written) <= MAX_SHAPE:
        return written
    xs, ys = zip(*_positions(shape["coordinates"]), strict=True)
    return box(min(xs), min(ys), max(xs), max(ys))


def box(west: float, south: float, east: float, north: float) -> str:
    """Return the GeoJSON text of a box in degrees, empty if it is not one; a point if it is one."""
    corners = (west, south, east, north)
    if not all(math.isfinite(corner) for corner in corners):
        return ""
    if abs(west) > 180 or abs(east) > 180 or abs(south) > 90 or abs(north) > 90 or south > north:
        return ""
    if west == east and south == north:
        return json.dumps({"type": "Point", "coordinates": [west, south]}, separators=(",", ":"))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))


def _geometry(value: Any) -> dict[str, Any] | None:
    if isinstance(value, Mapping):
        return _from_mapping(value)
    if not isinstance(value, str) or len(value) > 5_000_000:
        return None
    if value.lstrip().startswith("{"):
        try:
            return _geometry(json.loads(value, parse_constant=lambda _name: None))
        except (ValueError, RecursionError):
            return None
    if _BOX.fullmatch(value):
        west, south, east, north = map(float, _NUMBER.findall(value))
        return _loaded(box(west, south, east, north))
    if found := _PAIR.fullmatch(value):
        # A pair alone is written latitude first.
        latitude, longitude = float(found[1]), float(found[2])
        return {"type": "Point", "coordinates": [longitude, latitude]}
    if found := _ENVELOPE.fullmatch(value):
        numbers = [float(number) for number in _NUMBER.findall(found[1])]
        if len(numbers) == 4:
            west, east, north, south = numbers
            return _loaded(box(west, south, east, north))
    return _from_wkt(value)


def _from_mapping(value: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = str(value.get("type", "")).removeprefix("http://www.opengis.net/ont/sf#")
    if kind.lower() == "envelope":
        try:
            (west, north), (east, south) = value["coordinates"]
            return _loaded(box(float(west), float(south), float(east), float(north)))
        except (KeyError, TypeError, ValueError):
            return None
    if kind == "Feature":
        return _geometry(value.get("geometry"))
    proper = next((name for name in _TYPES if name.lower() == kind.lower()), None)
    coordinates = value.get("coordinates")
    if proper is None or not isinstance(coordinates, list):
        return None
    try:
        shape = shapely.from_geojson(json.dumps({"type": proper, "coordinates": coordinates}))
    except (ShapelyError, ValueError, TypeError):
        return None
    return None if shape is None or shape.is_empty else {"type": proper, "coordinates": coordinates}


def _from_wkt(value: str) -> dict[str, Any] | None:
    found = _WKT.fullmatch(value)
    if not found:
        return None
    try:
        shape = shapely.from_wkt(found[1])
    except (ShapelyError, ValueError):
        return None
    if shape is None or shape.is_empty:
        return None
    return _loaded(shapely.to_geojson(shape))


def _loaded(written: str) -> dict[str, Any] | None:
    return json.loads(written) if written else None


def _positions(value: Any) -> Iterator[tuple[float, float]]:
    if (
        isinstance(value, list)
        and len(value) >= 2
        and all(isinstance(n, (int, float)) for n in value)
    ):
        yield float(value[0]), float(value[1])
        return
    for entry in value if isinstance(value, list) else ():
        yield from _positions(entry)


def _in_degrees(shape: Mapping[str, Any]) -> bool:
    positions = list(_positions(shape["coordinates"]))
    return bool(positions) and all(abs(x) <= 180 and abs(y) <= 90 for x, y in positions)
