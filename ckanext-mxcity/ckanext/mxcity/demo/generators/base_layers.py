"""The layers of the demonstration's base map: limits, avenues, streets, a river and parks.

They are drawn over the made-up neighbourhoods, so that its other maps lie on the same ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.mxcity.city import BoundingBox, City
from ckanext.mxcity.demo.generators.city_map import COLUMNS, ROWS, Neighbourhood, neighbourhoods
from ckanext.mxcity.demo.seeds import seeded

Point = tuple[float, float]

#: Names of avenues that many cities have: from north to south, then from west to east.
_ALONG = ("Juárez", "Hidalgo", "Morelos", "Independencia", "Constitución", "Reforma", "5 de Mayo")
_ACROSS = ("Universidad", "Madero", "Insurgentes", "Zaragoza", "Revolución", "Cuauhtémoc", "Colón")
#: Streets that divide a neighbourhood, each way.
_STREETS = 4
#: Corners of the made-up limit of the municipality, and how far out of the built-up part it is.
_CORNERS, _OUT = 48, 0.86


def base_layers(city: City) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the layers of a city's demonstration: a name, and features of GeoJSON."""
    known = neighbourhoods(city.slug, city.bbox)
    yield "limites", [_limit(city)]
    yield "colonias", [_of({"type": "Polygon", "coordinates": [one.ring]}, one) for one in known]
    yield "avenidas", list(_avenues(known))
    yield "calles", [_line(points, {}) for one in known for points in _streets(one)]
    yield "rio", [_line(_river(city.bbox), {"nombre": "Río de la demostración"})]
    yield "parques", list(_parks(city, known))


def _feature(geometry: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": dict(geometry), "properties": dict(told)}


def _of(geometry: Mapping[str, Any], one: Neighbourhood) -> dict[str, Any]:
    return _feature(geometry, {"clave": one.code, "nombre": one.name})


def _line(points: list[Point], told: Mapping[str, Any]) -> dict[str, Any]:
    return _feature({"type": "LineString", "coordinates": [list(one) for one in points]}, told)


def _limit(city: City) -> dict[str, Any]:
    """Draw the limit of the municipality as a line that wavers around the built-up part."""
    box, rng = city.bbox, seeded(city.slug, "limit")
    middle = (box.west + box.east) / 2, (box.south + box.north) / 2
    ring = []
    for number in range(_CORNERS):
        turn = 2 * math.pi * number / _CORNERS
        # Between a rectangle and an ellipse, so that the corners of the built-up part are inside.
        part = _OUT / max(abs(math.cos(turn)), abs(math.sin(turn))) ** 0.8
        part = min(part, 1.15) * rng.uniform(0.95, 1.0)
        x = max(-0.98, min(0.98, math.cos(turn) * part))
        y = max(-0.98, min(0.98, math.sin(turn) * part))
        ring.append(
            [
                round(middle[0] + x * (box.east - box.west) / 2, 6),
                round(middle[1] + y * (box.north - box.south) / 2, 6),
            ]
        )
    told = {"cvegeo": city.municipality_code, "nombre": city.name}
    return _feature({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, told)


def _avenues(known: tuple[Neighbourhood, ...]) -> Iterator[dict[str, Any]]:
    """Follow the borders between rows and columns of neighbourhoods, every one but the rim's."""
    for row in range(1, ROWS):
        cells = known[row * COLUMNS : (row + 1) * COLUMNS]
        points = [cells[0].corners[0], *(one.corners[1] for one in cells)]
        name = f"Avenida {_ALONG[ROWS - 1 - row]}"
        yield _line(points, {"nombre": name, "tipo": "avenida"})
    for column in range(1, COLUMNS):
        cells = known[column::COLUMNS]
        points = [cells[0].corners[0], *(one.corners[3] for one in cells)]
        name = f"Avenida {_ACROSS[column - 1]}"
        yield _line(points, {"nombre": name, "tipo": "avenida"})


def _streets(one: Neighbourhood) -> Iterator[list[Point]]:
    """Divide a neighbourhood by streets, as a grid that follows its corners."""
    south_west, south_east, north_east, north_west = one.corners
    for number in range(1, _STREETS):
        part = number / _STREETS
        yield [_between(south_west, north_west, part), _between(south_east, north_east, part)]
        yield [_between(south_west, south_east, part), _between(north_west, north_east, part)]


def _between(start: Point, end: Point, part: float) -> Point:
    return (
        round(start[0] + (end[0] - start[0]) * part, 6),
        round(start[1] + (end[1] - start[1]) * part, 6),
    )


def _river(box: BoundingBox) -> list[Point]:
    """Let a river wind through the city from west to east, south of its middle."""
    points = []
    for number in range(81):
        along = number / 80
        wave = 0.43 + 0.03 * math.sin(9 * along) + 0.012 * math.sin(31 * along)
        x = box.west + along * (box.east - box.west)
        points.append((round(x, 6), round(box.south + wave * (box.north - box.south), 6)))
    return points


def _parks(city: City, known: tuple[Neighbourhood, ...]) -> Iterator[dict[str, Any]]:
    """Make a park of the middle of some neighbourhoods."""
    rng = seeded(city.slug, "base-parks")
    for one in sorted(rng.sample(known, 14), key=lambda one: one.code):
        shares = ((0.3, 0.35), (0.7, 0.3), (0.65, 0.7), (0.35, 0.65))
        ring = [list(_inside(one, across, along)) for across, along in shares]
        told = {"nombre": f"Parque {one.name}"}
        yield _feature({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, told)


def _inside(one: Neighbourhood, across: float, along: float) -> Point:
    south = _between(one.corners[0], one.corners[1], across)
    north = _between(one.corners[3], one.corners[2], across)
    return _between(south, north, along)
