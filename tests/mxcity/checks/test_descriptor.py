"""A Table Schema that a person brings is followed whole, or what cannot be followed is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.checks.descriptor import LONGEST, MESSAGES, DescriptorError, read_descriptor
from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.command import main
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

#: Days first, a decimal comma, a mark of its own for no value, names as people write them.
SCHEMA: dict[str, Any] = {
    "title": "Obras",
    "fields": [
        {"name": "Número de obra", "type": "string", "constraints": {"unique": True}},
        {"name": "Inicio", "type": "date", "format": "%d/%m/%Y", "constraints": {"required": True}},
        {"name": "Costo", "type": "number", "decimalChar": ",", "constraints": {"minimum": 1000}},
        {"name": "Avance", "type": "integer", "constraints": {"maximum": 100}},
    ],
    "primaryKey": "Número de obra",
    "missingValues": ["", "s/i"],
}
WORKS = (
    "Número de obra;Inicio;Costo;Avance\n"
    "O-1;03/04/2024;1.250,50;100\n"
    "O-2;31/12/2024;12.000,00;s/i\n"
)


def refusal(told: Any) -> str:
    """Why a schema is not followed."""
    with pytest.raises(DescriptorError) as caught:
        read_descriptor(told)
    return caught.value.code


def one(**field: Any) -> dict[str, Any]:
    """A schema of a column ``x``."""
    return {"fields": [{"name": "x", **field}]}


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "not-a-schema"),
    "not JSON": (b'{"fields": [', "not-a-schema"),
    "not text": (b"\xff\xfe{}", "not-a-schema"),
    "a list": (b"[]", "not-a-schema"),
    "no fields": (b'{"fields": []}', "not-a-schema"),
    "deep": (b'{"fields": ' + b"[" * 50_000, "not-a-schema"),
    "long": (b" " * (LONGEST + 1), "too-long"),
    "wide": ({"fields": [{"name": f"c{n}"} for n in range(2001)]}, "too-long"),
    "field of text": ({"fields": ["x"]}, "no-name"),
    "without name": ({"fields": [{"type": "string"}]}, "no-name"),
    "twice": ({"fields": [{"name": "x"}, {"name": "x"}]}, "repeated"),
    "type": (one(type="duration"), "type"),
    "type of a list": (one(type=["string"]), "type"),
    "pattern": (one(constraints={"pattern": "("}), "constraint"),
    "look-around": (one(constraints={"pattern": "(?=a)"}), "constraint"),
    "minimum of text": (one(constraints={"minimum": 1}), "constraint"),
    "minimum of no day": (one(type="date", constraints={"minimum": "ayer"}), "constraint"),
    "flag": (one(constraints={"required": "sí"}), "constraint"),
    "length": (one(constraints={"maxLength": -1}), "constraint"),
    "enum": (one(constraints={"enum": [["a"]]}), "constraint"),
    "unknown constraint": (one(constraints={"jsonSchema": {}}), "constraint"),
    "constraints": (one(constraints=["required"]), "part"),
    "day": (one(type="date", format="%Q"), "written"),
    "moment": (one(type="datetime", format="%d/%m/%Y"), "written"),
    "time": (one(type="time", format="%H h"), "written"),
    "decimal": (one(type="number", decimalChar="·"), "written"),
    "answers": (one(type="boolean", trueValues=["X"]), "written"),
    "key": ({**one(), "primaryKey": ["y"]}, "key"),
    "key of a list": ({**one(), "primaryKey": [["x"]]}, "key"),
    "foreign keys": ({**one(), "foreignKeys": [{"fields": "x"}]}, "part"),
    "missing values": ({**one(), "missingValues": "-"}, "part"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_followed_is_named(case: str) -> None:
    """Each way to be no schema, or to say what is not checked, has a reason of its own."""
    told, code = REFUSED[case]
    assert refusal(told) == code


@pytest.mark.parametrize("code", MESSAGES)
def test_reasons_are_said_in_spanish(code: str) -> None:
    """Each reason has a sentence in both languages."""
    error = DescriptorError(code, name="x", key="k", value="v", limit=1, number=1)
    assert error.said("es") != error.said("en")


def test_names_are_those_of_the_canonical_table() -> None:
    """A schema may name the columns as the file does; read again it says the same."""
    schema = read_descriptor(json.dumps(SCHEMA))
    names = [field["name"] for field in schema["fields"]]
    assert names == ["numero_de_obra", "inicio", "costo", "avance"]
    assert schema["fields"][0]["title"] == "Número de obra"
    assert schema["primaryKey"] == ["numero_de_obra"]
    assert read_descriptor(schema) == schema


@pytest.mark.parametrize("name", list_table_schemas())
def test_the_portals_own_are_table_schemas(name: str) -> None:
    """Who downloads one of the portal's may use it as a file."""
    shipped = load_table_schema(name)
    read = read_descriptor(json.dumps(shipped))
    for before, after in zip(shipped["fields"], read["fields"], strict=True):
        assert after["name"] == before["name"]
        assert after.get("constraints", {}) == before.get("constraints", {})


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_ANY = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
_FIELDS = st.dictionaries(
    st.sampled_from(["name", "type", "format", "title", "constraints", "decimalChar", "example"]),
    _ANY | st.sampled_from(["x", "date", "number", "boolean", "%d/%m/%Y"]),
)
_PARTS = st.sampled_from(["fields", "primaryKey", "missingValues", "title"])


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(_PARTS, st.lists(_FIELDS) | _ANY))
def test_any_object_is_followed_or_refused(told: dict[str, Any]) -> None:
    """No object makes the reader fail, and what it takes is JSON and stays as it is."""
    try:
        schema = read_descriptor(told)
    except DescriptorError:
        return
    assert read_descriptor(json.dumps(schema)) == schema


