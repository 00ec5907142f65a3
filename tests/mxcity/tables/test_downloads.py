"""A table is taken whole, or the part that an address asks for, as each kind of file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import duckdb
import pytest
from ckan.tests import factories, helpers
from ckanext.mxcity.files.workbooks.xlsx_rows import unescaped
from ckanext.mxcity.tables.downloads import cursor
from openpyxl import load_workbook
from quoted_charts import new_table


@pytest.fixture(scope="module")
def app(streets: dict[str, Any]) -> Any:
    """The portal, with the table in it."""
    return helpers._get_test_app()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows are fetched at once: every file is written from several batches."""
    monkeypatch.setattr(cursor, "BATCH", 7)


def rows(app: Any, resource: dict[str, Any], query: str = "", **headers: Any) -> list[list[str]]:
    """The rows of the CSV that an address gives, its header left out."""
    answer = app.get(f"/table/{resource['id']}.csv?{query}", **headers)
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))[1:]


def test_csv_is_whole(app, streets):
    """Every row, with its quotes and line breaks, its numbers as they were written."""
    answer = app.get(f"/table/{streets['id']}.csv")
    text = answer.get_data().decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [row["reportes"] for row in found] == [str(number) for number in range(1, 26)]
    assert found[0]["colonia"] == '=Ñáñez, "Sur"\n2'
    assert found[0]["monto"] == "10.50"
    assert found[2]["monto"] == ""
    assert "Reportes%20de%20alumbrado%20p%C3%BAblico.csv" in answer.headers["Content-Disposition"]


def test_json_and_geojson_are_typed(app, streets):
    """Numbers are numbers, what is missing is null, and points are where the columns say."""
    found = json.loads(app.get(f"/table/{streets['id']}.json").get_data())
    assert len(found) == 25
    assert (found[0]["reportes"], found[0]["monto"], found[2]["monto"]) == (1, 10.5, None)
    places = json.loads(app.get(f"/table/{streets['id']}.geojson").get_data())["features"]
    assert len(places) == 25
    assert places[0]["geometry"] == {"type": "Point", "coordinates": [-100.3, 25.601]}
    assert places[0]["properties"]["municipio"] == "039"


def test_excel_is_whole_and_runs_nothing(app, streets):
    """A workbook with numbers as numbers, text that looks like a formula as text, a dictionary."""
    answer = app.get(f"/table/{streets['id']}.xlsx")
    data, dictionary = load_workbook(io.BytesIO(answer.get_data())).worksheets
    cells = list(data.iter_rows())
    assert len(cells) == 26
    assert cells[1][0].value == '=Ñáñez, "Sur"\n2'
    assert cells[1][0].data_type == "s"
    assert cells[1][3].value == 10.5
    assert [row[1].value for row in dictionary.iter_rows(min_row=2)][3] == "Monto en pesos"


def test_excel_has_characters_that_xml_has_not(streets):
    """A workbook is made of any text, and Excel's own escape gives its characters back."""
    own = new_table()
    user = {"user": factories.Sysadmin()["name"]}
    texts = {"a": "Pos\x01\ufffete\r", "b": "_x0041_"}
    helpers.call_action(
        "datastore_create", user, resource_id=own["id"], force=True,
        fields=[{"id": "folio", "type": "text"}, {"id": "anio", "type": "int"},
                {"id": "tipo", "type": "text", "info": {"label": "Ti\x0bpo"}},
                {"id": "monto", "type": "numeric"}],
    )  # fmt: skip
    helpers.call_action(
        "datastore_upsert", user, resource_id=own["id"], force=True, method="upsert",
        records=[{"folio": folio, "tipo": text} for folio, text in texts.items()],
    )  # fmt: skip
    answer = helpers._get_test_app().get(f"/table/{own['id']}.xlsx", status=200)
    data, dictionary = load_workbook(io.BytesIO(answer.get_data())).worksheets
    found = {row[0]: unescaped(row[2]) for row in data.iter_rows(min_row=2, values_only=True)}
    assert {folio: found[folio] for folio in texts} == texts
    assert dictionary["B4"].value == "Ti_x000B_po"


