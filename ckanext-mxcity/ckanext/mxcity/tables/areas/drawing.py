"""A map of areas as SVG: paths, and the classes that their values fall into. No CKAN import."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

WIDTH, HEIGHT, MARGIN = 720, 560, 8
#: Shades, from the lowest values to the highest.
CLASSES = 5
#: A corner that moves the outline less than this (in units of the drawing) is left out.
DETAIL = 0.4
#: Sizes of a name's letters, in units of the drawing; a letter is about so wide for its size.
LETTERS, WIDE = (13, 12, 11, 10, 9), 0.64
#: Height of a line for its size; lines of a name at most.
LINE, LINES = 1.15, 3
#: Room that a number needs, which stands where the name has none, and on small screens.
LEAST_ROOM = 9


@dataclass(frozen=True)
class Area:
    """An area that is drawn: its code and name, its value and shade (0 without one)."""

    code: str
    name: str
    value: float | None
    shade: int
    path: str
    #: What is written in it.
    label: Label | None


@dataclass(frozen=True)
class Label:
    """Where an area is written on, and its name in lines that fit; none where they would not."""

    x: float
    y: float
    #: Of the letters, in units of the drawing.
    size: int
    lines: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[float, str]]:
        """Return each line with its height in the drawing: together they are in the middle."""
        step = self.size * LINE
        first = self.y - step * (len(self.lines) - 1) / 2
        return [(round(first + step * n, 1), line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Shade:
    """A line of the legend: the values from ``low`` to ``high``, and how many areas have them."""

    number: int
    low: float
    high: float
    count: int


def shades(values: Sequence[float]) -> list[Shade]:
    """Divide values into classes of about as many areas each; equal values are never apart."""
    ordered = sorted(values)
    found: list[Shade] = []
    start = 0
    for number in range(1, CLASSES + 1):
        end = max(start, round(number * len(ordered) / CLASSES))
        while 0 < end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        if end > start:
            found.append(Shade(0, ordered[start], ordered[end - 1], end - start))
        start = end
    # Few classes take the shades that can be told apart best: the darkest is always there.
    first = CLASSES - len(found)
    return [Shade(first + n, one.low, one.high, one.count) for n, one in enumerate(found, start=1)]


def draw(
    shapes: Mapping[str, dict[str, Any]],
    values: Mapping[str, float | None],
    names: Mapping[str, str],
    legend: Sequence[Shade],
) -> list[Area]:
    """Return the areas as paths of a drawing of ``WIDTH`` by ``HEIGHT``."""
    geometries = {code: shapely.geometry.shape(shape) for code, shape in shapes.items()}
    geometries = {code: shape for code, shape in geometries.items() if not shape.is_empty}
    if not geometries:
        return []
    west, south, east, north = shapely.total_bounds(list(geometries.values()))
    # A degree of longitude is shorter the further it is from the equator.
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    width, height = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - 2 * MARGIN) / height)
    left, top = (WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2

    def placed(points: Any) -> Any:
        points[:, 0] = left + (points[:, 0] - west) * narrow * scale
        points[:, 1] = top + (north - points[:, 1]) * scale
        return points

    drawn = {code: shapely.transform(shape, placed) for code, shape in geometries.items()}
    return [
        Area(
            code,
            names.get(code, code),
            values.get(code),
            _shade(values.get(code), legend),
            _path(shapely.simplify(shape, DETAIL)),
            _label(shape, names.get(code, code)),
        )
        for code, shape in sorted(drawn.items())
    ]


def _label(shape: Any, name: str) -> Label | None:
    """Write a name in the widest place of an area, as large as it fits; None in a tiny one."""
    # An outline that crosses itself has no inside until it is mended.
    parts = shapely.get_parts(shape if shape.is_valid else shapely.make_valid(shape))
    largest = max(parts, key=lambda part: part.area)
    if largest.geom_type != "Polygon" or largest.area <= LEAST_ROOM**2:
        return None
    # From the middle of the widest place to the nearest border.
    room = shapely.maximum_inscribed_circle(largest, 1)
    x, y = room.coords[0]
    if room.length < LEAST_ROOM:
        return None
    for size in LETTERS:
        letters = int(2 * room.length * 0.95 / (size * WIDE))
        lines = textwrap.wrap(name, max(letters, 1), break_long_words=False)
        fits = all(len(line) <= letters for line in lines)
        if fits and len(lines) <= LINES and len(lines) * size * LINE <= 2 * room.length * 0.85:
            return Label(round(x, 1), round(y, 1), size, tuple(lines))
    return Label(round(x, 1), round(y, 1), 0, ())


def _shade(value: float | None, legend: Sequence[Shade]) -> int:
    if value is None:
        return 0
    return next((one.number for one in legend if one.low <= value <= one.high), 0)


def _path(shape: Any) -> str:
    parts = getattr(shape, "geoms", [shape])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in list(ring.coords)[:-1]) + "Z"
        for ring in rings
    )
