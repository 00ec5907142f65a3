"""What the tiles of a base map hold: the lines and grounds of a city, and their names.

Outlines are lines, so that no tile's edge looks like one; names are points, so that each stands in
one tile. No CKAN import.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError

from ckanext.mxcity.city import BoundingBox
from ckanext.mxcity.maps.basemap import kinds
from ckanext.mxcity.maps.basemap.errors import BaseMapError
from ckanext.mxcity.maps.basemap.folder import LayerFile
from ckanext.mxcity.maps.basemap.kinds import Kind

#: The layer of tiles with the names; the other layers are called as their kinds.
LABELS = "labels"
#: How much of a city's width and height is drawn around it, and how many degrees at least.
AROUND, LEAST_AROUND = 0.15, 0.03
#: Characters of a name that a map shows.
LONGEST_NAME = 60
#: Metres of a street, or of a river, that are worth a name; about 111 km are a degree.
_NAMED_LINE = 300 / 111_000
#: The first zoom of the names of a kind, of minor streets and of theirs.
_NAMES_FROM = {"limits": 8, "neighbourhoods": 12, "streets": 12, "water": 12, "parks": 14}
_MINOR, _MINOR_NAMES = 13, 15
#: How INEGI and others write that a street has no name.
_NAMELESS = frozenset({"ninguno", "n/d", "s/n", "sin nombre", "null"})
_LINES = ("LineString", "MultiLineString")


@dataclass(frozen=True)
class Ground:
    """Where a base map is made for."""

    city: str
    #: INEGI's code of the municipality, whose outline is drawn stronger.
    code: str
    box: BoundingBox

    @property
    def drawn(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north of what is drawn."""
        wide = max((self.box.east - self.box.west) * AROUND, LEAST_AROUND)
        high = max((self.box.north - self.box.south) * AROUND, LEAST_AROUND)
        box = self.box
        return box.west - wide, box.south - high, box.east + wide, box.north + high


