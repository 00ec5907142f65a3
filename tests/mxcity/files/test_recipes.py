"""A recipe is followed to the letter, every row is accounted for, and what cannot be is said."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.files import FileRefused, RecipeError, TableReading, for_next, read_recipe
from ckanext.mxcity.files.reading import read_file, write_table
from ckanext.mxcity.files.recipes import FORMATS, TYPES
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.mxcity.files.asked import TITLES, Made, Plain, as_taken, read, tables, written

EXAMPLES = settings(max_examples=25, deadline=None)
KINDS = ("csv", "xlsx", "ods", "json", "geojson")
#: Notes that count rows which are no records, and the name of the count.
ACCOUNT = {
    "title-rows": "rows",
    "header-repeated": "count",
    "foot-left-out": "rows",
    "totals-left-out": "rows",
    "rows-left-out": "count",
}
PAIRS = st.tuples(st.integers(1, 15), st.integers(0, 3)).map(lambda pair: [pair[0], sum(pair)])
COLUMNS = st.sampled_from(TYPES).flatmap(
    lambda kind: st.fixed_dictionaries(
        {},
        optional={
            "type": st.just(kind),
            "left_out": st.booleans(),
        },
    )
)


def recipes(columns: tuple[str, ...] = TITLES) -> st.SearchStrategy[Plain]:
    """Recipes of any header, foot, rows and columns."""
    header = st.one_of(
        st.integers(0, 15).map(lambda last: [0, last]),
        st.tuples(st.integers(1, 15), st.integers(0, 2)).map(lambda pair: [pair[0], sum(pair)]),
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "header": header,
            "foot": st.integers(0, 20),
            "rows": st.lists(PAIRS, max_size=2),
            "columns": st.dictionaries(st.sampled_from(columns), COLUMNS, max_size=3),
        },
    )


def folder_of(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("recipe")


@EXAMPLES
@given(made=tables(KINDS))
def test_what_the_reader_took_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory, made: Made
) -> None:
    """A recipe that says it changes nothing but the doubts, and asks of nothing that it says."""
    folder = folder_of(tmp_path_factory)
    found = read(folder, made.name, made.content)
    again = read(folder, made.name, made.content, as_taken(found))
    event(f"questions: {[question.code for question in found.table.questions]}")
    assert again.table.questions == ()
    assert (again.header, again.rows) == (found.header, found.rows)
    assert _without_doubts(again.table) == _without_doubts(found.table)
    assert again.proposed == found.proposed
    assert again.file.encoding == found.file.encoding


def _without_doubts(table: TableReading) -> TableReading:
    columns = tuple(replace(column, notes=()) for column in table.columns)
    return replace(table, columns=columns, notes=(), questions=())


@settings(max_examples=25, deadline=None)
@given(made=tables(KINDS), recipe=recipes())
def test_every_row_is_in_the_table_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, made: Made, recipe: Plain
) -> None:
    """For any recipe: rows in are rows out and rows said, and each knows its row of the file."""
    folder = folder_of(tmp_path_factory)
    try:
        found = read(folder, made.name, made.content, recipe)
    except FileRefused as error:
        if error.code != "all-left-out":
            raise
        return
    table = found.table
    event(f"header: {bool(table.header and table.header[0])}")
    rows_of_header = 0
    if table.header and table.header[0]:
        first, last = table.header
        rows_of_header = sum(any(row) for row in made.rows[first - 1 : last])
    named = sum(note.params[ACCOUNT[note.code]] for note in table.notes if note.code in ACCOUNT)
    assert sum(map(any, made.rows)) == len(found.rows) + rows_of_header + named
    assert table.row_count == len(found.rows)
    for row, cells in enumerate(found.rows, start=2):
        if cells[0] != "predio":
            assert table.file_row(row) == made.filled[cells[0]]
        assert table.canonical_row(table.file_row(row)) == row


@EXAMPLES
@given(made=tables(KINDS), data=st.data())
def test_rows_that_are_left_out_are_nowhere(
    tmp_path_factory: pytest.TempPathFactory, made: Made, data: st.DataObject
) -> None:
    """Those that a person names are not published, all others are, and are counted as before."""
    folder = folder_of(tmp_path_factory)
    before = read(folder, made.name, made.content)
    count = len(before.rows)
    places = data.draw(st.sets(st.integers(2, count + 1), min_size=1, max_size=count))
    numbers = [before.table.file_row(place) for place in sorted(places)]
    recipe = {"rows": [[number, number] for number in numbers]}
    if len(places) == count:
        with pytest.raises(FileRefused, match="all-left-out"):
            read(folder, made.name, made.content, recipe)
        return
    found = read(folder, made.name, made.content, recipe)
    kept = [row[0] for place, row in enumerate(before.rows, start=2) if place not in places]
    assert [row[0] for row in found.rows] == kept
    assert found.said["rows-left-out"] == {"count": len(places)}
    # By place: a record may be there twice.
    assert [before.table.file_row(n) for n in range(2, count + 2) if n not in places] == [
        found.table.file_row(place) for place in range(2, len(kept) + 2)
    ]


@EXAMPLES
@given(made=tables(KINDS), data=st.data())
def test_columns_that_are_left_out_are_nowhere(
    tmp_path_factory: pytest.TempPathFactory, made: Made, data: st.DataObject
) -> None:
    """They are in no table, schema, period, area or extent; the others are as they were."""
    folder = folder_of(tmp_path_factory)
    before = read(folder, made.name, made.content)
    names = [column.name for column in before.table.columns]
    out = data.draw(st.sets(st.sampled_from(names), min_size=1))
    recipe = {"columns": {name: {"left_out": True} for name in out}}
    if len(out) == len(names):
        with pytest.raises(FileRefused, match="all-left-out"):
            read(folder, made.name, made.content, recipe)
        return
    found = read(folder, made.name, made.content, recipe)
    kept = [place for place, name in enumerate(before.header) if name not in out]
    assert found.header == [name for name in before.header if name not in out]
    assert found.rows == [[row[place] for place in kept] for row in before.rows]
    assert {field["name"] for field in found.proposed[0]["fields"]} == set(found.header)
    assert out.isdisjoint(question.place for question in found.table.questions)
    roles = {column.role for column in found.table.taken}
    assert found.table.extent is None or roles & {"geometry", "latitude"}
    assert found.table.period is None or "period" in roles
    assert found.table.areas == () or "area" in roles


@settings(max_examples=25, deadline=None)
@given(made=tables(KINDS), recipe=recipes((*TITLES, "no_hay", "geometry")), data=st.data())
def test_a_recipe_of_another_table_stops_nothing(
    tmp_path_factory: pytest.TempPathFactory, made: Made, recipe: Plain, data: st.DataObject
) -> None:
    """What cannot be followed is said, and the rest is: the file is read."""
    folder = folder_of(tmp_path_factory)
    recipe = {
        **recipe,
        "encoding": data.draw(st.sampled_from(["", "utf-8", "cp1252", "mac_roman", "cp850"])),
        "delimiter": data.draw(st.sampled_from(["", ",", ";", "\t", "|"])),
    }
    path = folder / made.name
    path.write_bytes(made.content)
    name = read_file(path, made.name).tables[0].name
    found = read_file(path, made.name, recipes={name: read_recipe(recipe)}).tables[0]
    said = {note.code for note in found.notes}
    unknown = set(recipe.get("columns", {})) - {column.name for column in found.columns}
    assert ("recipe-columns" in said) == bool(unknown)
    told = recipe.get("header")
    if told and found.header and "recipe-header" not in said:
        first, last = found.header
        assert made.name != "a.csv" or [first, last] == [told[0], told[1]]


CANNOT: dict[str, tuple[str, bytes, Plain, str, dict[str, Any]]] = {
    "a header below the table": ("a.csv", b"a,n\nx,1\ny,2\n", {"header": [9, 9]}, "recipe-header", {"row": 9}),
    "a header without a row below": ("a.csv", b"a,n\nx,1\ny,2\n", {"header": [3, 3]}, "recipe-header", {"row": 3}),
    "a header that is blank": ("a.csv", b"a,n\n\nx,1\ny,2\n", {"header": [2, 2]}, "recipe-header", {"row": 2}),
    "no header, and no row": ("a.csv", b"a,n\nx,1\ny,2\n", {"header": [0, 3]}, "recipe-header", {"row": 3}),
    "a foot of all rows": ("a.csv", b"a,n\nx,1\ny,2\n", {"foot": 2}, "recipe-foot", {"rows": 2}),
    "letters that it does not have": ("a.csv", "a,n\nñ,1\ny,2\n".encode(), {"encoding": "cp850"}, "recipe-encoding", {"encoding": "cp850", "taken": "utf-8"}),
    "a delimiter that it does not have": ("a.csv", b"a,n\nx,1\ny,2\n", {"delimiter": "\t"}, "recipe-delimiter", {"delimiter": "TAB", "taken": ","}),
    "columns that it does not have": ("a.csv", b"a,n\nx,1\ny,2\n", {"columns": {"m": {"left_out": True}}}, "recipe-columns", {"names": "m"}),
    "a header of a document": ("a.json", b'[{"a": "x", "n": 1}]', {"header": [1, 1]}, "recipe-other-kind", {}),
}  # fmt: skip


@pytest.mark.parametrize("what", CANNOT)
def test_what_cannot_be_followed_is_said(tmp_path: Path, what: str) -> None:
    """And the table is read as without it."""
    name, content, recipe, code, params = CANNOT[what]
    plain, found = (read(tmp_path, name, content, told) for told in (None, recipe))
    assert (found.header, found.rows) == (plain.header, plain.rows)
    assert found.said.keys() - plain.said.keys() == {code}
    assert found.said[code] == params


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A sheet may have another name in the next version."""
    (tmp_path / "a.csv").write_bytes(b"a,n\nx,1\n")
    found = read_file(tmp_path / "a.csv", "a.csv", recipes={"Hoja9": read_recipe({"foot": 1})})
    assert [(note.code, note.params["names"]) for note in found.notes] == [
        ("recipe-tables", "Hoja9")
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_foot_is_as_long_as_a_person_says(tmp_path: Path, kind: str) -> None:
    """Totals that were proved can be taken back, and rows that look like data left out."""
    rows = [["zona", "m", "n"], ["x", "p", "1"], ["y", "q", "2"], ["Total", "", "3"]]
    rows += [["", "", ""], ["Fuente: SSP", "", ""]]
    content = written(kind, rows)
    for foot, last in ((None, "y"), (0, "Fuente: SSP"), (1, "Total"), (2, "y"), (3, "x")):
        found = read(tmp_path, f"a.{kind}", content, None if foot is None else {"foot": foot})
        assert found.rows[-1][0] == last
        assert found.table.foot == (2 if foot is None else foot)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_letters_are_read_as_a_person_says(tmp_path: Path, encoding: str) -> None:
    """It is said what they were read as, and how many letters that lost."""
    content = "a,n\nŠkoda,1\nPeñón,2\n".encode("cp1252")
    found = read(tmp_path, "a.csv", content, {"encoding": encoding})
    assert [row[0] for row in found.rows] == [
        word.encode("cp1252").decode(encoding) for word in ("Škoda", "Peñón")
    ]
    assert found.said["encoding"] == {"encoding": encoding}
    as_utf8 = read(tmp_path, "a.csv", content, {"encoding": "utf-8"})
    assert as_utf8.said["mixed-encoding"]["count"] == 2
    lost = read(tmp_path, "a.csv", b"a,n\nx\x81y,1\n", {"encoding": "cp1252"})
    assert lost.rows == [["x\ufffdy", "1"]]
    assert lost.said["letters-lost"] == {"count": 1}


def test_what_numbers_lose_is_said_of_a_type_that_was_chosen(tmp_path: Path) -> None:
    """Units, parentheses, centuries and zeros are named whoever chose the type."""
    content = b"a,n,d,k\nx,($1.50),01/02/99,1001\ny,$2.00,01/03/98,1002\n"
    columns = {
        "n": {"type": "number", "format": "thousands-comma"},
        "d": {"type": "date", "format": "%m/%d/%y"},
        "k": {"type": "string", "format": "pad:5"},
    }
    found = read(tmp_path, "a.csv", content, {"columns": columns})
    assert found.rows == [
        ["x", "-1.50", "1999-01-02", "01001"],
        ["y", "2.00", "1998-01-03", "01002"],
    ]
    assert {"units-left-out", "parentheses", "short-years", "zeros-lost"} <= found.said.keys()


def test_coordinates_that_were_exchanged_are_left_out_by_their_names(tmp_path: Path) -> None:
    """A person leaves out what the page calls so, wherever it stands in the file."""
    rows = "".join(f"{n},-100.{300 + n},25.{600 + n}\n" for n in range(5))
    content = f"n,latitud,longitud\n{rows}".encode()
    assert read(tmp_path, "a.csv", content).header == ["n", "longitud", "latitud"]
    out = {"columns": {"latitud": {"left_out": True}}}
    found = read(tmp_path, "a.csv", content, out)
    assert (found.header, found.rows[0]) == (["n", "longitud"], ["0", "-100.300"])
    assert found.table.extent is None


def test_a_figure_that_is_left_out_is_in_no_extent(tmp_path: Path) -> None:
    """The extent of a layer is that of the figures that are published."""
    from tests.mxcity.files.map_files import collection

    places = [{"type": "Point", "coordinates": place} for place in ((-100.3, 25.6), (-99.1, 19.4))]
    content = collection([{"a": "x"}, {"a": "y"}], places)
    assert read(tmp_path, "a.geojson", content).table.extent == (-100.3, 19.4, -99.1, 25.6)
    one = read(tmp_path, "a.geojson", content, {"rows": [[2, 2]]})
    assert one.table.extent == (-100.3, 25.6, -100.3, 25.6)
    none = read(tmp_path, "a.geojson", content, {"columns": {"geometry": {"left_out": True}}})
    assert (none.header, none.table.extent) == (["a"], None)
    assert "spatial" not in none.proposed[1]


def test_every_way_of_writing_can_be_said_of_its_type() -> None:
    """What is no part of a recipe is named as such."""
    for kind, forms in FORMATS.items():
        for form in forms:
            read_recipe({"columns": {"a": {"type": kind, "format": form}}})
    for wrong in (
        {"header": [2, 1]},
        {"header": [1, 9]},
        {"foot": -1},
        {"rows": [[0, 1]]},
        {"encoding": "latin9"},
        {"delimiter": "x"},
        {"columns": {"a": {"type": "money"}}},
        {"columns": {"a": {"type": "date", "format": "decimal-comma"}}},
        {"sheet": 1},
    ):
        with pytest.raises(RecipeError):
            read_recipe(wrong)
    assert for_next({"rows": [[1, 2]], "foot": 1}) == {"foot": 1}


def test_a_table_is_written_by_the_recipe_of_its_reading(tmp_path: Path) -> None:
    """The columns of a reading are of its recipe's table: a header further down, a column less."""
    path, target = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_bytes(b"Informe,x\nzona,n\nNorte,1\nSur,2\nfin,\n")
    told = {"header": [2, 2], "foot": 1, "columns": {"n": {"left_out": True}}}
    recipes = {"a": read_recipe(told)}
    columns = read_file(path, "a.csv", recipes=recipes).tables[0].columns
    assert write_table(path, "a.csv", "a", target, columns=columns, recipes=recipes) == 2
    assert target.read_text() == "zona\nNorte\nSur\n"
