"""What is written in any dialect, encoding and shape is read back, or a note names the doubt."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ckanext.mxcity.files import TableReading
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import event, given, settings
from hypothesis import strategies as st
from round_trips import TRIPS

from tests.mxcity.files.random_tables import Table, tables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

DAYS: dict[str, Callable[[date], str]] = {
    "iso": date.isoformat,
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "month first": lambda day: f"{day:%m/%d/%Y}",
    "dashes": lambda day: f"{day:%d-%m-%Y}",
}
#: What stands around a table, and how many rows of it have a value.
TITLES = ([], ["Secretaría de Servicios"], ["Secretaría", "Reporte de 2025"])
FEET = ("", "Fuente: Secretaría de Servicios", "Nota: cifras preliminares")
#: Notes that say that another reading of the same bytes is possible.
DOUBTS = {"ambiguous-dates", "encoding-guessed", "delimiter-guessed"}


@dataclass(frozen=True)
class Dialect:
    """How a table is written as text."""

    delimiter: str
    quoting: Any
    end: str
    encoding: str
    decimal: str
    day: str
    titles: list[str]
    #: Whether a blank line follows titles, and every how many rows one does; 0 for none.
    gap: bool
    blank_every: int
    header_twice: bool
    foot: str
    trailing: bool
    #: Every how many rows a new page says the header again; 0 for never.
    page: int
    #: What printers and old programs put beside rows.
    page_break: str
    end_of_file: str

    def cell(self, value: object) -> str:
        """A value as it is written."""
        if isinstance(value, datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, date):
            return DAYS[self.day](value)
        if isinstance(value, Decimal):
            return str(value).replace(".", self.decimal)
        return "" if value is None else str(value)


DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]),
    decimal=st.sampled_from([".", ","]),
    day=st.sampled_from(list(DAYS)),
    titles=st.sampled_from(TITLES),
    gap=st.booleans(),
    blank_every=st.sampled_from([0, 0, 3]),
    header_twice=st.booleans(),
    foot=st.sampled_from(FEET),
    trailing=st.booleans(),
    page=st.sampled_from([0, 0, 5]),
    page_break=st.sampled_from(["", "", "\f"]),
    end_of_file=st.sampled_from(["", "", "\x1a"]),
)


def as_text(table: Table, dialect: Dialect) -> bytes:
    """A table as the bytes of a text file."""
    file = io.StringIO(newline="")
    # Python's writer quotes a line feed only where rows end with one.
    breaks = any("\n" in str(cell) for row in table.rows for cell in row)
    quoting = csv.QUOTE_ALL if breaks else dialect.quoting
    writer = csv.writer(
        file, delimiter=dialect.delimiter, quoting=quoting, lineterminator=dialect.end
    )
    width = len(table.names)

    def put(*cells: str) -> None:
        row = [*cells, *[""] * (width - len(cells)), *([""] if dialect.trailing else [])]
        writer.writerow(row)

    for title in dialect.titles:
        put(title)
    if dialect.titles and dialect.gap:
        put()
    put(*table.names)
    if dialect.header_twice:
        put(*table.names)
    for number, row in enumerate(table.rows, start=1):
        if dialect.page and number > 1 and number % dialect.page == 1:
            file.write(dialect.page_break)
            put(*table.names)
        put(*map(dialect.cell, row))
        if dialect.blank_every and number % dialect.blank_every == 0 and number < len(table.rows):
            put()
    if dialect.foot:
        put()
        put(dialect.foot)
    file.write(dialect.end_of_file)
    return file.getvalue().encode(dialect.encoding)


def read_back(path: Path) -> tuple[TableReading, list[list[str]], dict[str, list[dict[str, Any]]]]:
    """What is understood of a file, its table as published, and all that is said."""
    reading = read_file(path, path.name)
    table = reading.tables[0]
    target = path.with_name("canonical.csv")
    write_table(path, path.name, table.name, target)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [[cell or "" for cell in row] for row in table.published] == rows[1:21]
    said: dict[str, list[dict[str, Any]]] = {}
    for note in [*reading.notes, *table.notes, *(n for c in table.columns for n in c.notes)]:
        said.setdefault(note.code, []).append(note.params)
    return table, rows, said


def counted(said: dict[str, list[dict[str, Any]]], code: str, param: str) -> int:
    """How many rows a note names."""
    return sum(params[param] for params in said.get(code, ()))


@TRIPS
@given(table=tables(), dialect=DIALECTS)
def test_text(tmp_path_factory: pytest.TempPathFactory, table: Table, dialect: Dialect) -> None:
    """Every cell is the one that was written, and each row that is in no table is named."""
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_bytes(as_text(table, dialect))
    _, (header, *rows), said = read_back(path)
    for code in said:
        event(code)
    assert header == clean_names(table.names)[0]
    assert counted(said, "title-rows", "rows") == len(dialect.titles)
    pages = (len(table.rows) - 1) // dialect.page if dialect.page else 0
    assert counted(said, "header-repeated", "count") == dialect.header_twice + pages
    breaks = pages * bool(dialect.page_break) + bool(dialect.end_of_file)
    assert counted(said, "controls-removed", "count") == breaks
    assert counted(said, "foot-left-out", "rows") == bool(dialect.foot)
    blank = (len(table.rows) - 1) // dialect.blank_every if dialect.blank_every else 0
    assert counted(said, "blank-rows", "count") in (blank, blank + bool(dialect.foot))
    wanted = table.published()
    if not DOUBTS & set(said):
        assert rows == wanted
    assert len(rows) == len(wanted)
    for number, kind in enumerate(table.kinds):
        found = [row[number] for row in rows], [row[number] for row in wanted]
        doubted = (kind == "day" and "ambiguous-dates" in said) or "encoding-guessed" in said
        assert doubted or found[0] == found[1]


@st.composite
def grouped(draw: st.DrawFn, table: Table) -> list[tuple[str, int]]:
    """Groups of the columns behind the first: what each is called, and how many it has."""
    left, groups = len(table.names) - 1, []
    while left:
        size = draw(st.integers(1, left))
        groups.append((f"Grupo {len(groups) + 1}", size))
        left -= size
    return groups


@settings(TRIPS)
@given(data=st.data(), table=tables(), titles=st.sampled_from(TITLES), foot=st.sampled_from(FEET),
       merged=st.booleans(), above=st.booleans())  # fmt: skip
def test_workbook(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    table: Table,
    titles: list[str],
    foot: str,
    merged: bool,
    above: bool,
) -> None:
    """So it is in a sheet, under a header whose groups are merged over their columns or none."""
    book = openpyxl.Workbook()
    sheet = book.active
    for title in titles:
        sheet.append([title])
    if titles and above:
        sheet.append([])
    names = list(table.names)
    top = sheet.max_row + 1 if titles else 1
    top += bool(titles and above)
    if merged:
        place, groups = 2, data.draw(grouped(table))
        sheet.cell(top, 1, names[0])
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=1, end_column=1)
        for group, size in groups:
            sheet.cell(top, place, group)
            if size > 1:
                sheet.merge_cells(
                    start_row=top, end_row=top, start_column=place, end_column=place + size - 1
                )
            for column in range(place, place + size):
                sheet.cell(top + 1, column, names[column - 1])
                names[column - 1] = f"{group} · {names[column - 1]}"
            place += size
    else:
        for column, name in enumerate(names, start=1):
            sheet.cell(top, column, name)
    first = top + 1 + merged
    for number, row in enumerate(table.rows):
        for column, value in enumerate(row, start=1):
            sheet.cell(
                first + number, column, float(value) if isinstance(value, Decimal) else value
            )
    if foot:
        sheet.cell(first + len(table.rows) + 1, 1, foot)
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    book.save(path)
    _, (header, *rows), said = read_back(path)
    assert header == clean_names(names)[0]
    assert counted(said, "title-rows", "rows") == len(titles)
    assert counted(said, "foot-left-out", "rows") == bool(foot)
    assert [[plain(cell) for cell in row] for row in rows] == [
        [plain(cell) for cell in row] for row in table.published()
    ]


def plain(cell: str) -> str:
    """A number as a sheet keeps it: without zeros behind its last decimal."""
    try:
        return f"{Decimal(cell).normalize():f}" if "." in cell else cell
    except ArithmeticError:
        return cell
