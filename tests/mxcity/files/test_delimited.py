"""Every row and cell of a delimited file is in the table, or is named, or the file is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.files import FileReading, FileRefused, Limits
from ckanext.mxcity.files.delimited import read_delimited
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

Row = list[str]


def read(folder: Path, content: bytes) -> FileReading:
    """Read a file of this content."""
    place = folder / "a.csv"
    place.write_bytes(content)
    return read_file(place, "a.csv")


def published(folder: Path, content: bytes) -> list[Row]:
    """Return the rows of the table that a file becomes, its header first."""
    place, target = folder / "a.csv", folder / "canonical.csv"
    place.write_bytes(content)
    write_table(place, "a.csv", None, target)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def said(reading: FileReading) -> dict[str, dict[str, Any]]:
    """Return the notes of the first table by their codes."""
    return {note.code: dict(note.params) for note in reading.tables[0].notes}


def test_a_header_with_line_breaks_takes_no_row(tmp_path: Path) -> None:
    """Names of columns may go over lines, as spreadsheets write them."""
    rows = "".join(f"{n},Barrio {n}\n" for n in range(20))
    found = published(tmp_path, f'"folio\nlocal","nombre\ndel barrio"\n{rows}'.encode())
    assert found[0] == ["folio_local", "nombre_del_barrio"]
    assert [row[0] for row in found[1:]] == [str(n) for n in range(20)]
    assert read(tmp_path, b'"a\nb",c\n1,2\n').tables[0].columns[0].title == "a b"


@pytest.mark.parametrize("at", [1, 300, 20_000])
@pytest.mark.parametrize("again", [False, True])
def test_an_open_quotation_mark_is_refused_with_its_row(
    tmp_path: Path, at: int, again: bool
) -> None:
    """It takes no row with it, wherever it is, and whether another mark comes later or not."""
    lines = [f"{n},Calle {n},normal" for n in range(at + 500)]
    lines[at] = f'{at},"Calle {at},normal'
    if again:
        lines[at + 400] = '"x",y,z'
    content = "\n".join(["id,calle,nota", *lines]).encode()
    with pytest.raises(FileRefused) as raised:
        read(tmp_path, content)
    assert (raised.value.code, raised.value.params["row"]) == ("quote-open", at + 2)


def test_rows_inside_a_cell_are_refused(tmp_path: Path) -> None:
    """Two marks that are far apart make one cell of the rows between, which is sound CSV."""
    lines = [f"{n},Calle {n},normal" for n in range(40)]
    lines[10], lines[30] = '10,"Calle 10,normal', '30",Calle 30,normal'
    with pytest.raises(FileRefused) as raised:
        read(tmp_path, "\n".join(["id,calle,nota", *lines]).encode())
    assert (raised.value.code, raised.value.params["row"]) == ("quote-open", 12)


def test_a_text_of_several_lines_stays_one_cell(tmp_path: Path) -> None:
    content = b'id,nota\n1,"uno\ndos, tres\r\ncuatro"\n2,x\n'
    assert published(tmp_path, content)[1:] == [["1", "uno\ndos, tres\ncuatro"], ["2", "x"]]


def test_quotation_marks_inside_a_cell_stay(tmp_path: Path) -> None:
    """Whether they are doubled or not; those that are not are said."""
    content = 'id,lugar\n1,Tubo de 5" nuevo\n2,"El "Gordo" López"\n3,"El ""Rey"""\n'.encode()
    assert [row[1] for row in published(tmp_path, content)[1:]] == [
        'Tubo de 5" nuevo',
        'El "Gordo" López',
        'El "Rey"',
    ]
    assert said(read(tmp_path, content))["quotes-inside"] == {"count": 1, "row": 3}


def test_one_strange_byte_takes_no_accent(tmp_path: Path) -> None:
    """A file in UTF-8 with rows from elsewhere is in UTF-8, and those rows are named."""
    rows = [f"Peñón {n},{n}".encode() for n in range(200)]
    rows[150] = "Cañada,150".encode("cp1252")
    content = b"\n".join([b"colonia,n", *rows])
    assert [row[0] for row in published(tmp_path, content)[1:]] == [
        "Cañada" if n == 150 else f"Peñón {n}" for n in range(200)
    ]
    found = read(tmp_path, content)
    assert found.encoding == "utf-8"
    assert said(found)["mixed-encoding"] == {"count": 1, "row": 152, "text": "Cañada"}


