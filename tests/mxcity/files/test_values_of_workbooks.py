"""What cells of a workbook say, beside what another reader (calamine) finds in the same file."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from ckanext.mxcity.files.reading import read_file
from ckanext.mxcity.files.workbooks import read_sheets
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.support import hostile_workbooks as made

_NUMBERS = ("3", "0.5", "45000", "45000.5", "45000.123456", "0", "1", "59", "61", "2958465.5",
            "2958466", "1.9999999999", "0.99999999999", "1E+3", "007")  # fmt: skip
_FORMATS = '<numFmt numFmtId="164" formatCode="[h]:mm"/><numFmt numFmtId="165" formatCode="yyyy"/><numFmt numFmtId="166" formatCode="0&quot; d\u00edas&quot;"/>'
_STYLES = f"<styleSheet><numFmts>{_FORMATS}</numFmts><cellXfs>" + "".join(
    f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 46, 20, 164, 165, 166)
) + "</cellXfs></styleSheet>"  # fmt: skip
_TEXTS = '<sst><si><t>uno</t></si><si><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh sb="0"><t>FON</t></rPh></si><si/><si><t>a_x000D_\nb &lt;</t></si></sst>'
_OFFICE = 'office:value-type="string"'

SHEETS = {
    "numbers as they are shown": "".join(f'<c s="{style}"><v>{number}</v></c>' for style in range(9) for number in _NUMBERS),
    "shared texts": "".join(f'<c t="s"><v>{number}</v></c>' for number in range(4)),
    "texts": '<c t="str"><v>a&amp;b  x </v></c><c t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c><c t="str"><v>_x0041_</v></c>',
    "answers, days and errors": '<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="d"><v>2024-01-31</v></c><c t="d"><v>2024-01-31T10:00:00</v></c><c t="d"><v>2024-01-31T10:00:00Z</v></c><c t="e"><v>#DIV/0!</v></c><c><v>9</v></c>',
    "formulas": '<c><f>1+1</f><v>2</v></c><c><f>A1</f></c><c t="str"><f>A1</f><v>x</v></c>',
    "places": '<c r="C1"><v>3</v></c><c><v>4</v></c></row><row r="4"><c r="b4"><v>5</v></c>',
    "prefixes": '<x:c xmlns:x="y"><x:v>3</x:v></x:c>',
}  # fmt: skip

ODS = {
    "kinds": f'<table:table-cell office:value="3"/><table:table-cell office:date-value="2024-01-31"/><table:table-cell office:date-value="2024-01-31T10:30:00"/><table:table-cell office:time-value="PT10H30M00S"/><table:table-cell office:time-value="PT30H00M00S"/><table:table-cell office:boolean-value="true"/><table:table-cell {_OFFICE} office:string-value="s"/>',
    "paragraphs": f'<table:table-cell {_OFFICE}><text:p>a</text:p><text:p>b<text:s text:c="3"/>c<text:span>d</text:span></text:p></table:table-cell>',
    "a note": f'<table:table-cell {_OFFICE}><office:annotation><text:p>nota</text:p></office:annotation><text:p>a</text:p></table:table-cell>',
    "repeated": f'<table:table-cell {_OFFICE} table:number-columns-repeated="3"><text:p>x</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value="1"/><table:table-cell table:number-columns-repeated="900"/>',
}  # fmt: skip


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without blanks around their texts, at their ends and below them."""
    found = [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in rows]
    for row in found:
        while row and row[-1] == "":
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def both(content: bytes) -> tuple[list[list[Any]], list[list[Any]]]:
    """What our reader and the other one find in the first sheet of a workbook."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    other = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    ours: list[list[Any]] = []
    for sheet in read_sheets(io.BytesIO(content)):
        for number, cells in sheet.rows:
            ours += [[] for _ in range(number - len(ours) - 1)]
            ours.append(["" if cell is None else cell for cell in cells])
    return trimmed(ours), trimmed(other)


@pytest.mark.parametrize("name", SHEETS)
def test_cells_of_excel(name: str) -> None:
    """Numbers, days, lengths of time, texts and answers are those that the other reader finds."""
    ours, other = both(made.xlsx(f"<row>{SHEETS[name]}</row>", texts=_TEXTS, styles=_STYLES))
    assert ours
    assert ours == other


@pytest.mark.parametrize(
    ("number", "value"),
    [("-1", -1.0), ("-0.5", -0.5), ("60", "1900-02-29"), ("60.5", "1900-02-29")],
)
def test_days_that_are_none_are_not_made_one(number: str, value: Any) -> None:
    """The other reader gives a time of the day, and the day before."""
    cell = f'<c s="1"><v>{number}</v></c>'
    ours, _ = both(made.xlsx(f"<row>{cell}</row>", texts=_TEXTS, styles=_STYLES))
    assert ours == [[value]]


@pytest.mark.parametrize("name", ODS)
def test_cells_of_opendocument(name: str) -> None:
    """The same for OpenDocument, rows that are repeated included."""
    row = f'<table:table-row table:number-rows-repeated="2">{ODS[name]}</table:table-row>'
    ours, other = both(made.ods(made.ods_row(times=3) + row))
    assert len(ours) == 5
    assert ours == other


def test_cells_of_old_excel() -> None:
    """Whole numbers, fractions, days, answers and texts of an old workbook are the same."""
    cells = b"".join(
        (
            made.record(0x203, b"\x00\x00\x02\x00\x00\x00" + b"\x00\x00\x00\x00\x00\x00\xf8?"),
            made.record(0x27E, b"\x00\x00\x03\x00\x00\x00" + b"\x0e\x00\x00\x00"),
            made.record(0x205, b"\x00\x00\x04\x00\x00\x00\x01\x00"),
            made.record(0x205, b"\x00\x00\x05\x00\x00\x00\x07\x01"),
        )
    )
    texts = [made.shared_text(text) for text in ("a", "\xf1and\xfa")]
    ours, other = both(made.xls(texts, [(0, 0, 0), (0, 1, 1), (2, 0, 1)], more=cells))
    assert ours == other == [["a", "ñandú", 1.5, 3, True], [], ["ñandú"]]


def test_large_whole_numbers_keep_their_digits(tmp_path: Path) -> None:
    """A whole number of any length that a sheet stores is read digit by digit."""
    book = openpyxl.Workbook()
    book.active.append(["clave", "n"])
    for number in range(3):
        book.active.append([1, number])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for number in range(3):
        cell, large = b'<c r="A%d" t="n"><v>1</v>', b'<c r="A%d" t="n"><v>12345678901234567%d</v>'
        assert cell % (number + 2) in parts[sheet]
        parts[sheet] = parts[sheet].replace(cell % (number + 2), large % (number + 2, number))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (table,) = read_file(tmp_path / "a.xlsx", "a.xlsx").tables
    assert [row[0] for row in table.published] == [f"12345678901234567{n}" for n in range(3)]


def test_a_raised_digit_is_no_digit_of_a_number(tmp_path: Path) -> None:
    """The number of a note beside a figure stays a sign of its own."""
    raised = CellRichText("150", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    book = openpyxl.Workbook()
    for row in (["zona", "casos"], ["Norte", raised], ["Sur", 12], ["Centro", 20]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (table,) = read_file(tmp_path / "a.xlsx", "a.xlsx").tables
    assert [row[1] for row in table.published] == ["150¹", "12", "20"]


def test_a_length_of_time_is_as_it_is_shown(tmp_path: Path) -> None:
    """More than a day of hours is no day and a time."""
    book = openpyxl.Workbook()
    for row in (["tarea", "horas"], ["a", 1.503472], ["b", 0.25]):
        book.active.append(row)
    for row in (2, 3):
        book.active.cell(row, 2).number_format = "[h]:mm"
    book.save(tmp_path / "a.xlsx")
    (table,) = read_file(tmp_path / "a.xlsx", "a.xlsx").tables
    assert [row[1] for row in table.published] == ["36:04:59", "6:00:00"]
