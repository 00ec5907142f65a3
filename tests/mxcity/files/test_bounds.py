"""What a file declares reserves nothing: it is read right, or refused by a limit with its name.

Files are read by a process with little memory, time and disk: what grows too far ends it.
"""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import csv
import io
import json
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from ckanext.mxcity.files import FileRefused, Limits
from ckanext.mxcity.files.messages import MESSAGES, text
from ckanext.mxcity.files.reading import read_file, write_table
from ckanext.mxcity.files.sheets import read_workbook
from ckanext.mxcity.files.workbooks import read_sheets
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support import hostile_workbooks as made

READER = Path(__file__).parents[2] / "support" / "read_bounded.py"
#: A batch is one process, so that there are many files and few processes.
BATCH = 20
PLAIN = [["colonia", "barrio"], ["Centro", "Norte"], ["Mitras", "Sur"]]


def outcomes(folder: Path, files: list[tuple[str, bytes]], **limits: int) -> list[dict[str, Any]]:
    """What becomes of files in a process with little room; it must live to the last of them."""
    paths = []
    for number, (name, content) in enumerate(files):
        paths.append(folder / f"{number:03}-{name}")
        paths[-1].write_bytes(content)
    done = subprocess.run(
        [sys.executable, str(READER), json.dumps(limits), *map(str, paths)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (files[len(lines)][0], done.returncode, done.stderr[-600:])
    return lines


def cells(outcome: dict[str, Any]) -> list[list[str]] | None:
    """The titles and first rows of the only table; None for a refusal."""
    if "refused" in outcome:
        assert outcome["refused"] in MESSAGES
        return None
    (table,) = outcome["tables"]
    rows = [table["titles"], *table["sample"]]
    return [[cell or "" for cell in row] for row in rows]


NUMBERS = st.sampled_from([0, 1, 7, 255, 65_535, 1_048_576, 2**31 - 1, 2**63, 10**30])
COLUMNS = st.sampled_from(["A", "B", "Z", "AZ", "XFD", "ZZZ", "ZZZZZ", ""])
PLACES = st.builds("{}{}".format, COLUMNS, NUMBERS)


@st.composite
def declarations(draw: st.DrawFn) -> tuple[str, bytes, list[list[str]]]:
    """A plain workbook that declares other numbers than it holds; it reads as if it did not."""
    rows = "".join(
        f'<row r="{number}" spans="1:{draw(NUMBERS)}">'
        + "".join(
            made.text_cell(f"{letter}{number}", value)
            for letter, value in zip("AB", row, strict=True)
        )
        + "".join(f'<c r="{draw(COLUMNS) or "C"}{number}" s="{draw(NUMBERS)}"/>' for _ in "1")
        + "</row>"
        for number, row in enumerate(PLAIN, start=1)
    )
    before = (
        f'<dimension ref="A1:{draw(PLACES)}"/>'
        f'<cols><col min="1" max="{draw(NUMBERS)}" width="9"/></cols>'
    )
    after = f'<mergeCells count="{draw(NUMBERS)}"><mergeCell ref="A9:{draw(PLACES)}"/></mergeCells>'
    texts = f'<sst count="{draw(NUMBERS)}" uniqueCount="{draw(NUMBERS)}"><si><t>x</t></si></sst>'
    styles = f'<styleSheet><cellXfs count="{draw(NUMBERS)}"><xf numFmtId="{draw(NUMBERS)}"/></cellXfs></styleSheet>'
    return "a.xlsx", made.xlsx(rows, before=before, after=after, texts=texts, styles=styles), PLAIN


@st.composite
def far_cells(draw: st.DrawFn) -> tuple[str, bytes, list[list[str]]]:
    """A plain workbook with one cell more, perhaps far away, and perhaps sheet upon sheet."""
    column, row = draw(COLUMNS), draw(NUMBERS)
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            made.text_cell(f"{letter}{number}", value)
            for letter, value in zip("AB", line, strict=True)
        )
        + "</row>"
        for number, line in enumerate(PLAIN, start=1)
    )
    rows += f'<row r="{row}">{made.text_cell(f"{column}{row}", "lejos")}</row>'
    return "a.xlsx", made.xlsx(rows), PLAIN


@st.composite
def repeated(draw: st.DrawFn) -> tuple[str, bytes, list[list[str]]]:
    """A spreadsheet that repeats cells and rows, with and without a value."""
    rows = "".join(made.ods_row(*line) for line in PLAIN)
    last = made.ods_row(
        draw(st.sampled_from(["", "x", "x" * 900])),
        times=draw(NUMBERS), columns=draw(NUMBERS), blank=draw(NUMBERS),
    )  # fmt: skip
    return "a.ods", made.ods(rows + made.ods_row(times=draw(NUMBERS)) + last), PLAIN


