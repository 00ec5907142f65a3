"""Tables that a person reads in their own way: made, read by a recipe, and published."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
from ckanext.mxcity.files import (
    FileReading,
    Question,
    TableReading,
    merged,
    propose_metadata,
    propose_schema,
    read_recipe,
)
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import strategies as st

from tests.mxcity.files.map_files import collection
from tests.support import hostile_workbooks as made

Row = list[str]
Plain = dict[str, Any]


@dataclass
class Made:
    """A file whose rows begin with a text of their own, but for a header that is said twice."""

    name: str
    content: bytes
    #: Every row of the file, blank ones too; of a document that names its columns, those of data.
    rows: list[Row]
    #: Of a document that names its columns: their names.
    names: Row = field(default_factory=list)

    @property
    def filled(self) -> dict[str, int]:
        """The rows with a value by their first cell, numbered as in the file."""
        return {row[0]: number for number, row in enumerate(self.rows, start=1) if any(row)}


@dataclass
class Read:
    """A reading, and its first table as it is published."""

    file: FileReading
    header: Row
    rows: list[Row]

    @property
    def table(self) -> TableReading:
        return self.file.tables[0]

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        """The notes of the file, its first table and the columns by code."""
        columns = [note for column in self.table.columns for note in column.notes]
        return {note.code: note.params for note in (*self.file.notes, *self.table.notes, *columns)}

    @property
    def proposed(self) -> tuple[Plain, Plain]:
        return propose_schema(self.table), propose_metadata(self.file)


def read(folder: Path, name: str, content: bytes, recipe: Plain | None = None) -> Read:
    """Read a file by a recipe of its first table, and write that table."""
    path, target = folder / name, folder / "canonical.csv"
    path.write_bytes(content)
    table = {"xlsx": "Sheet", "ods": "Uno"}.get(path.suffix[1:], path.stem)
    recipes = {table: read_recipe(recipe)} if recipe else {}
    found = read_file(path, name, recipes=recipes)
    write_table(path, name, None, target, recipes=recipes)
    with target.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Read(found, header, rows)


def as_taken(found: Read) -> Plain:
    """The recipe that says what a reading took, as it is kept."""
    table = found.table
    recipe: Plain = {
        "columns": {
            column.name: {"type": column.type, "format": column.format} for column in table.columns
        }
    }
    if table.header:
        recipe |= {"header": list(table.header), "foot": table.foot}
    if again := {"header-repeated", "header-again"} & found.said.keys():
        recipe["repeated"] = "header-again" in again
    if found.file.encoding in ("utf-8", "cp1252", "mac_roman", "cp850"):
        recipe["encoding"] = found.file.encoding
    if found.file.delimiter:
        recipe["delimiter"] = found.file.delimiter
    assert msgspec.to_builtins(read_recipe(recipe)).keys() <= recipe.keys()
    return recipe


def with_option(recipe: Plain, question: Question, number: int) -> Plain:
    """A recipe with the answer to a question."""
    return merged(recipe, question.options[number].recipe)


WORDS = st.text("abcdefghijklmnñopqrstuvwxyzáé", min_size=2, max_size=7)
CELLS = (
    WORDS,
    st.integers(0, 99_999).map(str),
    st.decimals(0, 9_999, places=2).map(str),
    st.integers(1_000, 999_999).map(lambda n: f"{n:,}"),
    st.dates().filter(lambda day: day.year > 1900).map(lambda day: f"{day:%d/%m/%Y}"),
    st.dates().filter(lambda day: day.year > 1900).map(lambda day: f"{day:%d/%m/%y}"),
    st.booleans().map(lambda answer: "Sí" if answer else "No"),
    st.integers(0, 100).map(lambda n: f"{n} %"),
)
TITLES = ("zona", "monto", "valor", "fecha", "nota", "parte", "año", "cve_mun", "latitud")


@st.composite
def tables(draw: st.DrawFn, kinds: tuple[str, ...] = ("csv", "xlsx", "ods")) -> Made:
    """A table with titles above, blank rows between and notes below, in a kind of file."""
    kind = draw(st.sampled_from(kinds))
    titles = draw(st.permutations(TITLES))[: draw(st.integers(1, 4))]
    columns = [draw(st.sampled_from(CELLS)) for _ in titles]
    count = draw(st.integers(2, 9))
    rows = [[f"Predio {n}", *(draw(column) for column in columns)] for n in range(count)]
    names = ["predio", *titles]
    if kind in ("json", "geojson"):
        return _document(kind, names, rows)
    above: list[Row] = [[f"Informe {n}"] for n in range(draw(st.integers(0, 2)))]
    below: list[Row] = [[f"Fuente {n}: SEDUVI"] for n in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        below.insert(0, ["Total", *("7" for _ in titles)])
    if draw(st.booleans()):
        above.append(["Corte", "marzo"])
    again = [names] if draw(st.booleans()) else []
    whole = [*above, names, *again, *rows, *below]
    for place in sorted(draw(st.sets(st.integers(1, len(whole)), max_size=3)), reverse=True):
        whole.insert(place, [])
    whole = [row + [""] * (len(names) - len(row)) for row in whole]
    return Made(f"a.{kind}", written(kind, whole), whole)


def written(kind: str, rows: list[Row]) -> bytes:
    """A file of these rows."""
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()
    if kind == "ods":
        return made.ods("".join(made.ods_row(*row) for row in rows))
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([cell or None for cell in row])
    book.save(file)
    return file.getvalue()


def _document(kind: str, names: Row, rows: list[Row]) -> Made:
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    content = json.dumps(objects).encode() if kind == "json" else collection(objects)
    return Made(f"a.{kind}", content, rows, names)
