"""Read a file: its kind, its tables, and what their columns hold."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ckanext.mxcity.areas import areas
from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.delimited import read_delimited
from ckanext.mxcity.files.documents import is_geojson, read_json, read_parquet, refuse_deep
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.kinds import content_kind, kind_of
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
from ckanext.mxcity.files.proving import prove
from ckanext.mxcity.files.sheets import has_macros, read_workbook
from ckanext.mxcity.files.source import RawTable, engine

#: Areas that a dataset names one by one; a table of more is of a wider area.
AREAS_LISTED = 60


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
    path: Path,
    name: str,
    table_name: str | None,
    target: Path,
    limits: Limits = DEFAULT,
    columns: tuple[Column, ...] | None = None,
) -> int:
    """Write a table of a file as the canonical CSV; return how many rows it has.

    ``name`` is what the file was called; ``columns`` are those of an earlier reading, perhaps
    corrected by a person, in the order of the file. FileRefused as of ``read_file``; KeyError for
    a table that the file has not.
    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        raw = open_tables(path, name, Path(folder), limits).tables
        chosen = next((table for table in raw if table_name in (None, table.name)), None)
        if chosen is None:
            raise KeyError(table_name)
        chosen_columns = columns or understood(chosen, limits).columns
        return canonical.write_raw(chosen, chosen_columns, target)


def write_plain(path: Path, folder: Path, target: Path, limits: Limits) -> int:
    """Write the first table of a workbook as it is, in CSV under its titles; return 1.

    FileRefused for what is no workbook.
    """
    kind = content_kind(path, limits)
    if kind not in ("xlsx", "xls", "ods"):
        raise FileRefused("not-a-table")
    table = open_tables(path, f"a.{kind}", folder, limits).tables[0]
    names, _ = clean_names(table.titles)
    with target.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerow(
            title or name for title, name in zip(table.titles, names, strict=True)
        )
        with table.path.open(encoding="utf-8", newline="") as rows:
            shutil.copyfileobj(rows, written)
    return 1


def headers_of(path: Path, folder: Path, limits: Limits, head: int) -> list[tuple[str, ...]]:
    """Return the header of each table of a file whatever its name says, to know it by.

    Of a delimited file only the first ``head`` bytes are read. FileRefused for a file that is no
    table; a map is none here.
    """
    kind = content_kind(path, limits)
    if kind == "csv" and path.stat().st_size > head:
        path = _head_of(path, folder / "head.csv", head)
    if kind not in ("csv", "xlsx", "xls", "ods", "json"):
        return []
    if kind == "json" and is_geojson(path):
        return []
    return [table.titles for table in open_tables(path, f"a.{kind}", folder, limits).tables]


def _head_of(path: Path, target: Path, head: int) -> Path:
    """Write the first lines of a text file, ``head`` bytes at most, as a file of their own."""
    with path.open("rb") as file:
        first = file.read(head)
    # Not in the middle of a letter: UTF-16 has two bytes for each, or four.
    wide = first.startswith((b"\xff\xfe", b"\xfe\xff"))
    target.write_bytes(first if wide else first[: first.rfind(b"\n") + 1 or head])
    return target


def open_tables(path: Path, name: str, folder: Path, limits: Limits) -> Opened:
    """Bring the tables of a file into ``folder`` as text, whatever kind of file it is."""
    kind = kind_of(path, name, limits)
    opened = _opened(path, name, kind, folder, limits)
    return opened if kind == "csv" else _without_nul(opened)


def _opened(path: Path, name: str, kind: str, folder: Path, limits: Limits) -> Opened:
    if kind == "csv":
        table, encoding = read_delimited(path, folder, limits)
        form = "tsv" if table.delimiter == "\t" else "csv"
        return Opened(form, [replace(table, name=Path(name).stem)], encoding)
    if kind in ("xlsx", "xls", "ods"):
        tables, hidden = read_workbook(path, folder, limits)
        notes = [Note("macros")] if has_macros(path) else []
        notes += [Note("hidden-sheets", {"names": ", ".join(hidden)})] if hidden else []
        return Opened(kind, tables, notes=tuple(notes))
    if kind == "parquet":
        return Opened(kind, [replace(read_parquet(path, folder, limits), name=Path(name).stem)])
    if kind == "json":
        refuse_deep(path, limits)
    if kind == "json" and not is_geojson(path):
        return Opened(kind, [replace(read_json(path, folder, limits), name=Path(name).stem)])
    kind = "geojson" if kind == "json" else kind
    from ckanext.mxcity.files.layers import read_layers  # maps alone need GDAL

    tables, crs, extents = read_layers(path, kind, folder, limits)
    return Opened(kind, tables, crs=crs, extents=tuple(extents))


def _without_nul(opened: Opened) -> Opened:
    """Take out of the tables the character that no text and no database has, and say so."""
    return replace(opened, tables=[_cleaned(table) for table in opened.tables])


def _cleaned(table: RawTable) -> RawTable:
    with table.path.open("rb") as file:
        if not any(b"\0" in piece for piece in iter(lambda: file.read(1 << 20), b"")):
            return table
    clean = table.path.with_suffix(".clean.csv")
    with table.path.open("rb") as file, clean.open("wb") as target:
        for piece in iter(lambda: file.read(1 << 20), b""):
            target.write(piece.replace(b"\0", b""))
    return replace(table, path=clean, notes=(*table.notes, Note("nul-removed")))


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
            columns, period = prove(connection, raw, by_raw)
            extent = _extent(connection, by_raw, columns)
            found_areas = _areas(connection, raw, columns)
            count, sample = _sample(connection, raw, limits)
        except duckdb.OutOfMemoryException as error:
            raise FileRefused("room-memory") from error
        except duckdb.Error as error:
            raise FileRefused("unreadable") from error
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
        period=period,
        notes=(*raw.notes, *notes),
        areas=found_areas,
        blanks=raw.blanks,
    )


def _areas(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: list[Column]
) -> tuple[str, ...]:
    """Return the codes of the finest column of areas; none if they are many or unknown."""
    found: tuple[str, ...] = ()
    for name, column in zip(raw.columns, columns, strict=True):
        if column.role == "area" and column.format.startswith("pad:"):
            rows = connection.execute(
                f"SELECT DISTINCT {canonical.expression(name, column)} AS code FROM raw "  # noqa: S608
                f"WHERE code IS NOT NULL ORDER BY code LIMIT {AREAS_LISTED + 1}"
            ).fetchall()
            codes = tuple(str(row[0]) for row in rows)
            finer = not found or len(max(codes, default="")) > len(found[0])
            if codes and finer and set(codes) <= set(areas()):
                found = codes
    return found if len(found) <= AREAS_LISTED else ()


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
