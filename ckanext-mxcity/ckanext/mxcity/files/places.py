"""Columns of latitude and longitude, compared with what they hold."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.model import Column, Note
from ckanext.mxcity.files.settling import file_row
from ckanext.mxcity.files.source import RawTable

#: Share of the rows that have to be so for something to be done with the columns.
ENOUGH = 0.9
#: Where Mexico is, in degrees.
_LATITUDES, _LONGITUDES = "BETWEEN 14 AND 33", "BETWEEN -119 AND -86"
_EXCHANGED = f"lat {_LONGITUDES} AND lon {_LATITUDES}"
#: What is wrong with a place, so that it is not in Mexico, or nowhere.
_WRONG = {
    "coordinates-look-swapped": _EXCHANGED,
    "coordinates-lost-sign": f"lat {_LATITUDES} AND -lon {_LONGITUDES}",
    "coordinates-not-degrees": f"(abs(lat) > 90 OR abs(lon) > 180) AND NOT ({_EXCHANGED})",
}


def put_right(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: list[Column]
) -> list[Column]:
    """Return the columns with coordinates that were exchanged in their own places.

    Those that are no degrees (UTM), or lack their sign, lose their role. ``connection`` has the
    table ``raw``.
    """
    place = {column.role: number for number, column in enumerate(columns) if column.role}
    if not {"latitude", "longitude"} <= set(place):
        return columns
    y, x = place["latitude"], place["longitude"]
    lat, lon = (degrees(raw.columns[number], columns[number]) for number in (y, x))
    asked = "".join(
        f", count(*) FILTER ({wrong}), min(place) FILTER ({wrong})" for wrong in _WRONG.values()
    )
    row = connection.execute(
        f"SELECT count(*){asked} FROM "  # noqa: S608
        f"(SELECT rowid AS place, {lat} AS lat, {lon} AS lon FROM raw) "
        "WHERE lat IS NOT NULL AND lon IS NOT NULL AND (lat <> 0 OR lon <> 0)"
    ).fetchone()
    total, *counted = row or (0, 0, None, 0, None, 0, None)
    counts = dict(zip(_WRONG, zip(counted[::2], counted[1::2], strict=True), strict=True))
    most = next((code for code, (count, _) in counts.items() if count >= ENOUGH * total > 0), "")
    if most == "coordinates-look-swapped":
        return _exchanged(columns, y, x)
    found = list(columns)
    if most:
        found[y], found[x] = (replace(columns[number], role=None) for number in (y, x))
    if most == "coordinates-not-degrees":
        notes = {y: [Note(most, {}, columns[y].name)], x: [Note(most, {}, columns[x].name)]}
    else:
        notes = {x: [_named(raw, code, *seen, columns[x].name) for code, seen in counts.items()
                     if seen[0]]}  # fmt: skip
    for number, told in notes.items():
        found[number] = replace(found[number], notes=(*found[number].notes, *told))
    return found


def _named(raw: RawTable, code: str, count: int, first: int, name: str) -> Note:
    """Return the note of some rows with a wrong place; the first is named."""
    code = "coordinates-beyond" if code == "coordinates-not-degrees" else code
    return Note(code, {"count": count, "row": file_row(raw, first)}, name)


def degrees(raw: str, column: Column) -> str:
    """Return the SQL of a coordinate as a number, however it is written."""
    return f"TRY_CAST({canonical.expression(raw, column)} AS DOUBLE)"


def _exchanged(columns: list[Column], y: int, x: int) -> list[Column]:
    """Return the columns with the names of two exchanged."""
    found = list(columns)
    for here, there in ((y, x), (x, y)):
        note = Note("coordinates-swapped", {}, columns[there].name)
        found[here] = replace(
            columns[here],
            name=columns[there].name,
            title=columns[there].title,
            role=columns[there].role,
            left_out=columns[there].left_out,
            notes=(*columns[here].notes, note),
        )
    return found
