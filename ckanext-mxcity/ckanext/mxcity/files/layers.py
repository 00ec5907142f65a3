"""Maps: every layer is a table with a column of geometries, in WGS 84."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pyogrio
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from pyogrio.errors import DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from ckanext.mxcity.files.model import Box, FileRefused, Limits, Note
from ckanext.mxcity.files.source import RawTable, refuse_many, refuse_wide, write_rows

#: What a geometry's column is called.
GEOMETRY = "geometry"
_SUFFIXES = {"geojson": ".geojson", "gpkg": ".gpkg", "kml": ".kml"}
#: The parts of a Shapefile that are read, and how each begins (ESRI, July 1998; dBASE).
PARTS = {
    ".shp": re.compile(rb"\x00\x00\x27\x0a.{24}\xe8\x03\x00\x00", re.S),
    ".shx": re.compile(rb"\x00\x00\x27\x0a.{24}\xe8\x03\x00\x00", re.S),
    ".dbf": re.compile(rb"[\x02\x03\x30-\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb]"),
    ".prj": re.compile(rb"\s*[A-Za-z_]{4,20}\s*\["),
    ".cpg": re.compile(rb"[\w .:-]{1,40}\s*\Z"),
}
_WGS84 = CRS.from_epsg(4326)


def read_layers(
    path: Path, kind: str, folder: Path, limits: Limits
) -> tuple[list[RawTable], str | None, list[Box | None]]:
    """Return the layers of a map, the reference system it came in, and their extents."""
    if path.stat().st_size > limits.memory_size:
        raise FileRefused("too-large", size=path.stat().st_size, limit=limits.memory_size)
    source = _prepared(path, kind, folder, limits)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(source)]
        if len(layers) > limits.sheets:
            raise FileRefused("too-many-sheets", sheets=len(layers), limit=limits.sheets)
        read = [_layer(source, name, number, folder, limits) for number, name in enumerate(layers)]
    except (DataSourceError, ProjError, ShapelyError, ValueError, RuntimeError) as error:
        raise FileRefused("broken-map", format=kind) from error
    tables = [table for table, _ in read if table]
    if not tables:
        raise FileRefused("empty")
    extents = [extent for table, extent in read if table]
    return tables, tables[0].crs, extents


def _prepared(path: Path, kind: str, folder: Path, limits: Limits) -> Path:
    """Put the file where only what we expect can be read: under its own kind's name."""
    if kind == "kml":
        _refuse_broken_xml(path)
    if kind == "shp":
        return _unpacked(path, folder, limits)
    target = folder / f"map{_SUFFIXES[kind]}"
    target.symlink_to(path.resolve())
    return target


def _refuse_broken_xml(path: Path) -> None:
    """FileRefused for XML that is not well formed, or declares what has to be fetched."""
    try:
        for _, element in iterparse(path, forbid_dtd=True):
            element.clear()
    except DefusedXmlException as error:
        raise FileRefused("unsafe-xml") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused("broken-map", format="kml") from error


