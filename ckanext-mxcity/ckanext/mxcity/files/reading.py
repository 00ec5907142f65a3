"""Read a file: its kind, its tables, and what their columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ckanext.mxcity.files import canonical, keys, unchanged
from ckanext.mxcity.files.controls import WithoutControls, count_controls
from ckanext.mxcity.files.delimited import read_delimited
from ckanext.mxcity.files.documents import (
    is_geojson,
    read_json,
    read_parquet,
    refuse_deep,
    without_mark,
)
from ckanext.mxcity.files.encodings import wide
from ckanext.mxcity.files.guessed import UNDECIDED
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.infer import way_of_writing
from ckanext.mxcity.files.kinds import is_lines, kind_of
from ckanext.mxcity.files.maps.model import named
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
from ckanext.mxcity.files.questions import asked
from ckanext.mxcity.files.recipes import AS_READ, Recipe
from ckanext.mxcity.files.sheets import has_macros, read_workbook
from ckanext.mxcity.files.source import RawTable, chunks, without_rows
from ckanext.mxcity.files.workbooks.beside import notes_beside

#: Areas that a dataset names one by one; a table of more is of a wider area.
AREAS_LISTED = 60
#: Characters that are looked at together.
_PART = 1 << 20
#: Characters of a cell that a page shows.
SHOWN = 200


@dataclass(frozen=True)
class Opened:
    """The tables of a file as text, and what the file said of itself."""

    format: str
    tables: list[RawTable]
    encoding: str | None = None
    crs: str | None = None
    extents: tuple[Box | None, ...] = ()
    notes: tuple[Note, ...] = ()


#: By kind: the parts of a recipe that are of the file, where it does not say them itself.
_FOLLOWED = {
    "csv": {"encoding", "delimiter", "header", "foot", "repeated"},
    **{kind: {"header", "foot", "repeated"} for kind in ("xlsx", "xls", "ods")},
    "shp": {"encoding"},
}
#: By the name of a table: how it is read.
Recipes = Mapping[str, Recipe]


def read_file(
    path: Path, name: str, limits: Limits = DEFAULT, recipes: Recipes | None = None
) -> FileReading:
    """Read a file that was called ``name``; FileRefused if it cannot be taken."""
    recipes = recipes or {}
    with TemporaryDirectory(prefix="mxcity-") as folder:
        opened = open_tables(path, name, Path(folder), limits, recipes)
        tables = [understood(raw, limits, recipes.get(raw.name, AS_READ)) for raw in opened.tables]
        delimiter = opened.tables[0].delimiter if opened.format in ("csv", "tsv") else None
    placed = zip(tables, opened.extents or (None,) * len(tables), strict=True)
    tables = [_placed(table, extent) for table, extent in placed]
    notes = (*opened.notes, *named("recipe-tables", recipes.keys() - {t.name for t in tables}))
    return FileReading(opened.format, opened.encoding, delimiter, tuple(tables), opened.crs, notes)


def _placed(table: TableReading, extent: Box | None) -> TableReading:
    """Return a layer with the extent of its figures, if they are published."""
    drawn = any(column.role == "geometry" for column in table.taken)
    return replace(table, extent=extent) if drawn and extent else table


def write_table(
    path: Path,
    name: str,
    table_name: str | None,
    target: Path,
    limits: Limits = DEFAULT,
    columns: tuple[Column, ...] | None = None,
    recipes: Recipes | None = None,
) -> int:
    """Write a table of a file as the canonical CSV; return how many rows it has.

    ``name`` is what the file was called; ``columns`` are those of an earlier reading by the same
    recipes, perhaps corrected by a person, in the order of the file. FileRefused as of
    ``read_file``; KeyError for a table that the file has not.
    """
    recipes = recipes or {}
    with TemporaryDirectory(prefix="mxcity-") as folder:
        raw = open_tables(path, name, Path(folder), limits, recipes).tables
        chosen = next((table for table in raw if table_name in (None, table.name)), None)
        if chosen is None:
            raise KeyError(table_name)
        recipe = recipes.get(chosen.name, AS_READ)
        chosen_columns = columns or understood(chosen, limits, recipe).columns
        rows = canonical.write_raw(chosen, _settled(chosen, chosen_columns), target)
    if not rows:
        raise FileRefused("all-left-out")
    return rows


def _settled(raw: RawTable, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns, with the way of writing of those whose type was chosen since."""
    if all(column.format != UNDECIDED for column in columns):
        return columns
    with raw.held() as connection:
        return tuple(
            replace(
                column,
                format=way_of_writing(connection, "raw", place, column.type, raw.delimiter),
            )
            if column.format == UNDECIDED
            else column
            for place, column in zip(raw.columns, columns, strict=True)
        )


