"""What the law keeps closed is refused, whatever schema the clerk chooses."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.checks import check_table
from ckanext.mxcity.checks.chain import Subject
from ckanext.mxcity.checks.closed import closed_columns
from ckanext.mxcity.checks.stock import CLOSED, keeps_closed, obeys_schema
from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.files import TableReading

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
    return Subject(path, TableReading("a", "a", 1, (), 1), schema, {}, path, "a.csv")


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


@pytest.mark.parametrize("name", PDN)
def test_a_title_opens_nothing(name: str, tmp_path: Path) -> None:
    """A schema of somebody's own that is titled like the portal's is another schema."""
    path = write(tmp_path / "a.csv", example(name, RFC="XXX010101000"))
    own = {"title": load_table_schema(name)["title"], "fields": [{"name": "id"}]}
    assert keeps_closed(subject(path, own)).closed


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


def field_of(schema: str, name: str) -> dict[str, Any]:
    """A field of a schema."""
    return next(f for f in load_table_schema(schema)["fields"] if f["name"] == name)


SANCTIONED, COMPANIES = "pdn-s3-servidores-sancionados", "pdn-s3-particulares-sancionados"


def test_lists_are_the_platforms() -> None:
    """The lists of the national platform are whole, and what is public is a part of them."""
    fault = field_of(SANCTIONED, "tipo_falta")
    public, known = set(fault["mxcity:open"].split("|")), set(fault["constraints"]["enum"])
    assert len(known) == 26
    assert public < known
    assert public.isdisjoint({"ANG", "NAD", "OTRO"})
    lists = {
        ("pdn-s2-contrataciones", "tipo_area"): "T RE RC O C R",
        ("pdn-s2-contrataciones", "nivel_responsabilidad"): "A T R O",
        ("pdn-s2-contrataciones", "tipo_procedimiento"): "1 2 3 4 5",
        (SANCTIONED, "tipo_sancion"): "I M S D IRSC SE O",
        (COMPANIES, "tipo_sancion"): "I M S D A IND SE O",
    }
    for (schema, name), keys in lists.items():
        pattern = field_of(schema, name)["constraints"]["pattern"]
        assert [key for key in keys.split() if not re.fullmatch(pattern, key)] == []
        assert re.fullmatch(pattern, "; ".join(keys.split()))
        assert not re.fullmatch(pattern, "Z")


@pytest.mark.parametrize("name", PDN)
def test_every_field_says_where_it_is_from(name: str) -> None:
    """Each column names its place in the platform's JSON once, and none is closed."""
    schema = load_table_schema(name)
    paths = [field["mxcity:path"] for field in schema["fields"]]
    assert len(set(paths)) == len(paths)
    assert closed_columns([field["name"] for field in schema["fields"]], schema) == []


@pytest.mark.parametrize(
    "column",
    ["R.F.C.", "RFC_proveedor", "numcurp", "Clave Única de Registro de Población", "Teléfono",
     "Registro Federal de Contribuyentes", "código postal", "Calle y número", "fechaNacimiento"],
)  # fmt: skip
def test_other_names_of_what_is_closed(column: str, tmp_path: Path) -> None:
    """Accents, points, capitals and long forms of a closed column change nothing."""
    path = write(tmp_path / "a.csv", example(SANCTIONED, **{column: "x"}))
    assert keeps_closed(subject(path, NONE)).closed


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("observaciones", "Su RFC es GARC800101AB1."),
        ("observaciones", "curp garc800101hnlrrn09"),
        ("clave_fiscal", "PNO101215AB1"),
    ],
)
def test_identities_in_other_columns(column: str, value: str, tmp_path: Path) -> None:
    """An RFC or a CURP in a cell of any column keeps the table back, whatever its schema."""
    path = write(tmp_path / "a.csv", example(SANCTIONED, **{column: value}))
    report = keeps_closed(subject(path, NONE)).report
    assert report is not None
    assert report.counts == {column: {"closed-person": 1}}
    if column == "observaciones":
        assert obeys_schema(subject(path, load_table_schema(SANCTIONED))).closed


def test_words_that_contradict_the_key(tmp_path: Path) -> None:
    """I is an indemnity in some systems, and a grave key may stand beside other words."""
    right = {"tipo_sancion_valor": "INHABILITADO", "tipo_falta_valor": "Administrativa grave"}
    path = write(tmp_path / "a.csv", example(SANCTIONED, **right))
    assert not keeps_closed(subject(path, NONE)).blocking
    for wrong in (
        {"tipo_sancion_valor": "INDEMNIZACIÓN"},
        {"tipo_falta_valor": "ADMINISTRATIVA NO GRAVE"},
    ):
        path = write(tmp_path / "a.csv", example(SANCTIONED, **wrong))
        assert keeps_closed(subject(path, NONE)).closed


@pytest.mark.parametrize(
    "header",
    [
        "Nombre completo,Cargo,Sanción,Motivo",
        "servidor público,inhabilitación,dependencia",
        "Apellido paterno,Apellido materno,Falta cometida,Sanción impuesta",
        "Proveedor,Razón social,Inicio de la inhabilitación",
        "ocid,monto,rfc",
        "nombre,puesto,área de contratación,rfc",
    ],
)
def test_tables_in_words_of_their_own(header: str, tmp_path: Path) -> None:
    """A clerk's own headings are known; without proof that it is public it is not."""
    names = header.split(",")
    path = write(tmp_path / "a.csv", dict.fromkeys(names, "x"))
    verdict = keeps_closed(subject(path, NONE))
    assert verdict.closed
    assert not verdict.rows_only


@pytest.mark.parametrize(
    "header",
    [
        "anio,dependencia,tipo_falta,tipo_sancion,total",
        "folio,motivo,sanción,importe,fecha",
        "nombre,cargo,dependencia,teléfono",
        "proveedor,contrato,monto,rfc",
        "razon_social,giro,colonia,motivo_de_sancion",
    ],
)
def test_what_only_sounds_alike(header: str, tmp_path: Path) -> None:
    """Counts of sanctions, fines, directories and registers of suppliers are other tables."""
    path = write(tmp_path / "a.csv", dict.fromkeys(header.split(","), "x"))
    assert not keeps_closed(subject(path, NONE)).blocking
