"""What the page of a dataset opens with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.mxcity.city import clock
from ckanext.mxcity.tables.chart.spec import Chart
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.headline import figures, opening
from ckanext.mxcity.tables.headline.periods import Bucket, Latest, Period
from ckanext.mxcity.tables.headline.sentence import Said, sentence

Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def portal(load_plugins, empty_db, reset_index) -> str:
    """A portal with one organization; its id."""
    load_plugins()
    empty_db()
    reset_index()
    return str(factories.Organization(name="mty-ssp", title="Servicios Públicos")["id"])


@pytest.fixture(autouse=True)
def in_july(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is July 2026."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 7, 15))


@pytest.fixture
def made(portal: str) -> Make:
    """Make a public dataset with a table."""

    def make(
        fields: dict[str, str], rows: list[tuple[Any, ...]], notes: Any = None, **given: Any
    ) -> dict[str, Any]:
        dataset = factories.Dataset(
            owner_org=portal,
            **{"snieg_subsystem": "economico", "geographic_level": "municipal", **given},
        )
        resource = factories.Resource(
            package_id=dataset["id"],
            url="https://datos.example/a.csv",
            format="CSV",
            name="Tabla",
            description="",
        )
        described = notes or {}
        tk.get_action("datastore_create")(
            {"ignore_auth": True, "model": model},
            {
                "resource_id": resource["id"],
                "force": True,
                "fields": [
                    {"id": name, "type": kind, "info": {"notes": described.get(name, "")}}
                    for name, kind in fields.items()
                ],
                "records": [dict(zip(fields, row, strict=True)) for row in rows],
            },
        )
        return tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset["id"]})

    return make


def page_of(app: Any, dataset: dict[str, Any]) -> BeautifulSoup:
    return BeautifulSoup(app.get(f"/{dataset['type']}/{dataset['name']}").body, "html.parser")


def said(page: BeautifulSoup) -> str:
    found = page.select_one(".mx-open__sentence")
    return " ".join(found.get_text().split()) if found else ""


MONTHS = [("2026-04", "Norte", 900), ("2026-05", "Norte", 1367), ("2026-06", "Norte", 1203)]


def test_the_latest_figure_is_a_sentence_and_a_chart(app: Any, made: Make) -> None:
    """A table by months opens with its last month, compared with the one before."""
    dataset = made(
        {"mes": "text", "zona": "text", "reportes": "int4"},
        [*MONTHS, ("2026-07", "Norte", 3)],
        {"reportes": "Reportes recibidos."},
    )
    page = page_of(app, dataset)
    assert said(page) == "In June 2026 there were 1,203 reportes recibidos, 12 % less than in May."
    assert page.select_one(".mx-open figure svg") is not None
    # July is not over: it is neither told nor drawn.
    assert "July" not in page.get_text()
    shown = [row.get_text(" ", strip=True) for row in page.select(".mx-areas__figures tbody tr")]
    assert shown == ["2026-06 1,203", "2026-05 1,367", "2026-04 900"]
    cells = [td.get_text(strip=True) for td in page.select(".mx-rows__table tbody tr td")]
    assert cells[:2] == ["Norte", "900"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A sum without one of its rows is no figure, and nothing is compared with it.
        ([("2026-05", "A", 5), ("2026-06", "A", 7), ("2026-06", "B", None)], ""),
        ([("2026-05", "A", None), ("2026-06", "A", 7)], "In June 2026 there were 7 reportes."),
        # May is missing, which is not zero.
        ([("2026-04", "A", 5), ("2026-06", "A", 7)], "In June 2026 there were 7 reportes."),
        # The total would count twice.
        ([("2026-05", "A", 5), ("2026-06", "A", 7), ("2026-06", "Total", 7)], ""),
        ([("2026-05", "A", 5), ("2026-06", "A", 5)],
         "In June 2026 there were 5 reportes, the same as in May."),
        ([("2026-05", "A", 0), ("2026-06", "A", 5)], "In June 2026 there were 5 reportes."),
    ],
)  # fmt: skip
def test_a_sentence_is_true_or_not_there(
    app: Any, made: Make, rows: list[tuple[Any, ...]], expected: str
) -> None:
    """What is missing is not zero, and what is mixed is not added up."""
    dataset = made({"mes": "text", "zona": "text", "reportes": "int4"}, rows)
    assert said(page_of(app, dataset)) == expected


def test_days_are_brought_together_by_months(app: Any, made: Make) -> None:
    """Rows with days are counted by months, as far as the table or the dataset covers them."""
    days = [("2026-04-01",), ("2026-04-30",), ("2026-05-03",), ("2026-05-31",), ("2026-06-11",)]
    short = made({"recibido": "date"}, days)
    assert said(page_of(app, short)) == "In May 2026 there were 2 rows, the same as in April."
    covered = made(
        {"recibido": "date"},
        days,
        temporal_coverage=[{"start": "2026-04-01", "end": "2026-06-30"}],
    )
    assert said(page_of(app, covered)) == "Rows, in June 2026: 1, 1 less than in May."


def test_levels_are_averaged_and_never_compared_in_parts(app: Any, made: Make) -> None:
    """Concentrations are averaged over their stations; no part of a hundred is told of them."""
    rows = [(f"2026-0{month}", at, 40 + month) for month in (5, 6) for at in "AB"]
    dataset = made({"mes": "text", "estacion": "text", "pm10": "numeric"}, rows)
    assert said(page_of(app, dataset)) == "Pm10, in June 2026: 46 on average, 1 more than in May."


def test_a_table_of_words_opens_with_its_rows(app: Any, made: Make) -> None:
    """Where no figure can be told there are rows, and the places that they have."""
    dataset = made(
        {"parque": "text", "lat": "numeric", "lon": "numeric"},
        [("Fundidora", 25.68, -100.28), ("Alameda", 25.67, -100.32), ("Sin lugar", None, None)],
    )
    page = page_of(app, dataset)
    assert said(page) == ""
    assert len(page.select(".mx-rows__table tbody tr")) == 3
    assert page.select_one(".mx-sketch path")["d"].count("h0") == 2
    assert "1 is not drawn" in page.get_text(" ", strip=True)


def test_an_empty_dataset_is_a_page(app: Any, portal: str) -> None:
    """Without files there is nothing to open with, and a page."""
    dataset = factories.Dataset(
        owner_org=portal, snieg_subsystem="economico", geographic_level="municipal"
    )
    page = page_of(app, dataset)
    assert not page.select(".mx-open")
    assert page.select_one("details.mx-details summary h2") is not None


def test_bad_tables_are_pages(app: Any, made: Make) -> None:
    """A column all empty, a table without rows, and coordinates out of the world break nothing."""
    tables: list[tuple[dict[str, str], list[tuple[Any, ...]]]] = [
        ({"mes": "text", "reportes": "int4"}, [("2026-05", None), ("2026-06", None)]),
        ({"mes": "text", "reportes": "int4"}, []),
        ({"fecha": "timestamp", "reportes": "int4"}, [("infinity", 1), ("0044-03-15 BC", 2)]),
        ({"parque": "text", "lat": "numeric", "lon": "numeric"}, [("Uno", 900, "NaN")]),
        ({"parque": "text", "geometry": "text"}, [("Uno", "{"), ("Dos", '{"type": "Point"}')]),
        ({"anio": "int4", "reportes": "float8"}, [(2025, "NaN"), (99999, 1.0), (-3, "Infinity")]),
    ]
    for fields, rows in tables:
        response = app.get(f"/dataset/{made(fields, rows)['name']}")
        assert response.status_code == 200
        assert said(BeautifulSoup(response.body, "html.parser")) == ""


def test_what_takes_too_long_is_left_out(
    app: Any, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that has no time left says so, and has the rest."""
    dataset = made({"mes": "text", "zona": "text", "reportes": "int4"}, MONTHS)
    monkeypatch.setattr(figures, "figures_of", lambda *_: None)
    page = page_of(app, dataset)
    assert "too large to be read at once" in page.get_text()
    assert page.select_one(".mx-rows__table") is not None
    monkeypatch.setattr(opening, "PATIENCE", -1)
    assert not page_of(app, dataset).select(".mx-open")


