"""Rows of a spreadsheet: CSV in any dress, Excel's two formats, within limits."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ckanext.mxcity.files.archives import open_archive
from ckanext.mxcity.files.model import DEFAULT, FileRefused
from ckanext.mxcity.files.workbooks import read_sheets
from ckanext.mxcity.ground.errors import (
    DangerousDocumentError,
    NotWhatItSaysError,
    ReadError,
    UnsupportedFormatError,
)
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading.decode import decode, is_html
from ckanext.mxcity.reading.records import Document

MOST_BYTES = 50 * 1024 * 1024
#: Of all parts of an Excel file, unpacked.
MOST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200
#: Empty rows after which the rest of a sheet is taken for empty: a format may go on for ever.
MOST_EMPTY = 2_000
#: Of a workbook, all sheets together.
MOST_CELLS = 20_000_000
#: Refusals of a workbook that was made to grow.
_DANGEROUS = frozenset(
    {
        "unpacks-too-large",
        "too-many-members",
        "too-many-cells",
        "too-many-texts",
        "too-much-text",
        "unsafe-workbook",
    }
)
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
        _refuse_other_archives(content, document)
        return _excel(content, document)
    if content.startswith(_OLE):
        return _excel(content, document)
    if content.startswith(b"%PDF"):
        raise UnsupportedFormatError(record=document.name, format=N_("a PDF file"))
    return [_csv(content, document)]


def _excel(content: bytes, document: Document) -> list[Sheet]:
    limits = replace(
        DEFAULT, memory_size=MOST_BYTES, unpacked=MOST_UNPACKED, columns=MOST_COLUMNS,
        cells=MOST_CELLS, members=5_000,
    )  # fmt: skip
    try:
        return [
            Sheet(sheet.name, _rows(_dense(sheet.rows), document))
            for sheet in read_sheets(io.BytesIO(content), limits, clip=True)
        ]
    except FileRefused as error:
        if error.code in _DANGEROUS:
            reason = N_("it unpacks to more than {limit} bytes")
            raise DangerousDocumentError(
                record=document.name, reason=reason, limit=MOST_UNPACKED
            ) from error
        raise ReadError(record=document.name, reason=N_("it is not a sound Excel file")) from error


def _refuse_other_archives(content: bytes, document: Document) -> None:
    """UnsupportedFormatError for an archive that is no Excel file."""
    try:
        with open_archive(io.BytesIO(content), DEFAULT) as archive:
            names = archive.namelist()
    except FileRefused as error:
        raise ReadError(record=document.name, reason=N_("it is not a sound Excel file")) from error
    if "xl/workbook.xml" not in names:
        kind = N_("an OpenDocument file") if "content.xml" in names else N_("an archive")
        raise UnsupportedFormatError(record=document.name, format=kind)


def _dense(rows: Iterator[tuple[int, list[Any]]]) -> Iterator[list[Any]]:
    """Yield the rows of a sheet with the blank ones between them, as far as they are looked at."""
    expected = 1
    for number, cells in rows:
        for _ in range(min(number - expected, MOST_EMPTY + 1)):
            yield []
        yield cells
        expected = number + 1


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
    """Return the mark that parts most cells in the first lines."""
    sample = "".join(lines[:30])
    return max(",;\t|", key=sample.count)


def _parsed(lines: list[str], mark: str, *, strict: bool = False) -> Iterator[list[str]]:
    for row in csv.reader(lines, delimiter=mark, strict=strict):
        yield row[:MOST_COLUMNS]
