"""Prove what was guessed of the columns on every row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from ckanext.mxcity.files import canonical, infer, places
from ckanext.mxcity.files.model import Column, Note
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.maps.sources import LATITUDES, LONGITUDES

#: First and last day.
Period = tuple[str, str]


def prove(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, names: Mapping[str, str]
) -> tuple[list[Column], Period | None]:
    """Return the columns of the table ``raw``, and the period that its days tell of.

    ``names`` are the clean names by the names that DuckDB has. One scan of the table, and another
    for each column that holds something else than its type.
    """
    guesses = _guesses(connection, raw, names)
    facts = _facts(connection, guesses)
    columns, ends = [], []
    for (column, name), title in zip(names.items(), raw.titles, strict=True):
        found, fact = guesses[column], facts[column]
        notes = [*found.notes, *_wrong(connection, column, name, found, fact["other"])]
        columns.append(
            Column(
                name,
                title.strip() or name,
                found.type,
                found.format,
                _role(name, found),
                str(fact["example"] or "")[:120],
                int(fact["missing"]),
                tuple(notes),
            )
        )
        if fact["low"] is not None:
            ends.append((found.type, str(fact["low"])[:10], str(fact["high"])[:10]))
    return places.put_right(connection, list(names), columns), _period(ends)


def _period(ends: list[tuple[str, str, str]]) -> Period | None:
    """Return the first and the last day; years tell of it only where there are no days."""
    days = [(low, high) for kind, low, high in ends if kind != "integer"]
    years = [(f"{low}-01-01", f"{high}-12-31") for kind, low, high in ends if kind == "integer"]
    found = days or years
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _guesses(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, names: Mapping[str, str]
) -> dict[str, infer.Guess]:
    guesses = infer.guess(connection, "raw", names)
    for column, kind in raw.typed.items():
        guesses[column] = infer.Guess(kind, role="geometry" if kind == "geojson" else None)
    for column, name in names.items():
        guesses[column] = infer.area_codes(connection, "raw", column, name) or guesses[column]
    return guesses


def _facts(
    connection: duckdb.DuckDBPyConnection, guesses: Mapping[str, infer.Guess]
) -> dict[str, dict[str, Any]]:
    """Return for each column: cells without a value, cells of another type, ends, an example."""
    asked = []
    for column, found in guesses.items():
        missing = canonical.is_missing(column)
        valid = canonical.typed_value(f"trim({column})", found.type, found.format)
        ends = valid if valid and _tells_period(found) else "NULL"
        asked += [
            f"count(*) FILTER ({missing})",
            "0" if valid is None else f"count(*) FILTER (({valid}) IS NULL AND NOT {missing})",
            f"min({ends})",
            f"max({ends})",
            f"any_value(CASE WHEN NOT {missing} THEN trim({column}) END)",
        ]
    row = connection.execute(f"SELECT {', '.join(asked)} FROM raw").fetchone() or ()  # noqa: S608
    labels = ("missing", "other", "low", "high", "example")
    return {
        column: dict(zip(labels, row[number * 5 : number * 5 + 5], strict=True))
        for number, column in enumerate(guesses)
    }


def _tells_period(found: infer.Guess) -> bool:
    return found.type in ("date", "datetime") or (found.type, found.role) == ("integer", "period")


def _wrong(
    connection: duckdb.DuckDBPyConnection, raw: str, name: str, found: infer.Guess, count: int
) -> list[Note]:
    """Name the first cell that is not of its column's type."""
    if not count:
        return []
    valid = canonical.typed_value(f"trim({raw})", found.type, found.format)
    row = connection.execute(
        f"SELECT rowid, trim({raw}) FROM raw "  # noqa: S608
        f"WHERE ({valid}) IS NULL AND NOT {canonical.is_missing(raw)} LIMIT 1"
    ).fetchone()
    number, value = row or (0, "")
    params = {"count": count, "row": int(number) + 1, "value": value[:60], "type": found.type}
    return [Note("other-values", params, name)]


def _role(name: str, found: infer.Guess) -> str | None:
    if found.type == "number" and name in LATITUDES:
        return "latitude"
    if found.type == "number" and name in LONGITUDES:
        return "longitude"
    return found.role