@st.composite
def old_books(draw: st.DrawFn) -> tuple[str, bytes, list[list[str]]]:
    """An old workbook that declares texts, areas and links that it does not hold."""
    flat = [cell for row in PLAIN for cell in row]
    texts = [made.shared_text(cell, draw(st.sampled_from([None, 0]))) for cell in flat]
    if draw(st.booleans()):
        texts[0] = made.shared_text(flat[0], draw(st.sampled_from([-1, -8, -(2**31), 2**31 - 1])))
    area = struct.pack("<HHHH", 0, draw(NUMBERS) % 65_536, 0, draw(NUMBERS) % 65_536)
    more = made.record(0x1B8, area + bytes(80)) + made.record(0xE5, b"\x01\x00" + area)
    more += made.record(0x200, struct.pack("<IIHHH", 0, draw(NUMBERS) % 2**32, 0, 65_535, 0))
    places = [(number // 2, number % 2, number) for number in range(len(flat))]
    places += draw(st.sampled_from([[], [(65_535, 40, 0)]]))
    count = draw(st.sampled_from([None, 2**31 - 1, 10_000_000]))
    return "a.xls", made.xls(texts, places, count=count, more=more), PLAIN


@pytest.mark.parametrize("kind", [declarations, far_cells, repeated, old_books])
def test_declared_numbers_reserve_nothing(
    tmp_path_factory: pytest.TempPathFactory, kind: Callable[[], Any]
) -> None:
    """Any number in any place ends in the table that is there, or in a refusal with a name."""

    @settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(st.lists(kind(), min_size=BATCH, max_size=BATCH))
    def run(batch: list[tuple[str, bytes, list[list[str]]]]) -> None:
        folder = tmp_path_factory.mktemp("batch")
        found = outcomes(folder, [(name, content) for name, content, _ in batch], cells=2_000_000)
        for (name, _, expected), outcome in zip(batch, found, strict=True):
            table = cells(outcome)
            if table is not None:
                assert [row[:2] for row in table[:3]] == expected, name

    run()


def parquet(folder: Path, select: str) -> bytes:
    """A Parquet file of what is selected."""
    path = folder / "made.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path.read_bytes()


def wide_json(columns: int, rows: int) -> bytes:
    first = json.dumps({f"c{number}": 1 for number in range(columns)})
    return f"[{first}{',{}' * rows}]".encode()


GROWING: dict[str, tuple[str, Any, str | int]] = {
    "rows of a value": ("a.parquet", "SELECT 7 AS a FROM range(500000)", 500_000),
    "more rows than a table": ("a.parquet", "SELECT 7 AS a FROM range(51000000)", "too-many-rows"),
    "rows of a long text": (
        "a.parquet", "SELECT repeat('x', 5000) AS a FROM range(1000000)", "too-much-text"),
    "JSON of blank rows": ("a.json", wide_json(1_000, 500_000), "too-sparse"),
    "JSON of long numbers": ("a.json", b'[{"a": ' + b"9" * 6_000 + b"}]", "long-number"),
    "JSON of great exponents": ("a.json", b'[{"a": 1e400, "b": 1e-400}]', "broken-json"),
    "JSON of a long text": ("a.json", b'[{"a": "' + b"x" * 1_100_000 + b'"}]', "long-cell"),
    "JSON of many levels": ("a.json", b"[" * 200_000, "deep-json"),
    "CSV of short rows": (
        "a.csv", ",".join(f"c{n}" for n in range(1_000)).encode() + b"\n1" * 1_000_000,
        "too-many-cells"),
    "sheet upon sheet": ("a.xlsx", made.xlsx(made.text_cell("A1", "x"), sheets=1_500), "too-many-sheets"),
    "a part that is read again and again": (
        "a.xlsx", made.xlsx("".join(f'<row r="{n}"><c r="B{n}"/></row>' for n in range(1, 60_000)), sheets=900),
        "unpacks-too-large"),
    "levels of a sheet": ("a.xlsx", made.xlsx("<x>" * 300_000), "broken-workbook"),
    "a tag without end": ("a.xlsx", made.xlsx(f'<row r="1" x="{random.Random(1).randbytes(9_000_000).hex()}"/>'), "broken-workbook"),
    "a long text": ("a.xlsx", made.xlsx(f'<row>{made.text_cell("A1", "x" * 1_100_000)}</row>'), "long-cell"),
    "entities": ("a.xlsx", made.xlsx("", texts='<!DOCTYPE a [<!ENTITY b "c">]><sst/>'), "unsafe-workbook"),
    "parts without end": ("a.xlsx", made.zipped({
        "[Content_Types].xml": "", **{f"xl/{n}": "" for n in range(11_000)}}), "too-many-members"),
}  # fmt: skip


def test_growth_ends_at_a_limit(tmp_path: Path) -> None:
    """What grows while it is read is stopped by the limit that it passes, the rest is read."""
    files = [
        (name, parquet(tmp_path, content) if isinstance(content, str) else content)
        for name, content, _ in GROWING.values()
    ]
    half = len(files) // 2
    found = [*outcomes(tmp_path, files[:half]), *outcomes(tmp_path, files[half:])]
    got = {
        label: outcome.get("refused") or outcome["tables"][0]["rows"]
        for label, outcome in zip(GROWING, found, strict=True)
    }
    assert got == {label: expected for label, (_, _, expected) in GROWING.items()}


def test_shared_texts_are_counted_where_they_stand(tmp_path: Path) -> None:
    """A text that many cells share is kept once, and what it is written to is bounded."""
    texts = f"<sst><si><t>{'x' * 900_000}</t></si></sst>"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 4_000))
    (outcome,) = outcomes(tmp_path, [("a.xlsx", made.xlsx(rows, texts=texts))])
    assert outcome == {"refused": "too-much-text"}


