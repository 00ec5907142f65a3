"""Tables in and out: a round trip changes nothing; agencies' inventories come in as they are."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.mxcity.datahub.model import Change
from ckanext.mxcity.datahub.tables.reader import TableError, read_table

from tests.mxcity.datahub.conftest import Statements, call_as

Asset = Callable[..., dict[str, Any]]


def bring(user: str, content: bytes, table: str = "inventory", **more: Any) -> dict[str, Any]:
    """Bring a file into the first ministry."""
    text = base64.b64encode(content).decode()
    return call_as(
        user, "datahub_table_import", organization_id="mty-luz", table=table, content=text, **more
    )


def take(user: str, table: str, form: str) -> bytes:
    """Return a table of the first ministry as a file."""
    answer = call_as(
        user, "datahub_table_export", organization_id="mty-luz", table=table, format=form
    )
    return base64.b64decode(answer["content"])


def errors_of(answer: dict[str, Any]) -> dict[int, set[str]]:
    """Return the columns in error by row."""
    return {row["row"]: set(row["errors"]) for row in answer["rows"] if row["errors"]}


@pytest.fixture
def filled(hub: SimpleNamespace, asset: Asset) -> SimpleNamespace:
    """A ministry with awkward values in every table."""
    where = {"organization_id": "mty-luz"}
    first = call_as(
        hub.luz_editor, "datahub_asset_create", **where,
        **asset(title="=SUMA(A1)", keywords="-a, ñ; 'b'",
                description="Dos\nlíneas, \"comillas\" _x0041_\x01",
                rows_est=12500, has_dictionary=True, geocoded=False, target_date="2027-06-30",
                classification="reservado", classification_reason="art. 112"),
    )  # fmt: skip
    call_as(hub.luz_editor, "datahub_asset_create", **where, **asset(inv_id="SSP-7"))
    call_as(
        hub.luz_editor, "datahub_diagnosis_create", **where, asset_id=first["id"], kind="sensor",
        collected_how="+equipo", usable="en_parte", obstacle="formato", next_update="2027-01-31",
    )  # fmt: skip
    call_as(
        hub.luz_admin, "datahub_sharing_create", **where, asset_id=first["id"],
        proposed_class="restringido", sharing_class="restringido", legal_ground="art. 112",
    )  # fmt: skip
    for due in ("2026-01-01", "2027-01-01"):
        call_as(
            hub.luz_editor, "datahub_milestone_create", **where, asset_id=first["id"],
            title="@ abrir", owner_role="Jefatura", due=due, done=due if due < "2027" else None,
        )  # fmt: skip
    call_as(hub.luz_editor, "datahub_stakeholder_create", **where, name="UANL", type="universidad")
    call_as(
        hub.luz_editor, "datahub_decision_create", **where, date="2026-02-03", decision="Sí",
        assets=["INV-0001", "SSP-7"],
    )  # fmt: skip
    return hub


def test_round_trip_changes_nothing(filled: SimpleNamespace) -> None:
    """A table that is taken out and brought in again leaves every record as it is."""
    lines = model.Session.scalar(sa.select(sa.func.count()).select_from(Change))
    for table, rows in (("inventory", 2), ("plan", 2), ("stakeholders", 1), ("decisions", 1)):
        for form in ("csv", "xlsx"):
            content = take(filled.luz_member, table, form)
            answer = bring(filled.luz_editor, content, table)
            expected = {"create": 0, "update": 0, "unchanged": rows, "error": 0}
            assert answer["counts"] == expected, (table, form, answer["rows"])
            assert answer["ignored_columns"] == []
            assert take(filled.luz_member, table, "csv") == take(filled.luz_member, table, "csv")
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Change)) == lines
    text = take(filled.luz_member, "inventory", "csv").decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["Nombre del conjunto"] == "'=SUMA(A1)"
    assert (row["Fecha estimada de publicación"], row["Diccionario de datos"]) == (
        "30/06/2027",
        "Sí",
    )
    with pytest.raises(tk.NotAuthorized):
        take(filled.mov_admin, "inventory", "csv")
    with pytest.raises(tk.NotAuthorized):
        bring(filled.luz_member, content, "decisions")


def test_preview_errors_and_writing(filled: SimpleNamespace) -> None:
    """A preview writes nothing; one wrong row keeps all from being written, unless skipped."""
    good = "SSP-7,Luminarias,Qué es,Área,SIAC,Mensual,Público,Sensor,automático,Sí,"
    text = "\n".join(
        [
            "Clave de inventario;Nombre del conjunto;¿De qué es?;Área que genera;"
            "Plataforma o sistema donde se alberga;Periodicidad;¿Tiene datos privados?;"
            "Tipo;Cómo se recolecta;¿Se puede usar?;Clase decidida;Ocurrencias",
            good.replace(",", ";") + ";9",
            ";Nuevo;Qué es;Área;SIAC;Mensual;Público;;;;;",
            "X-1;;Qué es;Área;SIAC;a veces;Público;Sensor;así;No;;",
            "SSP-7;Otra vez;Qué es;Área;SIAC;Mensual;Público;;;;;",
            "X-2;Con clase;Qué es;Área;SIAC;Mensual;Público;;;;Público;",
        ]
    )
    content = text.encode("cp1252")
    answer = bring(filled.luz_editor, content, preview=True)
    assert answer["counts"] == {"create": 1, "update": 1, "unchanged": 0, "error": 3}
    assert errors_of(answer) == {
        4: {"Nombre del conjunto", "Periodicidad", "Obstáculo"},
        5: {""},
        6: {"Clase propuesta"},
    }  # fmt: skip
    assert answer["ignored_columns"] == ["Ocurrencias"]
    assert answer["rows"][0]["changes"]["Nombre del conjunto"]["after"] == "Luminarias"
    assert bring(filled.luz_editor, content)["written"] is False
    assert len(call_as(filled.luz_member, "datahub_asset_list", organization_id="mty-luz")) == 2
    assert bring(filled.luz_editor, content, skip_errors=True)["written"] is True
    stored = call_as(filled.luz_member, "datahub_asset_list", organization_id="mty-luz")
    assert [row["inv_id"] for row in stored] == ["INV-0001", "SSP-7", "INV-0002"]
    assert stored[1]["title"] == "Luminarias"
    assert stored[1]["rows_est"] is None
    diagnoses = call_as(filled.luz_member, "datahub_diagnosis_list", organization_id="mty-luz")
    assert [row["kind"] for row in diagnoses] == ["sensor", "sensor"]

    # An editor may not decide, not even by a table; an administrator may.
    text = take(filled.luz_member, "inventory", "csv").replace(
        b"Restringido,Restringido", b"P\xc3\xbablico,P\xc3\xbablico"
    )  # noqa: E501
    assert errors_of(bring(filled.luz_editor, text)) == {2: {"Clase decidida"}}
    assert bring(filled.luz_admin, text)["counts"]["update"] == 1


def test_inventories_of_agencies(hub: SimpleNamespace, shared_inputs: Path) -> None:
    """The inventory that an agency files comes in as it is; broken ones are refused by row."""
    folder = shared_inputs / "mx"
    good = (folder / "inventario_general_de_datos.xlsx").read_bytes()
    answer = bring(hub.luz_editor, good)
    assert answer["counts"] == {"create": 3, "update": 0, "unchanged": 0, "error": 0}
    assert answer["ignored_columns"] == []
    stored = call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")
    assert [row["classification"] for row in stored] == ["publico", "reservado", "confidencial"]
    assert [row["target_date"] for row in stored] == ["2099-06-01", "2015-11-01", None]
    assert stored[0]["area"] == "ej1. DG de medio ambiente"
    assert stored[0]["source_system"] == "excel"
    assert stored[0]["update_frequency"] == "UNKNOWN"
    assert bring(hub.luz_editor, good)["counts"]["unchanged"] == 3
    broken = {
        "inventario_general_de_datos_error_fecha.xlsx": {2: {"Fecha estimada de publicación"}},
        "inventario_general_de_datos_error_privado.xlsx": {
            2: {"Razón por la cual los datos son privados"}
        },
        "inventario_general_de_datos-error_no_agrupados.xlsx": {6: {""}},
    }
    for name, rows in broken.items():
        answer = bring(hub.luz_editor, (folder / name).read_bytes())
        assert errors_of(answer) == rows, name
        assert answer["written"] is False
    assert len(call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")) == 3


def test_many_rows_ask_no_more(hub: SimpleNamespace) -> None:
    """A table of 400 rows is checked with as many statements as one of 4."""
    heading = "title,description,area,source_system,update_frequency,classification"
    heading += ",proposed_class,sharing_class,dataset_id"
    packages: Any = model.Package
    model.Session.execute(
        sa.insert(packages.__table__).values(state="active", type="dataset", owner_org=hub.luz),
        [{"id": f"id-{n}", "name": f"dato-{n}"} for n in range(400)],
    )
    model.Session.commit()

    def asked(rows: int) -> int:
        lines = [
            f"Dato {rows}-{n},Qué es,Área,SIAC,MONTHLY,publico,publico,publico,/dataset/dato-{n}"
            for n in range(rows)
        ]
        content = "\n".join([heading, *lines]).encode()
        with Statements() as statements:
            answer = bring(hub.luz_admin, content, preview=True)
        assert answer["counts"]["create"] == rows
        return len(statements.seen)

    few = asked(4)
    assert asked(400) == few
    assert few < 25


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no-headings"),
        (b"a,b\n1,2\n", "no-headings"),
        (b"PK\x03\x04 no es un libro", "not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not-a-table"),
        (b"uno\x00dos", "not-a-table"),
        (b"x" * (20 * 1024 * 1024 + 1), "too-large"),
        (b"title,description,area\n" + b"a,b,c\n" * 20_001, "too-many-rows"),
        (b"title,description,area\n" + b"a" * 200_000 + b",b,c\n", "broken"),
    ],
)
def test_files_that_are_no_tables(content: bytes, reason: str) -> None:
    """A file that cannot be read is refused with its reason."""
    with pytest.raises(TableError) as caught:
        read_table("inventory", content)
    assert caught.value.reason == reason