def features_of(layer: LayerFile, kind: Kind, ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield what the tiles hold of a layer, as features of GeoJSON with tippecanoe's member.

    Raises:
        BaseMapError: the layer has figures, and none of them is near the city.

    """
    reader = _Reader(layer, kind)
    view = shapely.box(*ground.drawn)
    shapely.prepare(view)
    lines: dict[str, list[Any]] = defaultdict(list)
    main: set[str] = set()
    extents, met = [], False
    for row in layer.rows():
        shape = _shape(row[layer.geometry])
        if shape is None:
            continue
        if not view.intersects(shape):
            extents.append(shape.bounds)
            continue
        met = True
        thing = reader.thing(row, ground)
        if thing is None:
            continue
        yield from _drawn(shape, kind, thing)
        if thing.name and shape.geom_type in _LINES:
            lines[thing.name].append(shape)
            if thing.main:
                main.add(thing.name)
        elif thing.name:
            yield from _named(shape, kind, thing, view)
    if extents and not met:
        raise _elsewhere(layer, ground, extents)
    for name, parts in lines.items():
        yield from _named_line(parts, kind, _Thing(name, main=name in main), view)


@dataclass(frozen=True)
class _Thing:
    """What a row tells of a figure."""

    name: str
    #: A street that is seen from afar; the city's own limit.
    main: bool = False
    own: bool = False


class _Reader:
    """Knows which columns of a layer tell what."""

    def __init__(self, layer: LayerFile, kind: Kind) -> None:
        self._layer, self._kind = layer.name, kind
        self._name = kinds.first_of(layer.columns, kinds.NAMES)
        self._sort = kinds.first_of(layer.columns, kinds.SORTS)
        self._code = kinds.first_of(layer.columns, kinds.CODES)

    def thing(self, row: list[str], ground: Ground) -> _Thing | None:
        """Return what a row tells, None for what no base map shows."""
        sort = row[self._sort] if self._sort is not None else ""
        if self._kind is kinds.STREETS:
            if kinds.is_path(sort):
                return None
        elif self._kind.sorts and sort and sort.strip().lower() not in self._kind.sorts:
            return None
        limits = self._kind is kinds.LIMITS and self._code is not None
        return _Thing(
            _name(row, self._name),
            self._kind is kinds.STREETS and kinds.is_main(sort, self._layer),
            limits and row[self._code or 0].strip() == ground.code,
        )


def _elsewhere(
    layer: LayerFile, ground: Ground, extents: list[tuple[float, float, float, float]]
) -> BaseMapError:
    west, south, east, north = zip(*extents, strict=True)
    box = ground.box
    return BaseMapError(
        "elsewhere",
        layer=layer.name,
        city=ground.city,
        west=f"{min(west):.2f}",
        east=f"{max(east):.2f}",
        south=f"{min(south):.2f}",
        north=f"{max(north):.2f}",
        here=f"{box.west:.2f}…{box.east:.2f}, {box.south:.2f}…{box.north:.2f}",
    )


def _shape(text: str) -> Any:
    """Return a geometry that can be worked with, None for a row without one."""
    try:
        shape = shapely.from_geojson(text) if text else None
    except ShapelyError:
        return None
    if shape is None or shape.is_empty:
        return None
    return shape if shape.is_valid else shapely.make_valid(shape)


def _name(row: list[str], place: int | None) -> str:
    name = " ".join(row[place].split()) if place is not None else ""
    # INEGI writes the streets without a name so.
    return (
        "" if name.casefold() in ("ninguno", "n/d", "sin nombre", "null") else name[:LONGEST_NAME]
    )


def _drawn(shape: Any, kind: Kind, thing: _Thing) -> Iterator[dict[str, Any]]:
    outlined = kind in (kinds.LIMITS, kinds.NEIGHBOURHOODS)
    flat = shape.geom_type in ("Polygon", "MultiPolygon", "GeometryCollection")
    drawn = shape.boundary if outlined and flat and shape.geom_type[0] != "G" else shape
    zoom = _MINOR if kind is kinds.STREETS and not thing.main else kind.zoom
    told = _marks(thing)
    if not drawn.is_empty and drawn.geom_type not in ("Point", "MultiPoint"):
        yield _feature(drawn, kind.name, told, zoom)


def _marks(thing: _Thing) -> dict[str, Any]:
    return {key: 1 for key in ("main", "own") if getattr(thing, key)}


def _named(shape: Any, kind: Kind, thing: _Thing, view: Any) -> Iterator[dict[str, Any]]:
    """Give an area its name, in the middle of what is drawn of it."""
    seen = shapely.intersection(shape, view) if not view.contains(shape) else shape
    if seen.is_empty:
        return
    size = round(math.sqrt(seen.area) * 10_000)
    told = {"name": thing.name, "kind": kind.name, "size": size, **_marks(thing)}
    yield _feature(seen.representative_point(), LABELS, told, _NAMES_FROM[kind.name])


def _named_line(parts: list[Any], kind: Kind, thing: _Thing, view: Any) -> Iterator[dict[str, Any]]:
    """Give a street or a river its name, once, along the middle of its longest piece."""
    joined = shapely.line_merge(shapely.unary_union(parts))
    seen = shapely.intersection(joined, view)
    pieces = [one for one in shapely.get_parts(seen) if one.geom_type == "LineString"]
    if not pieces:
        return
    longest = max(pieces, key=lambda piece: piece.length)
    if longest.length < _NAMED_LINE:
        return
    step = min(longest.length / 20, _NAMED_LINE / 2)
    middle = longest.length / 2
    before, after = (longest.interpolate(middle + side * step) for side in (-1, 1))
    narrow = math.cos(math.radians(before.y))
    angle = math.degrees(math.atan2(after.y - before.y, (after.x - before.x) * narrow))
    told = {
        "name": thing.name,
        "kind": kind.name,
        "size": round(longest.length * 10_000),
        "angle": round(angle),
        **_marks(thing),
    }
    minor = kind is kinds.STREETS and not thing.main
    zoom = _MINOR_NAMES if minor else _NAMES_FROM[kind.name]
    yield _feature(longest.interpolate(middle), LABELS, told, zoom)


def _feature(shape: Any, layer: str, told: Mapping[str, Any], zoom: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shape),
        "properties": dict(told),
        "tippecanoe": {"layer": layer, "minzoom": zoom},
    }
