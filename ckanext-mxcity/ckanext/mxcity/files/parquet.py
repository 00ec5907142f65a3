"""Parquet: a table that names its columns, and says of what type they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import RawTable, engine, refuse_many, refuse_wide, watched
from ckanext.mxcity.files.sql import identifier

if TYPE_CHECKING:
    import duckdb

_TYPES = {"BOOLEAN": "boolean", "DATE": "date", "TIME": "time"}
_WHOLE = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
)
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def read_parquet(path: Path, folder: Path, limits: Limits) -> RawTable:
    """Return the table of a Parquet file, with the types that it has."""
    import duckdb

    target = folder / "parquet.csv"
    try:
        with engine() as connection:
            described = [
                (str(row[0]), str(row[1]))
                for row in connection.execute(
                    "DESCRIBE FROM read_parquet(?)", [str(path)]
                ).fetchall()
            ]
            refuse_wide(len(described), limits)
            declared = connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)]
            ).fetchone()
            refuse_many(int(declared[0] or 0) if declared else 0, len(described), limits)
            most = limits.written_from(path.stat().st_size)
            chosen = ", ".join(_text(name, kind) for name, kind in described)
            with watched(connection, target, most):
                connection.execute(
                    f"COPY (SELECT {chosen} FROM read_parquet($source)) TO $target "  # noqa: S608
                    "(FORMAT csv, HEADER false)",
                    {"source": str(path), "target": str(target)},
                )
            notes = _no_numbers(connection, path, described)
    except duckdb.Error as error:
        raise FileRefused("broken-parquet") from error
    kinds = {f"c{number}": _type(kind) for number, (_, kind) in enumerate(described)}
    return RawTable(
        path.stem,
        target,
        tuple(name for name, _ in described),
        0,
        notes=(Note("types-of-file"), *notes),
        typed={name: kind for name, kind in kinds.items() if kind},
    )


def _type(kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        return "datetime"
    return _TYPES.get(kind) or ("integer" if kind in _WHOLE else "")


def _text(column: str, kind: str) -> str:
    """Return the SQL of a column's values as texts that lose nothing."""
    name = identifier(column)
    if kind == "TIMESTAMP WITH TIME ZONE":  # a moment, kept as that of Greenwich
        return f"replace(CAST(make_timestamp(epoch_us({name})) AS VARCHAR), ' ', 'T') || 'Z'"
    if kind.startswith("TIMESTAMP"):
        return f"replace(CAST({name} AS VARCHAR), ' ', 'T')"
    if kind.endswith("]") or kind.startswith(_NESTED):
        return f"CAST(to_json({name}) AS VARCHAR)"
    if kind == "BLOB":
        return f"lower(hex({name}))"
    return f"CAST({name} AS VARCHAR)"


def _no_numbers(
    connection: duckdb.DuckDBPyConnection, path: Path, described: list[tuple[str, str]]
) -> list[Note]:
    """Name the columns that have NaN, which is published as no value."""
    names = [name for name, kind in described if kind in ("FLOAT", "DOUBLE")]
    if not names:
        return []
    counted = ", ".join(f"count(*) FILTER (isnan({identifier(name)}))" for name in names)
    row = connection.execute(
        f"SELECT {counted} FROM read_parquet(?)",  # noqa: S608
        [str(path)],
    ).fetchone()
    return [
        Note("not-a-number", {"count": count, "column": name})
        for name, count in zip(names, row or (), strict=False)
        if count
    ]