@pytest.fixture
def obras(tmp_path: Path) -> Path:
    """A folder with the schema and a file that obeys it."""
    (tmp_path / "obras.schema.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "obras.csv").write_text(WORKS)
    return tmp_path


def check(folder: Path) -> Any:
    """What the command says of the file."""
    arguments = ["check", str(folder / "obras.csv"), "--schema", str(folder / "obras.schema.json")]
    return CliRunner().invoke(main, arguments)


def test_a_file_is_read_as_the_schema_writes(obras: Path) -> None:
    """Days first, decimal commas and the schema's own mark of no value are understood."""
    assert check(obras).exit_code == 0
    wrong = WORKS.replace("1.250,50", "999,99").replace("31/12/2024", "2024-31-12") + "O-1;;1;1\n"
    (obras / "obras.csv").write_text(wrong)
    told = check(obras)
    assert told.exit_code == 1
    for place in ("2:costo", "3:inicio", "4:inicio", "4:costo", "2:numero_de_obra"):
        assert f"{place}:" in told.output
    assert "avance" not in told.output


def test_a_schema_that_cannot_be_followed_ends_with_two(obras: Path) -> None:
    """The command says what of the schema it cannot follow, and checks nothing."""
    (obras / "obras.schema.json").write_text(json.dumps(one(type="duration")))
    told = check(obras)
    assert (told.exit_code, "duration" in told.output) == (2, True)


def test_template_of_ones_own(tmp_path: Path) -> None:
    """Long lists have a sheet of their own, and no text of a schema is a formula."""
    values = [f"opción {n}, con coma" for n in range(60)]
    field = {"title": '=HYPERLINK("http://example.org")', "example": "=1+1"}
    schema = one(**field, constraints={"enum": values})
    (tmp_path / "obras.json").write_text(json.dumps(schema))
    target = tmp_path / "obras.xlsx"
    arguments = ["template", str(tmp_path / "obras.json"), "--output", str(target)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    book = load_workbook(target)
    assert book.sheetnames == ["Datos", "Diccionario", "Valores"]
    (rule,) = book["Datos"].data_validations.dataValidation
    assert rule.formula1 == "=Valores!$A$1:$A$60"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