def test_sizes_that_lie_are_found_out(tmp_path: Path) -> None:
    """The bytes of a part are counted as they come, whatever its header says."""
    content = made.xlsx(f"<row>{made.text_cell('A1', 'x' * 500)}</row>")
    for lie in (0, 17, 2**31):
        changed = bytearray(content)
        place = changed.rfind(b"PK\x01\x02", 0, changed.rfind(b"xl/worksheets/sheet1.xml"))
        changed[place + 24 : place + 28] = struct.pack("<I", lie)
        path = tmp_path / f"{lie}.xlsx"
        path.write_bytes(bytes(changed))
        with pytest.raises(FileRefused) as refused:
            read_file(path, "a.xlsx", Limits(unpacked=100_000_000))
        assert refused.value.code in ("broken-workbook", "unpacks-too-large", "empty")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_broken_workbooks_are_refused(tmp_path: Path, kind: str, seed: int) -> None:
    """A workbook with bytes changed is a table still, or refused with a name."""
    chance = random.Random(seed)
    flat = [cell for row in PLAIN for cell in row]
    whole = {
        "xlsx": openpyxl_book(PLAIN),
        "ods": made.ods("".join(made.ods_row(*row) for row in PLAIN)),
        "xls": made.xls(
            [made.shared_text(cell) for cell in flat],
            [(number // 2, number % 2, number) for number in range(len(flat))],
        ),
    }[kind]
    files = []
    for _ in range(BATCH):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(8, len(changed))] = chance.randrange(256)
        files.append((f"a.{kind}", bytes(changed)))
    for outcome in outcomes(tmp_path, files):
        assert outcome.get("refused", "empty") in MESSAGES


def openpyxl_book(rows: list[list[Any]]) -> bytes:
    """A workbook as a program writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_long_sheet_is_read_whole(tmp_path: Path) -> None:
    """Tables larger than any window come out as they went in, in order."""
    rows = [
        ["clave", "texto", "n"],
        *([f"k{n}", f"línea {n}" if n % 3 else None, n] for n in range(9_000)),
    ]
    path = tmp_path / "a.xlsx"
    path.write_bytes(openpyxl_book(rows))
    write_table(path, "a.xlsx", None, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert found == [["" if cell is None else str(cell) for cell in row] for row in rows]


def test_old_and_new_workbooks_give_the_same(tmp_path: Path) -> None:
    """The same cells are read from each kind of workbook; columns before a table are no columns."""
    flat = [cell for row in PLAIN for cell in row]
    places = [(number // 2 + 1, number % 2 + 1, number) for number in range(len(flat))]
    shifted = [[], *([None, *row] for row in PLAIN)]
    files = {
        "a.xlsx": openpyxl_book(shifted),
        "a.ods": made.ods(made.ods_row() + "".join(made.ods_row(*row, blank=1) for row in PLAIN)),
        "a.xls": made.xls([made.shared_text(cell) for cell in flat], places),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        table = read_file(tmp_path / name, name).tables[0]
        assert [[c.title for c in table.columns], *map(list, table.sample)] == PLAIN, name
        assert table.file_row(2) == 3, name


def rows_of(content: bytes, limits: Limits, *, clip: bool = False) -> list[Any]:
    """The rows of all sheets of a workbook."""
    found = read_sheets(io.BytesIO(content), limits, clip=clip)
    return [row for sheet in found for row in sheet.rows]


def test_rows_of_a_table_are_as_wide(tmp_path: Path) -> None:
    """Each row is written as wide as the widest, wherever that one stands."""
    rows = [["a", "b"], ["x"], ["y", "z"], [None, "w", "lejos"], ["v"]]
    path = tmp_path / "a.xlsx"
    path.write_bytes(openpyxl_book(rows))
    (table,), _ = read_workbook(path, tmp_path, Limits())
    with table.path.open(encoding="utf-8", newline="") as file:
        assert [len(row) for row in csv.reader(file)] == [3, 3, 3, 3]


def test_limits_are_those_of_the_caller(tmp_path: Path) -> None:
    """A caller's own limits hold, and columns beyond may be left out instead."""
    content = openpyxl_book([[f"c{n}" for n in range(9)], list(range(9))])
    small = Limits(columns=5)
    with pytest.raises(FileRefused) as refused:
        rows_of(content, small)
    assert refused.value.params == {"columns": 6, "limit": 5}
    assert [len(row) for _, row in rows_of(content, small, clip=True)] == [5, 5]
    with pytest.raises(FileRefused) as refused:
        rows_of(content, replace(small, columns=9, cells=12))
    assert refused.value.code == "too-many-cells"
    assert "12" in text("too-many-cells", refused.value.params)
