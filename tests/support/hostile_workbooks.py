"""Workbooks that declare what they do not hold, made by code."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def xlsx(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    texts: str = "<sst/>",
    styles: str = "<styleSheet/>",
    sheets: int = 1,
) -> bytes:
    """A workbook whose sheets, all the same part, have these rows as XML."""
    listed = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>'
        for number in range(1, sheets + 1)
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
            f"<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/sharedStrings.xml": texts,
            "xl/styles.xml": styles,
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{before}'
            f"<sheetData>{rows}</sheetData>{after}</worksheet>",
        }
    )


def text_cell(place: str, text: str) -> str:
    """A cell of text as XML."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(rows: str, styles: str = "") -> bytes:
    """A spreadsheet whose only sheet has these rows as XML, below styles."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<x/>",
            "content.xml": f'<office:document-content xmlns:office="{_ODF}:office:1.0" '
            f'xmlns:table="{_ODF}:table:1.0" xmlns:text="{_ODF}:text:1.0" '
            f'xmlns:style="{_ODF}:style:1.0">{styles}<office:body>'
            f'<office:spreadsheet><table:table table:name="Uno">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(*texts: str, times: int = 1, columns: int = 1, blank: int = 0) -> str:
    """A row as XML: ``columns`` repeats a cell, ``times`` the row; ``blank`` cells come first."""
    cells = "".join(
        f'<table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    first = f'<table:table-cell table:number-columns-repeated="{blank}"/>' if blank else ""
    return f'<table:table-row table:number-rows-repeated="{times}">{first}{cells}</table:table-row>'


def record(code: int, content: bytes = b"") -> bytes:
    """A record of an old workbook."""
    return struct.pack("<HH", code, len(content)) + content


def shared_text(text: str, aloud: int | None = None) -> bytes:
    """A text that cells of an old workbook share, and how many bytes tell its sound."""
    options = 0 if aloud is None else 4
    head = struct.pack("<HB", len(text), options)
    return head + (b"" if aloud is None else struct.pack("<i", aloud)) + text.encode("latin-1")


def xls(
    texts: Sequence[bytes],
    cells: Sequence[tuple[int, int, int]],
    *,
    count: int | None = None,
    more: bytes = b"",
    fonts: bytes = b"",
) -> bytes:
    """An old workbook: cells are row, column and number of a shared text.

    ``count`` is the number of texts that it declares, ``more`` stands before the cells, ``fonts``
    before the only style.
    """
    unique = len(texts) if count is None else count
    begin = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)
    fonts += record(0xE0, struct.pack("<HHHHHHHHI", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    strings = record(0xFC, struct.pack("<Ii", unique, unique) + b"".join(texts))
    name = struct.pack("<BB", 3, 0) + b"Uno"
    length = len(record(0x809, begin) + fonts + strings) + len(record(0x85, bytes(6) + name)) + 4
    book = record(0x809, begin) + fonts + record(0x85, struct.pack("<IH", length, 0) + name)
    book += strings + record(0x0A)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)) + more
    for row, column, text in cells:
        sheet += record(0xFD, struct.pack("<HHHI", row, column, 0, text))
    return compound(book + sheet + record(0x0A))


def compound(stream: bytes) -> bytes:
    """A compound file with one stream, Workbook."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
    sectors = len(stream) // 512
    tables = 1
    while (sectors + tables + 1) > tables * 128:
        tables += 1
    chain = [-3] * tables + [-2]
    chain += [number + 1 for number in range(tables + 1, tables + sectors)] + [-2]
    chain += [-1] * (tables * 128 - len(chain))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IiIIiIiI", tables, tables, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<109i", *range(tables), *[-1] * (109 - tables))
    return (
        head
        + struct.pack(f"<{len(chain)}i", *chain)
        + _entry("Root Entry", 5, -2, 0, child=1)
        + _entry("Workbook", 2, tables + 1, len(stream))
        + _entry("", 0, 0, 0) * 2
        + stream
    )


def _entry(name: str, kind: int, first: int, size: int, child: int = -1) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le") if name else b""
    return (
        encoded.ljust(64, b"\x00")
        + struct.pack("<HBBiii", len(encoded), kind, 1, -1, -1, child)
        + bytes(36)
        + struct.pack("<iii", first, size, 0)
    )
