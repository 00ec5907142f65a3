"""Excel's old workbooks, through xlrd, which is given only the records that hold values.

What is left out (links, names, notes, drawings, formats of areas) declares numbers that a reader
would work off; the texts that cells share are measured before they are read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd
from xlrd.compdoc import CompDoc, CompDocError

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import Budget, Row, Sheet, Value
from ckanext.mxcity.files.workbooks.dates import LENGTH, MOMENT, kind_of_format, shown

_CONTINUE, _SST, _FILEPASS, _BOUNDSHEET = 0x3C, 0xFC, 0x2F, 0x85
#: Begin and end, code page, beginning of time, formats and styles; then the kinds of cells.
_WANTED = frozenset(
    (
        *(0x809, 0x409, 0x209, 0x009, 0x0A, 0x42, 0x22, 0x41E, 0x1E, 0xE0, 0x43, 0x243, 0x443),
        *(_CONTINUE, _SST, _FILEPASS, _BOUNDSHEET),
        *(0x203, 0x03, 0xFD, 0x204, 0x04, 0xD6, 0x27E, 0x02, 0xBD, 0x205, 0x05),
        *(0x06, 0x206, 0x406, 0x207, 0x07, 0x4BC, 0x221, 0x236, 0x37),
    )
)
#: A kind of cell that xlrd does not know.
_LENGTH = 99
#: A record that no reader knows.
_UNKNOWN = b"\xfe\x0f"
_BROKEN = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, TypeError,
    ValueError, AttributeError, OverflowError, NotImplementedError, MemoryError, RecursionError,
    ZeroDivisionError,
)  # fmt: skip


def xls_sheets(file: BinaryIO, budget: Budget) -> Iterator[Sheet]:
    """Yield the sheets of an old workbook."""
    with open(os.devnull, "w") as log:  # xlrd wants a stream for what it says
        try:
            stream = _values_only(_stream(file.read(), log), budget)
            book = xlrd.open_workbook(
                file_contents=stream, logfile=log, on_demand=True, ragged_rows=True
            )
            _mark_lengths(book)
            for number, name in enumerate(book.sheet_names()):
                budget.sheet()
                sheet = book.sheet_by_index(number)
                yield Sheet(name, sheet.visibility != 0, _rows(book, sheet, budget))
                book.unload_sheet(number)
        except _BROKEN as error:
            raise FileRefused("broken-workbook") from error


def _mark_lengths(book: Any) -> None:
    """Tell lengths of time from days, which xlrd takes for the same.

    It looks a cell's kind up by the number of its style.
    """
    for number, style in enumerate(book.xf_list):
        form = book.format_map.get(style.format_key)
        if form and kind_of_format(form.format_str) == LENGTH:
            book._xf_index_to_xl_type_map[number] = _LENGTH


def _stream(content: bytes, log: Any) -> bytes:
    """Return the records of the workbook, out of the compound file that they are in."""
    document = CompDoc(content, logfile=log)
    for name in ("Workbook", "Book"):
        memory, first, length = document.locate_named_stream(name)
        if memory:
            return bytes(memory[first : first + length])
    raise FileRefused("broken-workbook")


def _values_only(stream: bytes, budget: Budget) -> bytes:
    """Return the records with those renamed that hold no value; places stay as they are."""
    wanted = bytearray(stream)
    place, kept, texts = 0, False, []
    in_texts = False
    while place + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, place)
        if code == _FILEPASS:
            raise FileRefused("password")
        if code != _CONTINUE:
            kept, in_texts = code in _WANTED, code == _SST
        if not kept:
            wanted[place : place + 2] = _UNKNOWN
        if in_texts:
            texts.append(memoryview(stream)[place + 4 : place + 4 + length])
        if code == _SST and len(texts) > 1:
            raise FileRefused("broken-workbook")
        place += 4 + length
    if texts:
        _measure(texts, budget)
    return bytes(wanted)


def _measure(records: list[memoryview], budget: Budget) -> None:
    """Count what the shared texts take of memory, as they stand there."""
    at = _Place(records)
    at.skip(4)
    for _ in range(at.number("<I")):
        length, options = at.number("<H"), at.number("<B")
        runs = at.number("<H") if options & 8 else 0
        aloud = at.number("<i") if options & 4 else 0
        if aloud < 0:
            raise FileRefused("broken-workbook")
        budget.shared(64 + 2 * length)
        at.skip_text(length, options)
        at.skip(4 * runs + aloud)


class _Place:
    """A place in records that go on in one another."""

    def __init__(self, records: list[memoryview]) -> None:
        self._records = records
        self._record = self._at = 0

    def _left(self) -> int:
        """Return how much is left of the record; goes on to the next at its end."""
        while self._at >= len(self._records[self._record]):
            self._record, self._at = self._record + 1, 0
            if self._record >= len(self._records):
                raise FileRefused("broken-workbook")
        return len(self._records[self._record]) - self._at

    def number(self, form: str) -> int:
        """Return the number that stands here."""
        size = struct.calcsize(form)
        if self._left() < size:
            raise FileRefused("broken-workbook")
        found: int = struct.unpack_from(form, self._records[self._record], self._at)[0]
        self._at += size
        return found

    def skip(self, size: int) -> None:
        """Go on by so many bytes."""
        while size:
            step = min(size, self._left())
            self._at, size = self._at + step, size - step

    def skip_text(self, length: int, options: int) -> None:
        """Go on behind a text, whose letters may be of another width in the next record."""
        while length:
            self._left()
            wide = 2 if options & 1 else 1
            step = min(length, (len(self._records[self._record]) - self._at) // wide)
            self._at, length = self._at + step * wide, length - step
            if length:
                self._at = len(self._records[self._record])
                options = self.number("<B")


def _rows(book: Any, sheet: Any, budget: Budget) -> Iterator[Row]:
    for number in range(sheet.nrows):
        cells: list[Value] = []
        characters = 0
        kinds = sheet.row_types(number)
        for column, value in enumerate(sheet.row_values(number)):
            found = _value(book, kinds[column], value)
            if found is not None and budget.wants(column):
                cells.extend([None] * (column - len(cells)))
                cells.append(found)
                characters += len(found) if isinstance(found, str) else 0
        if cells:
            budget.row(number + 1, len(cells), characters)
            yield number + 1, cells


def _value(book: Any, kind: int, value: Any) -> Value:
    if kind == xlrd.XL_CELL_TEXT:
        return value if value and not value.isspace() else None
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == _LENGTH:
        return shown(value, LENGTH, since_1904=False)
    if kind == xlrd.XL_CELL_DATE:
        return shown(value, MOMENT, since_1904=bool(book.datemode))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return None
