"""Maps made by code, and the rows that are read of them."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from ckanext.mxcity.files import FileReading
from ckanext.mxcity.files.layers import read_layers
from ckanext.mxcity.files.model import DEFAULT
from ckanext.mxcity.files.reading import read_file, write_table
from ckanext.mxcity.files.source import RawTable

PLACE = (-100.3, 25.6)
WGS84_PRJ = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def zipped(entries: dict[str, bytes]) -> bytes:
    """An archive of members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def collection(
    rows: Sequence[dict[str, Any] | None], places: Sequence[Any] = (), **members: Any
) -> bytes:
    """A GeoJSON document of points near Monterrey, or of other geometries."""
    shapes = places or [{"type": "Point", "coordinates": PLACE}] * len(rows)
    features = [
        {"type": "Feature", "properties": row, "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", **members, "features": features}).encode()


def dbf(
    fields: Sequence[tuple[bytes, str, int, int]],
    rows: Sequence[Sequence[bytes]],
    language: int = 0,
    deleted: Sequence[int] = (),
) -> bytes:
    """A dBASE table as its bytes: fields of a name, a kind, a width and places."""
    width = 1 + sum(field[2] for field in fields)
    header = 32 + 32 * len(fields) + 1
    content = struct.pack("<B3BIHH17xB2x", 3, 124, 1, 1, len(rows), header, width, language)
    for name, kind, length, places in fields:
        content += name.ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([length, places])
        content += bytes(14)
    content += b"\r"
    for number, row in enumerate(rows):
        content += b"*" if number in deleted else b" "
        for cell, (_, kind, length, _) in zip(row, fields, strict=True):
            content += cell.rjust(length) if kind in "NF" else cell.ljust(length)
    return content + b"\x1a"


def points(count: int) -> dict[str, bytes]:
    """The parts of a Shapefile of points, without its table."""
    x, y = PLACE
    box = struct.pack("<4d", x, y, x, y) + bytes(32)

    def head(words: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i", 1000, 1) + box

    shp, shx = b"", b""
    for number in range(count):
        shx += struct.pack(">2i", 50 + 14 * number, 10)
        shp += struct.pack(">2i", number + 1, 10) + struct.pack("<i2d", 1, x, y)
    return {
        ".shp": head(50 + 14 * count) + shp,
        ".shx": head(50 + 4 * count) + shx,
        ".prj": WGS84_PRJ.encode(),
    }


def shapefile(table: bytes, count: int, name: str = "colonias", cpg: str = "") -> dict[str, bytes]:
    """The members of an archive that are one Shapefile."""
    parts = {**points(count), ".dbf": table, **({".cpg": cpg.encode()} if cpg else {})}
    return {f"{name}{suffix}": content for suffix, content in parts.items()}


def names_table(texts: Sequence[bytes], width: int = 20, language: int = 0) -> bytes:
    """A dBASE table of one column of text."""
    return dbf([(b"nombre", "C", width, 0)], [[text] for text in texts], language)


def written(
    folder: Path, driver: str, suffix: str, columns: dict[str, Any], masks: dict[str, Any]
) -> Path:
    """A map written by GDAL, its cells without a value where the masks say."""
    count = len(next(iter(columns.values())))
    path = folder / f"a{suffix}"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points(np.array([PLACE] * count))),
        list(columns.values()),
        list(columns),
        field_mask=[masks.get(name) for name in columns],
        geometry_type="Point",
        crs="EPSG:4326",
        driver=driver,
        encoding="UTF-8",
    )
    return path


def layers(folder: Path, kind: str, content: bytes) -> list[RawTable]:
    """The layers of a map as texts."""
    path, place = folder / "file", folder / "layers"
    path.write_bytes(content)
    place.mkdir()
    return read_layers(path, kind, place, DEFAULT)[0]


def cells(table: RawTable) -> list[dict[str, str]]:
    """The rows of a table by title, its geometries left out."""
    with table.path.open(encoding="utf-8", newline="") as file:
        rows = [dict(zip(table.titles, row, strict=True)) for row in csv.reader(file)]
    return [{name: cell for name, cell in row.items() if name != "geometry"} for row in rows]


def reading(folder: Path, name: str, content: bytes) -> FileReading:
    """What is understood of a file, by the reader of all kinds."""
    (folder / name).write_bytes(content)
    return read_file(folder / name, name)


def published(folder: Path, name: str, table: str | None = None) -> list[list[str]]:
    """The canonical table of a file that ``reading`` wrote."""
    target = folder / "canonical.csv"
    write_table(folder / name, name, table, target)
    return list(csv.reader(target.read_text("utf-8").splitlines()))


def codes(found: FileReading) -> dict[str, dict[str, Any]]:
    """The notes of a file and of its tables: their parameters by code."""
    said = [*found.notes, *(note for table in found.tables for note in table.notes)]
    return {note.code: note.params for note in said}