def test_parquet_has_types(app, streets, tmp_path: Path):
    """The columns have the types of the table."""
    path = tmp_path / "a.parquet"
    path.write_bytes(app.get(f"/table/{streets['id']}.parquet").get_data())
    with duckdb.connect() as connection:
        described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
        total = connection.execute(
            "SELECT count(*), sum(reportes), min(fecha) FROM read_parquet(?)", [str(path)]
        ).fetchone()
    types = {row[0]: row[1] for row in described}
    assert types["reportes"] == "INTEGER"
    assert types["fecha"] == "DATE"
    assert types["municipio"] == "VARCHAR"
    assert (total[0], total[1], str(total[2])) == (25, 325, "2024-01-02")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("municipio=039&limit=3", ["1", "3", "5"]),
        ("reportes=4&reportes=9", ["4", "9"]),
        ("reportes.min=3&reportes.max=5", ["3", "4", "5"]),
        ("fecha.min=2024-01-25&municipio=048", ["24"]),
        ("sort=reportes desc&limit=2", ["25", "24"]),
        ("municipio=048&sort=reportes desc", [str(number) for number in range(24, 0, -2)]),
        ('filters={"reportes": {"gt": 23}}', ["24", "25"]),
        ("q=Ñáñez", ["1"]),
        ("limit=0", []),
    ],
)
def test_an_address_is_a_question(app, streets, query, expected):
    """Filters, intervals, order, words and limit are in the address, over several pages."""
    assert [row[2] for row in rows(app, streets, query)] == expected


def test_columns_are_chosen(app, streets):
    """``fields`` keeps the columns that it names."""
    assert rows(app, streets, "fields=reportes,municipio&limit=1") == [["039", "1"]]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("alcaldia=3", "alcaldia"),
        ("sort=nada", "nada"),
        ("fields=x", "x"),
        ("limit=muchos", "muchos"),
        ("filters=[1]", "filters"),
        ('filters={"_id": 1}', "_id"),
        ("sort=reportes; drop table x", "drop table x"),
    ],
)
def test_a_wrong_question_is_named(app, streets, query, named):
    """What is no column, number or object is named, with what would be right."""
    answer = app.get(f"/table/{streets['id']}.csv?{query}", status=400)
    assert named in answer.body


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_a_value_of_another_type_is_named(app, streets, suffix):
    """A word asked of a column of numbers is named with its column, in every kind of file."""
    answer = app.get(f"/table/{streets['id']}.{suffix}?reportes=tres", status=400)
    assert "“tres”" in answer.body
    assert "reportes" in answer.body


def test_long_workbooks_are_refused(app, streets, monkeypatch):
    """Past the operator's limit a workbook is refused with a way on; a part of it is not."""
    monkeypatch.setitem(tk.config, "ckanext.mxcity.tables.excel_rows", 10)
    assert "Parquet" in app.get(f"/table/{streets['id']}.xlsx", status=400).body
    app.get(f"/table/{streets['id']}.xlsx?reportes.max=10", status=200)


def test_what_is_not_there(app, streets):
    """An unknown table, an unknown kind and a private table are not there."""
    app.get(f"/table/{streets['id']}.exe", status=404)
    app.get("/table/no-such-table.csv", status=404)
    admin = {"user": factories.Sysadmin()["name"]}
    helpers.call_action("package_patch", admin, id=streets["package_id"], private=True)
    try:
        app.get(f"/table/{streets['id']}.csv", status=404)
        stranger = factories.UserWithToken()
        headers = {"Authorization": stranger["token"]}
        app.get(f"/table/{streets['id']}.csv", headers=headers, status=404)
    finally:
        helpers.call_action("package_patch", admin, id=streets["package_id"], private=False)


def test_page_offers_the_kinds(app, streets):
    """The page of the file offers each kind."""
    body = app.get(f"/dataset/{streets['package_id']}/resource/{streets['id']}").body
    for suffix in ("xlsx", "json", "geojson", "parquet"):
        assert f"/table/{streets['id']}.{suffix}" in body
