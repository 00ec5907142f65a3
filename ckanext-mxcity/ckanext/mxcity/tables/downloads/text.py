"""Tables as CSV, JSON and GeoJSON: bytes that are written while the table is read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from ckanext.mxcity.ground.columns import geometry_column, point_columns
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.downloads.neutral import neutral


def csv_head(columns: list[Column], for_sheets: bool = False) -> bytes:
    """Return the first line of CSV in UTF-8, with the mark that makes Excel read accents."""
    names = [column.name for column in columns]
    return b"\xef\xbb\xbf" + _csv([[neutral(name) for name in names] if for_sheets else names])


def write_rows(
    columns: list[Column], pages: Iterable[list[list[Any]]], for_sheets: bool = False
) -> Iterator[bytes]:
    """Yield CSV of pages of rows; a null is nothing between commas."""
    yield csv_head(columns, for_sheets)
    for page in pages:
        yield _csv([[neutral(cell) for cell in row] for row in page] if for_sheets else page)


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def write_json(columns: list[Column], pages: Iterable[list[list[Any]]]) -> Iterator[bytes]:
    """Yield a list of objects, one row a line."""
    names = [column.name for column in columns]
    rows = ([dict(zip(names, row, strict=True)) for row in page] for page in pages)
    yield from _lines(b"[", rows, b"\n]\n")


def geometry_of(columns: list[Column]) -> str | None:
    """Return how a table says where things are: "geometry", "points", or None if it does not."""
    names = [column.name for column in columns]
    if geometry_column(names):
        return "geometry"
    return "points" if point_columns(names) else None


def write_geojson(columns: list[Column], pages: Iterable[list[list[Any]]]) -> Iterator[bytes]:
    """Yield a FeatureCollection (RFC 7946); a row without a place has no geometry."""
    names = [column.name for column in columns]
    yield from _lines(
        b'{"type": "FeatureCollection", "features": [',
        ([_feature(names, row) for row in page] for page in pages),
        b"\n]}\n",
    )


def _feature(names: list[str], row: list[Any]) -> dict[str, Any]:
    values = dict(zip(names, row, strict=True))
    written = geometry_column(names)
    points = point_columns(names)
    geometry = None
    if written:
        geometry = _geometry(values.pop(written))
    elif points:
        geometry = _point(values.get(points.longitude), values.get(points.latitude))
    return {"type": "Feature", "geometry": geometry, "properties": values}


def _geometry(value: object) -> object:
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _point(longitude: object, latitude: object) -> dict[str, Any] | None:
    try:
        place = [float(str(longitude)), float(str(latitude))]
    except ValueError:
        return None
    if not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
        return None
    return {"type": "Point", "coordinates": place}


def _lines(start: bytes, pages: Iterable[list[dict[str, Any]]], end: bytes) -> Iterator[bytes]:
    separator = "\n"
    yield start
    for page in pages:
        parts = []
        for item in page:
            parts.append(separator + json.dumps(item, ensure_ascii=False))
            separator = ",\n"
        yield "".join(parts).encode("utf-8", "replace")
    yield end
