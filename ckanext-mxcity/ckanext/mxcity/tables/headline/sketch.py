"""Where the rows of a table are, as a small drawing of dots, lines and outlines. No CKAN import."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError

WIDTH, HEIGHT, MARGIN = 720, 420, 10
#: Characters of the drawing: it comes with the page.
MOST_TEXT = 60_000
#: Corners that move an outline less than this, in units of the drawing, are left out; twice as much
#: each time that the drawing is still too long.
_DETAIL, _TRIES = 0.7, 4
#: Shares of the largest number of rows from which a dot is larger.
_SIZES = (0.05, 0.25, 0.6)

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sketch:
    """A drawing of ``WIDTH`` by ``HEIGHT`` and the rectangle in degrees that it shows."""

    extent: Extent
    #: Dots by their size, from 1 to 4, as a path of points without length.
    dots: tuple[tuple[int, str], ...] = ()
    lines: tuple[str, ...] = ()
    outlines: tuple[str, ...] = ()
    #: Rows that are drawn, and rows that have no place.
    rows: int = 0
    without: int = 0


def of_points(cells: Sequence[tuple[float, float, int]], without: int) -> Sketch | None:
    """Return dots for places with so many rows each: longitude, latitude, rows."""
    if not cells:
        return None
    xs, ys = [cell[0] for cell in cells], [cell[1] for cell in cells]
    extent = (min(xs), min(ys), max(xs), max(ys))
    place = _placed(extent)
    most = max(cell[2] for cell in cells)
    sizes: dict[int, list[str]] = {}
    for x, y, rows in cells:
        size = 1 + sum(rows / most > share for share in _SIZES) if most > 1 else 2
        left, top = place(x, y)
        sizes.setdefault(size, []).append(f"M{left} {top}h0")
    dots = tuple((size, "".join(path)) for size, path in sorted(sizes.items()))
    return Sketch(extent, dots, rows=sum(cell[2] for cell in cells), without=without)


def of_shapes(texts: Iterable[str], without: int) -> Sketch | None:
    """Return the drawing of geometries in GeoJSON; None if it would be too long for a page."""
    shapes = [shape for text in texts if (shape := _shape(text)) is not None]
    if not shapes:
        return None
    extent: Extent = tuple(float(side) for side in shapely.total_bounds(shapes))  # type: ignore[assignment]
    place = _placed(extent)
    for attempt in range(_TRIES):
        drawn = _draw(shapes, place, _DETAIL * 2**attempt)
        dots = [path for _, path in drawn.dots]
        if sum(map(len, (*drawn.lines, *drawn.outlines, *dots))) <= MOST_TEXT:
            return Sketch(extent, drawn.dots, drawn.lines, drawn.outlines, len(shapes), without)
    return None


def _draw(shapes: Sequence[Any], place: Any, detail: float) -> Sketch:
    dots: dict[str, None] = {}
    lines, outlines = [], []
    for shape in shapes:
        flat = shapely.simplify(shapely.transform(shape, _all(place)), detail)
        for part in getattr(flat, "geoms", [flat]):
            if part.geom_type == "Point" and not part.is_empty:
                dots[f"M{round(part.x)} {round(part.y)}h0"] = None
            elif part.geom_type == "LineString":
                lines.append(_path(part.coords))
            elif part.geom_type == "Polygon" and not part.is_empty:
                rings = (part.exterior, *part.interiors)
                outlines.append("".join(f"{_path(ring.coords)}z" for ring in rings))
    path = "".join(dots)
    return Sketch((0, 0, 0, 0), ((2, path),) if path else (), tuple(lines), tuple(outlines))


def _path(points: Iterable[Sequence[float]]) -> str:
    """Return the points as SVG's path, those that fall together once."""
    placed: list[tuple[int, int]] = []
    for x, y, *_ in points:
        point = (round(x), round(y))
        if not placed or placed[-1] != point:
            placed.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in placed)


def _placed(extent: Extent) -> Any:
    """Return what turns degrees into units of the drawing."""
    west, south, east, north = extent
    # A degree of longitude is shorter the further it is from the equator.
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    width, height = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - 2 * MARGIN) / height)
    left, top = (WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2

    def place(x: float, y: float) -> tuple[int, int]:
        return round(left + (x - west) * narrow * scale), round(top + (north - y) * scale)

    return place


def _all(place: Any) -> Any:
    def placed(points: Any) -> Any:
        for point in points:
            point[0], point[1] = place(point[0], point[1])
        return points

    return placed


def _shape(text: str) -> Any:
    """Return a geometry that can be drawn, else None."""
    try:
        shape = shapely.geometry.shape(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, ShapelyError):
        return None
    if shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return shape if fits else None