def test_a_mark_says_that_a_file_is_in_utf8(tmp_path: Path) -> None:
    """Though more of its letters were pasted from elsewhere: they are counted, and named so."""
    rows = [f"Cañada {n},{n}".encode("cp1252") for n in range(9)]
    content = b"\xef\xbb\xbf" + b"\n".join([b"colonia,n", "Peñón,9".encode(), *rows])
    found = read(tmp_path, content)
    assert found.encoding == "utf-8-sig"
    assert said(found) == {"mixed-encoding": {"count": 9, "row": 3, "text": "Cañada"}}
    assert [row[0] for row in published(tmp_path, content)[1:3]] == ["Peñón", "Cañada 0"]


@settings(max_examples=25, deadline=None)
@given(
    words=st.lists(st.text("abcñáÉ —…", max_size=3), min_size=1, max_size=40),
    encoding=st.sampled_from(["utf-16-le", "utf-16-be"]),
    mark=st.booleans(),
)
def test_letters_of_two_bytes_are_told_with_or_without_a_mark(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], encoding: str, mark: bool
) -> None:
    """Their zeros tell which byte comes first, and it is said."""
    folder = tmp_path_factory.mktemp("wide")
    words = [f"x{word}y" for word in words]
    text = "\ufeff" * mark + "colonia,numero\r\n"
    text += "".join(f"{word},{n}5\r\n" for n, word in enumerate(words))
    found = read(folder, text.encode(encoding))
    told = "utf-16" if mark else encoding
    assert (found.encoding, said(found)["encoding"]) == (told, {"encoding": told})
    assert [row[0] for row in published(folder, text.encode(encoding))[1:]] == words


def test_an_encoding_is_told_by_all_of_a_file(tmp_path: Path) -> None:
    """Its first accent may come late, and an encoding that is a guess is said to be one."""
    late = "colonia,n\n" + "Centro,1\n" * 60_000 + "Peñón,2\n"
    for encoding in ("cp1252", "mac_roman", "cp850"):
        assert published(tmp_path, late.encode(encoding))[-1] == ["Peñón", "2"], encoding
    doubtful = "a,n\nŠkoda,1\n".encode("cp1252")
    assert said(read(tmp_path, doubtful))["encoding-guessed"]["text"] == "Škoda"


def test_the_header_is_evidence_of_the_delimiter(tmp_path: Path) -> None:
    """Numbers with a decimal comma cut a table at commas as evenly as semicolons do."""
    rows = "".join(f"25,6{n:03};-100,3{n:03}\n" for n in range(50))
    found = read(tmp_path, f"latitud;longitud\n{rows}".encode())
    assert found.delimiter == ";"
    assert [column.name for column in found.tables[0].columns] == ["latitud", "longitud"]
    both = read(tmp_path, b"a,b;c\n1,5;2\n3,5;4\n")
    assert said(both)["delimiter-guessed"] == {"delimiter": ";", "other": ","}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("other", ["\n", "\r\n", "\r"])
def test_ends_of_lines_may_be_mixed(tmp_path: Path, end: str, other: str) -> None:
    """No letter is taken for a part of an end."""
    content = f"colonia,n{end}Centro,1{end}Cumbres,2{other}Mitras,3{end}Obispado,4{end}"
    assert published(tmp_path, content.encode())[1:] == [
        ["Centro", "1"],
        ["Cumbres", "2"],
        ["Mitras", "3"],
        ["Obispado", "4"],
    ]


@pytest.mark.parametrize("late", [0, 40_000])
def test_cells_beyond_the_header_are_kept_and_said(tmp_path: Path, late: int) -> None:
    content = "a,b\n" + "1,2\n" * late + "1,2\n3,4,cinco\n6\n7,8\n"
    rows = published(tmp_path, content.encode())
    assert rows[0] == ["a", "b", "columna_3"]
    assert rows[late + 2 :] == [["3", "4", "cinco"], ["6", "", ""], ["7", "8", ""]]
    notes = said(read(tmp_path, content.encode()))
    assert notes["long-rows"] == {"count": 1, "row": late + 3}
    assert notes["short-rows"] == {"count": 1, "row": late + 4}


def test_rows_that_stand_under_the_wrong_names_are_refused(tmp_path: Path) -> None:
    """A delimiter inside of texts moves every cell of its row."""
    rows = "".join(f"{n},Fri, 0{n} Oct 2024,{n}\n" for n in range(9))
    with pytest.raises(FileRefused) as raised:
        read(tmp_path, f"id,fecha,valor\n{rows}".encode())
    assert raised.value.code == "rows-wider"
    assert raised.value.params == {"count": 9, "row": 2, "columns": 3, "cells": 4}