def headers_of(path: Path, folder: Path, limits: Limits, head: int) -> list[tuple[str, ...]]:
    """Return the header of each table of a file whatever its name says, to know it by.

    Of a delimited file only the first ``head`` bytes are read. FileRefused for a file that is no
    table; a map is none here.
    """
    kind = kind_of(path, "", limits)
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
    whole = first.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or wide(first)
    target.write_bytes(first if whole else first[: first.rfind(b"\n") + 1 or head])
    return target


def open_tables(
    path: Path, name: str, folder: Path, limits: Limits, recipes: Recipes | None = None
) -> Opened:
    """Bring the tables of a file into ``folder`` as text, whatever kind of file it is."""
    recipes = recipes or {}
    kind = kind_of(path, name, limits)
    opened = _opened(path, name, kind, folder, limits, recipes)
    opened = opened if kind == "csv" else _without_controls(opened)
    tables, extents = list(opened.tables), list(opened.extents)
    for number, table in enumerate(opened.tables):
        recipe = recipes.get(table.name, AS_READ)
        kept = without_rows(table, recipe.rows, folder, limits)
        if extents and kept is not table:
            from ckanext.mxcity.files.layers import extent_of

            extents[number] = extent_of(kept)
        if not _FOLLOWED.get(kind, set()).issuperset(recipe.parts):
            kept = replace(kept, notes=(*kept.notes, Note("recipe-other-kind", {}, table.name)))
        tables[number] = kept
    return replace(opened, tables=tables, extents=tuple(extents))


def _opened(
    path: Path, name: str, kind: str, folder: Path, limits: Limits, recipes: Recipes
) -> Opened:
    if kind == "csv":
        stem = Path(name).stem
        table, encoding = read_delimited(path, folder, limits, recipes.get(stem, AS_READ))
        form = "tsv" if table.delimiter == "\t" else "csv"
        return Opened(form, [replace(table, name=stem)], encoding)
    if kind in ("xlsx", "xls", "ods"):
        tables, hidden = read_workbook(path, folder, limits, recipes)
        notes = [Note("macros")] if has_macros(path) else []
        notes += [Note("hidden-sheets", {"names": ", ".join(hidden)})] if hidden else []
        notes += notes_beside(path, limits)
        return Opened(kind, tables, notes=tuple(notes))
    if kind == "parquet":
        return Opened(kind, [replace(read_parquet(path, folder, limits), name=Path(name).stem)])
    if kind in ("json", "geojson"):
        path = without_mark(path, folder)
    lines = kind == "json" and (refuse_deep(path, limits) or is_lines(path, name))
    if kind == "json" and not is_geojson(path):
        table = read_json(path, folder, limits, lines=lines)
        return Opened(kind, [replace(table, name=Path(name).stem)])
    if lines:
        raise FileRefused("json-lines")
    kind = "geojson" if kind == "json" else kind
    from ckanext.mxcity.files.layers import read_layers  # maps alone need GDAL

    encodings = {layer: recipe.encoding for layer, recipe in recipes.items()}
    tables, crs, extents = read_layers(path, kind, folder, limits, encodings)
    return Opened(kind, tables, crs=crs, extents=tuple(extents))


def _without_controls(opened: Opened) -> Opened:
    """Take out of the tables the characters that no text shows, and say so."""
    return replace(opened, tables=[_cleaned(table) for table in opened.tables])


def _cleaned(table: RawTable) -> RawTable:
    if not any(b"\0" in piece or count_controls(piece) for piece in chunks(table.path)):
        return table
    clean, without = table.path.with_suffix(".clean.csv"), WithoutControls()
    with table.path.open(encoding="utf-8", newline="") as file, clean.open("wb") as target:
        for part in iter(partial(file.read, _PART), ""):
            target.write(without.clean(part).encode())
    return replace(table, path=clean, notes=(*table.notes, *without.notes()))


