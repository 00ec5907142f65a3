"""GeoJSON geometries, as far as the catalogue needs them. No CKAN import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def read_geometry(text: str) -> dict[str, Any] | None:
    """Return the GeoJSON geometry of a text, None if it is none."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("coordinates") else None


def bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a GeoJSON geometry, in degrees."""
    points = list(_points(geometry["coordinates"]))
    longitudes = [point[0] for point in points]
    latitudes = [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _points(coordinates: list[Any]) -> Iterator[list[float]]:
    if coordinates and isinstance(coordinates[0], list):
        for part in coordinates:
            yield from _points(part)
    else:
        yield coordinates


def rectangle(geometry: dict[str, Any]) -> dict[str, Any]:
    """Return the rectangle around a GeoJSON geometry, as a GeoJSON polygon."""
    return rectangle_of(*bounds(geometry))


def rectangle_of(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return a rectangle as a GeoJSON polygon; its sides are in degrees."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
