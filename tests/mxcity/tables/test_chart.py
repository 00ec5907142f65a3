"""What a chart of a table shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.ground.measures import VOCABULARY, measure
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.kinds import bars, line
from ckanext.mxcity.tables.chart.kinds.base import ChartKind, Picture
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.spec import Chart, Groups, choices, is_time
from ckanext.mxcity.tables.downloads.columns import Column
from hypothesis import example, given
from hypothesis import strategies as st


def column(name: str, kind: str = "text", notes: str = "") -> Column:
    """A column as the DataStore describes it."""
    return Column.of({"id": name, "type": kind, "info": {"notes": notes}})


COLUMNS = [
    column("cve_mun"),
    column("colonia"),
    column("anio", "int4"),
    column("clave", "int4"),
    column("reportes", "int4"),
    column("lat", "numeric"),
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
    assert chart_of([column("monto", "numeric")], {}) is None


DAY, STATION, AIR = column("fecha", "date"), column("estacion"), column("pm10", "numeric")
YEAR, LEVEL, POSTS = column("anio", "int4"), column("nivel"), column("plazas", "int4")


@pytest.mark.parametrize(
    ("columns", "asked", "expected"),
    [
        # Concentrations of several stations are averaged, whatever the address asks for.
        ([DAY, STATION, AIR], {}, Chart("line", "fecha", "pm10", "avg")),
        ([DAY, STATION, AIR], {"measure": "sum"}, Chart("line", "fecha", "pm10", "avg")),
        ([DAY, STATION, AIR], {"measure": "count"}, Chart("line", "fecha", "", "count")),
        # What there is is added up across places at one moment, and never across moments.
        ([YEAR, LEVEL, POSTS], {}, Chart("line", "anio", "plazas", "sum")),
        ([YEAR, LEVEL, POSTS], {"x": "nivel"}, Chart("bar", "nivel", "plazas", "sum", "anio")),
        (
            [YEAR, column("mes", "int4"), LEVEL, POSTS],
            {"x": "nivel"},
            Chart("bar", "nivel", "plazas", "avg"),
        ),
        (
            [YEAR, column("mes", "int4"), POSTS],
            {"x": "anio"},
            Chart("line", "anio", "plazas", "avg"),
        ),
        # Nobody knows what a value is: nothing is drawn before a person asks for it.
        ([YEAR, LEVEL, column("valor", "numeric")], {}, None),
        (
            [YEAR, LEVEL, column("valor", "numeric")],
            {"y": "valor"},
            Chart("line", "anio", "valor", "avg"),
        ),
        # The first figures of a known kind, not the first figures.
        (
            [YEAR, column("valor", "numeric"), column("monto", "numeric")],
            {},
            Chart("line", "anio", "monto", "sum"),
        ),
    ],
)
def test_what_has_no_meaning_is_not_drawn(
    columns: list[Column], asked: dict[str, str], expected: Chart | None
) -> None:
    """The kind of the figures decides how rows are brought together."""
    assert chart_of(columns, asked) == expected


@pytest.mark.parametrize(("days", "drawn"), [(2, False), (3, True)])
def test_rows_without_figures_are_counted(days: int, drawn: bool) -> None:
    """Reports have no figures: they are counted along time, if it passes."""
    chart = chart_of([DAY, column("folio")], {}, lambda some: {"fecha": days, "folio": 90})
    assert (chart == Chart("line", "fecha", "", "count")) is drawn


def test_an_indicator_is_its_ratio() -> None:
    """Of an indicator the ratio is drawn, not the figures that it is made of."""
    columns = [YEAR, column("obligadas", "int4"), column("a_tiempo_pct", "numeric")]
    assert chart_of(columns, {}, indicator=True) == Chart("line", "anio", "a_tiempo_pct", "avg")
    assert chart_of(columns, {}) == Chart("line", "anio", "obligadas", "sum")


@pytest.mark.parametrize(
    ("sizes", "x"),
    [
        ({"anio": 12, "colonia": 9, "estado": 4}, "anio"),
        ({"anio": 1, "colonia": 9, "estado": 4}, "colonia"),
        ({"anio": 2, "colonia": 9, "estado": 4}, "anio"),
        ({"anio": 1, "colonia": 56, "estado": 4}, "estado"),
        ({"anio": 1, "colonia": 100, "estado": 1, "cve_mun": 51}, None),
        ({"anio": 1, "colonia": 0, "estado": 1, "cve_mun": 5}, "cve_mun"),
    ],
)
def test_what_a_chart_goes_along(sizes: dict[str, int], x: str | None) -> None:
    """Time if it passes, else as many groups as can be read; of a bar alone nothing is drawn."""
    columns = [*COLUMNS, column("estado")]
    found = chart_of(columns, {}, lambda some: {c.name: sizes.get(c.name, 1) for c in some})
    assert (found.x if found else None) == x


@given(
    st.sampled_from(sorted(vocabulary(VOCABULARY).terms)),
    st.sampled_from(["", "sum", "avg", "count", "max"]),
    st.sampled_from(["", "fecha", "estacion"]),
)
def test_no_address_adds_up_what_is_not_added_up(kind: str, way: str, x: str) -> None:
    """Whatever is asked for, a kind is brought together in its own ways, or counted."""
    figures = Column("figura", "numeric", "Figura", measure=kind)
    chart = chart_of([DAY, STATION, figures], {"x": x, "measure": way, "y": "figura"})
    assert chart is not None
    assert chart.measure in (*measure(kind).ways, "count")
    if measure(kind).last and chart.measure == "sum":
        assert "fecha" in (chart.x, chart.last)


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=40))
@example([5e-324])
@example([-5e-324])
def test_scale_holds_every_value(values: list[float]) -> None:
    """A scale holds zero and every value, in few steps, and bars stay in their row."""
    low, high, step = line.scale(values)
    assert low <= min(0, *values)
    assert high >= max(0, *values)
    assert 1 <= round((high - low) / step) <= 7
    for bar in bars.KIND.draw(Groups(tuple(("x", value) for value in values), len(values))):
        assert bar.start >= 0
        assert bar.start + bar.width <= 100.02
    drawn = line.KIND.draw(Groups(tuple(("x", value) for value in values), len(values)))
    assert all(0 <= point.y <= line.KIND.HEIGHT for point in drawn.points)


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=80))
@example([None])
@example([1.0, None, 0.0, None, None, 2.0])
def test_what_is_missing_is_a_gap(values: list[float | None]) -> None:
    """A group without a value has no bar and no point; the line stops before it."""
    groups = Groups(tuple((str(n), value) for n, value in enumerate(values)), len(values))
    bare = [bar for bar in bars.KIND.draw(groups) if bar.value is None]
    assert len(bare) == values.count(None)
    assert all(bar.width == 0 for bar in bare)
    drawn = line.KIND.draw(groups)
    assert [point.y is None for point in drawn.points] == [value is None for value in values]
    drawn_points = [pair for path in drawn.paths for pair in path.split()]
    assert len(drawn_points) == len(values) - values.count(None)
    alone = {path for path in drawn.paths if " " not in path}
    assert len(drawn.dots) >= len(alone), "a point between two gaps is seen"


@pytest.fixture(scope="module")
def web(streets: dict[str, Any]) -> Any:
    """The web application."""
    return helpers._get_test_app()


@pytest.fixture(scope="module")
def page(web: Any, streets: dict[str, Any]) -> Any:
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
    path = f"/dataset/{streets['package_id']}/resource/{streets['id']}"

    def ask(**asked: str) -> BeautifulSoup:
        query = {"view_id": view["id"], **asked}
        return BeautifulSoup(web.get(path, query_string=query).body, "html.parser")

    return ask


def figures(page: BeautifulSoup, table: str) -> list[list[str]]:
    """The rows of a table of the chart: label and figure."""
    rows = page.select(f"{table} tbody tr")
    return [[cell.get_text(strip=True) for cell in row.select("th, td")][:2] for row in rows]


def test_bars_are_the_database_s_sums(page: Any) -> None:
    """The editor's choice is drawn: the sum of each municipality, the highest first."""
    assert figures(page(), ".mx-chart__bars") == [["039", "169"], ["048", "156"]]


