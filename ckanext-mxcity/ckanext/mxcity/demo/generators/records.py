"""Make tables of records, with one row for each report, permit or lamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.mxcity.demo.generators.city_map import Neighbourhood, neighbourhoods
from ckanext.mxcity.demo.generators.values import KINDS, TYPES
from ckanext.mxcity.demo.model import Cell, Column, DemoSpecError, Place, Table
from ckanext.mxcity.demo.seeds import seeded

#: Columns that come from the row's place, and their types.
PLACE_TYPES = {"colonia": "string", "sector": "string", "lat": "number", "lon": "number"}


def records(place: Place, options: Mapping[str, Any]) -> Table:
    """Make ``rows`` records with the columns of ``columns``.

    Args:
        place: the city and the dataset.
        options: ``rows`` (a number, or the name of one of the city's figures), ``columns``
            (name to kind and ``d``, the description).

    Returns:
        The table; with columns ``lat`` and ``lon`` it is a map of points.

    Raises:
        DemoSpecError: a column has no known kind.

    """
    count = row_count(place, options["rows"])
    spots = _spots(place, count)
    done: dict[str, Sequence[Cell]] = {}
    columns = []
    for name, setting in options["columns"].items():
        kind = next((key for key in setting if key in KINDS or key == "place"), None)
        if kind is None:
            raise DemoSpecError(f"{place.dataset}: column {name} has no known kind")
        if kind == "place":
            done[name] = _place_values(setting["place"], spots)
            column_type = PLACE_TYPES[setting["place"]]
        else:
            rng = seeded(place.city.slug, place.dataset, name)
            done[name] = KINDS[kind](setting[kind], count, rng, done)
            column_type = _share_type(setting) if kind == "share" else TYPES.get(kind, "string")
        columns.append(Column(name, column_type, setting["d"]))
    rows = list(zip(*done.values(), strict=True))
    return Table(tuple(columns), rows, _points(columns, spots))


def row_count(place: Place, setting: int | str) -> int:
    """Return a number of rows, which may be one of the city's figures."""
    if isinstance(setting, int):
        return setting
    if setting not in place.facts:
        raise DemoSpecError(f"{place.dataset}: the cities' figures have no {setting}")
    return place.facts[setting]


def _share_type(setting: Mapping[str, Any]) -> str:
    return "number" if setting["share"].get("decimals") else "integer"


def _spots(place: Place, count: int) -> list[tuple[Neighbourhood, float, float]]:
    """Return the neighbourhood, longitude and latitude of each row."""
    rng = seeded(place.city.slug, place.dataset, "spots")
    known = neighbourhoods(place.city.slug, place.city.bbox)
    chosen = rng.choices(known, weights=[one.weight for one in known], k=count)
    return [(one, *one.point(rng)) for one in chosen]


def _place_values(what: str, spots: Sequence[tuple[Neighbourhood, float, float]]) -> Sequence[Cell]:
    if what == "colonia":
        return [spot.name for spot, _, _ in spots]
    if what == "sector":
        return [spot.sector for spot, _, _ in spots]
    return [latitude if what == "lat" else longitude for _, longitude, latitude in spots]


def _points(
    columns: Sequence[Column], spots: Sequence[tuple[Neighbourhood, float, float]]
) -> list[dict[str, Any]] | None:
    if not {"lat", "lon"} <= {column.name for column in columns}:
        return None
    return [
        {"type": "Point", "coordinates": [longitude, latitude]} for _, longitude, latitude in spots
    ]
