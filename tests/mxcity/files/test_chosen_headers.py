"""Headers of several rows, merged or not: as they are found, and as a person splits them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mxcity.files.asked import Row, read

NAMES = ["zona", "lote", "monto", "altas", "bajas", "hombres", "mujeres", "total"]
GROUPS = ["Viviendas", "Población", "Egresos", "Ingresos"]


@dataclass
class Headed:
    """A sheet whose header has one to three rows, and what the columns are called."""

    content: bytes
    #: Rows above the header, and those of it.
    above: int
    deep: int
    names: Row
    joined: Row
    records: list[list[object]]


@st.composite
def sheets(draw: st.DrawFn) -> Headed:
    """Names below groups that are merged over two columns each, below one over all of those."""
    deep = draw(st.integers(1, 3))
    count = draw(st.integers(1, 3))
    names = draw(st.permutations(NAMES))[: 2 * count]
    groups = draw(st.permutations(GROUPS))[:count]
    above = draw(st.integers(0, 2))
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(above):
        sheet.append([f"Informe {number}"])
    first = above + 1
    sheet.cell(first, 1, "Clave")
    joined = [[name] for name in names]
    if deep == 3:
        sheet.cell(first, 2, "Actual")
        sheet.merge_cells(start_row=first, end_row=first, start_column=2, end_column=2 * count + 1)
        joined = [["Actual", *title] for title in joined]
    if deep > 1:
        sheet.merge_cells(start_row=first, end_row=first + deep - 1, start_column=1, end_column=1)
        for number, group in enumerate(groups):
            row, column = first + deep - 2, 2 + 2 * number
            sheet.cell(row, column, group)
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=column, end_column=column + 1
            )
            for title in joined[2 * number : 2 * number + 2]:
                title.insert(-1, group)
    for number, name in enumerate(names):
        sheet.cell(first + deep - 1, 2 + number, name)
    figures = st.lists(st.integers(0, 99), min_size=2 * count, max_size=2 * count)
    records = [[f"L-{number}", *draw(figures)] for number in range(draw(st.integers(2, 5)))]
    for number, record in enumerate(records):
        for place, value in enumerate(record):
            sheet.cell(first + deep + number, place + 1, value)
    file = io.BytesIO()
    book.save(file)
    titles = ["Clave", *(" · ".join(title) for title in joined)]
    return Headed(file.getvalue(), above, deep, list(names), titles, records)


@settings(max_examples=30, deadline=None)
@given(made=sheets())
def test_a_header_is_joined_and_can_be_split(
    tmp_path_factory: pytest.TempPathFactory, made: Headed
) -> None:
    """Groups stand before the names; a recipe of the last row leaves them out, and says so."""
    folder = tmp_path_factory.mktemp("header")
    last = made.above + made.deep
    found = read(folder, "a.xlsx", made.content)
    assert found.table.header == (made.above + 1, last)
    assert [column.title for column in found.table.columns] == made.joined
    assert found.rows == [[str(value) for value in record] for record in made.records]
    split = read(folder, "a.xlsx", made.content, {"header": [last, last]})
    assert split.table.header == (last, last)
    assert [column.title for column in split.table.columns] == ["Clave", *made.names]
    assert split.rows == found.rows
    left_out = split.said.get("title-rows", {"rows": 0})["rows"]
    assert left_out == made.above + made.deep - 1


def test_the_rows_of_a_header_can_be_chosen(tmp_path: Path) -> None:
    """Fewer rows than were joined, or more; in text as in a workbook."""
    content = b"Mun,2023,,2024,\n,H,M,H,M\nCentro,5,2,3,4\nSur,6,2,3,4\n"
    assert read(tmp_path, "a.csv", content).header[1:3] == ["2023_h", "2023_m"]
    lower = read(tmp_path, "a.csv", content, {"header": [2, 2]})
    assert lower.header == ["columna_1", "h", "m", "h_2", "m_2"]
    assert lower.rows[0] == ["Centro", "5", "2", "3", "4"]
    upper = read(tmp_path, "a.csv", content, {"header": [1, 1]})
    assert upper.header == ["mun", "2023", "columna_3", "2024", "columna_5"]
    assert upper.rows[0] == ["", "H", "M", "H", "M"]