def test_a_gap_is_said_and_not_drawn(web: Any, streets: dict[str, Any]) -> None:
    """A year without a figure has neither a zero in the table nor a place on the line."""
    user = {"user": factories.Sysadmin()["name"]}
    gaps = factories.Resource(package_id=streets["package_id"], url="https://datos.example/b.csv")
    helpers.call_action(
        "datastore_create", user, resource_id=gaps["id"], force=True,
        fields=[{"id": "anio", "type": "int"}, {"id": "usuarios", "type": "numeric"}],
        records=[{"anio": 2000, "usuarios": 5}, {"anio": 2001}, {"anio": 2002, "usuarios": "NaN"},
                 {"anio": 2003, "usuarios": 0}],
    )  # fmt: skip
    view = helpers.call_action(
        "resource_view_create", user, resource_id=gaps["id"], view_type="mxcity_chart_view",
        title="Gráfica",
    )  # fmt: skip
    path = f"/dataset/{gaps['package_id']}/resource/{gaps['id']}"
    found = BeautifulSoup(web.get(path, query_string={"view_id": view["id"]}).body, "html.parser")
    rows = figures(found, ".mx-chart details")
    assert rows == [["2000", "5"], ["2001", rows[1][1]], ["2002", rows[1][1]], ["2003", "0"]]
    assert rows[1][1] in ("sin dato", "no data")
    assert [len(line["points"].split()) for line in found.select("polyline")] == [1, 1]