def _unpacked(path: Path, folder: Path, limits: Limits) -> Path:
    """Unpack the parts of one Shapefile, by suffix, under a name of ours, each proved."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
        shapes = [name for name in names if name.lower().endswith(".shp")]
        base = shapes[0][:-4]
        found = set()
        for name in names:
            suffix = name[len(base) :].lower()
            if name.startswith(base) and suffix in PARTS and suffix not in found:
                _unpack(archive, name, folder / f"map{suffix}", limits)
                found.add(suffix)
    missing = {".shp", ".dbf", ".shx"} - found
    if missing:
        raise FileRefused("shapefile-incomplete", missing=", ".join(sorted(missing)))
    for suffix, proof in PARTS.items():
        part = folder / f"map{suffix}"
        if suffix in found and not proof.match(_start(part)):
            if suffix not in (".prj", ".cpg"):
                raise FileRefused("broken-map", format="shp")
            part.unlink()  # a reference system or an encoding that is none is not said
    return folder / "map.shp"


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, limits: Limits) -> None:
    """Write one member of an archive; what it really holds is counted, not what it declares."""
    left = limits.memory_size * 4
    try:
        with archive.open(name) as member, target.open("wb") as file:
            while piece := member.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise FileRefused("unpacks-too-large", size=limits.memory_size * 4)
                file.write(piece)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise FileRefused("broken-archive") from error


def _layer(
    source: Path, name: str, number: int, folder: Path, limits: Limits
) -> tuple[RawTable | None, Box | None]:
    told = pyogrio.read_info(source, layer=name)
    refuse_wide(len(told["fields"]) + 1, limits)
    refuse_many(max(0, told["features"]), len(told["fields"]) + 1, limits)
    meta, _, geometry, values = pyogrio.raw.read(source, layer=name, force_2d=True)
    fields = [str(field) for field in meta["fields"]]
    refuse_wide(len(fields) + 1, limits)
    if not len(geometry if geometry is not None else values[0] if values else []):
        return None, None
    notes = []
    shapes = shapely.from_wkb(geometry) if geometry is not None else None
    crs = meta.get("crs")
    if shapes is not None:
        _refuse_infinite(shapes)
        shapes, said = _in_degrees(shapes, crs)
        _refuse_infinite(shapes)
        notes += said
    extent = _extent(shapes)
    rows = _rows(values, shapes)
    target = folder / f"layer{number}.csv"
    titles = [*fields, GEOMETRY] if shapes is not None else fields
    write_rows(rows, len(titles), target, limits.written_from(source.stat().st_size))
    typed = {f"c{len(fields)}": "geojson"} if shapes is not None else {}
    table = RawTable(name, target, tuple(titles), 0, notes=tuple(notes), typed=typed, crs=crs)
    return table, extent


def _in_degrees(shapes: Any, crs: str | None) -> tuple[Any, list[Note]]:
    """Return geometries in WGS 84; without a reference system, degrees are taken for granted."""
    if crs is None:
        bounds = shapely.total_bounds(shapes)
        if np.isnan(bounds).any() or (
            (abs(bounds[[0, 2]]) <= 180).all() and (abs(bounds[[1, 3]]) <= 90).all()
        ):
            return shapes, [Note("crs-assumed")]
        raise FileRefused("crs-missing")
    system = CRS.from_user_input(crs)
    if system.equals(_WGS84, ignore_axis_order=True):
        return shapes, []
    transformer = Transformer.from_crs(system, _WGS84, always_xy=True)
    moved = shapely.transform(
        shapes, lambda points: np.column_stack(transformer.transform(*points.T))
    )
    return moved, [Note("crs-changed", {"crs": crs if len(crs) < 40 else system.name})]


def _refuse_infinite(shapes: Any) -> None:
    """FileRefused for figures of which a coordinate is no number, or that have no place."""
    bounds = shapely.bounds(shapes)
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~np.isfinite(bounds).all(axis=1) & ~nowhere
    if wrong.any():
        raise FileRefused(
            "coordinates-infinite", count=int(wrong.sum()), row=int(wrong.argmax()) + 1
        )


def _extent(shapes: Any) -> Box | None:
    if shapes is None:
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
    return None if not np.isfinite([west, south, east, north]).all() else (west, south, east, north)


def _rows(values: Any, shapes: Any) -> Any:
    columns = [column.tolist() for column in values]
    if shapes is not None:
        columns.append([_geojson(text) for text in shapely.to_geojson(shapes)])
    for row in zip(*columns, strict=True):
        yield [None if isinstance(cell, float) and np.isnan(cell) else cell for cell in row]


def _geojson(text: str | None) -> str:
    """Return a geometry with seven decimals: a centimetre."""
    if text is None:
        return ""
    return json.dumps(json.loads(text, parse_float=lambda number: round(float(number), 7)))
