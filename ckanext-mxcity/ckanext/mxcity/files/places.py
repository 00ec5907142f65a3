"""Columns of latitude and longitude, compared with what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.model import Box, Column, Note
from ckanext.mxcity.files.settling import file_row
from ckanext.mxcity.files.source import RawTable, in_any_order
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
) -> tuple[list[Column], Box | None]:
    """Return the columns with coordinates that were exchanged in their own places, and the extent.

    Those that are no degrees (UTM), or lack their sign, lose their role. The extent is that of the
    coordinates that are published. ``connection`` has the table ``raw``.
    """
    pair = _pair(columns)
    if pair is None:
        return columns, None
    y, x = pair
    counts, total, box, turned = _looked_at(connection, raw, columns, y, x)
    found = _judged(raw, columns, y, x, counts, total)
    published = _pair([replace(c, role=None) if c.left_out else c for c in found])
    if published is None:
        return found, None
    known = {(y, x): box, (x, y): turned}
    if published not in known:  # the table has other coordinates, too
        known[published] = _looked_at(connection, raw, found, *published)[2]
    return found, known[published]


def _pair(columns: Sequence[Column]) -> tuple[int, int] | None:
    """Return where the columns of latitude and longitude are."""
    place = {column.role: number for number, column in enumerate(columns) if column.role}
    if not {"latitude", "longitude"} <= set(place):
        return None
    return place["latitude"], place["longitude"]


def _judged(
    raw: RawTable,
    columns: list[Column],
    y: int,
    x: int,
    counts: dict[str, tuple[int, int]],
    total: int,
) -> list[Column]:
    """Return the columns with what follows from how many of their places are wrong."""
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


def _looked_at(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: list[Column], y: int, x: int
) -> tuple[dict[str, tuple[int, int]], int, Box | None, Box | None]:
    """Look at the coordinates in the columns ``y`` and ``x``.

    Returns:
        How many are wrong in each way, with the first of their rows; how many there are; where they
        are; where they would be if the columns were exchanged.

    """
    asked = ["count(*) FILTER (somewhere)"]
    for condition in _WRONG.values():
        wrong = f"somewhere AND ({condition})"
        asked += [f"count(*) FILTER ({wrong})", f"min(place) FILTER ({wrong})"]
    for lat, lon in (("lat", "lon"), ("lon", "lat")):
        inside = f"somewhere AND {lon} BETWEEN -180 AND 180 AND {lat} BETWEEN -90 AND 90"
        corners = (f"min({lon})", f"min({lat})", f"max({lon})", f"max({lat})")
        asked += [f"{end} FILTER ({inside})" for end in corners]
    texts = ", ".join(f"{trimmed(raw.columns[n])} AS t{n}" for n in (y, x))
    lat, lon = (canonical.of_trimmed(f"t{n}", columns[n]) for n in (y, x))
    # A condition belongs into the FILTER of what is counted: in a WHERE DuckDB works a coordinate
    # out once for each time that it is named.
    with in_any_order(connection):
        row = connection.execute(
            f"SELECT {', '.join(asked)} FROM (SELECT *, "  # noqa: S608
            "lat IS NOT NULL AND lon IS NOT NULL AND (lat <> 0 OR lon <> 0) AS somewhere "
            f"FROM (SELECT place, TRY_CAST({lat} AS DOUBLE) AS lat, TRY_CAST({lon} AS DOUBLE) "
            f"AS lon FROM (SELECT rowid AS place, {texts} FROM raw)))"
        ).fetchone()
    assert row is not None  # noqa: S101  # a count has a row
    total, told, ends = row[0], row[1 : 1 + 2 * len(_WRONG)], row[1 + 2 * len(_WRONG) :]
    counts = dict(zip(_WRONG, zip(told[::2], told[1::2], strict=True), strict=True))
    return counts, total, _box(ends[:4]), _box(ends[4:])


def _box(ends: Sequence[float | None]) -> Box | None:
    west, south, east, north = ends
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


def _named(raw: RawTable, code: str, count: int, first: int, name: str) -> Note:
    """Return the note of some rows with a wrong place; the first is named."""
    code = "coordinates-beyond" if code == "coordinates-not-degrees" else code
    return Note(code, {"count": count, "row": file_row(raw, first)}, name)


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
