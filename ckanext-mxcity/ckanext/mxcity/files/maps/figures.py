"""The figures of a map: in degrees, in their place, and written as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer

from ckanext.mxcity.files.model import Box, FileRefused, Note

_WGS84 = CRS.from_epsg(4326)
#: Where Mexico is, in degrees: west, south, east, north.
_MEXICO = (-119.0, 14.0, -86.0, 33.0)
#: Figures that are written at once.
_BATCH = 2_000


def in_degrees(shapes: Any, crs: str | None) -> tuple[Any, list[Note]]:
    """Return geometries in WGS 84; without a reference system, degrees are taken for granted.

    FileRefused for figures that are no place, or that cannot be in WGS 84.
    """
    notes = []
    if shapely.has_z(shapes).any():
        notes.append(Note("heights-left-out"))
    flat = shapely.force_2d(shapes)
    _refuse_infinite(flat)
    moved, said = _moved(flat, crs)
    _refuse_infinite(moved)
    return moved, notes + said


def _moved(shapes: Any, crs: str | None) -> tuple[Any, list[Note]]:
    if crs is None:
        bounds = shapely.total_bounds(shapes)
        # Exchanged degrees are degrees: see ``placed``.
        if np.isnan(bounds).any() or (abs(bounds) <= 180).all():
            return shapes, [Note("crs-assumed")]
        raise FileRefused("crs-missing")
    system = CRS.from_user_input(crs)
    if system.equals(_WGS84, ignore_axis_order=True):
        return shapes, []
    transformer = Transformer.from_crs(system, _WGS84, always_xy=True)
    moved = shapely.transform(
        # Seven decimals are a centimetre: more are not known of what was worked out.
        shapes,
        lambda points: np.column_stack(transformer.transform(*points.T)).round(7),
    )
    return moved, [Note("crs-changed", {"crs": crs if len(crs) < 40 else system.name})]


def _refuse_infinite(shapes: Any) -> None:
    """FileRefused for figures of which a coordinate is no number, or that have no place."""
    bounds = shapely.bounds(shapes)
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~np.isfinite(bounds).all(axis=1) & ~nowhere
    _refuse("coordinates-infinite", wrong)


def _refuse(code: str, wrong: Any) -> None:
    if wrong.any():
        raise FileRefused(code, count=int(wrong.sum()), row=int(wrong.argmax()) + 1)


def placed(shapes: Any) -> tuple[Box | None, list[Note]]:
    """Return where figures in degrees lie, and what looks wrong about it.

    Nothing is changed: only who made the map knows. Figures that would lie in Mexico if latitude
    and longitude were exchanged, or if the longitude had its sign, are named; if all are so, the
    map has no extent, for it would be a wrong one. FileRefused where a latitude or a longitude is
    more than there are.
    """
    bounds = shapely.bounds(shapes)
    somewhere = np.isfinite(bounds).all(axis=1)
    west, south, east, north = np.where(np.isnan(bounds), 0.0, bounds).T
    swapped = somewhere & _in_mexico(south, west, north, east)
    beyond = (south < -90) | (north > 90) | (west < -180) | (east > 180)
    _refuse("coordinates-exchanged", beyond & swapped)
    _refuse("coordinates-beyond", beyond)
    unsigned = somewhere & _in_mexico(-east, south, -west, north)
    notes = [
        Note(code, {"count": int(found.sum()), "row": int(found.argmax()) + 1})
        for code, found in (
            ("coordinates-look-swapped", swapped),
            ("coordinates-lost-sign", unsigned),
        )
        if found.any()
    ]
    if not somewhere.any() or (swapped | unsigned)[somewhere].all():
        return None, notes
    sides = shapely.total_bounds(shapes)
    return (float(sides[0]), float(sides[1]), float(sides[2]), float(sides[3])), notes


def _in_mexico(west: Any, south: Any, east: Any, north: Any) -> Any:
    least_west, least_south, most_east, most_north = _MEXICO
    return (
        (west >= least_west) & (south >= least_south) & (east <= most_east) & (north <= most_north)
    )


def geojson(shapes: Any) -> Iterator[str]:
    """Give geometries as GeoJSON, with the digits that they were written with; nothing for none.

    What stands behind twelve decimals is of the computer that kept them, as in 25.620000000000001.
    """
    for start in range(0, len(shapes), _BATCH):
        batch = shapely.transform(shapes[start : start + _BATCH], lambda points: points.round(12))
        yield from (text or "" for text in shapely.to_geojson(batch))