def understood(raw: RawTable, limits: Limits, recipe: Recipe = AS_READ) -> TableReading:
    """Return what the columns of a table hold, proved on every row."""
    names, notes = clean_names(raw.titles)
    notes += _not_followed(recipe, names)
    by_raw = dict(zip(raw.columns, names, strict=True))
    try:
        with raw.held() as connection:
            columns, period, extent = prove(connection, raw, by_raw, recipe)
            columns = [_with_unit(column, raw) for column in columns]
            found_areas = _areas(connection, raw, columns)
            counted = connection.execute("SELECT count(*) FROM raw").fetchone()
            sample = _first_rows(connection, raw.columns, limits)
            values = [canonical.expression(*pair) for pair in zip(by_raw, columns, strict=True)]
            published = _first_rows(connection, values, limits)
            told = {name for name, column in recipe.columns.items() if column.type}
            questions = asked(connection, raw, columns, sample, told)
            proof = unchanged.proof_of(connection, raw, columns)
    except duckdb.OutOfMemoryException as error:
        raise FileRefused("room-memory") from error
    except duckdb.Error as error:
        raise FileRefused("unreadable") from error
    count = int(counted[0]) if counted else 0
    if not count and not recipe.rows:
        raise FileRefused("only-header")
    if not count or all(column.left_out for column in columns):
        notes.append(Note("all-left-out"))
    return TableReading(
        name=raw.name,
        title=raw.name,
        header_rows=raw.header_rows,
        columns=tuple(columns),
        row_count=count,
        sample=sample,
        published=published,
        extent=extent,
        period=period,
        notes=(*raw.notes, *notes),
        areas=found_areas,
        blanks=raw.blanks,
        header=raw.header,
        foot=raw.foot,
        questions=questions,
        proof=proof,
    )


def _with_unit(column: Column, raw: RawTable) -> Column:
    """Return a column with the unit that its notes, or those of its sheet, tell."""
    notes = (*column.notes, *(note for note in raw.notes if note.place == column.name))
    units = [note.params["unit"] for note in notes if "unit" in note.params]
    return replace(column, unit=units[0]) if units else column


def _not_followed(recipe: Recipe, names: Sequence[str]) -> list[Note]:
    """Return the note of the columns of a recipe that the table has not."""
    unknown = [name for name in recipe.columns if name not in names]
    return [Note("recipe-columns", {"names": ", ".join(unknown)})] if unknown else []


def _areas(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: list[Column]
) -> tuple[str, ...]:
    """Return the codes of the areas of the finest column; none if they are many.

    What is finer than a municipality tells of it, and so does a state's own row of the state; the
    whole country is no area to list.
    """
    found: tuple[str, ...] = ()
    for name, column in zip(raw.columns, columns, strict=True):
        if column.role == "area" and keys.of_areas(column.format) and not column.left_out:
            key = canonical.expression(name, column)
            rows = connection.execute(
                f"SELECT DISTINCT {keys.municipality('key')} AS code "  # noqa: S608
                f"FROM (SELECT {key} AS key FROM (SELECT DISTINCT {name} FROM raw)) "
                f"WHERE {keys.is_known('key')} AND code <> '00' "
                f"ORDER BY code LIMIT {2 * AREAS_LISTED + 1}"
            ).fetchall()
            codes = {str(row[0]) for row in rows}
            codes -= {code[:2] for code in codes if len(code) > 2}
            if len(max(codes, key=len, default="")) > len(found[0] if found else ""):
                found = tuple(sorted(codes))
    return found if len(found) <= AREAS_LISTED else ()


def _first_rows(
    connection: duckdb.DuckDBPyConnection, values: Sequence[str], limits: Limits
) -> tuple[tuple[str | None, ...], ...]:
    """Return what SQL makes of the first rows, long cells cut."""
    rows = connection.execute(
        f"SELECT {', '.join(values)} FROM raw LIMIT {int(limits.sample)}"  # noqa: S608
    ).fetchall()
    return tuple(tuple(None if cell is None else str(cell)[:SHOWN] for cell in row) for row in rows)
