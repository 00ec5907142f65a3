"""Sheets are read whole: every row and cell is in the table, or a note says where it is."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ckanext.mxcity.files import FileReading, FileRefused, Limits
from ckanext.mxcity.files.foot import find_foot, proved
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.reading import read_file
from ckanext.mxcity.files.sheets import read_workbook
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.files.workbooks.figures import as_percent, with_zeros
from ckanext.mxcity.files.workbooks.formats import masked, shape_of_format
from ckanext.mxcity.files.workbooks.ods_shown import code_shown, unit_shown
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from tests.support import hostile_workbooks as made


def book(rows: list[list[Any]], *merged: str) -> openpyxl.Workbook:
    """A workbook with a sheet of these rows."""
    found = openpyxl.Workbook()
    for row in rows:
        found.active.append(row)
    for place in merged:
        found.active.merge_cells(place)
    return found


def saved(workbook: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def table(folder: Path, content: bytes | openpyxl.Workbook) -> tuple[RawTable, list[list[str]]]:
    """The only table of a workbook, and its rows, header first."""
    path = folder / "a.book"
    path.write_bytes(content if isinstance(content, bytes) else saved(content))
    (raw,), _ = read_workbook(path, folder, Limits())
    with raw.path.open(encoding="utf-8", newline="") as file:
        return raw, [list(raw.titles), *csv.reader(file)]


def said(raw: RawTable, *without: str) -> dict[str, dict[str, Any]]:
    """The notes of a table by their codes."""
    return {note.code: note.params for note in raw.notes if note.code not in without}


def reading(folder: Path, name: str, content: bytes) -> FileReading:
    """What is understood of a workbook."""
    (folder / name).write_bytes(content)
    return read_file(folder / name, name)


def test_values_count_for_the_rows_that_they_are_merged_over(tmp_path: Path) -> None:
    """A value over several rows is one of each, and so many cells are said to be filled."""
    rows = [
        ["zona", "colonia", "n"],
        ["Norte", "Uno", 1],
        [None, "Dos", 2],
        [None, "Tres", 3],
        ["Sur", "Cuatro", 4],
    ]
    raw, found = table(tmp_path, book(rows, "A2:A4"))
    assert [row[0] for row in found] == ["zona", "Norte", "Norte", "Norte", "Sur"]
    assert said(raw) == {"merged-filled": {"count": 2, "row": 3}}


def test_values_merged_over_columns_stand_in_the_first(tmp_path: Path) -> None:
    """A value over several columns is published once, and said."""
    raw, found = table(tmp_path, book([["a", "b", "n"], ["x", None, 1], ["y", "z", 2]], "A2:B2"))
    assert found[1] == ["x", "", "1"]
    assert said(raw) == {"merged-across": {"count": 1, "row": 2}}


def test_merged_rows_at_the_end_are_no_notes(tmp_path: Path) -> None:
    """A row that has only a long name beside a merged value is a record."""
    rows = [["zona", "colonia"], ["Norte", "Uno"], ["Sur", "Dos"], [None, "L" * 90]]
    _, found = table(tmp_path, book(rows, "A3:A4"))
    assert found[-1] == ["Sur", "L" * 90]


def test_a_sheet_without_rows_is_left_out(tmp_path: Path) -> None:
    """A cover with a title, or a header alone: it is said by name, and the file stays private."""
    workbook = book([["Informe de obras"]])
    workbook.active.title = "Portada"
    for name, rows in (("Datos", [["a", "n"], ["x", 1]]), ("Plantilla", [["a", "n"]])):
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    found = reading(tmp_path, "a.xlsx", saved(workbook))
    (only,) = found.tables
    assert only.name == "Datos"
    left = {note.code: note.params for note in only.notes}["sheets-without-rows"]
    assert left == {"count": 2, "names": "Portada, Plantilla"}
    assert found.carries_more
    with pytest.raises(FileRefused, match="only-header"):
        reading(tmp_path, "a.xlsx", saved(book([["a", "n"]])))


def test_merged_headers_name_their_columns(tmp_path: Path) -> None:
    """Names over three rows and groups over columns are joined; titles above are left out."""
    rows: list[list[Any]] = [
        ["Informe"], [], ["Mun", "Actual"], [None, "Fase 1", None, "Fase 2"], [None, "núm", "pct", "núm", "pct"],
        ["M0", 1, 0.1, 2, 0.2], ["M1", 3, 0.3, 4, 0.4],
    ]  # fmt: skip
    raw, found = table(tmp_path, book(rows, "A1:E1", "A3:A5", "B3:E3", "B4:C4", "D4:E4"))
    assert found[0] == [
        "Mun",
        "Actual · Fase 1 · núm",
        "Actual · Fase 1 · pct",
        "Actual · Fase 2 · núm",
        "Actual · Fase 2 · pct",
    ]
    assert raw.header_rows == 5
    assert {code: params["rows"] for code, params in said(raw).items()} == {"title-rows": 1}


def test_a_great_range_of_merged_cells_costs_nothing(tmp_path: Path) -> None:
    """Ranges that are declared over the whole sheet, many times, fill only rows that are there."""
    rows = "".join(
        f'<row r="{n}">{made.text_cell(f"A{n}", f"k{n}") if n < 3 else ""}<c r="B{n}"><v>{n}</v></c></row>'
        for n in range(2, 3_000)
    )
    head = f'<row r="1">{made.text_cell("A1", "a")}{made.text_cell("B1", "b")}</row>'
    ranges = '<mergeCell ref="A2:XFD1048576"/>' * 20_000
    raw, found = table(tmp_path, made.xlsx(head + rows, after=f"<mergeCells>{ranges}</mergeCells>"))
    assert len(found) == 2_999
    assert said(raw)["merged-filled"]["count"] == 2_997


FOOTS: dict[str, tuple[list[list[Any]], int, dict[str, int]]] = {
    "a total and its source": ([["x", "p", 1], ["y", "q", 2], ["Total", None, 3], [], ["Fuente: SSP"]], 2, {"foot-left-out": 6, "totals-left-out": 4}),
    "a source alone": ([["x", "p", 1], ["y", "q", 2], ["Fuente: SSP"], ["Nota: datos a marzo"]], 2, {"foot-left-out": 4}),
    "a total and a mean": ([["x", "p", 1], ["y", "q", 2], ["Total", None, 3], ["Promedio", None, 1.5]], 2, {"totals-left-out": 4}),
    "a total that does not add up": ([["x", "p", 1], ["y", "q", 2], ["Total", None, 9]], 3, {"total-kept": 4}),
    "a total without a figure": ([["x", "p", 1], ["y", "q", 2], ["Suma", "r", None]], 3, {"total-kept": 4}),
    "totals of areas": ([["Total", "p", 1], ["y", "q", 2], ["Total", "r", 3]], 3, {"total-kept": 4}),
    "a category in the middle": ([["Total", "p", 1], ["Suma", "r", 1], ["y", "q", 2]], 3, {}),
    "a record of one cell": ([["x", "p", 1], ["y", "q", 2], ["Cumbres"]], 3, {}),
    "a name that begins as a note does": ([["x", "p", 1], ["y", "q", 2], ["Fuentes del Valle", "q", None]], 3, {}),
    "the same below a blank row": ([["x", "p", 1], ["y", "q", 2], [], ["Fuentes del Valle", "q", None]], 3, {}),
    "notes below a blank row": ([["x", "p", 1], ["y", "q", 2], [], ["Datos preliminares"], ["Ana Paz"]], 2, {"foot-left-out": 5}),
    "a note in two cells": ([["x", "p", 1], ["y", "q", 2], ["Elaborado por:", "SSP"]], 2, {"foot-left-out": 4}),
    "shares that were rounded": ([["x", "p", 33.33], ["y", "q", 66.66], ["Total", None, 100.0]], 2, {"totals-left-out": 4}),
}  # fmt: skip


@pytest.mark.parametrize("name", FOOTS)
def test_the_foot_is_left_out_and_said(tmp_path: Path, name: str) -> None:
    """Notes and totals that add up are no records; what may be one stays, with its row named."""
    rows, kept, notes = FOOTS[name]
    raw, found = table(tmp_path, book([["clave", "grupo", "n"], *rows]))
    assert len(found) - 1 == kept
    assert {code: params["row"] for code, params in said(raw).items()} == notes


@pytest.mark.parametrize("last", [["Fuentes del Valle", 7], ["Fuentes del Valle"], ["Nota", 3]])
def test_records_of_two_columns_are_no_notes(tmp_path: Path, last: list[Any]) -> None:
    """A name that looks like a note stays, in a table that is hardly wider than one."""
    raw, found = table(tmp_path, book([["colonia", "n"], ["x", 1], ["y", 2], last]))
    assert len(found) == 4
    assert raw.notes == ()


def test_the_text_of_the_foot_is_kept() -> None:
    """What stands below is told with its rows, and rows of a delimited file are judged alike."""
    rows = [
        ["a", "x", "1,000"],
        ["b", "y", "$2,500.50"],
        ["Total", "", "3,500.50"],
        ["Fuente:", "SSP"],
    ]
    numbered = list(enumerate(rows, start=2))
    found = find_foot(numbered, 3)
    assert found.text == "Fuente: SSP"
    assert [number for number, _ in found.totals] == [4]
    assert proved(found.totals, numbered[:2]) == 1
    assert proved(found.totals, numbered[:1]) == 0


def test_formulas_and_errors_are_named(tmp_path: Path) -> None:
    """A formula that was never worked out, and an error, are blank and said; a blank text is not."""
    rows = f'<row r="1">{made.text_cell("A1", "a")}{made.text_cell("B1", "b")}</row>' + "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c>{cell}</row>'
        for n, cell in enumerate(
            ['<c r="B2"><f>A2</f><v/></c>', '<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
             '<c r="B4" t="str"><f>""</f><v></v></c>', '<c r="B5"><f>A5</f></c>'], start=2)
    )  # fmt: skip
    raw, found = table(tmp_path, made.xlsx(rows))
    assert [row[1] for row in found] == ["b", "", "", "", ""]
    assert said(raw) == {
        "formulas-without-value": {"count": 2, "row": 2, "cells": "B2, B5"},
        "error-cells": {"count": 1, "row": 3, "cells": "B3"},
    }


def test_figures_are_published_as_they_are_shown(tmp_path: Path) -> None:
    """Percentages and codes with zeros are those that a person sees, exactly."""
    workbook = book(
        [["clave", "parte", "n"], [1, 0.12, 5], [27, 0.29, 5], [300, 0.07, 7], [4, 1.1, 8]]
    )
    for row in range(2, 6):
        workbook.active.cell(row, 1).number_format = "000"
        if row != 4:
            workbook.active.cell(row, 2).number_format = "0.0%"
    raw, found = table(tmp_path, workbook)
    assert found[1:] == [
        ["001", "12%", "5"],
        ["027", "29%", "5"],
        ["300", "0.07", "7"],
        ["004", "110%", "8"],
    ]
    assert raw.notes == (
        Note("percent-shown", {"column": "parte"}, "parte"),
        Note("percent-mixed", {"column": "parte", "row": 4}, "parte"),
    )


@pytest.mark.parametrize(
    ("code", "shape"),
    [("0%", "percent"), ("0.00%;[Red]-0.00%", "percent"), ("000", "zeros:3"), ("[$-80A]00000", "zeros:5"), ("0", ""), ("0.00", ""),
     ("#,##0", ""), ('0"%"', ""), ('"A"000', 'mask:"A"000'), ("0" * 30, ""), ("General", ""), ('00"-"000', 'mask:00"-"000'),
     (r"# ?/?", ""), (r"#\ ##0", ""), ("0.00E+00", ""), ('#,##0,"K"', ""), ('"$"#,##0.00', "unit:$\t"), ("[$€-2] #,##0", "unit:€\t"),
     ("[$US$-409] #,##0.00", "unit:US$\t"), ('_-"$"* #,##0.00_-;-"$"* #,##0.00_-', "unit:$\t"), ('0.0" kg"', "unit:\tkg"),
     ('General" m"', "unit:\tm"), ("(#,##0)", "")],
)  # fmt: skip
def test_formats_tell_what_is_shown(code: str, shape: str) -> None:
    """A sign that works, zeros, and texts around or between the digits change what is seen."""
    assert shape_of_format(code) == shape


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [('00"-"000', 1039, "01-039"), ('00"-"000', 7, "00-007"), ('00"-"000', 1234567, "1234-567"),
     ("(000) 000-0000", 8112345678, "(811) 234-5678"), ('"A-"000', 7, "A-007"), ('000"/24"', 12, "012/24"),
     ("[<=9999999]###-####;(###) ###-####", 2345678, "234-5678"), ('00"-"000', -7, None), ('00"-"000', 1.5, None)],
)  # fmt: skip
def test_codes_are_as_they_are_shown(code: str, value: float, text: str | None) -> None:
    """Each digit stands in its place; what is no whole number has none."""
    assert masked(value, code) == text


@given(st.integers(0, 10**12), st.lists(st.sampled_from(["0", "00", "#", "###"]), min_size=2))
def test_codes_lose_no_digit(value: int, places: list[str]) -> None:
    """Whatever stands between them, the digits are those of the number, with zeros before them."""
    shown = masked(value, '"-"'.join(places))
    assert shown is not None
    assert int(shown.replace("-", "") or 0) == value


@pytest.mark.parametrize(
    ("said", "value", "unit", "code"),
    [("$1,200.50", 1200.5, ("$", ""), False), ("12.5 kg", 12.5, ("", "kg"), False), ("01-039", 1039, ("", ""), True),
     ("1,234", 1234, ("", ""), False), ("1 234", 1234, ("", ""), False), ("-5", -5, ("", ""), False), ("3/4", 0.75, ("", ""), False),
     ("US$ 5", 5, ("US$", ""), False), ("(811) 234-5678", 8112345678, ("", ""), True), ("5", 5, ("", ""), False)],
)  # fmt: skip
def test_opendocument_shows_units_and_codes(
    said: str, value: float, unit: tuple[str, str], code: bool
) -> None:
    """What is shown beside the value tells both."""
    assert code_shown(said, value) == code
    assert code or unit_shown(said) == unit


@given(st.decimals(-1000, 1000, places=6, allow_nan=False))
def test_percentages_have_no_digits_of_their_own(value: Any) -> None:
    """A share with its hundredth is the decimal number, not the nearest binary one."""
    shown = as_percent(float(value))
    assert shown.text.endswith("%")  # type: ignore[attr-defined]
    assert float(shown) == float(value)
    text = format((value * 100).normalize(), "f")
    assert shown.text == f"{text if value else '0'}%"  # type: ignore[attr-defined]


def test_other_readers_find_the_number() -> None:
    """A number that is shown otherwise is of its own kind still, for whoever counts with it."""
    for value in (7, 7.0):
        found = with_zeros(value, 3)
        assert isinstance(found, type(value))
        assert (found, str(found), json.dumps(found)) == (value, str(value), json.dumps(value))


def test_numbers_that_no_zeros_suit_stay() -> None:
    """Fractions and negative numbers are never rounded to a code."""
    assert [type(with_zeros(value, 3)) for value in (1.5, -1.0, 1e16)] == [float] * 3


def test_days_that_are_numbers_are_said(tmp_path: Path) -> None:
    """Whole numbers in a column of dates stay as they are, and their day is told."""
    rows = [["folio", "Fecha de alta", "fecha baja"], [1, 45658, 45658], [2, 45659, 7]]
    raw, found = table(tmp_path, book(rows))
    assert found[1][1] == "45658"
    params = {"column": "Fecha de alta", "value": 45658, "day": "2025-01-01", "format": "serial"}
    assert raw.notes == (Note("dates-as-serials", params, "fecha_de_alta"),)


def test_a_second_table_beside_is_said(tmp_path: Path) -> None:
    """A blank column between two headers may part two tables."""
    rows = [["a", "n", None, "clave", "m"], ["x", 1, None, "k", 2], ["y", 2, None, "l", 3]]
    raw, _ = table(tmp_path, book(rows))
    assert said(raw) == {"side-tables": {"column": "clave"}, "empty-columns": {"count": 1}}
    assert raw.titles == ("a", "n", "clave", "m")


def test_what_a_workbook_carries_keeps_it_from_being_published(tmp_path: Path) -> None:
    """Comments, hidden rows and columns are told with where they are; what is hidden is read."""
    workbook = book([["a", "curp", "n"], ["x", "k", 1], ["y", "l", 2]])
    sheet = workbook.active
    sheet["A2"].comment = Comment("Solo para nosotros", "Ana")
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    found = reading(tmp_path, "a.xlsx", saved(workbook))
    notes = {note.code: note.params for note in found.table().notes}
    assert notes == {
        "comments": {"count": 1, "cells": "A2"},
        "hidden-columns": {"count": 1, "names": "curp"},
        "hidden-rows": {"count": 1},
    }
    assert found.table().row_count == 2
    assert found.carries_more


def test_a_plain_workbook_carries_nothing(tmp_path: Path) -> None:
    """The name of a program is no person's; a person's name is told, not shown."""
    workbook = book([["a", "n"], ["x", 1]])
    assert not reading(tmp_path, "a.xlsx", saved(workbook)).carries_more
    workbook.properties.lastModifiedBy = "Ana Paz"
    found = reading(tmp_path, "a.xlsx", saved(workbook))
    assert found.notes == (Note("document-properties", {"names": "lastModifiedBy"}),)
    assert found.carries_more


def test_other_files_inside_are_named(tmp_path: Path) -> None:
    """Pictures and embedded files are what nobody looked at."""
    content = made.xlsx(
        f"<row>{made.text_cell('A1', 'a')}</row><row>{made.text_cell('A2', 'x')}</row>"
    )
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")
    found = reading(tmp_path, "a.xlsx", file.getvalue())
    assert found.notes == (Note("other-parts", {"names": "xl/media/image1.png"}),)


def cell(text: str, more: str = "") -> str:
    """A cell of OpenDocument with a text."""
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def test_open_documents_tell_the_same(tmp_path: Path) -> None:
    """Merged cells, percentages, zeros, errors, notes and hidden rows are read of OpenDocument too."""
    figure = '<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell>'
    share = '<table:table-cell office:value-type="percentage" office:value="0.12"><text:p>12%</text:p></table:table-cell>'
    error = '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>'
    unsaid = '<table:table-cell table:formula="of:=A1"/>'
    note = '<table:table-cell office:value-type="string"><office:annotation><text:p>z</text:p></office:annotation><text:p>w</text:p></table:table-cell>'
    north = cell("Norte", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    rows = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        f"<table:table-row>{cell('zona')}{cell('clave')}{cell('parte')}{cell('obs')}</table:table-row>"
        f"<table:table-row>{north}{figure}{share}{note}</table:table-row>"
        f'<table:table-row table:visibility="collapse"><table:covered-table-cell/>{figure}{share}{error}</table:table-row>'
        f"<table:table-row>{cell('Sur')}{figure}{share}{unsaid}</table:table-row>"
    )
    raw, found = table(tmp_path, made.ods(rows))
    assert found == [
        ["zona", "clave", "parte", "obs"],
        ["Norte", "007", "12%", "w"],
        ["Norte", "007", "12%", ""],
        ["Sur", "007", "12%", ""],
    ]
    assert said(raw) == {
        "merged-filled": {"count": 1, "row": 3},
        "percent-shown": {"column": "parte"},
        "formulas-without-value": {"count": 1, "row": 4, "cells": "D4"},
        "error-cells": {"count": 1, "row": 3, "cells": "D3"},
        "comments": {"count": 1, "cells": "D2"},
        "hidden-columns": {"count": 1, "names": "parte"},
        "hidden-rows": {"count": 1},
    }


def test_old_workbooks_tell_the_same(tmp_path: Path) -> None:
    """Merged cells, notes, errors, hidden rows and columns of an old workbook are known."""
    texts = [made.shared_text(text) for text in ("zona", "n", "Norte", "a", "b")]
    more = made.record(0xE5, struct.pack("<5H", 1, 1, 2, 0, 0))
    more += made.record(0x1C, struct.pack("<4H", 1, 1, 0, 1))
    more += made.record(0x208, struct.pack("<8H", 2, 0, 2, 255, 0, 0, 0x20, 0))
    more += made.record(0x7D, struct.pack("<6H", 1, 1, 0, 0, 1, 0))
    more += made.record(0x205, struct.pack("<HHHBB", 3, 1, 0, 7, 1))
    places = [(0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 3), (2, 1, 4), (3, 0, 3)]
    raw, found = table(tmp_path, made.xls(texts, places, more=more))
    assert found == [["zona", "n"], ["Norte", "a"], ["Norte", "b"], ["a", ""]]
    assert said(raw, "header-guessed") == {
        "merged-filled": {"count": 1, "row": 3},
        "error-cells": {"count": 1, "row": 4, "cells": "B4"},
        "comments": {"count": 1, "cells": "B2"},
        "hidden-columns": {"count": 1, "names": "n"},
        "hidden-rows": {"count": 1},
    }


WORDS = st.text(st.characters(categories=("L", "Nd"), max_codepoint=0x24F), min_size=1, max_size=9)
VALUES = st.one_of(
    st.none(),
    WORDS.map(lambda text: f"v{text}"),
    st.integers(2**53, 10**30).map(str),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 6)),
    st.dates().map(lambda day: day.isoformat()),
)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[list[list[str]], list[list[Any]], list[str]]:
    """Titles, records between a word and a figure with blanks inside, and names."""
    width = draw(st.integers(2, 5))
    names = draw(
        st.lists(WORDS.map(lambda text: f"n{text}"), min_size=width, max_size=width, unique=True)
    )
    first = WORDS.map(lambda text: f"v{text}")
    row = st.tuples(first, *[VALUES] * (width - 2), st.integers(1, 10**9)).map(list)
    titles = [[title] for title in draw(st.lists(WORDS, max_size=3))]
    return titles, draw(st.lists(row, min_size=1, max_size=40)), names


@settings(max_examples=60, deadline=None)
@given(sheets())
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[Any], list[Any], list[str]]
) -> None:
    """Any table comes back cell by cell under its names; each row that is not in it is named."""
    titles, records, names = drawn
    workbook = openpyxl.Workbook()
    for number, row in enumerate([*titles, names, *records], start=1):
        for column, value in enumerate(row, start=1):
            workbook.active.cell(number, column, value)
    raw, found = table(tmp_path_factory.mktemp("book"), workbook)
    expected = [[plain(value) for value in row] for row in records]
    notes = said(raw)
    assert found == [names, *expected]
    assert notes.get("title-rows", {"rows": 0})["rows"] == len(titles)
    assert raw.header_rows == len(titles) + 1


def plain(value: Any) -> str:
    """A value as a canonical table has it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


