"""Maps of lines and areas over the made-up neighbourhoods."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.demo.generators.city_map import (
    COLUMNS,
    ROWS,
    Neighbourhood,
    neighbourhoods,
)
from ckanext.mxcity.demo.generators.records import row_count
from ckanext.mxcity.demo.generators.values import KINDS, TYPES
from ckanext.mxcity.demo.model import Cell, Column, Place, Table
from ckanext.mxcity.demo.seeds import seeded
from ckanext.mxcity.ground.areas import areas


def areas_map(place: Place, options: Mapping[str, Any]) -> Table:
    """Make one polygon a neighbourhood, with further ``columns`` of the usual kinds."""
    known = neighbourhoods(place.city.slug, place.city.bbox)
    columns = [
        Column("clave", "string", "Clave de la colonia en estos datos de demostración."),
        Column("colonia", "string", "Nombre de la colonia."),
        Column("sector", "string", "Sector de la ciudad."),
    ]
    done: dict[str, list[Cell]] = {
        "clave": [one.code for one in known],
        "colonia": [one.name for one in known],
        "sector": [one.sector for one in known],
    }
    _further(place, options, columns, done, len(known))
    geometry = [{"type": "Polygon", "coordinates": [one.ring]} for one in known]
    return Table(tuple(columns), list(zip(*done.values(), strict=True)), geometry)


def municipal_tiles(place: Place, options: Mapping[str, Any]) -> Table:
    """Draw one square a municipality of the city's state, in the order of the codes.

    A diagram of tiles for tables by municipality to be drawn on: it shows no boundary.
    """
    codes = [area for area in areas().values() if area.state_code == place.city.state_code]
    box, across = place.city.bbox, math.ceil(math.sqrt(len(codes)))
    down = math.ceil(len(codes) / across)
    width, height = (box.east - box.west) / across, (box.north - box.south) / down
    geometry = []
    for number in range(len(codes)):
        row, column = divmod(number, across)
        west, north = box.west + column * width, box.north - row * height
        east, south = west + width * 0.94, north - height * 0.94
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry.append({"type": "Polygon", "coordinates": [ring]})
    columns = (
        Column("cvegeo", "string", "Clave del INEGI: dos dígitos del estado y tres del municipio."),
        Column("nom_mun", "string", "Nombre del municipio."),
        Column("geometry", "string", "Cuadro del municipio en el diagrama, como GeoJSON."),
    )
    rows: list[tuple[Cell, ...]] = [
        (area.code, area.name, json.dumps(shape, separators=(",", ":")))
        for area, shape in zip(codes, geometry, strict=True)
    ]
    return Table(columns, rows)


def routes_map(place: Place, options: Mapping[str, Any]) -> Table:
    """Make ``rows`` lines that cross the city, with a number and the ``columns`` given."""
    count = row_count(place, options["rows"])
    known = neighbourhoods(place.city.slug, place.city.bbox)
    columns = [Column("clave", "string", "Clave del recorrido.")]
    done: dict[str, list[Cell]] = {
        "clave": [f"{options['prefix']}-{number:03d}" for number in range(1, count + 1)]
    }
    _further(place, options, columns, done, count)
    rng = seeded(place.city.slug, place.dataset, "routes")
    geometry = []
    for _ in range(count):
        stops = _walk(known, rng.randrange(len(known)), rng.choice((1, -1)), rng.randint(4, 9))
        points = [list(stop.point(rng)) for stop in stops]
        geometry.append({"type": "LineString", "coordinates": points})
    return Table(tuple(columns), list(zip(*done.values(), strict=True)), geometry)


def _walk(
    known: tuple[Neighbourhood, ...], start: int, direction: int, length: int
) -> list[Neighbourhood]:
    """Return neighbours one after the other: along a row, then up or down a column."""
    row, column = divmod(start, COLUMNS)
    found = [known[start]]
    while len(found) < length:
        if 0 <= column + direction < COLUMNS and len(found) % 3:
            column += direction
        else:
            row = (row + 1) % ROWS
        found.append(known[row * COLUMNS + column])
    return found


def _further(
    place: Place,
    options: Mapping[str, Any],
    columns: list[Column],
    done: dict[str, list[Cell]],
    count: int,
) -> None:
    for name, setting in (options.get("columns") or {}).items():
        kind = next(key for key in setting if key in KINDS)
        rng = seeded(place.city.slug, place.dataset, name)
        done[name] = KINDS[kind](setting[kind], count, rng, done)
        columns.append(Column(name, TYPES.get(kind, "string"), setting["d"]))
