"""Read a file: its kind, its tables, and what their columns hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ckanext.mxcity.files import canonical, infer
from ckanext.mxcity.files.delimited import read_delimited
from ckanext.mxcity.files.documents import is_geojson, read_json, read_parquet
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.kinds import kind_of
from ckanext.mxcity.files.layers import read_layers
from ckanext.mxcity.files.model import (
    DEFAULT,
    Box,
    Column,
    FileReading,
    FileRefused,
    Limits,
    Note,
    TableReading,
)
from ckanext.mxcity.files.sheets import has_macros, read_workbook
from ckanext.mxcity.files.source import RawTable, engine
from ckanext.mxcity.maps.sources import LATITUDES, LONGITUDES

#: First and last day of a column.
Ends = tuple[str, str]


@dataclass(frozen=True)
class Opened:
    """The tables of a file as text, and what the file said of itself."""

    format: str
    tables: list[RawTable]
    encoding: str | None = None
    crs: str | None = None
    extents: tuple[Box | None, ...] = ()
    notes: tuple[Note, ...] = ()


def read_file(path: Path, name: str, limits: Limits = DEFAULT) -> FileReading:
    """Read a file that was called ``name``; FileRefused if it cannot be taken."""
    with TemporaryDirectory(prefix="mxcity-") as folder:
        opened = open_tables(path, name, Path(folder), limits)
        extents = opened.extents or (None,) * len(opened.tables)
        tables = tuple(
            replace(table, extent=extent or table.extent)
            for table, extent in zip(
                (understood(raw, limits) for raw in opened.tables), extents, strict=True
            )
        )
        delimiter = opened.tables[0].delimiter if opened.format in ("csv", "tsv") else None
    return FileReading(opened.format, opened.encoding, delimiter, tables, opened.crs, opened.notes)


def write_table(
    path: Path, name: str, table_name: str | None, target: Path, limits: Limits = DEFAULT
) -> int:
    """Write a table of a file as the canonical CSV; return how many rows it has.

    ``name`` is what the file was called. FileRefused as of ``read_file``; KeyError for a table
    that the file has not.
    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        raw = open_tables(path, name, Path(folder), limits).tables
        chosen = next((table for table in raw if table_name in (None, table.name)), None)
        if chosen is None:
            raise KeyError(table_name)
        return canonical.write_raw(chosen, understood(chosen, limits).columns, target)


def open_tables(path: Path, name: str, folder: Path, limits: Limits) -> Opened:
    """Bring the tables of a file into ``folder`` as text, whatever kind of file it is."""
    kind = kind_of(path, name, limits)
    if kind == "csv":
        table, encoding = read_delimited(path, folder, limits)
        form = "tsv" if table.delimiter == "\t" else "csv"
        return Opened(form, [replace(table, name=Path(name).stem)], encoding)
    if kind in ("xlsx", "xls", "ods"):
        notes = (Note("macros"),) if has_macros(path) else ()
        return Opened(kind, read_workbook(path, folder, limits), notes=notes)
    if kind == "parquet":
        return Opened(kind, [replace(read_parquet(path, folder, limits), name=Path(name).stem)])
    if kind == "json" and not is_geojson(path):
        return Opened(kind, [replace(read_json(path, folder, limits), name=Path(name).stem)])
    kind = "geojson" if kind == "json" else kind
    tables, crs, extents = read_layers(path, kind, folder, limits)
    return Opened(kind, tables, crs=crs, extents=tuple(extents))


def understood(raw: RawTable, limits: Limits) -> TableReading:
    """Return what the columns of a table hold, proved on every row."""
    names, notes = clean_names(raw.titles)
    by_raw = dict(zip(raw.columns, names, strict=True))
    sql, parameters = raw.relation()
    with engine() as connection:
        try:
            connection.execute(f"CREATE TABLE raw AS SELECT * FROM {sql}", parameters)  # noqa: S608
            rejected = connection.execute(
                "SELECT count(*), min(line) FROM reject_errors"
            ).fetchone() or (0, None)
            proved = _columns(connection, raw, by_raw)
            columns = [column for column, _ in proved]
            extent = _extent(connection, by_raw, columns)
            count, sample = _sample(connection, raw, limits)
        except duckdb.Error as error:
            raise FileRefused("unreadable", reason=str(error).splitlines()[0][:160]) from error
    if not count:
        raise FileRefused("only-header")
    if rejected[0]:
        notes.append(Note("rows-left-out", {"count": rejected[0], "row": rejected[1]}))
    return TableReading(
        name=raw.name,
        title=raw.name,
        header_rows=raw.header_rows,
        columns=tuple(columns),
        row_count=count,
        sample=sample,
        extent=extent,
        period=_period([ends for _, ends in proved if ends]),
        notes=(*raw.notes, *notes),
    )


