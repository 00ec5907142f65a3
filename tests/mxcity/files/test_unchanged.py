"""A file that is its own canonical table is copied, for as long as nothing has changed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ckanext.mxcity import files
from ckanext.mxcity.files import FileReading, Recipe, TableReading, unchanged
from ckanext.mxcity.files.reading import read_file, write_table
from ckanext.mxcity.files.recipes import AS_READ, ColumnRecipe
from hypothesis import given, settings
from hypothesis import strategies as st

HEADER = "Folio,CVEGEO,Fecha,Monto,Colonia"
NAMES = "folio,cvegeo,fecha,monto,colonia"
ROWS = tuple(f"A-{n},{19001 + n},2024-03-{n + 1:02},{n}.50,Peñón {n}" for n in range(9))


def content(rows: tuple[str, ...] = ROWS, header: str = HEADER, end: str = "\n") -> bytes:
    """A file of these lines."""
    return "".join(line + end for line in (header, *rows)).encode()


def read(path: Path, recipe: Recipe = AS_READ) -> TableReading:
    """The table of a file."""
    return read_file(path, "a.csv", recipes={"a": recipe}).tables[0]


def with_row(row: str) -> bytes:
    """A file that would be its own table, but for one row."""
    return content((*ROWS, row))


@pytest.mark.parametrize(
    "bytes_",
    [
        content(),
        content().removesuffix(b"\n"),
        with_row('A-9,19020,2024-03-20,-7.25,"Centro, sur"'),
        with_row('"A-9","19020","2024-03-20","-7.25","Centro"'),
        with_row("A-9,,,,Centro"),
        with_row("A-9,19020,2024-03-20,1e3,del Valle  Alto"),
    ],
    ids=["plain", "no last line end", "comma inside", "all quoted", "blanks", "spaces inside"],
)
def test_a_canonical_file_is_copied(tmp_path: Path, bytes_: bytes) -> None:
    """What is copied is what would have been written, cell by cell."""
    path = tmp_path / "a.csv"
    path.write_bytes(bytes_)
    table = read(path)
    assert table.proof
    assert copied(path, table) == written(path, table)
    assert (tmp_path / "copy.csv").read_bytes().startswith(NAMES.encode() + b"\n")


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\xef\xbb\xbf" + content(),
        content(end="\r\n"),
        content(tuple(row.replace(",", ";") for row in ROWS), HEADER.replace(",", ";")),
        content().decode().encode("cp1252"),
        content().replace(b"Colonia", b"Colo\0nia"),
        b"Reporte anual,,,,\n" + content(),
        content((*ROWS, ",,,,")),
        content((*ROWS, "", "A-9,19020,2024-03-20,1.5,Centro")),
        with_row("A-9,19020,2024-03-20,1.5"),
        with_row("A-9,19020,2024-03-20,1.5, Centro"),
        with_row("A-9,19020,2024-03-20,1.5,Centro "),
        with_row("A-9,19020,2024-03-20,1.5,Centro\u00a0"),
        with_row('A-9,19020,2024-03-20,1.5,""'),
        with_row('A-9,19020,2024-03-20,1.5, "Centro"'),
        with_row('A-9,19020,2024-03-20,1.5,"Centro" '),
        with_row('A-9,19020,2024-03-20,1.5,"El ""Centro"""'),
        with_row('A-9,19020,2024-03-20,1.5,Calle 5"'),
        with_row('A-9,19020,2024-03-20,1.5,"Centro\nsur"'),
        with_row("A-9,9020,2024-03-20,1.5,Centro"),
        with_row("A-9,19020,n/d,1.5,Centro"),
        with_row("A-9,19020,2024-3-20,1.5,Centro"),
        with_row("A-9,19020,2024-03-20,+1.5,Centro"),
        with_row("A-9,19020,2024-03-20,s/d,Centro"),
    ],
)
def test_any_other_file_has_no_proof(tmp_path: Path, bytes_: bytes) -> None:
    """One cell that is published otherwise than it is written is enough, or one byte around it."""
    path = tmp_path / "a.csv"
    path.write_bytes(bytes_)
    assert read(path).proof == ""


CELLS = st.text(st.sampled_from(" \u00a0\t,\"'-+0123456789.aáN/d"), max_size=8)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), st.booleans())
def test_a_proof_is_never_wrong(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], quoted: bool
) -> None:
    """Whatever stands in the cells: with a proof, both ways publish the same ones."""
    path = tmp_path_factory.mktemp("proof") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        writer.writerow(["nombre", "monto", "cvegeo"])
        writer.writerows([*rows, ("Centro", "5", "19039")])
    table = read(path)
    if table.proof:
        assert copied(path, table) == written(path, table)
        assert b'""' not in path.read_bytes()  # nothing and "nothing" are two things in a database


