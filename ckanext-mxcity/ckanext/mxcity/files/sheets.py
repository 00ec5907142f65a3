"""Workbooks: every sheet with something in it is a table."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ckanext.mxcity.files.headers import LOOKED_AT, header_row, join_header
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import Counted, RawTable, refuse_many, write_rows
from ckanext.mxcity.files.workbooks import Row, read_sheets

_TOTALS = ("total", "totales", "total general", "suma", "gran total", "promedio")
#: Rows of totals that are kept back until it is known whether they end the table.
_MOST_TOTALS = 1_000


def read_workbook(path: Path, folder: Path, limits: Limits) -> tuple[list[RawTable], list[str]]:
    """Return the tables of a workbook, and the names of the sheets that it hides.

    Formulas count as what they last gave, macros never run, hidden sheets are not read.
    """
    if path.stat().st_size > limits.memory_size:
        raise FileRefused("too-large", size=path.stat().st_size, limit=limits.memory_size)
    tables, hidden = [], []
    left = limits.written_from(path.stat().st_size)
    for number, sheet in enumerate(read_sheets(path, limits)):
        if sheet.hidden:
            hidden.append(sheet.name)
            continue
        table = _Table(sheet.name, folder / f"sheet{number}.csv", limits, left)
        raw = table.read(sheet.rows)
        left -= table.size
        if raw:
            tables.append(raw)
    if not tables:
        raise FileRefused("empty")
    return tables, hidden


def has_macros(path: Path) -> bool:
    """Say whether a workbook carries a program."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


class _Table:
    """A sheet on its way to a table: rows of data are written as they come."""

    def __init__(self, name: str, target: Path, limits: Limits, most: int) -> None:
        self.name, self.target, self.limits, self.most = name, target, limits, most
        #: Bytes of the table.
        self.size = 0
        self._left: int | None = None
        self._width = self._written = 0
        #: How wide the first row of data is written; none is narrower.
        self._narrowest: int | None = None
        self._blanks: list[int] = []
        self._totals: list[list[str]] = []

    def read(self, rows: Iterator[Row]) -> RawTable | None:
        """Return the table of a sheet; None if there is nothing in it."""
        texts = self._texts(rows)
        head: list[list[str]] = []
        after: tuple[int, list[str]] | None = None
        for number, row in texts:
            if number > LOOKED_AT:
                after = number, row
                break
            head += [[] for _ in range(number - len(head) - 1)]
            head.append(row)
        if not head and after is None:
            return None
        first = header_row(head)
        with self.target.open("wb") as file:
            counted = Counted(file, self.most)
            self._write(csv.writer(counted, lineterminator="\n"), head, first, after, texts)
        self.size = counted.size
        head += [[]] * (first + 1 - len(head))
        return self._raw(head, first)

    def _write(
        self,
        writer: Any,
        head: list[list[str]],
        first: int,
        after: tuple[int, list[str]] | None,
        texts: Iterator[tuple[int, list[str]]],
    ) -> None:
        """Write the rows of data, and count the blank ones among them."""
        expected = first + 2
        for number, row in enumerate(head[first + 1 :], start=first + 2):
            if row:
                expected = self._row(writer, number, expected, row)
        if after:
            expected = self._row(writer, after[0], expected, after[1])
        for number, row in texts:
            expected = self._row(writer, number, expected, row)

    def _row(self, writer: Any, number: int, expected: int, row: list[str]) -> int:
        above = self._written + len(self._totals)
        blank = number - expected
        if len(self._blanks) + blank > self.limits.blank_rows:
            raise FileRefused("rows-far-apart", row=number, limit=self.limits.blank_rows)
        self._blanks += [above] * blank
        if above and _is_total(row) and len(self._totals) < _MOST_TOTALS:
            self._totals.append(row)
            return number + 1
        width = self._width
        if self._narrowest is None:
            self._narrowest = width
        for kept in (*self._totals, row):
            writer.writerow(kept + [""] * (width - len(kept)))
        self._written += len(self._totals) + 1
        self._totals.clear()
        refuse_many(self._written, self._width, self.limits)
        return number + 1

    def _texts(self, rows: Iterator[Row]) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows as text, and note how wide the table is and where it begins."""
        for number, cells in rows:
            row = ["" if cell is None else _WRITTEN[type(cell)](cell) for cell in cells]
            if len(row) > self._width:
                self._width = len(row)
            if self._left != 0:
                first = next(place for place, cell in enumerate(row) if cell)
                self._left = first if self._left is None else min(self._left, first)
            yield number, row

    def _raw(self, head: list[list[str]], first: int) -> RawTable:
        width, left = self._width, self._left or 0
        filled = [row + [""] * (width - len(row)) for row in head]
        titles, _ = join_header(filled, first)
        notes = []
        if first:
            notes.append(Note("title-rows", {"rows": first}, self.name))
        if self._totals:
            notes.append(Note("totals-left-out", {"rows": len(self._totals)}, self.name))
        self._even(left, width)
        return RawTable(
            self.name,
            self.target,
            tuple(titles[left:width]),
            first + 1,
            notes=tuple(notes),
            blanks=tuple(self._blanks),
        )

    def _even(self, left: int, width: int) -> None:
        """Take away the columns before the table, and fill up rows above a wider one."""
        if left or (self._narrowest or width) < width:
            whole = self.target.with_suffix(".whole")
            self.target.rename(whole)
            with whole.open(encoding="utf-8", newline="") as file:
                rows = (row[left:] for row in csv.reader(file))
                write_rows(rows, width - left, self.target, self.most)
            whole.unlink()


def _is_total(row: list[str]) -> bool:
    """Say whether a row adds up the others."""
    return next((cell for cell in row if cell), "").strip(" :").lower() in _TOTALS


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _moment(value: dt.datetime) -> str:
    midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return value.date().isoformat() if midnight else value.isoformat(sep=" ")


#: By type: a cell as text, whole numbers without a point, days and moments in ISO 8601.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: str.strip,
    int: str,
    float: _number,
    bool: lambda value: "true" if value else "false",
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.datetime: _moment,
    dt.timedelta: str,
}
