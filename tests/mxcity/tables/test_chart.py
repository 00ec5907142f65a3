"""What a chart of a table shows."""

from __future__ import annotations

import math
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.chart import drawing
from ckanext.mxcity.tables.chart.spec import Chart, Groups, chart_of, choices
from ckanext.mxcity.tables.downloads.columns import Column
from hypothesis import example, given
from hypothesis import strategies as st

COLUMNS = [
    Column("cve_mun", "text", "Municipio"),
    Column("colonia", "text", "Colonia"),
    Column("anio", "int4", "Año"),
    Column("clave", "int4", "Clave"),
    Column("reportes", "int4", "Reportes"),
    Column("lat", "numeric", "Latitud"),
]


def test_codes_years_and_places_are_not_measured() -> None:
    """Only figures are added up; years and codes are gone along, coordinates are neither."""
    offered = choices(COLUMNS)
    assert [column.name for column in offered.measured] == ["reportes"]
    assert [column.name for column in offered.along] == ["cve_mun", "colonia", "anio", "clave"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, Chart("line", "anio", "reportes", "sum")),
        ({"x": "colonia"}, Chart("bar", "colonia", "reportes", "sum")),
        ({"x": "no", "y": "lat", "measure": "x"}, Chart("line", "anio", "reportes", "sum")),
        ({"measure": "count", "kind": "bar"}, Chart("bar", "anio", "", "count")),
    ],
)
def test_what_is_not_there_has_a_default(asked: dict[str, str], expected: Chart) -> None:
    """A chart is what was asked for, as far as the table has it."""
    assert chart_of(COLUMNS, asked) == expected


def test_table_of_figures_alone() -> None:
    """A table that has nothing to go along has no chart."""
    assert chart_of([Column("monto", "numeric", "Monto")], {}) is None


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=40))
@example([5e-324])
@example([-5e-324])
def test_scale_holds_every_value(values: list[float]) -> None:
    """A scale holds zero and every value, in few steps, and bars stay in their row."""
    low, high, step = drawing.scale(values)
    assert low <= min(0, *values)
    assert high >= max(0, *values)
    assert 1 <= round((high - low) / step) <= 7
    for bar in drawing.bars(Groups(tuple(("x", value) for value in values), len(values))):
        assert bar.start >= 0
        assert bar.start + bar.width <= 100.02
    line = drawing.line(Groups(tuple(("x", value) for value in values), len(values)))
    assert all(math.isfinite(point.y) and 0 <= point.y <= drawing.HEIGHT for point in line.points)


@pytest.fixture(scope="module")
def page(streets: dict[str, Any]) -> Any:
    """Asks for the chart of the table; returns the page."""
    user = {"user": factories.Sysadmin()["name"]}
    view = helpers.call_action(
        "resource_view_create",
        user,
        resource_id=streets["id"],
        view_type="mxcity_chart_view",
        title="Gráfica",
        x="municipio",
    )
    app = helpers._get_test_app()
    path = f"/dataset/{streets['package_id']}/resource/{streets['id']}"

    def ask(**asked: str) -> BeautifulSoup:
        query = {"view_id": view["id"], **asked}
        return BeautifulSoup(app.get(path, query_string=query).body, "html.parser")

    return ask


def figures(page: BeautifulSoup, table: str) -> list[list[str]]:
    """The rows of a table of the chart: label and figure."""
    rows = page.select(f"{table} tbody tr")
    return [[cell.get_text(strip=True) for cell in row.select("th, td")][:2] for row in rows]


def test_bars_are_the_database_s_sums(page: Any) -> None:
    """The editor's choice is drawn: the sum of each municipality, the highest first."""
    assert figures(page(), ".mx-chart__bars") == [["039", "169"], ["048", "156"]]


def test_line_of_days(page: Any, streets: dict[str, Any]) -> None:
    """The reader's choice comes before the editor's; a line has its figures in a table."""
    found = page(x="fecha", measure="count", kind="line")
    assert len(figures(found, ".mx-chart details")) == 25
    assert found.select_one("svg.mx-chart__svg")["role"] == "img"
    assert len(found.select_one("polyline")["points"].split()) == 25


def test_many_groups_say_how_many(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit the chart says how many there are."""
    monkeypatch.setattr("ckanext.mxcity.tables.chart.spec.BARS", 5)
    found = page(x="colonia", measure="avg")
    assert len(figures(found, ".mx-chart__bars")) == 5
    assert "5" in found.select_one(".mx-chart__note").get_text()
    assert "25" in found.select_one(".mx-chart__note").get_text()


def test_hostile_names_are_words(page: Any) -> None:
    """A column that is none, and text of the table, end as text."""
    found = page(x='"; DROP TABLE x; --', y="<script>", kind="<b>")
    assert figures(found, ".mx-chart__bars") or figures(found, ".mx-chart details")
    assert not found.select(".mx-chart b, .mx-chart script")


def test_view_suits_tables_only(streets: dict[str, Any]) -> None:
    """A file without a table has no chart."""
    from ckanext.mxcity.tables.chart.view import ChartViewMixin

    view = ChartViewMixin()
    assert view.can_view({"resource": tk.get_action("resource_show")({}, {"id": streets["id"]})})
    assert not view.can_view({"resource": {"id": "x", "datastore_active": False}})
