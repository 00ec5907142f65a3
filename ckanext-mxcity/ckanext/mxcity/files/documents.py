"""JSON and Parquet: tables that name their own columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from ckanext.mxcity.files.model import DEFAULT, FileRefused, Limits, Note
from ckanext.mxcity.files.source import (
    RawTable,
    engine,
    refuse_many,
    refuse_wide,
    watched,
    write_rows,
)

#: Levels of a document; a geometry has eight.
DEEPEST = 40
#: Values, names and brackets of a row: a border of two million points has as many.
PARTS = 10_000_000
#: Of a whole number: more are kept by no reader of JSON alike.
DIGITS = 18
_PARQUET = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "TIME": "time",
}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def refuse_deep(path: Path, limits: Limits = DEFAULT) -> None:
    """FileRefused for a document that is nested or goes on without end, or is not JSON.

    Looked at before anything else: what is read by names needs room for every level, and a row
    for all that is in it.
    """
    depth, rows, parts = 0, 0, 0
    try:
        with path.open("rb") as file:
            for event, value in ijson.basic_parse(file, use_float=True):
                parts += 1
                if event in ("start_array", "start_map"):
                    depth += 1
                    if event == "start_array" and not rows:
                        rows = depth
                    if depth > DEEPEST:
                        raise FileRefused("deep-json", levels=DEEPEST)
                elif event in ("end_array", "end_map"):
                    depth -= 1
                    if depth <= rows:
                        parts = 0
                elif event == "string" and len(value) > limits.cell:
                    raise FileRefused("long-cell", limit=limits.cell)
                if parts > PARTS:
                    raise FileRefused("long-row", limit=PARTS)
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise _refused(error) from error


def _refused(error: Exception) -> FileRefused:
    reason = str(error)
    if "integer overflow" in reason or "integer string conversion" in reason:
        return FileRefused("long-number", limit=DIGITS)
    return FileRefused("broken-json", reason=reason[:120])


def is_geojson(path: Path) -> bool:
    """Say whether a JSON document says that it is GeoJSON."""
    with path.open("rb") as file:
        try:
            for prefix, event, value in ijson.parse(file):
                if prefix == "type" and event == "string":
                    return value in ("FeatureCollection", "Feature")
                if prefix == "features":
                    return True
                if prefix == "" and event == "start_array":
                    return False
        except (ijson.JSONError, UnicodeDecodeError, ValueError):
            return False
    return False


def read_json(path: Path, folder: Path, limits: Limits) -> RawTable:
    """Return the list of objects that a document is, or has under its first list."""
    names: dict[str, None] = {}
    try:
        prefix = _list_in(path)
        filled = 0
        for count, item in enumerate(_items(path, prefix), start=1):
            names.update(dict.fromkeys(item))
            refuse_wide(len(names), limits)
            filled += len(item)
            refuse_many(count, len(names), limits, filled)
        rows = ([_cell(item.get(name)) for name in names] for item in _items(path, prefix))
        target = folder / "json.csv"
        write_rows(rows, len(names), target, limits.written)
    except (ijson.JSONError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _refused(error) from error
    if not names:
        raise FileRefused("empty")
    return RawTable(path.stem, target, tuple(names), 0)


def _list_in(path: Path) -> str:
    with path.open("rb") as file:
        for prefix, event, _ in ijson.parse(file):
            if event == "start_array":
                return f"{prefix}.item" if prefix else "item"
    raise FileRefused("json-without-list")


def _items(path: Path, prefix: str) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for item in ijson.items(file, prefix, use_float=True):
            if not isinstance(item, dict):
                raise FileRefused("json-without-objects")
            yield item


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def read_parquet(path: Path, folder: Path, limits: Limits) -> RawTable:
    """Return the table of a Parquet file, with the types that it has."""
    import duckdb

    target = folder / "parquet.csv"
    try:
        with engine() as connection:
            described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
            refuse_wide(len(described), limits)
            declared = connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)]
            ).fetchone()
            refuse_many(int(declared[0] or 0) if declared else 0, len(described), limits)
            most = limits.written_from(path.stat().st_size)
            with watched(connection, target, most):
                connection.execute(
                    "COPY (FROM read_parquet($source)) TO $target "
                    "(FORMAT csv, HEADER false, DATEFORMAT '%Y-%m-%d', "
                    "TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S')",
                    {"source": str(path), "target": str(target)},
                )
    except duckdb.Error as error:
        raise FileRefused("broken-parquet") from error
    titles = tuple(str(row[0]) for row in described)
    typed = {}
    for number, row in enumerate(described):
        kind = str(row[1])
        typed[f"c{number}"] = _PARQUET.get(kind) or ("integer" if kind in _NUMBERS else "")
    return RawTable(
        path.stem,
        target,
        titles,
        0,
        notes=(Note("types-of-file"),),
        typed={name: kind for name, kind in typed.items() if kind},
    )