def test_a_private_dataset_tells_nobody(app: Any, made: Make) -> None:
    """The figures of a private dataset are read by who may, and it has no feed."""
    dataset = made({"mes": "text", "reportes": "int4"}, [("2026-06", 5)])
    user = factories.Sysadmin()["name"]
    tk.get_action("package_patch")({"user": user}, {"id": dataset["id"], "private": True})
    assert app.get(f"/dataset/{dataset['name']}", expect_errors=True).status_code in (403, 404)


def test_an_indicator_shows_where_it_is(app: Any, made: Make) -> None:
    """An indicator opens with its present value, baseline and target, and the way between."""
    sheet = {
        "type": "indicator", "frequency": "ANNUAL", "definition": "Lámparas reparadas a tiempo.",
        "unit": "Porcentaje", "calculation_method": "A / B", "baseline_value": 60,
        "baseline_year": "2021", "target_value": 90, "target_year": "2027",
        "desired_direction": "up",
    }  # fmt: skip
    fields = {"anio": "int4", "reparadas_pct": "numeric"}
    page = page_of(app, made(fields, [(2024, 70), (2025, 75)], **sheet))
    told = [dd.get_text(strip=True).replace("\xa0", " ") for dd in page.select(".mx-goal dd")]
    assert told == ["75 %", "60 %", "90 %"]
    assert said(page).startswith("50 % of the way from the baseline to the target: 15")
    # Rows of one year are not brought together into one figure of an indicator.
    several = page_of(app, made(fields, [(2025, 70), (2025, 95)], **sheet))
    first = several.select_one(".mx-goal__now dd").get_text(strip=True).replace("\xa0", " ")
    assert first == "70 % – 95 %"
    assert "in part" in said(several)
    empty = page_of(app, made({"nota": "text"}, [("Sin cifras",)], **sheet))
    assert empty.select_one(".mx-goal__now dd").get_text(strip=True) == "no data"