PIECES = st.sampled_from(
    [
        None,
        None,
        "Total",
        "Suma",
        "x",
        "Fuente: SSP",
        "Nota",
        1,
        2,
        3,
        0.5,
        "n",
        "A-1",
        "2024-01-31",
        "n" * 70,
    ]
)
#: Of a note, what says how many rows it tells of.
COUNTED = {
    "title-rows": "rows",
    "foot-left-out": "rows",
    "totals-left-out": "rows",
    "header-repeated": "count",
}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=12))
def test_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    """Whatever stands in a sheet, a row with a value is in the table, its header, or a note."""
    filled = [row for row in rows if any(cell is not None for cell in row)]
    if not filled:
        return
    raw, found = table(tmp_path_factory.mktemp("book"), book(rows))
    notes = said(raw)
    named = sum(notes[code][count] for code, count in COUNTED.items() if code in notes)
    header = len(filled) - named - (len(found) - 1)
    assert header in ((0,) if "no-header" in notes else (1, 2, 3))
    for number, row in enumerate(found[1:], start=2):
        place = raw.header_rows + number - 1 + sum(blank <= number - 2 for blank in raw.blanks)
        there = [plain(cell) for cell in rows[place - 1]]
        assert [cell for cell in row if cell] == [cell for cell in there if cell]


