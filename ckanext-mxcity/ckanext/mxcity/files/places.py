"""Columns of latitude and longitude, compared with what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ckanext.mxcity.files.model import Column, Note

#: Share of the rows that have to be so for something to be said of the columns.
ENOUGH = 0.9
#: Where Mexico is, in degrees.
_LATITUDES, _LONGITUDES = "BETWEEN 14 AND 33", "BETWEEN -119 AND -86"


def put_right(
    connection: duckdb.DuckDBPyConnection, raw: Sequence[str], columns: list[Column]
) -> list[Column]:
    """Return the columns with coordinates that were exchanged in their own places.

    Those that are no degrees (UTM) lose their role. ``raw`` are DuckDB's names of the columns of
    the table ``raw``.
    """
    place = {column.role: number for number, column in enumerate(columns) if column.role}
    if not {"latitude", "longitude"} <= set(place):
        return columns
    y, x = place["latitude"], place["longitude"]
    values = (f"TRY_CAST(trim({raw[number]}) AS DOUBLE)" for number in (y, x))
    row = connection.execute(
        "SELECT count(*), "  # noqa: S608
        f"count(*) FILTER (lat {_LONGITUDES} AND lon {_LATITUDES}), "
        "count(*) FILTER (abs(lat) > 90 OR abs(lon) > 180) "
        "FROM (SELECT {} AS lat, {} AS lon FROM raw) ".format(*values)
        + "WHERE lat IS NOT NULL AND lon IS NOT NULL AND (lat <> 0 OR lon <> 0)"
    ).fetchone()
    total, exchanged, beyond = row or (0, 0, 0)
    found = list(columns)
    if total and exchanged >= ENOUGH * total:
        for here, there in ((y, x), (x, y)):
            note = Note("coordinates-swapped", {}, columns[there].name)
            found[here] = replace(
                columns[here],
                name=columns[there].name,
                title=columns[there].title,
                role=columns[there].role,
                notes=(*columns[here].notes, note),
            )
    elif total and beyond >= ENOUGH * total:
        for number in (y, x):
            note = Note("coordinates-not-degrees", {}, columns[number].name)
            found[number] = replace(
                columns[number], role=None, notes=(*columns[number].notes, note)
            )
    return found
