"""Write a table as CSV, XLSX, GeoJSON or JSON: the same bytes for the same table."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.xml.constants import DCTERMS_NS, DCTERMS_PREFIX
from openpyxl.xml.functions import register_namespace

from ckanext.mxcity.demo.model import Cell, Table

#: Decimals of a coordinate in a map: about a metre.
PRECISION = 5

#: A moment in the properties of a workbook.
CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Format:
    """A format that tables are written in."""

    #: As CKAN names it.
    name: str
    extension: str
    media_type: str
    write: Callable[[Table], bytes]


def write_csv(table: Table) -> bytes:
    """Return the table as CSV in UTF-8, with a comma and one line a row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    # csv writes None as nothing, and dates and moments as 2026-06-30 and 2026-06-30 14:05:00.
    writer.writerows(table.rows)
    return buffer.getvalue().encode("utf-8")


def write_json(table: Table) -> bytes:
    """Return the table as a JSON list with one object a row."""
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, (_plain(value) for value in row), strict=True)) for row in table.rows]
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def write_geojson(table: Table) -> bytes:
    """Return the table as a GeoJSON collection (WGS 84), one feature a row.

    Raises:
        ValueError: the table has no geometry.

    """
    if table.geometry is None:
        raise ValueError("a table without geometry cannot be written as GeoJSON")
    names = [column.name for column in table.columns]
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": geometry["type"],
                "coordinates": _rounded(geometry["coordinates"]),
            },
            "properties": {
                name: _plain(value)
                for name, value in zip(names, row, strict=True)
                if name not in ("lat", "lon")
            },
        }
        for row, geometry in zip(table.rows, table.geometry, strict=True)
    ]
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def write_xlsx(table: Table) -> bytes:
    """Return the table as a workbook of one sheet, with the data dictionary in a second."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Datos"
    sheet.append([column.name for column in table.columns])
    for row in table.rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    words = book.create_sheet("Diccionario")
    words.append(["columna", "tipo", "descripción"])
    for column in table.columns:
        words.append([column.name, column.type, column.description])
    # OWSLib, where it is loaded, has lxml write another prefix for the dates of the workbook.
    register_namespace(DCTERMS_PREFIX, DCTERMS_NS)
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def table_schema(table: Table, title: str) -> bytes:
    """Return the data dictionary as a Table Schema (JSON)."""
    fields = [
        {"name": column.name, "type": column.type, "description": column.description}
        for column in table.columns
    ]
    document = {"title": title, "fields": fields, "missingValues": [""]}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV", "csv", "text/csv", write_csv),
    "xlsx": Format(
        "XLSX",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx,
    ),
    "geojson": Format("GeoJSON", "geojson", "application/geo+json", write_geojson),
    "json": Format("JSON", "json", "application/json", write_json),
}


def _plain(value: Cell) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, int | float):
        return round(coordinates, PRECISION)
    return [_rounded(part) for part in coordinates]


def _without_clock(book: bytes) -> bytes:
    """Return a workbook without the time of day at which it was written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = CLOCK.sub(b"2026-01-01T00:00:00Z", content)
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, content)
    return buffer.getvalue()
