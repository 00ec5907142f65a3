"""A cell without a value is a number nowhere: in no chart, table, map, row or file."""

from __future__ import annotations

import csv
import io
import json
import random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.hooks import learn_keys
from defusedxml.ElementTree import fromstring

from tests.mxcity.tables.test_areas import square
from tests.mxcity.tables.test_joins import file_of, load

CODES = [f"190{number:02}" for number in range(1, 31)]
#: Columns of figures, and the share of their cells that is missing.
SHARES = {"monto": 0.3, "tasa": 0.7, "poblacion": 0.5, "casos": 0.0, "vacio": 1.0}
NOTHING = {"", "no data"}


@pytest.fixture(scope="module")
def shelf(load_plugins, empty_db, reset_index) -> dict[str, Any]:
    """A table of municipalities with figures of every kind, many missing, and their outlines."""
    load_plugins()
    empty_db()
    reset_index()
    chance = random.Random(16)
    rows = [
        [code, *(None if chance.random() < share else number + 1 for share in SHARES.values())]
        for number, code in enumerate(CODES)
    ]
    made: dict[str, Any] = {"figures": file_of("figures"), "outlines": file_of("outlines")}
    load(made["figures"], {"cvegeo": "text", **dict.fromkeys(SHARES, "numeric")}, rows)
    shapes = [[code, json.dumps(square(-100 + n / 10, 25, 0.1))] for n, code in enumerate(CODES)]
    load(made["outlines"], {"clave": "text", "geometry": "text"}, shapes)
    for name in ("figures", "outlines"):
        learn_keys(made[name]["id"])
    made["rows"] = {row[0]: dict(zip(SHARES, row[1:], strict=True)) for row in rows}
    made["app"] = helpers._get_test_app()
    user = {"user": factories.Sysadmin()["name"]}
    for kind in ("chart", "map", "table"):
        made[kind] = helpers.call_action(
            "resource_view_create", user, resource_id=made["figures"]["id"], title=kind,
            view_type=f"mxcity_{kind}_view",
        )["id"]  # fmt: skip
    return made


def page_of(shelf: dict[str, Any], view: str, **asked: str) -> BeautifulSoup:
    """The page of the table in one of its previews."""
    resource = shelf["figures"]
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}"
    answer = shelf["app"].get(path, query_string={"view_id": shelf[view], **asked})
    assert answer.status_code == 200
    return BeautifulSoup(answer.body, "html.parser")


def table_of(page: BeautifulSoup, rows: str, label: int, figure: int) -> dict[str, str]:
    """What a table of a page says of each municipality."""
    found = [[cell.get_text(strip=True) for cell in row.select("th, td")]
             for row in page.select(rows)]  # fmt: skip
    return {cells[label]: cells[figure] for cells in found}


def quoted(shelf: dict[str, Any], **asked: str) -> tuple[dict[str, str], str]:
    """The file of figures of a quoted chart, and what its picture says in words."""
    form = {"resource_id": shelf["figures"]["id"], "x": "cvegeo", **asked}
    answer = shelf["app"].post("/grafica", data=form, follow_redirects=False)
    address = answer.headers["Location"]
    lines = list(csv.reader(io.StringIO(shelf["app"].get(f"{address}.csv").text)))
    drawing = fromstring(shelf["app"].get(f"{address}.svg").data)
    return dict(lines[1:]), str(drawing.findtext("{http://www.w3.org/2000/svg}desc"))


@pytest.mark.parametrize("column", [name for name, share in SHARES.items() if share < 1])
def test_missing_is_no_number_anywhere(shelf: dict[str, Any], column: str) -> None:
    """Each figure is where it belongs, in every form; where there is none, none is shown."""
    expected = {code: row[column] for code, row in shelf["rows"].items()}
    there = sum(value is not None for value in expected.values())
    forms = {}
    for kind, rows in (("bar", ".mx-chart__bars tbody tr"), ("line", ".mx-chart details tbody tr")):
        asked = {"kind": kind, "x": "cvegeo", "y": column}
        page = page_of(shelf, "chart", **asked)
        forms[kind] = table_of(page, rows, 0, 1)
        assert len(page.select(".mx-chart circle, rect.mx-chart__bar")) == there
        forms[f"{kind}.csv"], said = quoted(shelf, kind=kind, y=column)
        assert said.count("no data") == len(CODES) - there
    page = page_of(shelf, "map", x="cvegeo", y=column)
    forms["list of the map"] = table_of(page, ".mx-areas__figures tbody tr", -3, -1)
    titles = [area.get_text() for area in page.select("svg.mx-areas path title")]
    assert sum(title.endswith(": no data") for title in titles) == len(CODES) - there
    bare = page.select("svg.mx-areas path.mx-areas__area--0")
    assert len(bare) == len(CODES) - there
    number = [*SHARES].index(column) + 1
    forms["rows"] = {}
    for shown in ("1", "2"):
        found = table_of(page_of(shelf, "table", page=shown), ".mx-rows__table tbody tr", 0, number)
        forms["rows"] |= found
    for form, figures in forms.items():
        assert set(figures) == set(CODES), form
        for code, value in expected.items():
            if value is None:
                assert figures[code] in NOTHING, (form, code)
            else:
                assert figures[code] == str(value), (form, code)


def test_a_column_without_any_value_is_not_drawn(shelf: dict[str, Any]) -> None:
    """Charts say that there is nothing to draw, and such a chart is not quoted."""
    page = page_of(shelf, "chart", x="cvegeo", y="vacio")
    assert page.select(".mx-chart") == []
    assert "nothing to draw" in page.select_one(".mx-note").get_text()
    form = {"resource_id": shelf["figures"]["id"], "x": "cvegeo", "y": "vacio"}
    answer = shelf["app"].post("/grafica", data=form, follow_redirects=False)
    assert answer.status_code == 400
