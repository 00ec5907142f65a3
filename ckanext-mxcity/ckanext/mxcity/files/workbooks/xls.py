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
from ckanext.mxcity.files.workbooks.dates import LENGTH, MOMENT, kind_of_format, seen_as
from ckanext.mxcity.files.workbooks.figures import shaped
from ckanext.mxcity.files.workbooks.formats import shape_of_format
from ckanext.mxcity.files.workbooks.seen import Seen
from ckanext.mxcity.files.workbooks.xls_struck import StruckCells

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
#: What is read here, not by xlrd: hidden rows and columns, notes, merged cells.
_ROW, _COLUMNS, _NOTE, _MERGED = 0x208, 0x7D, 0x1C, 0xE5
_HIDDEN = {_ROW: (12, 0x20), _COLUMNS: (8, 0x01)}
#: Kinds of cells that xlrd does not know; the number of a shape is added to the last.
_LENGTH, _SHAPED = 99, 100
_MOMENTS = {_LENGTH: LENGTH, xlrd.XL_CELL_DATE: MOMENT}
#: What is kept of a cell that is struck out.
_STRUCK = -1
#: Rows, columns, notes and groups of merged cells of a whole workbook.
_MOST_BESIDE = 500_000
#: A record of those read here: its place in the stream, its code and what it holds.
_Beside = tuple[int, int, bytes]
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
            stream, beside = _values_only(_stream(file.read(), log), budget)
            book = xlrd.open_workbook(
                file_contents=stream, logfile=log, on_demand=True, ragged_rows=True
            )
            shapes = _mark_shapes(book)
            starts = book._sh_abs_posn  # noqa: SLF001  # told by no other means
            places = [*sorted(starts), len(stream)]
            for number, name in enumerate(book.sheet_names()):
                budget.sheet()
                sheet = book.sheet_by_index(number)
                start = starts[number]
                end = next((place for place in places if place > start), start)
                own = [record for record in beside if start < record[0] < end]
                seen = Seen(since_1904=bool(book.datemode))
                rows = _rows(sheet, budget, seen, _look(own, seen), shapes)
                yield Sheet(name, sheet.visibility != 0, rows, seen)
                book.unload_sheet(number)
        except _BROKEN as error:
            raise FileRefused("broken-workbook") from error


def _mark_shapes(book: Any) -> list[str]:
    """Tell lengths of time from days, and return what numbers are shown as.

    xlrd takes them for the same; it looks a cell's kind up by the number of its style.
    """
    shapes: list[str] = []
    for number, style in enumerate(book.xf_list):
        form = book.format_map.get(style.format_key)
        code = form.format_str if form else ""
        kind = kind_of_format(code)
        shape = "" if kind else shape_of_format(code)
        if kind == LENGTH:
            book._xf_index_to_xl_type_map[number] = _LENGTH
        elif shape:
            book._xf_index_to_xl_type_map[number] = _SHAPED + len(shapes)
            shapes.append(shape)
    return shapes


def _look(records: list[_Beside], seen: Seen) -> set[int]:
    """Note what a sheet carries beside its values; return the numbers of its hidden rows."""
    hidden = set()
    for _, code, content in records:
        if code == _MERGED:
            (count,) = struct.unpack_from("<H", content)
            for place in range(2, min(2 + 8 * count, len(content) - 7), 8):
                top, bottom, first, last = struct.unpack_from("<4H", content, place)
                seen.merge(top + 1, first, bottom + 1, last)
        elif code == _STRUCK:
            row, column = struct.unpack("<HH", content)
            seen.struck.add(row + 1, column)
        elif code == _NOTE:
            row, column = struct.unpack_from("<HH", content)
            seen.comments.add(row + 1, column)
        else:
            first, last = struct.unpack_from("<HH", content)
            if code == _ROW:
                hidden.add(first + 1)
            else:
                seen.hide_columns(first, last)
    return hidden


def _is_beside(code: int, content: bytes) -> bool:
    """Say whether a record tells what is looked at: of rows and columns, only hidden ones do."""
    if code in _HIDDEN:
        place, flag = _HIDDEN[code]
        return len(content) > place and bool(content[place] & flag)
    return code == _MERGED or (code == _NOTE and len(content) >= 4)


def _stream(content: bytes, log: Any) -> bytes:
    """Return the records of the workbook, out of the compound file that they are in."""
    document = CompDoc(content, logfile=log)
    for name in ("Workbook", "Book"):
        memory, first, length = document.locate_named_stream(name)
        if memory:
            return bytes(memory[first : first + length])
    raise FileRefused("broken-workbook")


def part_of(content: bytes, name: str) -> bytes:
    """Return a stream of a compound file; nothing if there is none."""
    with open(os.devnull, "w") as log:
        try:
            memory, first, length = CompDoc(content, logfile=log).locate_named_stream(name)
        except _BROKEN as error:
            raise FileRefused("broken-workbook") from error
    return bytes(memory[first : first + length]) if memory else b""


def _values_only(stream: bytes, budget: Budget) -> tuple[bytes, list[_Beside]]:
    """Return the records with those renamed that hold no value, and those that tell of the rest.

    Places stay as they are.
    """
    beside: list[_Beside] = []
    wanted = bytearray(stream)
    place, kept, texts = 0, False, []
    in_texts, struck = False, StruckCells()
    while place + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, place)
        if code == _FILEPASS:
            raise FileRefused("password")
        if code != _CONTINUE:
            kept, in_texts = code in _WANTED, code == _SST
        _keep(beside, place, code, stream[place + 4 : place + 4 + length], struck)
        if not kept:
            wanted[place : place + 2] = _UNKNOWN
        if in_texts:
            texts.append(memoryview(stream)[place + 4 : place + 4 + length])
        if code == _SST and len(texts) > 1:
            raise FileRefused("broken-workbook")
        place += 4 + length
    if texts:
        _measure(texts, budget)
    return bytes(wanted), beside


def _keep(
    beside: list[_Beside], place: int, code: int, content: bytes, struck: StruckCells
) -> None:
    """Keep a record of those that are read here, and the cells of it that are struck out."""
    cells = [(place, _STRUCK, struct.pack("<HH", *cell)) for cell in struck.take(code, content)]
    if len(beside) < _MOST_BESIDE // 2:
        beside += cells
    if _is_beside(code, content):
        beside.append((place, code, content))
        if len(beside) > _MOST_BESIDE:
            raise FileRefused("broken-workbook")


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


def _rows(
    sheet: Any, budget: Budget, seen: Seen, hidden: set[int], shapes: list[str]
) -> Iterator[Row]:
    for number in range(sheet.nrows):
        cells: list[Value] = []
        characters = 0
        kinds = sheet.row_types(number)
        for column, value in enumerate(sheet.row_values(number)):
            kind = kinds[column]
            if kind == xlrd.XL_CELL_ERROR:
                seen.errors.add(number + 1, column)
            if kind in _MOMENTS:
                found: Value = seen_as(value, _MOMENTS[kind], seen, number + 1, column)
            elif kind >= _SHAPED:
                found = shaped(float(value), shapes[kind - _SHAPED], seen, column)
            else:
                found = _value(kind, value)
            if found is not None and budget.wants(column):
                cells.extend([None] * (column - len(cells)))
                cells.append(found)
                characters += len(found) if isinstance(found, str) else 0
        if cells:
            budget.row(number + 1, len(cells), characters)
            seen.hidden_rows += number + 1 in hidden
            yield number + 1, cells


def _value(kind: int, value: Any) -> Value:
    if kind == xlrd.XL_CELL_TEXT:
        return value if value and not value.isspace() else None
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return None