def test_related_datasets_files_and_feeds(app: Any, made: Make, portal: str) -> None:
    """A page leads on: to data like these, each file once, a search and feeds."""
    like = made({"mes": "text"}, [("2026-06",)], title="Baches reportados en la calle")
    dataset = made({"mes": "text"}, [("2026-06",)], title="Baches reportados por colonia")
    url = "https://datos.example/a.xlsx"
    same = {"name": "Tabla", "description": ""}
    factories.Resource(package_id=dataset["id"], url=url, format="XLSX", **same)
    page = page_of(app, dataset)
    assert like["title"] in [a.get_text(strip=True) for a in page.select(".mx-related a")]
    assert dataset["title"] not in [a.get_text(strip=True) for a in page.select(".mx-related a")]
    assert len(page.select(".mx-file")) == 1
    downloads = [a["href"] for a in page.select(".mx-file__actions a.resource-url-analytics")]
    assert downloads == ["https://datos.example/a.csv", url]
    assert page.select_one('form[role="search"] input[name="q"]') is not None
    feeds = {link["href"] for link in page.select('link[type="application/atom+xml"]')}
    assert feeds == {a["href"] for a in page.select(".mx-feeds a")}
    own = next(feed for feed in feeds if dataset["id"] in feed)
    entries = BeautifulSoup(app.get(own[own.index("/feeds") :]).body, "xml").find_all("entry")
    assert [entry.title.get_text() for entry in entries] == [dataset["title"]]


@pytest.mark.usefixtures("spanish", "with_request_context")
@pytest.mark.parametrize(
    ("column", "way", "period", "values", "expected"),
    [
        (Column("reportes", "int4", "reportes", "Reportes.", "count"), "sum",
         Period(2026, 12, 6), (1203, 1367),
         "En junio de 2026 hubo 1,203 reportes, 12 % menos que en mayo."),
        (Column("monto", "numeric", "Monto pagado", "", "amount"), "sum",
         Period(2026, 4, 1), (1500.5, 1000),
         "Monto pagado, en el primer trimestre de 2026: 1,500.5, 50 % más que en el cuarto "
         "trimestre de 2025."),
        (Column("pct", "numeric", "Cobertura", "", "percentage"), "avg", Period(2025), (80, 77.5),
         "Cobertura, en 2025: 80 %, 2.5 puntos más que en 2024."),
    ],
)  # fmt: skip
def test_sentences_in_spanish(
    column: Column,
    way: str,
    period: Period,
    values: tuple[float, float],
    expected: str,
) -> None:
    """A sentence reads as people of Mexico write it."""
    before = next(
        one
        for year in (period.year - 1, period.year)
        for number in range(1, period.parts + 1)
        if period.follows(one := Period(year, period.parts, number))
    )
    now = Bucket(period, float(values[0]), 1, 1)
    found = Latest(now, Bucket(before, float(values[1]), 1, 1))
    assert sentence(Said(found, column, way)).striptags() == expected


def test_a_chart_names_what_is_in_the_table() -> None:
    """The figures of another version of a table are others."""
    chart = Chart("line", "mes", "reportes", "sum")
    assert figures._key("a", "1", chart) != figures._key("a", "2", chart)


def test_unlike_things_and_days_of_things_are_no_chart(app: Any, made: Make) -> None:
    """Prices of unlike products have no mean; nothing goes along the day of an inspection."""
    prices = made(
        {"mes": "text", "producto": "text", "precio": "numeric"},
        [
            (m, p, n)
            for m in ("2026-04", "2026-05", "2026-06")
            for p, n in (("Pan", 3), ("Res", 190))
        ],
    )
    page = page_of(app, prices)
    assert said(page) == ""
    assert not page.select(".mx-open figure")
    assert page.select(".mx-rows__table tbody tr"), "its first rows are there"
    lamps = made(
        {"clave": "text", "zona": "text", "ultima_inspeccion": "date"},
        [(f"L{n}", "NSE"[n % 3], f"2026-0{1 + n % 6}-01") for n in range(30)],
    )
    page = page_of(app, lamps)
    assert said(page) == ""
    assert "zona" in page.select_one(".mx-open figcaption").get_text().lower()