def _columns(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, names: dict[str, str]
) -> list[tuple[Column, Ends | None]]:
    guesses = infer.guess(connection, "raw", names)
    for column, kind in raw.typed.items():
        guesses[column] = infer.Guess(kind, role="geometry" if kind == "geojson" else None)
    columns = []
    for (column, name), title in zip(names.items(), raw.titles, strict=True):
        found = infer.area_codes(connection, "raw", column, name) or guesses[column]
        columns.append(_proved(connection, column, name, title, found))
    return columns


def _proved(
    connection: duckdb.DuckDBPyConnection, raw: str, name: str, title: str, found: infer.Guess
) -> tuple[Column, Ends | None]:
    """Count on every row what a guess leaves out; a column of days also has its ends."""
    text = f"trim({raw})"
    converted = canonical.converted_value(text, found.type, found.format) or text
    missing = canonical.is_missing(raw)
    wrong = f"NOT {missing} AND ({converted}) IS NULL"
    count = connection.execute(
        f"SELECT count(*) FILTER ({missing}), count(*) FILTER ({wrong}), "  # noqa: S608
        f"min(rowid) FILTER ({wrong}), first({text} ORDER BY rowid) FILTER ({wrong}), "
        f"first({text} ORDER BY rowid) FILTER (NOT {missing}), "
        f"min({converted}) FILTER (NOT {missing}), max({converted}) FILTER (NOT {missing}) FROM raw"
    ).fetchone()
    assert count is not None  # noqa: S101  # a count has a row
    nothing, bad, row, value, example, lowest, highest = count
    notes = list(found.notes)
    if bad:
        params = {"count": bad, "row": int(row) + 1, "value": str(value)[:60], "type": found.type}
        notes.append(Note("other-values", params, name))
    role = found.role
    if found.type == "number" and name in LATITUDES:
        role = "latitude"
    elif found.type == "number" and name in LONGITUDES:
        role = "longitude"
    column = Column(
        name,
        title.strip() or name,
        found.type,
        found.format,
        role,
        str(example or "")[:120],
        int(nothing),
        tuple(notes),
    )
    return column, (str(lowest), str(highest)) if found.type == "date" and lowest else None


def _period(ends: list[Ends]) -> Ends | None:
    """Return the first and the last day of all columns of days."""
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def _extent(
    connection: duckdb.DuckDBPyConnection, names: dict[str, str], columns: list[Column]
) -> Box | None:
    by_role = {column.role: raw for raw, column in zip(names, columns, strict=True)}
    if "latitude" not in by_role or "longitude" not in by_role:
        return None
    x, y = (f"TRY_CAST(trim({by_role[role]}) AS DOUBLE)" for role in ("longitude", "latitude"))
    found = connection.execute(
        f"SELECT min({x}), min({y}), max({x}), max({y}) FROM raw "  # noqa: S608
        f"WHERE {x} BETWEEN -180 AND 180 AND {y} BETWEEN -90 AND 90 AND ({x} <> 0 OR {y} <> 0)"
    ).fetchone()
    if found is None or found[0] is None:
        return None
    west, south, east, north = found
    return float(west), float(south), float(east), float(north)


def _sample(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, limits: Limits
) -> tuple[int, tuple[tuple[str | None, ...], ...]]:
    count = connection.execute("SELECT count(*) FROM raw").fetchone()
    rows = connection.execute(f"SELECT * FROM raw LIMIT {int(limits.sample)}").fetchall()  # noqa: S608
    shown = tuple(tuple(None if cell is None else str(cell)[:200] for cell in row) for row in rows)
    return (int(count[0]) if count else 0), shown
