"""Maps: every layer is a table with a column of geometries, in WGS 84."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import shapely
from pyogrio.errors import DataSourceError
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from ckanext.mxcity.files.maps import figures
from ckanext.mxcity.files.maps.geojson import read_geojson
from ckanext.mxcity.files.maps.geopackage import read_geopackage
from ckanext.mxcity.files.maps.kml import read_kml
from ckanext.mxcity.files.maps.model import Layer, named
from ckanext.mxcity.files.maps.shapefiles import read_shapefiles
from ckanext.mxcity.files.model import Box, FileRefused, Limits, Note
from ckanext.mxcity.files.questions import encoding_question
from ckanext.mxcity.files.records import LONGEST
from ckanext.mxcity.files.source import RawTable, write_rows

#: What a geometry's column is called.
GEOMETRY = "geometry"


def read_layers(
    path: Path,
    kind: str,
    folder: Path,
    limits: Limits,
    encodings: Mapping[str, str] | None = None,
) -> tuple[list[RawTable], str | None, list[Box | None]]:
    """Return the layers of a map, the reference system it came in, and their extents.

    ``encodings`` are those that a person chose, by the names of layers.
    """
    if path.stat().st_size > limits.memory_size:
        raise FileRefused("too-large", size=path.stat().st_size, limit=limits.memory_size)
    tables: list[RawTable] = []
    extents = []
    empty: list[str] = []
    waiting: list[Note] = []  # of layers without rows, and of the whole file
    try:
        for number, layer in enumerate(_layers(path, kind, folder, limits, encodings or {})):
            if not layer.count:
                empty.append(layer.name)
                waiting += layer.notes
                continue
            name = _free(layer.name, tables)
            target = folder / f"layer{number}.csv"
            most = limits.written_from(path.stat().st_size)
            table, extent = _table(layer, name, target, most)
            tables.append(table)
            extents.append(extent)
    except (DataSourceError, ProjError, ShapelyError, ValueError, RuntimeError, OSError) as error:
        raise FileRefused("broken-map", format=kind) from error
    if not tables:
        raise FileRefused("empty")
    waiting += named("layers-empty", empty)
    tables[0] = replace(tables[0], notes=(*waiting, *tables[0].notes))
    return tables, tables[0].crs, extents


def extent_of(table: RawTable) -> Box | None:
    """Return where the figures of a layer lie, of which rows were left out."""
    place = [int(column[1:]) for column, kind in table.typed.items() if kind == "geojson"]
    csv.field_size_limit(LONGEST)
    with table.path.open(encoding="utf-8", newline="") as file:
        texts = [row[number] or None for row in csv.reader(file) for number in place]
    return figures.placed(shapely.from_geojson(texts))[0] if texts else None


def _layers(
    path: Path, kind: str, folder: Path, limits: Limits, encodings: Mapping[str, str]
) -> Iterator[Layer]:
    if kind == "geojson":
        return read_geojson(path, limits)
    if kind == "kml":
        return read_kml(path, limits)
    if kind == "shp":
        return read_shapefiles(path, folder, limits, encodings)
    # Under its own kind's name, for GDAL to read nothing else.
    target = folder / "map.gpkg"
    target.symlink_to(path.resolve())
    return read_geopackage(target, limits)


def _free(name: str, tables: list[RawTable]) -> str:
    """Return a table's name, with a number if another has it."""
    taken = {table.name for table in tables}
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def _table(layer: Layer, name: str, target: Path, most: int) -> tuple[RawTable, Box | None]:
    titles, notes, extent, typed = list(layer.titles), list(layer.notes), None, {}
    rows: Iterator[list[object]] = (list(row) for row in layer.rows)
    if layer.shapes is not None:
        shapes, said = figures.in_degrees(layer.shapes, layer.crs)
        extent, wrong = figures.placed(shapes)
        notes += said + wrong
        typed = {f"c{len(titles)}": "geojson"}
        titles.append(GEOMETRY)
        rows = ([*row, text] for row, text in zip(layer.rows, figures.geojson(shapes), strict=True))
    if write_rows(rows, len(titles), target, most) != layer.count:
        raise ValueError("rows that are not those counted")
    asked = tuple(encoding_question(note) for note in layer.notes if "words" in note.params)
    table = RawTable(name, target, tuple(titles), 0, notes=tuple(notes), typed=typed)
    return replace(table, crs=layer.crs, questions=asked), extent
