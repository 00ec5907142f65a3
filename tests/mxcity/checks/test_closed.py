"""What the law keeps closed is refused, whatever schema the clerk chooses."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.checks import check_table
from ckanext.mxcity.checks.chain import CLOSED, Subject, keeps_closed, obeys_schema
from ckanext.mxcity.table_schemas import list_table_schemas, load_table_schema

PDN = [name for name in list_table_schemas() if name.startswith("pdn-")]
NONE: dict[str, Any] = {"fields": []}


def example(name: str, **values: str) -> dict[str, str]:
    """One row of a schema, of the examples of its fields."""
    fields = load_table_schema(name)["fields"]
    return {**{field["name"]: str(field["example"]) for field in fields}, **values}


def write(path: Path, *rows: dict[str, str]) -> Path:
    """Write rows as the canonical CSV of a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def subject(path: Path, schema: dict[str, Any]) -> Subject:
    """A table about to be published; the checks look at its file and schema only."""
    return Subject(path, None, schema, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PDN)
def test_examples_are_right(name: str, tmp_path: Path) -> None:
    """The example of each field obeys the schema, and such a table may be public."""
    path = write(tmp_path / "a.csv", example(name))
    schema = load_table_schema(name)
    assert check_table(path, schema).errors == ()
    assert not obeys_schema(subject(path, schema)).blocking
    assert not keeps_closed(subject(path, schema)).blocking
    assert not keeps_closed(subject(path, NONE)).blocking


@pytest.mark.parametrize("name", PDN)
@pytest.mark.parametrize("column", ["RFC", "curp", "Domicilio particular", "superiorInmediato.rfc"])
def test_closed_columns_are_refused(name: str, column: str, tmp_path: Path) -> None:
    """A column that identifies a person keeps the table back, with the schema and without it."""
    path = write(tmp_path / "a.csv", example(name, **{column: "XXXX010101000"}))
    for schema in (load_table_schema(name), NONE):
        verdicts = [obeys_schema(subject(path, schema)), keeps_closed(subject(path, schema))]
        found = [verdict for verdict in verdicts if verdict.blocking and not verdict.rows_only]
        counts = [verdict.report.counts.get(column) for verdict in found if verdict.report]
        assert {"closed-column": 1} in counts, schema.get("title")


@pytest.mark.parametrize(
    ("field", "value"),
    [("tipo_falta", "ANG"), ("tipo_falta", "NAD"), ("tipo_falta", ""), ("tipo_sancion", "M; S")],
)
def test_sanctions_that_are_not_public(field: str, value: str, tmp_path: Path) -> None:
    """A fault that is not grave, or no disqualification, keeps the whole table back."""
    name = "pdn-s3-servidores-sancionados"
    rows = example(name), example(name, id="S3-0002", **{field: value})
    path = write(tmp_path / "a.csv", *rows)
    for verdict in (
        obeys_schema(subject(path, load_table_schema(name))),
        keeps_closed(subject(path, NONE)),
    ):
        assert verdict.blocking
        assert not verdict.rows_only  # setting rows aside is not enough
        assert verdict.report is not None
        assert verdict.report.counts[field]["closed"] == 1


def test_other_writings_are_known(tmp_path: Path) -> None:
    """The names of the national platform's own files are understood; what is missing is closed."""
    row = {
        "id": "1",
        "fechaCaptura": "2024-01-31",
        "institucionDependencia.nombre": "SSP",
        "servidorPublicoSancionado.nombres": "Juan",
        "servidorPublicoSancionado.primerApellido": "Pérez",
        "servidorPublicoSancionado.puesto": "Supervisor",
        "tipoFalta.clave": "AG",
        "tipoFalta.valor": "ADMINISTRATIVA GRAVE",
        "tipoSancion.clave": "I",
        "causaMotivoHechos": "Desvío",
    }
    path = write(tmp_path / "a.csv", row)
    assert not keeps_closed(subject(path, NONE)).blocking
    write(path, {**row, "tipoFalta.clave": "ANG"})
    assert keeps_closed(subject(path, NONE)).blocking
    without = {key: value for key, value in row.items() if not key.startswith("tipoSancion")}
    verdict = keeps_closed(subject(write(path, without), NONE))
    assert verdict.check == CLOSED
    assert verdict.blocking


def test_other_tables_are_free(tmp_path: Path) -> None:
    """A register of suppliers with their RFC is no table of these."""
    path = write(tmp_path / "a.csv", {"proveedor": "X", "rfc": "XXX010101000", "monto": "1"})
    assert not keeps_closed(subject(path, NONE)).blocking
