"""Tables of several ministries are put side by side by the areas that they share."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.cli import tables
from ckanext.mxcity.tables.hooks import learn_keys
from ckanext.mxcity.tables.joins.levels import level_of


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["19", "11"], "state"),
        (["19039", "01001"], "municipality"),
        (["190390001"], "locality"),
        (["190390001123A", "1903900011230"], "ageb"),
        (["2020", "2021"], "year"),
        (["2020-01", "2020-12"], "month"),
        (["2024-02-28"], "day"),
        (["99", "11"], None),
        (["1039"], None),
        (["19", "19039"], None),
        (["64000"], None),
        (["A1"], None),
        ([], None),
    ],
)
def test_levels_are_told_by_all_values(values: list[str], level: str | None) -> None:
    """A column is a key of a level only if every value is a code of it."""
    assert level_of(values) == level


def load(resource: dict[str, Any], columns: dict[str, str], rows: list[list[Any]]) -> None:
    """Put rows into the table of a resource, as the loader leaves it."""
    tk.get_action("datastore_create")(
        {"ignore_auth": True, "model": model},
        {
            "resource_id": resource["id"],
            "force": True,
            "fields": [{"id": name, "type": kind} for name, kind in columns.items()],
            "records": [dict(zip(columns, row, strict=True)) for row in rows],
        },
    )


def file_of(name: str, private: bool = False) -> dict[str, Any]:
    """A file of a dataset, of a ministry of its own, that a table may be loaded from."""
    dataset = factories.Dataset(
        title=f"Datos de {name}",
        owner_org=factories.Organization(title=f"Secretaría de {name}")["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
        private=private,
    )
    found: dict[str, Any] = factories.Resource(
        package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV", name=name
    )
    return found


@pytest.fixture(scope="module")
def shelf(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> dict[str, Any]:
    """Tables of two ministries with municipal keys, one of them private, and one without keys."""
    load_plugins()
    empty_db()
    reset_index()
    made: dict[str, Any] = {}
    for name in ("lamps", "areas", "secret", "other"):
        made[name] = file_of(name, private=name == "secret")
    load(
        made["lamps"],
        {"cvegeo": "text", "reportes": "int4"},
        [["19039", 7], ["19048", 3], ["19039", 2], ["11020", 1]],
    )
    load(
        made["areas"],
        {"clave_mun": "text", "reportes": "text", "personas": "int4"},
        [["19039", "<b>x</b>", 1142994], ["19048", "y", 306322], ["19006", "z", 656464]],
    )
    load(made["secret"], {"cvegeo": "text"}, [["19039"], ["19048"], ["11020"]])
    load(made["other"], {"nombre": "text"}, [["a"]])
    for resource in made.values():
        learn_keys(resource["id"])
    made["app"] = helpers._get_test_app()
    return made


def test_suggestions_share_areas(shelf: dict[str, Any]) -> None:
    """A table is suggested by the number of areas in both; a private one is not."""
    found = helpers.call_action(
        "mxcity_table_join_suggest", {"user": "", "ignore_auth": False}, id=shelf["lamps"]["id"]
    )
    assert [
        (join["resource_id"], join["left"], join["right"], join["shared"]) for join in found
    ] == [(shelf["areas"]["id"], "cvegeo", "clave_mun", 2)]
    assert found[0]["level"] == "municipality"
    assert helpers.call_action("mxcity_table_join_suggest", id=shelf["other"]["id"]) == []


def test_the_same_period_is_a_key_too(shelf: dict[str, Any]) -> None:
    """Tables of years by municipality are joined by both, so that no year meets another."""
    columns = {"cvegeo": "text", "anio": "int4", "valor": "int4"}
    years = [[code, year, 1] for code in ("19039", "19048") for year in (2022, 2023, 2024)]
    made = {}
    for name in ("first", "second"):
        made[name] = file_of(name)
        other = {"clave": "text", "ejercicio": "text", "monto": "int4"}
        load(made[name], columns if name == "first" else other, years)
        learn_keys(made[name]["id"])
    found = helpers.call_action("mxcity_table_join_suggest", id=made["first"]["id"])
    best = next(join for join in found if join["resource_id"] == made["second"]["id"])
    assert (best["on"], best["period"]) == ("cvegeo:clave,anio:ejercicio", "year")
    assert {join["period"] for join in found} == {"year", ""}, "others share areas only"
    joined = helpers.call_action(
        "mxcity_table_join", left=made["first"]["id"], right=made["second"]["id"], on=best["on"]
    )
    assert len(joined["records"]) == len(years)
    page = (
        shelf["app"]
        .get(f"/dataset/{made['first']['package_id']}/resource/{made['first']['id']}")
        .body
    )
    assert "anio%3Aejercicio" in page or "anio:ejercicio" in page
    for resource in made.values():
        helpers.call_action("dataset_purge", id=resource["package_id"])


def test_join_is_the_database_s(shelf: dict[str, Any]) -> None:
    """Rows with a match are side by side, the names that both have are told apart."""
    path = "/api/3/action/mxcity_table_join"
    query = {"left": shelf["lamps"]["id"], "right": shelf["areas"]["id"], "on": "cvegeo:clave_mun"}
    found = json.loads(shelf["app"].get(path, query_string=query).body)["result"]
    names = [field["id"] for field in found["fields"]]
    assert names == ["cvegeo", "reportes", "reportes_2", "personas"]
    assert found["records"] == [
        ["19039", 7, "<b>x</b>", 1142994],
        ["19048", 3, "y", 306322],
        ["19039", 2, "<b>x</b>", 1142994],
    ]


def test_pages_and_file(shelf: dict[str, Any]) -> None:
    """The file's page leads to the join, which shows it and gives it as CSV."""
    app, lamps = shelf["app"], shelf["lamps"]
    page = BeautifulSoup(
        app.get(f"/dataset/{lamps['package_id']}/resource/{lamps['id']}").body, "html.parser"
    )
    (link,) = page.select("section[aria-labelledby=mx-joins] a")
    joined = BeautifulSoup(app.get(link["href"]).body, "html.parser")
    cells = [[cell.get_text() for cell in row.select("td")] for row in joined.select("tbody tr")]
    assert cells[0] == ["19039", "7", "<b>x</b>", "1142994"]
    (download,) = (a["href"] for a in joined.select("a.mx-button") if ".csv" in a["href"])
    text = app.get(download).get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == cells[0]


@pytest.mark.parametrize(
    ("right", "on", "status"),
    [
        ("areas", "cvegeo:nada", 400),
        ("areas", "", 400),
        ("areas", 'cvegeo:clave_mun,"x":personas', 400),
        ("secret", "cvegeo:cvegeo", 404),
        ("missing", "cvegeo:cvegeo", 404),
    ],
)
def test_wrong_joins_are_refused(shelf, right: str, on: str, status: int) -> None:
    """A column that is none is named; a table that may not be read is not there."""
    table = shelf[right]["id"] if right in shelf else "00000000-0000-0000-0000-000000000000"
    for suffix in ("", ".csv"):
        path = f"/table/{shelf['lamps']['id']}/join/{table}{suffix}"
        shelf["app"].get(path, query_string={"on": on}, status=status)


def test_keys_of_every_table_by_command(shelf: dict[str, Any], cli: Any) -> None:
    """The command finds the keys anew, of one table or of all."""
    told = cli.invoke(tables, ["keys"])
    assert told.exit_code == 0, told.output
    assert f"{shelf['lamps']['id']}: cvegeo (municipality)" in told.output
    assert f"{shelf['other']['id']}: no keys" in told.output