def test_a_sheet_may_begin_anywhere(tmp_path: Path) -> None:
    """Rows are counted as the sheet has them, be it that it begins far down."""
    rows: list[list[Any]] = [*([[]] * 50), [None, "a", "n"], [None, "x", 1], [], [None, "y", 2]]
    raw, found = table(tmp_path, book(rows))
    assert found == [["a", "n"], ["x", "1"], ["y", "2"]]
    assert (raw.header_rows, raw.blanks) == (51, (1,))


def test_a_sheet_without_a_header_loses_no_record(tmp_path: Path) -> None:
    """Records above which nothing stands are all data, and it is said."""
    found = reading(tmp_path, "a.xlsx", saved(book([[19039, 25.6, -100.3], [19026, 25.7, -100.2]])))
    assert found.table().row_count == 2
    assert [column.name for column in found.table().columns] == [
        "columna_1",
        "columna_2",
        "columna_3",
    ]
    assert found.table().notes[0] == Note("no-header", {"row": 1}, "Sheet")
    assert found.table().file_row(2) == 1


def test_opendocument_says_what_is_struck_out(tmp_path: Path) -> None:
    """By the style of a cell, of its column, of a parent or of some letters; "none" takes it back."""
    line = '<style:text-properties style:text-line-through-style="{}"/></style:style>'
    styles = (
        "<office:automatic-styles>"
        f'<style:style style:name="s">{line.format("solid")}'
        f'<style:style style:name="child" style:parent-style-name="s"></style:style>'
        f'<style:style style:name="free" style:parent-style-name="s">{line.format("none")}'
        "</office:automatic-styles>"
    )
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{cell.format('', 'x')}{second}</table:table-row>"
        for second in (
            cell.format(' table:style-name="free"', "n"),
            cell.format("", "5"),
            cell.format(' table:style-name="child"', "6"),
            cell.format(' table:style-name="free"', "7"),
            cell.format(' table:style-name="free"', '<text:span text:style-name="s">8</text:span>'),
        )
    )
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="s"/>'
    raw, _ = table(tmp_path, made.ods(columns + rows, styles))
    (note,) = (note for note in raw.notes if note.code == "struck-out")
    assert note.params == {"count": 3, "row": 2, "cells": "B2, B3, B5"}


@pytest.mark.parametrize("strikes", [True, False])
def test_old_workbooks_say_what_is_struck_out(tmp_path: Path, strikes: bool) -> None:
    """By the font of the style that cells have: texts, and many numbers in one record."""
    font = made.record(0x31, struct.pack("<HH", 200, 8 if strikes else 0) + bytes(12))
    texts = [made.shared_text(text) for text in ("zona", "n", "Norte")]
    numbers = struct.pack("<HHHIHIH", 1, 1, 0, 0x402, 0, 0x802, 2)
    content = made.xls(
        texts, [(0, 0, 0), (0, 1, 1), (1, 0, 2)], more=made.record(0xBD, numbers), fonts=font
    )
    raw, _ = table(tmp_path, content)
    found = [note.params["count"] for note in raw.notes if note.code == "struck-out"]
    assert found == ([5] if strikes else [])
