"""Rows of a spreadsheet: CSV in any dress, Excel's two formats, within limits."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlrd

from ckanext.sniegharvest.errors import (
    N_,
    DangerousDocumentError,
    Message,
    NotWhatItSaysError,
    ReadError,
    UnsupportedFormatError,
)
from ckanext.sniegharvest.readers.base import Document
from ckanext.sniegharvest.readers.decode import decode, is_html

MOST_BYTES = 50 * 1024 * 1024
#: Of all parts of an Excel file, unpacked.
MOST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200
#: Empty rows after which the rest of a sheet is taken for empty: a format may go on for ever.
MOST_EMPTY = 2_000
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN_QUOTE = N_("A quotation mark is not closed; each line was read for itself.")


@dataclass
class Sheet:
    """A table: its rows are lists of texts; a row's number is its place plus one."""

    name: str
    rows: list[list[str]]
    warnings: list[Message] = field(default_factory=list)


def sheets(document: Document) -> list[Sheet]:
    """Read all sheets of a document; a CSV file has one, without a name.

    Raises:
        NotWhatItSaysError: a web page, or empty.
        DangerousDocumentError: too large, unpacked or not, or with a DTD.
        UnsupportedFormatError: another office format.
        ReadError: broken.

    """
    content = document.content()
    if is_html(content):
        raise NotWhatItSaysError(
            record=document.name, expected=N_("a spreadsheet"), found=N_("a web page")
        )
    if not content.strip(b"\xef\xbb\xbf \r\n\t\x00"):
        raise NotWhatItSaysError(
            record=document.name, expected=N_("a spreadsheet"), found=N_("empty")
        )
    if len(content) > MOST_BYTES:
        reason = N_("it has more than {limit} bytes")
        raise DangerousDocumentError(record=document.name, reason=reason, limit=MOST_BYTES)
    if content.startswith(b"PK\x03\x04"):
        return _excel(content, document)
    if content.startswith(_OLE):
        return _old_excel(content, document)
    if content.startswith(b"%PDF"):
        raise UnsupportedFormatError(record=document.name, format=N_("a PDF file"))
    return [_csv(content, document)]


def _excel(content: bytes, document: Document) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _inspect(archive, document)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            found = []
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what is declared may be a lie
                rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
                found.append(Sheet(sheet.title, _rows(rows, document)))
            return found
        finally:
            book.close()
    except ReadError:
        raise
    except Exception as error:  # the library raises whatever it stumbles over
        raise ReadError(record=document.name, reason=N_("it is not a sound Excel file")) from error


def _inspect(archive: zipfile.ZipFile, document: Document) -> None:
    names = archive.namelist()
    if "xl/workbook.xml" not in names:
        kind = N_("an OpenDocument file") if "content.xml" in names else N_("an archive")
        raise UnsupportedFormatError(record=document.name, format=kind)
    if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED or len(names) > 5_000:
        raise DangerousDocumentError(
            record=document.name,
            reason=N_("it unpacks to more than {limit} bytes"),
            limit=MOST_UNPACKED,
        )
    for name in names:
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as part:
                start = part.read(64 * 1024).replace(b"\x00", b"")
            if _DTD.search(start):
                raise DangerousDocumentError(
                    record=document.name, reason=N_("it has a document type (DTD)")
                )


def _old_excel(content: bytes, document: Document) -> list[Sheet]:
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True, logfile=io.StringIO())
        return [Sheet(sheet.name, _old_rows(book, sheet, document)) for sheet in book.sheets()]
    except ReadError:
        raise
    except Exception as error:  # as above; also a document of another program of the suite
        raise ReadError(record=document.name, reason=N_("it is not a sound Excel file")) from error


def _old_rows(book: Any, sheet: Any, document: Document) -> list[list[str]]:
    return _rows((_old_row(book, sheet, number) for number in range(sheet.nrows)), document)


def _old_row(book: Any, sheet: Any, number: int) -> list[Any]:
    cells = sheet.row(number)[:MOST_COLUMNS]
    dated = xlrd.XL_CELL_DATE
    return [
        xlrd.xldate_as_datetime(cell.value, book.datemode) if cell.ctype == dated else cell.value
        for cell in cells
    ]


def _rows(rows: Any, document: Document) -> list[list[str]]:
    found: list[list[str]] = []
    empty = 0
    for row in rows:
        cells = [_text(cell) for cell in row]
        empty = 0 if any(cells) else empty + 1
        if empty > MOST_EMPTY:
            break
        found.append(cells)
        if len(found) > MOST_ROWS + MOST_EMPTY:
            reason = N_("it has more than {limit} rows")
            raise DangerousDocumentError(record=document.name, reason=reason, limit=MOST_ROWS)
    while found and not any(found[-1]):
        found.pop()
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        whole = cell.time() == dt.time.min
        return cell.date().isoformat() if whole else cell.isoformat(timespec="seconds")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell).strip()


def _csv(content: bytes, document: Document) -> Sheet:
    text, warning = decode(content, document.charset)
    if "\x00" in text:
        raise ReadError(record=document.name, reason=N_("it is neither a text nor an Excel file"))
    warnings = [warning] if warning else []
    lines = text.splitlines(keepends=True)
    mark = _separator(lines)
    try:
        rows = _rows(_parsed(lines, mark, strict=True), document)
    except csv.Error:
        try:
            singles = (next(_parsed([line], mark), []) for line in lines)
            rows = _rows(singles, document)
        except csv.Error as error:
            reason = N_("it is not a sound CSV file ({detail})")
            raise ReadError(record=document.name, reason=reason, detail=str(error)) from error
        warnings.append(Message("open-quote", OPEN_QUOTE))
    return Sheet("", rows, warnings)


def _separator(lines: list[str]) -> str:
    """The mark that parts most cells in the first lines."""
    sample = "".join(lines[:30])
    return max(",;\t|", key=sample.count)


def _parsed(lines: list[str], mark: str, *, strict: bool = False) -> Iterator[list[str]]:
    for row in csv.reader(lines, delimiter=mark, strict=strict):
        yield row[:MOST_COLUMNS]
