"""Columns of latitude and longitude, compared with what they hold."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.model import Box, Column, Note
from ckanext.mxcity.files.settling import file_row
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.files.sql import trimmed

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
    asked = "".join(
        f", count(*) FILTER (somewhere AND {wrong}), min(place) FILTER (somewhere AND {wrong})"
        for wrong in (f"({condition})" for condition in _WRONG.values())
    )
    row = connection.execute(
        f"SELECT count(*) FILTER (somewhere){asked} FROM "  # noqa: S608
        "(SELECT *, lat IS NOT NULL AND lon IS NOT NULL AND (lat <> 0 OR lon <> 0) AS somewhere "
        f"FROM {_degrees((raw.columns[y], columns[y]), (raw.columns[x], columns[x]))})"
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


def extent(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: list[Column]
) -> Box | None:
    """Return where the places of a table are, if its coordinates are published."""
    by_role = {
        column.role: (name, column)
        for name, column in zip(raw.columns, columns, strict=True)
        if not column.left_out
    }
    if "latitude" not in by_role or "longitude" not in by_role:
        return None
    ends = ", ".join(
        f"{end} FILTER (inside)" for end in ("min(lon)", "min(lat)", "max(lon)", "max(lat)")
    )
    found = connection.execute(
        f"SELECT {ends} FROM (SELECT *, lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 "  # noqa: S608
        f"AND (lon <> 0 OR lat <> 0) AS inside "
        f"FROM {_degrees(by_role['latitude'], by_role['longitude'])})"
    ).fetchone()
    if found is None or found[0] is None:
        return None
    west, south, east, north = found
    return float(west), float(south), float(east), float(north)


def _degrees(latitude: tuple[str, Column], longitude: tuple[str, Column]) -> str:
    """Return SQL of the rows with their coordinates as numbers, however they are written.

    A condition on them belongs into the FILTER of what is counted: in a WHERE DuckDB works them out
    once for each time that it names them.
    """
    (y, lat), (x, lon) = latitude, longitude
    return (
        f"(SELECT place, TRY_CAST({canonical.of_trimmed('y', lat)} AS DOUBLE) AS lat, "  # noqa: S608
        f"TRY_CAST({canonical.of_trimmed('x', lon)} AS DOUBLE) AS lon "
        f"FROM (SELECT rowid AS place, {trimmed(y)} AS y, {trimmed(x)} AS x FROM raw))"
    )


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
