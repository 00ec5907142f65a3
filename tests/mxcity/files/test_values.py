"""What is written in a column is what is published, or a note names the doubt."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from ckanext.mxcity.files import FileReading, Note, TableReading, propose_schema
from ckanext.mxcity.files.infer import way_of_writing
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import given, settings
from hypothesis import strategies as st


def read(
    folder: Path, values: list[str], header: str = "valor", delimiter: str = ",", more: str = "k"
) -> tuple[Column, list[str]]:
    """The column of these values in a CSV, and its values as they are published."""
    path, out = folder / "a.csv", folder / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([["nombre", header], *([more, value] for value in values)])
    column = table(read_file(path, "a.csv")).columns[1]
    write_table(path, "a.csv", None, out)
    with out.open(encoding="utf-8", newline="") as file:
        return column, [row[1] for row in list(csv.reader(file))[1:]]


def table(reading: FileReading) -> TableReading:
    """The only table."""
    return reading.table()


def codes(column: Column) -> list[str]:
    """What was noticed of a column."""
    return [note.code for note in column.notes]


def note(column: Column, code: str) -> Note:
    """A note of a column."""
    return next(note for note in column.notes if note.code == code)


#: By name: delimiter, values, type, published, notes.
CASES: dict[str, tuple[str, list[str], str, list[str], list[str]]] = {
    # Comma and point.
    "a zero before the comma decides": (";", ["0,100", "1,100", "0,373"], "number", ["0.100", "1.100", "0.373"], []),
    "four digits before the comma decide": (";", ["1234,100", "1,100"], "number", ["1234.100", "1.100"], []),
    "another length decides": (",", ["1,100", "2,5"], "number", ["1.100", "2.5"], []),
    "a semicolon is the default for decimals": (";", ["1,100", "2,300"], "number", ["1.100", "2.300"], ["numbers-ambiguous"]),
    "Mexico writes thousands": (",", ["1,100", "2,300"], "number", ["1100", "2300"], ["numbers-ambiguous"]),
    "two groups prove thousands": (";", ["1,100,000", "2,300"], "number", ["1100000", "2300"], []),
    "a point proves thousands": (",", ["1,100.5", "2,300"], "number", ["1100.5", "2300"], []),
    "thousands with a point": (";", ["1.100", "2.300"], "number", ["1100", "2300"], ["numbers-ambiguous"]),
    "signed thousands with a point": (";", ["-1.100", "2.300"], "number", ["-1100", "2300"], ["numbers-ambiguous"]),
    "three decimals": (",", ["1.100", "2.300"], "number", ["1.100", "2.300"], []),
    "a zero before the point decides": (";", ["0.100", "2.300"], "number", ["0.100", "2.300"], []),
    "groups of points prove thousands": (",", ["1.100.000", "2.300"], "number", ["1100000", "2300"], []),
    "contrary marks": (";", ["1,100.5", "2.300,5", "7"], "string", ["1,100.5", "2.300,5", "7"], ["numbers-contradict"]),
    "contrary decimals": (",", ["1,5", "2.5", "7"], "string", ["1,5", "2.5", "7"], ["numbers-contradict"]),
    "spaces and three decimals": (",", ["1 100", "2,300"], "string", ["1 100", "2,300"], ["numbers-contradict"]),
    "spaces and decimals": (",", ["1 100", "2,30"], "number", ["1100", "2.30"], []),
    # Units.
    "percentages and shares": (",", ["12%", "0.12", "3 %"], "string", ["12%", "0.12", "3 %"], ["percents-mixed"]),
    "percentages and nothing": (",", ["12%", "0", "3 %"], "number", ["12", "0", "3"], ["percents"]),
    "parentheses": (",", ["($1,203.50)", "$2,301.00", "$3,302.00"], "number", ["-1203.50", "2301.00", "3302.00"], ["units-left-out", "parentheses"]),
    "a list": (",", ["(1)", "(2)", "(3)"], "string", ["(1)", "(2)", "(3)"], []),
    "euros": (",", ["€ 12", "13.50 €", "1,200 EUR"], "number", ["12", "13.50", "1200"], ["units-left-out"]),
    "pesos": (",", ["12 M.N.", "MXN 13", "14 pesos", "$ 15"], "number", ["12", "13", "14", "15"], ["units-left-out"]),
    "two currencies": (",", ["$12 USD", "13 M.N."], "string", ["$12 USD", "13 M.N."], ["units-mixed"]),
    "euros and no unit": (",", ["€ 12", "13"], "string", ["€ 12", "13"], ["units-mixed"]),
    # No value.
    "categories": (",", ["Hombre", "Mujer", "No especificado", "No aplica", "NA", "SD", "-", "Sin dato", ""], "string",
                   ["Hombre", "Mujer", "No especificado", "No aplica", "NA", "SD", "-", "Sin dato", ""], []),
    "nothing but marks": (",", ["-", "s/d", ""], "string", ["-", "s/d", ""], []),
    "an answer of its own": (",", ["Sí", "No", "No aplica"] * 10, "string", ["Sí", "No", "No aplica"] * 10, []),
    "words among numbers": (",", ["1", "No especificado", "3", "…", "ND"], "integer", ["1", "", "3", "", ""], ["marks-as-missing"]),
    "marks of statistics": (",", ["*", "5", "*", "7", "c", "C", "n.s."], "integer", ["", "5", "", "7", "", "", ""], ["marks-as-missing"]),
    "a class, not a mark": (",", ["C", "1", "C", "C", "2"], "string", ["C", "1", "C", "C", "2"], []),
    "words among days": (",", ["2024-01-01", "Sin dato", "2024-01-02"], "date", ["2024-01-01", "", "2024-01-02"], ["marks-as-missing"]),
    # Days.
    "no such day": (",", ["2025-02-28"] * 20 + ["2025-02-30"], "date", ["2025-02-28"] * 20 + ["2025-02-30"], ["other-values"]),
    "other days that a cast takes": (",", ["2025-02-28"] * 30 + ["2025/02/28", "99-01-05", "2025-2-3"], "date",
                                     ["2025-02-28"] * 30 + ["2025/02/28", "99-01-05", "2025-02-03"], ["other-values"]),
    "words of databases": (",", ["2025-02-28"] * 20 + ["infinity", "epoch"], "date", ["2025-02-28"] * 20 + ["infinity", "epoch"], ["other-values"]),
    "short years": (",", ["13/02/25", "01/03/24"], "date", ["2025-02-13", "2024-03-01"], ["short-years"]),
    "short years in doubt": (",", ["03/02/25", "01/03/24"], "date", ["2025-02-03", "2024-03-01"], ["ambiguous-dates", "short-years"]),
    "short years, months first": (",", ["12/31/25", "01/03/24"], "date", ["2025-12-31", "2024-01-03"], ["month-first", "short-years"]),
    "dashes in doubt": (",", ["03-02-2025", "01-03-2024"], "date", ["2025-02-03", "2024-03-01"], ["ambiguous-dates"]),
    "contrary orders": (",", ["31/01/2025", "01/31/2025"] + ["01/02/2025"] * 40, "string", ["31/01/2025", "01/31/2025"] + ["01/02/2025"] * 40, ["dates-mixed"]),
    "two ways": (",", ["31/01/2025", "2025-01-31"], "string", ["31/01/2025", "2025-01-31"], ["dates-mixed"]),
    "short months": (",", ["01-ene-2025", "15-ABR-2025", "02-Sept-2025"], "date", ["2025-01-01", "2025-04-15", "2025-09-02"], []),
    "long months": (",", ["1 de enero de 2025", "miércoles, 15 de diciembre del 2024", "3 de marzo de 2024"], "date", ["2025-01-01", "2024-12-15", "2024-03-03"], []),
    "months of a spreadsheet": (",", ["01-ene-25", "15-dic-24"], "date", ["2025-01-01", "2024-12-15"], ["short-years"]),
    "not all are days": (",", ["1 de enero de 2025"] * 20 + ["mañana"], "string", ["1 de enero de 2025"] * 20 + ["mañana"], []),
    # Moments.
    "zones": (",", ["2025-07-01T10:00:00Z", "2025-07-01 10:00:00-0600", "2025-07-01T10:00:00+00"][:1] * 3, "datetime", ["2025-07-01T10:00:00Z"] * 3, []),
    "offsets": (",", ["2025-07-01 10:00-0600", "2025-07-01 9:00:05.25 -05"], "datetime", ["2025-07-01T10:00:00-06:00", "2025-07-01T09:00:05.25-05:00"], []),
    "fractions": (",", ["2025-07-01 10:00:00.250", "2025-07-01 10:00:00.251"], "datetime", ["2025-07-01T10:00:00.250", "2025-07-01T10:00:00.251"], []),
    "fractions of all lengths": (",", ["2025-07-01T10:00:00.123456-06:00", "2025-07-01T10:00:00.1234567Z"], "datetime", ["2025-07-01T10:00:00.123456-06:00", "2025-07-01T10:00:00.1234567Z"], []),
    "with and without zone": (",", ["2025-07-01T10:00:00Z", "2025-07-01T10:00:00"], "string", ["2025-07-01T10:00:00Z", "2025-07-01T10:00:00"], ["zones-mixed"]),
    "moments in doubt": (",", ["01/02/2025 10:00", "03/02/2025 9:30"], "datetime", ["2025-02-01T10:00:00", "2025-02-03T09:30:00"], ["ambiguous-dates"]),
    # Zeros.
    "hexadecimal": (",", ["1"] * 20 + ["0x1F"], "integer", ["1"] * 20 + ["0x1F"], ["other-values"]),
    "not finite": (",", ["1.5"] * 20 + ["inf"], "number", ["1.5"] * 20 + ["inf"], ["other-values"]),
    "times": (",", ["10:30"] * 20 + ["25:00"], "time", ["10:30"] * 20 + ["25:00"], ["other-values"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values_are_true_or_doubted(tmp_path: Path, name: str) -> None:
    """A column is published as what it is; what can be read in two ways is told."""
    delimiter, values, kind, published, noted = CASES[name]
    column, found = read(tmp_path, values, delimiter=delimiter)
    assert (column.type, found, codes(column)) == (kind, published, noted)
    for said in column.notes:
        assert "?" not in text(said.code, said.params, "en").replace("?”", "")


def test_a_doubt_shows_both_readings(tmp_path: Path) -> None:
    """The note has the first value that could be either, both ways, and its row in the file."""
    column, _ = read(tmp_path, ["7", "1,100"], delimiter=";")
    assert note(column, "numbers-ambiguous").params == {
        "value": "1,100", "row": 3, "taken": "1.100", "other": "1100",
    }  # fmt: skip
    column, _ = read(tmp_path, ["7", "12", "-$1,100"])
    assert note(column, "numbers-ambiguous").params == {
        "value": "-$1,100", "row": 4, "taken": "-1100", "other": "-1.100",
    }  # fmt: skip


def test_contrary_values_are_named_with_their_rows(tmp_path: Path) -> None:
    """A clerk finds both rows."""
    column, _ = read(tmp_path, ["7", "12%", "3%", "0.12"])
    params = note(column, "percents-mixed").params
    shown = {key: params[key] for key in ("value", "row", "other", "other_row")}
    assert shown == {"value": "12%", "row": 3, "other": "7", "other_row": 2}


def test_another_column_says_which_mark_is_of_decimals(tmp_path: Path) -> None:
    """A file has one way of writing: what one column proves, another follows, and it is said."""
    column, found = read(tmp_path, ["1,100", "2,300"], more="0,5")
    assert (found, codes(column)) == (["1.100", "2.300"], ["numbers-ambiguous"])
    column, found = read(tmp_path, ["1.100", "2.300"], delimiter=";", more="0.5")
    assert (found, codes(column)) == (["1.100", "2.300"], ["numbers-ambiguous"])


def test_degrees_have_no_thousands(tmp_path: Path) -> None:
    """A latitude with three decimals is one, whatever parts the columns."""
    _, found = read(tmp_path, ["25.686", "25.701"], header="lat", delimiter=";")
    assert found == ["25.686", "25.701"]


@pytest.mark.parametrize("value", ["0027", "12345678901234567"])
def test_a_code_far_below_makes_codes_of_all(tmp_path: Path, value: str) -> None:
    """One zero that a number would lose, anywhere in the file, is enough."""
    column, found = read(tmp_path, [*map(str, range(6_000)), value], header="valor")
    assert column.type == "string"
    assert found[-1] == value
    assert codes(column) == (["zeros-kept"] if value == "0027" else [])


def test_a_number_far_below_decides(tmp_path: Path) -> None:
    """What the last row says counts as what the first one says."""
    column, found = read(tmp_path, [*(["1,100"] * 6_000), "2,5"])
    assert (column.type, found[0], found[-1]) == ("number", "1.100", "2.5")
    column, found = read(tmp_path, [*(["1100"] * 6_000), "2,500.75"])
    assert (column.type, found[-1], codes(column)) == ("number", "2500.75", [])
    column, found = read(tmp_path, [*(["01/02/2025"] * 6_000), "12/31/2025"])
    assert (column.type, found[0], found[-1]) == ("date", "2025-01-02", "2025-12-31")


@pytest.mark.parametrize("share", [3, 40])
def test_marks_are_counted(tmp_path: Path, share: int) -> None:
    """Few or many marks: the column is one of numbers, and how many there are is said."""
    values = ["*"] * share + [str(n) for n in range(100 - share)]
    column, found = read(tmp_path, values)
    assert (column.type, column.missing, found.count("")) == ("integer", share, share)
    assert note(column, "marks-as-missing").params == {"count": share, "marks": f"* ({share})"}


KEYS: dict[str, tuple[str, list[str], list[str], str | None, list[str]]] = {
    "state": ("ENT", ["1", "19", "0"], ["01", "19", "00"], "area", ["zeros-lost"]),
    "municipality": ("MUN", ["1", "39"], ["001", "039"], None, ["zeros-lost"]),
    "municipality with its state": ("cve_mun", ["1001", "19039"], ["01001", "19039"], "area", ["zeros-lost"]),
    "locality": ("LOC", ["1", "90", "0"], ["0001", "0090", "0000"], None, ["zeros-lost"]),
    "AGEB": ("AGEB", ["15", "010A"], ["0015", "010A"], None, ["zeros-lost"]),
    "block": ("MZA", ["1", "12"], ["001", "012"], None, ["zeros-lost"]),
    "whole key of a locality": ("CVEGEO", ["10010001", "190390001"], ["010010001", "190390001"], "area", ["zeros-lost"]),
    "rural AGEB": ("cvegeo", ["19039001A", "190390012"], ["19039001A", "190390012"], "area", []),
    "urban AGEB": ("cvegeo", ["1903900010001", "190390001010A"], ["1903900010001", "190390001010A"], "area", []),
    "urban AGEB without zero": ("cvegeo", ["100100010001", "190390001010A"], ["0100100010001", "190390001010A"], "area", ["zeros-lost"]),
    "blocks": ("cvegeo", ["1903900010001001", "190390001010A012"], ["1903900010001001", "190390001010A012"], "area", []),
    "states and municipalities": ("cvegeo", ["19", "19039", "01001"], ["19", "19039", "01001"], "area", ["keys-mixed"]),
    "mixed without zeros": ("cvegeo", ["1", "1001", "19"], ["01", "01001", "19"], "area", ["zeros-lost", "keys-mixed"]),
    "the country": ("cvegeo", ["0", "1001", "19039"], ["00000", "01001", "19039"], "area", ["zeros-lost"]),
    "the country among states": ("cvegeo", ["00", "19"], ["00", "19"], "area", []),
    "a state as a whole": ("cvegeo", ["19000", "19039"], ["19000", "19039"], "area", []),
    "no such area": ("cvegeo", ["99039", "19039"], ["99039", "19039"], "area", ["unknown-areas"]),
    "no such length": ("cvegeo", ["190", "19039"], ["190", "19039"], "area", ["unknown-areas"]),
    "names": ("municipio", ["Monterrey", "Apodaca", "1"], ["Monterrey", "Apodaca", "1"], None, []),
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_every_length_are_whole(tmp_path: Path, name: str) -> None:
    """INEGI's keys get their zeros back, each to its length, and what is no key is named."""
    header, values, published, role, noted = KEYS[name]
    column, found = read(tmp_path, values, header=header)
    assert (column.type, found, column.role, codes(column)) == ("string", published, role, noted)


