"""GeoPackage: figures by GDAL, and the values of a row as SQLite has them.

SQLite keeps a text in a column of numbers; GDAL makes it 0, and floats of numbers with blanks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from ckanext.mxcity.files.maps.letters import utf8_or_other
from ckanext.mxcity.files.maps.model import Layer, is_numbering, named
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import refuse_many, refuse_wide
from ckanext.mxcity.files.sql import identifier

#: Tables that a GeoPackage has for itself, by how their names begin.
_OWN = ("gpkg_", "rtree_", "sqlite_")


@dataclass(frozen=True)
class _Table:
    """A table of the database: its columns, and which of them are told otherwise."""

    name: str
    columns: list[str]
    key: str
    figure: str
    booleans: set[str]


def read_geopackage(path: Path, limits: Limits) -> Iterator[Layer]:
    """Give the layers of a GeoPackage, and its tables without figures."""
    try:
        with closing(_opened(path)) as database:
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
            if len(names) > limits.sheets:
                raise FileRefused("too-many-sheets", sheets=len(names), limit=limits.sheets)
            notes = named("tables-left-out", _others(database, names))
            for name in names:
                yield _layer(path, database, name, limits, notes)
                notes = []
    except sqlite3.Error as error:
        raise FileRefused("broken-map", format="gpkg") from error


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database to read it; what its views ask for is not trusted."""
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    database.text_factory = utf8_or_other
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _others(database: sqlite3.Connection, known: list[str]) -> list[str]:
    """Return the tables that are no layer: pictures, and what nobody declared."""
    rows = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    found = [str(row[0]) for row in rows]
    return [name for name in found if name not in known and not name.lower().startswith(_OWN)]


def _layer(
    path: Path, database: sqlite3.Connection, name: str, limits: Limits, notes: list[Note]
) -> Layer:
    told = pyogrio.read_info(path, layer=name)
    refuse_wide(len(told["fields"]) + 2, limits)
    refuse_many(max(0, told["features"]), len(told["fields"]) + 1, limits)
    meta, ids, geometry, _ = pyogrio.raw.read(path, layer=name, columns=[], return_fids=True)
    table = _described(database, name, str(told.get("fid_column") or ""))
    numbers = _keys(database, table)
    order = np.argsort(ids, kind="stable")
    known = ids[order].tolist()
    counted = is_numbering(numbers) and is_numbering(known)
    if len(numbers) != len(ids) or not (geometry is None or counted or numbers == known):
        raise FileRefused("broken-map", format="gpkg")  # a row would get another's figure
    left = {table.figure, *([table.key] if is_numbering(numbers) else [])}
    columns = [column for column in table.columns if column not in left]
    return Layer(
        name=name,
        titles=tuple(columns),
        rows=_rows(database, table, columns),
        count=len(ids),
        shapes=None if geometry is None else shapely.from_wkb(geometry[order]),
        crs=meta.get("crs"),
        notes=tuple(notes),
    )


def _described(database: sqlite3.Connection, name: str, key: str) -> _Table:
    rows = database.execute(f"PRAGMA table_xinfo({identifier(name)})").fetchall()
    figures = database.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)", [name]
    ).fetchone() if _has(database, "gpkg_geometry_columns") else None  # fmt: skip
    columns = [str(row[1]) for row in rows]
    figure = str(figures[0]).lower() if figures else ""
    return _Table(
        name,
        columns,
        key if key in columns else "",
        next((column for column in columns if column.lower() == figure), ""),
        {str(row[1]) for row in rows if str(row[2]).upper() == "BOOLEAN"},
    )


def _has(database: sqlite3.Connection, table: str) -> bool:
    found = database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone()
    return found is not None


def _keys(database: sqlite3.Connection, table: _Table) -> list[Any]:
    """Return the numbers of the rows; those of a table without numbers count from 1."""
    if not table.key:
        (count,) = database.execute(f"SELECT count(*) FROM {identifier(table.name)}").fetchone()  # noqa: S608
        return list(range(1, count + 1))
    key = identifier(table.key)
    found = database.execute(
        f"SELECT {key} FROM {identifier(table.name)} ORDER BY {key}"  # noqa: S608
    )
    return [row[0] for row in found]


def _rows(
    database: sqlite3.Connection, table: _Table, columns: list[str]
) -> Iterator[list[object]]:
    chosen = ", ".join(map(identifier, columns)) or "NULL"
    booleans = [column in table.booleans for column in columns]
    # Without it SQLite may take the order of any index.
    order = f" ORDER BY {identifier(table.key)}" if table.key else ""
    for row in database.execute(f"SELECT {chosen} FROM {identifier(table.name)}{order}"):  # noqa: S608
        yield [_text(cell, yes) for cell, yes in zip(row, booleans, strict=False)]


def _text(cell: object, boolean: bool) -> object:
    if isinstance(cell, bytes):
        return cell.hex()
    if boolean and cell in (0, 1):
        return "true" if cell else "false"
    return cell