def test_columns_and_rows_without_anything_are_left_out(tmp_path: Path) -> None:
    content = b"a,b,,,\n0,0,,,\n,,,,\n\n1,1,,,\n,,,,\n"
    assert published(tmp_path, content) == [["a", "b"], ["0", "0"], ["1", "1"]]
    found = read(tmp_path, content)
    assert said(found)["empty-columns"] == {"count": 3}
    assert said(found)["blank-rows"] == {"count": 2}
    assert [found.tables[0].file_row(row) for row in (2, 3)] == [2, 5]


def test_rows_above_the_header_are_said(tmp_path: Path) -> None:
    content = b"Secretaria de Servicios,,\nReporte 2025,,\n,,\ncolonia,reportes,costo\nA,1,2\n"
    assert said(read(tmp_path, content))["title-rows"]["rows"] == 2


def test_marks_at_the_beginning_are_no_part_of_a_name(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf\xef\xbb\xbf" + b'"a","b"\n1,2\n'
    assert published(tmp_path, content)[0] == ["a", "b"]


def test_a_long_table_is_refused_by_its_rows(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("a,b\n" + "1,2\n" * 50 + "3\n" * 50)
    with pytest.raises(FileRefused) as raised:
        read_file(place, "a.csv", Limits(rows=60))
    assert raised.value.code == "too-many-rows"


#: Words that a column of nothing else has as true and false.
YES_OR_NO = {"si", "sí", "no", "true", "false", "verdadero", "falso"}
#: Texts without digits: how numbers are written is another matter.
CELL = st.text(
    st.sampled_from("abcñÁü€ ,;|\t\"'\r\n#-")
    | st.characters(codec="utf-8", exclude_categories=("C", "N")),
    max_size=12,
).filter(lambda cell: bool(cell.strip("- \t\r\n\"'")) or cell == "")
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12)
)


@example(table=[[":", ":"], ["", "*"]], delimiter=",", end="\n", encoding="utf-8", quoting=1)
@example(table=[["a", "b"], ["", "*nota"]], delimiter=",", end="\n", encoding="utf-8", quoting=1)
@given(
    TABLE,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[Row],
    delimiter: str,
    end: str,
    encoding: str,
    quoting: Any,
) -> None:
    """Any text in any cell, in each dialect: the same rows, or what differs is said."""
    table = [row for row in table if any(cell.strip() for cell in row)]
    assume(not any(cell.strip().lower() in YES_OR_NO for row in table for cell in row))
    names = [f"nombre{n}" for n in range(len(table[0]))] if table else ["a", "b"]
    file = io.StringIO(newline="")
    # Python's writer quotes a cell with a sign that ends lines only if it is in this end.
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n", quoting=quoting)
    writer.writerow(names)
    writer.writerows(table)
    content = file.getvalue()
    if not any("\r" in cell or "\n" in cell for row in table for cell in row):
        content = content.replace("\r\n", end)
    folder = tmp_path_factory.mktemp("dialect")
    if not table:
        with pytest.raises(FileRefused, match="only-header"):
            published(folder, content.encode(encoding))
        return
    found = published(folder, content.encode(encoding))
    assert found[0] == names
    wanted = [[_plain(cell) for cell in row] for row in table]
    assert [[_plain(cell) for cell in row] for row in found[1:]] == wanted
    shown = read_file(folder / "a.csv", "a.csv").tables[0].published
    assert [[cell or "" for cell in row] for row in shown] == found[1:]


def _plain(cell: str) -> str:
    """Return a cell without what is not kept: how its lines end, and the blanks around it."""
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_a_sound_table_is_read_where_it_is(tmp_path: Path, end: str, last: bool) -> None:
    """Nothing is copied: a large file would be written twice."""
    place, folder = tmp_path / "a.csv", tmp_path / "work"
    folder.mkdir()
    lines = ["Informe;", "a;b", *("1;x" for _ in range(30_000))]
    place.write_bytes((end.join(lines) + (end if last else "")).encode())
    table, _ = read_delimited(place, folder, Limits())
    title = Note("title-rows", {"rows": 1, "text": "Informe"})
    assert (table.path, table.skip, table.notes) == (place, 2, (title,))
    assert list(folder.iterdir()) == []


def test_one_sign_decides_no_encoding(tmp_path: Path) -> None:
    """A euro of ISO 8859-15 does not make another encoding of all letters; a file tells its own."""
    rows = "".join(f"{n},México Ciudad,{n}\n" for n in range(40)) + "41,Colima,5 €\n"
    (tmp_path / "a.csv").write_bytes(f"id,lugar,monto\n{rows}".encode("iso8859-15"))
    found = read_file(tmp_path / "a.csv", "a.csv")
    assert found.encoding == "iso8859_15"
    assert found.tables[0].published[0][1] == "México Ciudad"