MARKS = st.sampled_from(["N/D", "-", "s/d", "No especificado", "nd", "…"])


@settings(max_examples=30, deadline=None)
@given(
    keys=st.lists(st.sampled_from(["19039", "1001", "9002"]), min_size=1, max_size=6),
    marks=st.lists(MARKS, max_size=4),
    header=st.sampled_from(["cvegeo", "cve_mun", "clave_inegi"]),
)
def test_marks_among_keys_are_no_keys(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], marks: list[str], header: str
) -> None:
    """They are published empty and counted; every key is whole."""
    folder = tmp_path_factory.mktemp("keys")
    column, found = read(folder, [*marks, *keys], header=header)
    assert found == [""] * len(marks) + [key.zfill(5) for key in keys]
    assert column.missing == len(marks)
    assert column.example in {key.zfill(5) for key in keys}
    noted = [note.params["count"] for note in column.notes if note.code == "marks-as-missing"]
    assert noted == ([len(marks)] if marks else [])


def test_thousands_with_a_point_are_told_by_another_column(tmp_path: Path) -> None:
    """Where the decimals of another column have a comma; and both readings are asked of."""
    path = tmp_path / "a.csv"
    path.write_text("lote\tmonto\tvalor\nL-1\t1.100\t2,5\nL-2\t2.200\t3,75\n", "utf-8")
    found = table(read_file(path, "a.csv"))
    assert [row[1] for row in found.published] == ["1100", "2200"]
    assert [question.code for question in found.questions] == ["question-numbers"]


