"""Reading a table that somebody sends: CSV in any usual form, or an Excel workbook. No CKAN import.

Nothing of the file is believed: size, number of rows and what a workbook unpacks to are limited.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ckanext.mxcity.datahub.tables.columns import Column, columns, understood
from ckanext.mxcity.files.model import DEFAULT, FileRefused

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ROWS = 20_000
#: Of a workbook, all sheets together.
MAX_CELLS = 20_000_000
#: Rows in which the headings are looked for, below a title for instance.
HEADING_ROWS = 20
#: So many headings have to be understood for a row to be that of the headings.
ENOUGH_HEADINGS = 3
#: A sheet's rows may go on empty after the last one that says something.
MAX_EMPTY_ROWS = 5_000
#: A cell of a CSV this long (characters) is a quote that was never closed.
MAX_CELL = 1 << 17
#: A CSV cell that begins so could run as a formula in a spreadsheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Cell = Any


class TableError(Exception):
    """The file cannot be read as a table.

    ``reason`` is a key (too-large, too-many-rows, not-a-table, no-headings, broken, unfinished) and
    ``details`` fills in its sentence.
    """

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (the first is 1) and what its columns say."""

    number: int
    cells: dict[Column, Cell]


@dataclass(frozen=True)
class Table:
    """A table that was read."""

    name: str
    columns: tuple[Column, ...]
    #: Headings that mean nothing to us.
    ignored: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Tell whether the file has a column."""
        return any(column.name == name for column in self.columns)


def read_table(name: str, content: bytes) -> Table:
    """Read a file as one of the tables.

    Args:
        name: a key of ``columns.TABLES``.
        content: the whole file.

    Raises:
        TableError: it is too large, broken, or no row has headings of that table.

    """
    if len(content) > MAX_BYTES:
        raise TableError("too-large", limit=MAX_BYTES // 1024 // 1024)
    if content[:2] == b"PK":
        return _first_understood(name, _sheets(content))
    if content[:4] == b"\xd0\xcf\x11\xe0" or b"\x00" in content[:4096]:
        raise TableError("not-a-table")
    return _first_understood(name, [_csv(content)])


def _first_understood(name: str, sheets: Any) -> Table:
    for rows in sheets:
        try:
            table = _understand(name, rows)
        except FileRefused as error:  # a damaged sheet shows while it is read
            raise TableError("not-a-table") from error
        if table is not None:
            return table
    wanted = ", ".join(column.heading for column in columns(name)[:6])
    raise TableError("no-headings", wanted=wanted)


def _understand(name: str, rows: Iterator[tuple[int, list[Cell]]]) -> Table | None:
    table, places = None, []
    last = 0
    enough = min(ENOUGH_HEADINGS, len(columns(name)))
    for number, cells in rows:
        if table is None:
            if number > HEADING_ROWS:
                return None
            headings = [str(cell or "").strip() for cell in cells]
            places = understood(name, headings)
            if sum(place is not None for place in places) >= enough:
                ignored = [h for h, p in zip(headings, places, strict=True) if h and not p]
                known = tuple(place for place in places if place)
                table = Table(name, known, tuple(ignored))
                last = number
            continue
        found = {place: _cell(cell) for place, cell in zip(places, cells, strict=False) if place}
        if number - last > MAX_EMPTY_ROWS:
            break
        if all(value is None for value in found.values()):
            continue
        last = number
        if len(table.rows) >= MAX_ROWS:
            raise TableError("too-many-rows", limit=MAX_ROWS)
        table.rows.append(Row(number, found))
    return table


def _cell(value: Cell) -> Cell:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, str):
        value = value.strip()
        return value or None
    return value


def _csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    number = 0
    try:
        for cells in reader:
            number += 1
            if max(map(len, cells), default=0) > MAX_CELL:
                raise TableError("broken", row=number)
            yield number, [_unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise TableError("broken", row=number + 1) from error


def _unguarded(cell: str) -> str:
    """Take away the sign that our own CSV puts before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS else cell


def _sheets(content: bytes) -> Iterator[Iterator[tuple[int, list[Cell]]]]:
    from ckanext.mxcity.files.workbooks import read_sheets

    limits = replace(DEFAULT, unpacked=MAX_UNPACKED, cells=MAX_CELLS, cell=MAX_CELL)
    try:
        for sheet in read_sheets(io.BytesIO(content), limits, clip=True):
            yield sheet.rows
    except FileRefused as error:
        if error.code == "unpacks-too-large":
            raise TableError("too-large", limit=MAX_UNPACKED // 1024 // 1024) from error
        raise TableError("not-a-table") from error