def test_line_of_days(page: Any, streets: dict[str, Any]) -> None:
    """The reader's choice comes before the editor's; a line has its figures in a table."""
    found = page(x="fecha", measure="count", kind="line")
    assert len(figures(found, ".mx-chart details")) == 25
    assert found.select_one("svg.mx-chart__svg")["role"] == "img"
    assert len(found.select_one("polyline")["points"].split()) == 25


def test_many_groups_say_how_many(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit the chart says how many there are."""
    monkeypatch.setattr(bars.KIND, "most", 5)
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


class Dots(ChartKind):
    """A kind of chart that this test adds: a word for each group, along days only."""

    name = "dots"
    title = "Dots"
    template = "dots.html"
    marks = "dots.html"
    most = 4
    last = True

    def fits(self, column: Column) -> bool:
        """Tell whether a column's values follow each other in time."""
        return is_time(column)

    def draw(self, groups: Groups) -> list[str]:
        """Return a word for each group."""
        return [f"{label[:10]}={value:g}" for label, value in groups.rows]

    def picture(self, groups: Groups) -> Picture:
        """Return the words, for a file of their own."""
        return Picture(100, 100, self.draw(groups))


@pytest.fixture
def dots(page: Any, web: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks for the chart of the table, where there is one more kind; returns the page."""
    monkeypatch.setitem(KINDS, "dots", Dots())
    (tmp_path / "dots.html").write_text(
        "<ul>{% for dot in drawn %}<li>{{ dot }}</li>{% endfor %}</ul>"
    )
    loader = web.flask_app.jinja_env.loader
    monkeypatch.setattr(loader, "searchpath", [*loader.searchpath, str(tmp_path)])
    return page


def test_new_kind_is_a_class_and_an_entry(dots: Any) -> None:
    """A kind in the registry is among the choices, and its own class and template draw it."""
    found = dots(kind="dots", x="fecha", measure="count")
    chosen = found.select("#chart-kind option")
    assert [(option["value"], option.get_text()) for option in chosen] == [
        ("bar", "Bars"), ("line", "Line"), ("dots", "Dots"),
    ]  # fmt: skip
    assert found.select_one("#chart-kind option[selected]")["value"] == "dots"
    drawn = [dot.get_text() for dot in found.select(".mx-chart li")]
    assert drawn == [f"{day}/01/2024=1" for day in (23, 24, 25, 26)]
    assert len(figures(found, ".mx-chart details")) == 4
    assert "The last 4 of 25" in found.select_one(".mx-chart__note").get_text()
    assert not found.select(".mx-chart svg, .mx-chart__bars")


def test_kind_that_does_not_fit_gives_way(dots: Any) -> None:
    """Groups that a kind cannot draw are drawn as is usual for their column."""
    found = dots(kind="dots", x="municipio", measure="count")
    assert found.select_one("#chart-kind option[selected]")["value"] == "bar"
    assert figures(found, ".mx-chart__bars") == [["039", "13"], ["048", "12"]]