def test_examples_are_what_is_published(tmp_path: Path) -> None:
    """The proposed schema's example is a value of its type, as it will be published."""
    read(tmp_path, ["varios", *["$2,301.00"] * 30])
    proposed = propose_schema(table(read_file(tmp_path / "a.csv", "a.csv")))
    assert proposed["fields"][1]["example"] == "2301.00"
    assert proposed["missingValues"] == [""]


@pytest.mark.parametrize(
    ("kind", "values", "form"),
    [
        ("number", ["$2,301.00", "($1,200.50)"], "thousands-comma"),
        ("number", ["varios", "x", "2.301,00"], "decimal-comma"),
        ("number", ["1,5", "2,5", "3.5"], "decimal-comma"),
        ("integer", ["1º", "2"], "ordinal"),
        ("integer", ["1", "2"], ""),
        ("date", ["31/01/2024", "x"], "%d/%m/%Y"),
        ("date", ["x", "y"], "%Y-%m-%d"),
        ("datetime", ["31/01/2024 10:00Z"], "%d/%m/%Y %z"),
        ("string", ["x"], ""),
    ],
)
def test_a_chosen_type_has_its_way_of_writing(kind: str, values: list[str], form: str) -> None:
    """For a type that a person chose, the way in which most values are is found."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT unnest(?) AS c0", [values])
        assert way_of_writing(connection, "t", "c0", kind) == form


PLACES: dict[str, tuple[list[str], dict[str, tuple[int, int]], bool]] = {
    "right": (["25.6,-100.3", "25.7,-100.2", "0,0"], {}, True),
    "no sign": (["25.6,100.3", "25.7,100.2"], {"coordinates-lost-sign": (2, 2)}, False),
    "no sign once": (["25.6,-100.3", "25.7,100.2"], {"coordinates-lost-sign": (1, 3)}, True),
    "exchanged once": (["25.6,-100.3", "-100.3,25.6"], {"coordinates-look-swapped": (1, 3)}, True),
    "metres once": (["25.6,-100.3", "25.6,370000"], {"coordinates-beyond": (1, 3)}, True),
    "elsewhere": (["48.85,2.35", "40.4,-3.7"], {}, True),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("commas", [False, True])
def test_places_that_look_wrong_are_named(tmp_path: Path, name: str, commas: bool) -> None:
    """They are published as they are written; a table of nothing else is on no map."""
    rows, said, placed = PLACES[name]
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    plain = "\n".join(["lat,lon", *rows, ""])
    path.write_text(plain.translate(str.maketrans(",.", ";,")) if commas else plain, "utf-8")
    found = table(read_file(path, "a.csv"))
    write_table(path, "a.csv", None, out)
    assert out.read_text("utf-8") == plain
    notes = {note.code: note.params for column in found.columns for note in column.notes}
    assert {code: (told["count"], told["row"]) for code, told in notes.items()} == said
    assert (found.extent is not None) == placed


def test_a_minus_behind_is_negative(tmp_path: Path) -> None:
    """As SAP writes it; the page says so."""
    rows = "".join(f"{n};{'1.234,56' if n % 5 else '45,00-'}\n" for n in range(1, 21))
    (tmp_path / "a.csv").write_text(f"id;monto\n{rows}", encoding="utf-8")
    column = table(read_file(tmp_path / "a.csv", "a.csv")).columns[1]
    assert (column.type, column.format) == ("number", "decimal-comma")
    assert [note.code for note in column.notes] == ["parentheses"]
    write_table(tmp_path / "a.csv", "a.csv", None, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().split().count("5,-45.00") == 1


def test_a_day_in_iso_among_others_is_a_day(tmp_path: Path) -> None:
    """What is published as a day is no wrong value, and the period tells of it."""
    rows = "".join(f"{n},{n}/03/2024\n" for n in range(13, 25)) + "30,2024-03-05\n"
    (tmp_path / "a.csv").write_text(f"id,fecha\n{rows}", encoding="utf-8")
    found = table(read_file(tmp_path / "a.csv", "a.csv"))
    assert [note.code for note in found.columns[1].notes] == []
    assert found.period == ("2024-03-05", "2024-03-24")