def renamed(table: TableReading) -> TableReading:
    """A person gave a column another name."""
    column = replace(table.columns[4], name="barrio", title="Barrio")
    return replace(table, columns=(*table.columns[:4], column))


def test_names_may_change(tmp_path: Path) -> None:
    """They stand above the rows, which are the same."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    table = renamed(read(path))
    assert copied(path, table)[0] == ["folio", "cvegeo", "fecha", "monto", "barrio"]
    assert copied(path, table) == written(path, table)


CHANGES: dict[str, Callable[[TableReading], TableReading]] = {
    "type": lambda table: with_first(table, type="number"),
    "way of writing": lambda table: with_first(table, format="pad:5"),
    "mark of no value": lambda table: with_first(table, absent=("A-1",)),
    "column left out": lambda table: with_first(table, left_out=True),
}


def with_first(table: TableReading, **changes: object) -> TableReading:
    """A table whose first column is another."""
    first: Any = table.columns[0]
    return replace(table, columns=(replace(first, **changes), *table.columns[1:]))


@pytest.mark.parametrize("change", CHANGES)
def test_a_proof_is_of_its_columns(tmp_path: Path, change: str) -> None:
    """What a person has changed since is written as that asks for."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    table = CHANGES[change](read(path))
    assert attempt(path, table) is None
    assert not (tmp_path / "copy.csv").exists()


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(rows=((2, 3),)),
        Recipe(header=(0, 1)),
        Recipe(header=(1, 2)),
        Recipe(foot=1),
        Recipe(delimiter=";"),
        Recipe(encoding="cp1252"),
    ],
)
def test_a_proof_is_of_all_of_a_file(tmp_path: Path, recipe: Recipe) -> None:
    """Where a person says that something of it is no data, it is not copied, before or after."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    assert attempt(path, read(path), recipe) is None
    assert attempt(path, read(path, recipe), recipe) is None


def test_a_recipe_may_say_what_is_taken_anyway(tmp_path: Path) -> None:
    """It is copied, unless a column is left out."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    recipe = Recipe(header=(1, 1), foot=0, encoding="utf-8", delimiter=",")
    assert attempt(path, read(path, recipe), recipe) == 9
    left_out = Recipe(columns={"folio": ColumnRecipe(left_out=True)})
    assert read(path, left_out).proof == ""


def test_bytes_that_changed_are_read_again(tmp_path: Path) -> None:
    """The file is another one with the same name, size and time: what it holds now is written."""
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_bytes(content())
    table = files.read_file(path, "a.csv").tables[0]
    path.write_bytes(content().replace(b"A-3", b" B3"))
    count = files.write_table(path, "a.csv", "a", target, columns=table.columns, proof=table.proof)
    rows = cells(target)
    assert (count, rows[4][0]) == (9, "B3")
    assert attempt(path, table) is None


def test_another_reader_reads_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier version of the program has proved is no proof."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    table = read(path)
    assert attempt(path, table) == 9
    monkeypatch.setattr(unchanged, "reader", lambda: "another")
    assert attempt(path, table) is None


def test_the_reader_is_known_by_its_modules(tmp_path: Path) -> None:
    """A changed module is another reader, and so is one that was added."""
    known = {"a.py": "1", "b/c.py": "2"}
    seen = set()
    for number, change in enumerate(({}, {"a.py": "3"}, {"b/c.py": "3"}, {"d.py": ""})):
        folder = tmp_path / str(number)
        (folder / "b").mkdir(parents=True)
        for name, text in {**known, **change}.items():
            (folder / name).write_text(text)
        seen.add(unchanged.digest_of(folder))
    assert len(seen) == 4


def test_a_proof_outlives_the_draft_that_keeps_it(tmp_path: Path) -> None:
    """A reading is kept as JSON until it is published."""
    path = tmp_path / "a.csv"
    path.write_bytes(content())
    kept = json.loads(json.dumps(read_file(path, "a.csv").as_dict()))
    assert attempt(path, msgspec.convert(kept, FileReading).tables[0]) == 9


def attempt(path: Path, table: TableReading, recipe: Recipe = AS_READ) -> int | None:
    """The rows that were copied; None where the proof does not hold."""
    return unchanged.copied(path, path.with_name("copy.csv"), table.proof, table.columns, recipe)


def copied(path: Path, table: TableReading) -> list[list[str]]:
    """The cells of a copy."""
    rows = attempt(path, table)
    found = cells(path.with_name("copy.csv"))
    assert rows == table.row_count == len(found) - 1
    return found


def written(path: Path, table: TableReading) -> list[list[str]]:
    """The cells of the table as it is written of any file."""
    target = path.with_name("written.csv")
    write_table(path, "a.csv", None, target, columns=table.columns)
    return cells(target)


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
