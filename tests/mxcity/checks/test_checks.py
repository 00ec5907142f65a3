"""A table is checked against its schema: every wrong cell is named, nothing else is."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import csv
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.checks import CellError, CheckReport, check_table, split_table
from ckanext.mxcity.checks.chain import TABLE_SCHEMA, FileCheck, Finding, Verdict
from ckanext.mxcity.checks.messages import MESSAGES, text
from ckanext.mxcity.checks.stock import STOCK
from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.command import main
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook


def table(folder: Path, rows: list[list[str]], name: str = "t.csv") -> Path:
    """A CSV of these rows, header first."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def field(kind: str = "string", **more: Any) -> dict[str, Any]:
    """A schema of a column ``x`` of a type, with what else it has."""
    return {"fields": [{"name": "x", "type": kind, **more}, {"name": "y"}]}


CELLS: dict[str, tuple[dict[str, Any], list[str], dict[str, str | None]]] = {
    "integer": (field("integer"), ["1", "-2", "", "1.5", "1,234", "uno"],
                {"1.5": None, "1,234": "1234", "uno": None}),
    "number": (field("number"), ["1", "1.5", "1e3", "1.234,50", "12%", "nan", "inf"],
               {"1.234,50": "1234.50", "12%": "12", "nan": None, "inf": None}),
    "decimal comma": (field("number", decimalChar=",", groupChar="."), ["1.234,50", "x"], {"x": None}),
    "boolean": (field("boolean"), ["true", "false", "Sí", "x"], {"Sí": "true", "x": None}),
    "date": (field("date"), ["2024-01-31", "13/25/2024", "31/01/2024", "2024-02-30", "2024-1-5"],
             {"13/25/2024": None, "31/01/2024": "2024-01-31", "2024-02-30": None, "2024-1-5": None}),
    "date format": (field("date", format="%d/%m/%Y"), ["31/01/2024", "2024-01-31"], {"2024-01-31": None}),
    "datetime": (field("datetime"), ["2024-01-31T10:30:00", "10:30"], {"10:30": None}),
    "time": (field("time"), ["10:30:00", "25:00:00"], {"25:00:00": None}),
    "year": (field("year"), ["2024", "24"], {"24": None}),
    "month": (field("yearmonth"), ["2024-12", "2024-13"], {"2024-13": None}),
    "point": (field("geopoint"), ["-100.3, 25.6", "25"], {"25": None}),
    "geojson": (field("geojson"), ['{"type": "Point"}', "{"], {"{": None}),
    "area": (field(**{"mxcity:role": "area"}), ["19039", "01", "1", "99999", "1001"],
             {"1": "01", "99999": None, "1001": "01001"}),
    "required": (field(constraints={"required": True}), ["a", ""], {"": None}),
    "unique": (field(constraints={"unique": True}), ["a", "b", "a", "", ""], {"a": None}),
    "minimum": (field("integer", constraints={"minimum": 3}), ["3", "2"], {"2": None}),
    "maximum": (field("date", constraints={"maximum": "2024-01-01"}), ["2023-01-01", "2025-01-01"], {"2025-01-01": None}),
    "minimum of years": (field("year", constraints={"minimum": 2000}), ["2024", "1999"], {"1999": None}),
    "maximum of hours": (field("time", constraints={"maximum": "12:00:00"}), ["09:30:00", "12:00:01"], {"12:00:01": None}),
    "minLength": (field(constraints={"minLength": 2}), ["ab", "a"], {"a": None}),
    "maxLength": (field(constraints={"maxLength": 2}), ["ab", "abc"], {"abc": None}),
    "pattern": (field(constraints={"pattern": "[A-Z]{2}"}), ["AB", "ab"], {"ab": None}),
    "enum": (field(constraints={"enum": ["atendido", "recibido"]}), ["recibido", "Atendid", "zzz"],
             {"Atendid": "atendido", "zzz": None}),
    "quotes": (field(constraints={"enum": ["it's", 'a"b']}), ["it's", 'a"b', "'"], {"'": None}),
    "missing values": ({**field("integer"), "missingValues": ["", "s/n"]}, ["1", "s/n", "x"], {"x": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_wrong_cells_are_named(tmp_path: Path, name: str) -> None:
    """The wrong cells and only they are named, with what would be right where it is plain."""
    schema, values, wrong = CELLS[name]
    path = table(tmp_path, [["x", "y"], *([value, str(n)] for n, value in enumerate(values))])
    report = check_table(path, schema)
    assert {error.value: error.example for error in report.errors} == wrong
    assert report.rows == len(values)
    assert report.bad == sum(values.count(value) for value in wrong)
    assert all(values[error.row - 2] == error.value for error in report.errors)
    assert all(error.said("es") != error.said("en") for error in report.errors)


def test_columns_and_keys(tmp_path: Path) -> None:
    """Missing and unknown columns are named, and rows that repeat a key of two columns."""
    schema = {"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "primaryKey": ["a", "b"]}
    rows = [["b", "a", "d"], ["1", "x", ""], ["2", "x", ""], ["1", "x", ""]]
    report = check_table(table(tmp_path, rows), schema)
    assert report.counts == {
        "c": {"missing-column": 1},
        "d": {"unknown-column": 1},
        "a": {"primaryKey": 2},
    }
    assert [error.row for error in report.errors if error.code == "primaryKey"] == [2, 4]


def test_good_rows_are_set_apart(tmp_path: Path) -> None:
    """Rows without an error go to one file and the others to another; none is lost."""
    rows = [["x", "y"], ["1", "a"], ["dos", "b"], ["3", 'c"\n,']]
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    assert split_table(table(tmp_path, rows), field("integer"), good, bad) == (2, 1)
    with good.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [rows[0], rows[1], rows[3]]
    with bad.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [rows[0], rows[2]]


def test_many_errors_are_counted(tmp_path: Path) -> None:
    """All errors are counted; the report holds the first ones of each cause."""
    rows = [["x", "y"], *(["no", ""] for _ in range(5_000))]
    schema = field("integer")
    schema["fields"][1]["constraints"] = {"required": True}
    report = check_table(table(tmp_path, rows), schema, limit=10)
    assert report.counts == {"x": {"integer": 5_000}, "y": {"required": 5_000}}
    assert len(report.errors) == 10
    assert {error.code for error in report.errors} == {"integer", "required"}


def test_errors_as_csv_run_nothing(tmp_path: Path) -> None:
    """A value that looks like a formula is text in the list of errors."""
    path = table(tmp_path, [["x", "y"], ["=CMD()", "a"]])
    check_table(path, field("integer")).write_csv(tmp_path / "errors.csv")
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][2] == "'=CMD()"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("0123456789.-+,ax ", max_size=6), min_size=1, max_size=12))
def test_integers_as_a_person_would(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    """Set-wise and cell by cell, the verdict is the same."""
    path = table(tmp_path_factory.mktemp("t"), [["x", "y"], *([value, "k"] for value in values)])
    wrong = {
        number
        for number, value in enumerate(values, start=2)
        if value and not re.fullmatch(r"[+-]?[0-9]+", value)
    }
    report = check_table(path, field("integer"))
    assert {error.row for error in report.errors} == wrong
    assert report.bad == len(wrong)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A workbook that a clerk filled, with a wrong date and a code that lost nothing."""
    runner = CliRunner()
    path = tmp_path / "reportes.xlsx"
    made = runner.invoke(main, ["template", "reportes-alumbrado", "--output", str(path)])
    assert made.exit_code == 0, made.output
    return path


def test_every_template_is_in_order(tmp_path: Path) -> None:
    """The example of each template passes its own check, as a workbook and as CSV."""
    runner = CliRunner()
    for name in list_table_schemas():
        for kind in ("csv", "xlsx"):
            path = tmp_path / f"{name}.{kind}"
            runner.invoke(main, ["template", name, "--format", kind, "--output", str(path)])
            told = runner.invoke(main, ["check", str(path), "--schema", name, "--json"])
            assert told.exit_code == 0, told.output
            assert json.loads(told.output)["rows"] == 1


def test_template_has_its_dictionary(reports: Path) -> None:
    """The second sheet says what each column is, and lists of values are offered."""
    book = load_workbook(reports)
    schema = load_table_schema("reportes-alumbrado")
    assert book.sheetnames == ["Datos", "Diccionario"]
    assert book["Diccionario"].max_row == len(schema["fields"]) + 1
    assert len(book["Datos"].data_validations.dataValidation) == 1


def test_command_names_the_cell(tmp_path: Path, reports: Path) -> None:
    """The command names row and column in Spanish, with the right form, and fails."""
    book = load_workbook(reports)
    book["Datos"]["B2"] = "13/25/2024"
    book["Datos"]["D2"] = "atendid"
    book.save(reports)
    errors = tmp_path / "errores.csv"
    told = CliRunner().invoke(
        main, ["check", str(reports), "--schema", "reportes-alumbrado", "--errors", str(errors)]
    )
    assert told.exit_code == 1
    assert "2:recibido: «13/25/2024»" in told.output
    assert "→ atendido" in told.output
    assert "1 filas: 0 bien, 1 con errores" in told.output
    assert "13/25/2024" in errors.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "schema", "said"),
    [
        (b"", "reportes-alumbrado", "vac"),
        (b"a,b\n1,2\n", "no-such-schema", "bienes-muebles"),
        (b"<html></html>", "reportes-alumbrado", "página web"),
    ],
)
def test_what_cannot_be_read_ends_with_two(
    tmp_path: Path, content: bytes, schema: str, said: str
) -> None:
    """A file or a schema that cannot be read is told apart from a table with errors."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    told = CliRunner().invoke(main, ["check", str(path), "--schema", schema])
    assert told.exit_code == 2
    assert said in told.output


def test_every_sentence_is_in_spanish() -> None:
    """Each code has a translation."""
    assert [code for code in MESSAGES if text(code, {}) == text(code, {}, "en")] == []


def test_a_finding_of_an_added_check_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the portal would not publish is not in order at a desk either."""
    path = tmp_path / "obras.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "obras.schema.json").write_text(
        json.dumps({"fields": [{"name": "a"}, {"name": "b"}]}), encoding="utf-8"
    )
    few = FileCheck("few", lambda _table: Verdict("few", (Finding("Son muy pocas filas."),)))
    module = import_module("ckanext.mxcity.command.check")  # the package has its command so
    monkeypatch.setattr(module, "STOCK", (*STOCK, few))
    arguments = ["check", str(path), "--schema", str(tmp_path / "obras.schema.json")]
    told = CliRunner().invoke(main, arguments)
    assert (told.exit_code, "Son muy pocas filas." in told.output) == (1, True), told.output
    as_json = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)
    assert as_json["findings"] == [{"message": "Son muy pocas filas.", "blocking": True}]


def test_rows_are_set_aside_for_the_schema_alone() -> None:
    """A row that another check refuses is not told apart: the table stays unpublished."""
    error = CellError(2, "a", "9", "no-nines")
    report = CheckReport(rows=2, good=1, bad=1, errors=(error,), counts={"a": {"no-nines": 1}})
    added = Verdict("no-nines", report=report)
    assert (added.blocking, added.rows_only) == (True, False)
    assert "no-nines" in added.as_dict()["report"]["errors"][0]["message"]
    assert Verdict(TABLE_SCHEMA, report=report).rows_only
