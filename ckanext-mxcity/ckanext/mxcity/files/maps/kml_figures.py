"""The figures of a KML: coordinates are longitude, latitude and perhaps a height."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import shapely

#: Elements that are a figure.
FIGURES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_MANY = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}


def figure(element: Element) -> Any:
    """Return the geometry of an element, None for one without coordinates.

    ValueError for coordinates that are none.
    """
    tag = _local(element)
    if tag == "MultiGeometry":
        return _several(element)
    if tag == "Polygon":
        return _polygon(element)
    points = _points(element)
    if not points:
        return None
    if tag == "Point":
        if len(points) > 1:
            raise ValueError("a point has one place")
        return shapely.Point(points[0])
    return shapely.LineString(points)


def _several(element: Element) -> Any:
    parts = [part for part in element if _local(part) in FIGURES]
    if len(parts) < sum(_local(part) not in ("extrude", "tessellate") for part in element):
        raise ValueError("a figure of a kind that is not read")
    shapes = [shape for shape in map(figure, parts) if shape is not None]
    if not shapes:
        return None
    kinds = {shape.geom_type for shape in shapes}
    many = _MANY.get(kinds.pop()) if len(kinds) == 1 else None
    return many(shapes) if many else shapely.GeometryCollection(shapes)


def _polygon(element: Element) -> Any:
    rings: dict[str, list[list[tuple[float, ...]]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for boundary in element:
        if _local(boundary) in rings:
            found = [_points(ring) for ring in boundary if _local(ring) == "LinearRing"]
            rings[_local(boundary)] += [ring for ring in found if ring]
    outer, inner = rings["outerBoundaryIs"], rings["innerBoundaryIs"]
    if not outer:
        return None
    if len(outer) > 1:
        raise ValueError("a polygon has one outer ring")
    return shapely.Polygon(outer[0], inner)


def _points(element: Element) -> list[tuple[float, ...]]:
    """Return the places of an element, all with a height or all without."""
    text = " ".join(part.text or "" for part in element if _local(part) == "coordinates")
    points = [tuple(float(number) for number in place.split(",")) for place in text.split()]
    if any(len(point) not in (2, 3) for point in points):
        raise ValueError("a place has two or three numbers")
    widths = {len(point) for point in points}
    return points if len(widths) < 2 else [(*point, 0.0)[:3] for point in points]


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
