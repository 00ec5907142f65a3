"""The rows of a table as its preview shows them."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables import cells
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.preview import asked, facets
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

COLUMNS = [
    Column("colonia", "text", "Colonia"),
    Column("fecha", "date", "Fecha"),
    Column("monto", "numeric", "Monto"),
]


@pytest.mark.parametrize(
    ("value", "kind", "name", "shown"),
    [
        ("170356.16", "numeric", "monto", "170,356.16"),
        ("0.100", "numeric", "monto", "0.100"),
        ("-1234567", "int4", "monto", "−1,234,567"),
        ("12345678901234567890.5", "numeric", "m", "12,345,678,901,234,567,890.5"),
        ("NaN", "numeric", "monto", "NaN"),
        ("2026", "int4", "anio", "2026"),
        ("19039", "int4", "cve_mun", "19039"),
        ("007", "text", "clave", "007"),
        ("2022-01-03", "date", "fecha", "03/01/2022"),
        ("infinity", "date", "fecha", "infinity"),
        ("2022-01-03 00:00:00", "timestamp", "hora", "03/01/2022 00:00"),
        ("2022-01-03T00:00:00.000", "timestamp", "hora", "03/01/2022 00:00"),
        ("2022-01-03 00:00:00.250", "timestamp", "hora", "03/01/2022 00:00:00.250"),
        ("2022-01-03T13:20:05.5", "timestamp", "hora", "03/01/2022 13:20:05.5"),
        ("2022-01-03 13:20:00-06", "timestamptz", "hora", "03/01/2022 13:20 (UTC−06)"),
        ("t", "bool", "activo", "Sí"),
        ("f", "bool", "activo", "No"),
        ("", "bool", "activo", ""),
        ("", "numeric", "monto", ""),
        ("No especificado", "text", "tipo", "No especificado"),
    ],
)  # fmt: skip
def test_how_a_value_is_shown(value: str, kind: str, name: str, shown: str) -> None:
    """Figures are grouped and days are written as in Mexico; no digit is lost, none is made."""
    assert cells.cell(value, Column(name, kind, name)).text == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.integers())
def test_no_digit_is_lost(number: Any) -> None:
    """Without the commas a figure is what is stored."""
    stored = f"{number:f}" if not isinstance(number, int) else str(number)
    shown = cells.cell(stored, Column("monto", "numeric", "Monto")).text
    assert shown.replace(",", "").replace("−", "-") == stored


@given(st.text(min_size=1, max_size=900))
def test_long_texts_are_whole(text: str) -> None:
    """What a cell does not show at once it has."""
    cell = cells.cell(text, Column("nota", "text", "Nota"))
    assert cell.text + cell.rest == text


@given(
    st.builds(
        asked.Asked,
        page=st.integers(1, asked.MOST_PAGES),
        words=st.text("abc ñ&=", max_size=9).map(str.strip),
        sort=st.sampled_from(["", "fecha", "monto"]),
        shown=st.sampled_from([(), ("fecha",), ("colonia", "monto")]),
        filters=st.fixed_dictionaries(
            {},
            optional={
                "colonia": st.text("áé& +", min_size=1).filter(str.strip).map(str.strip),
                "fecha": st.fixed_dictionaries({"gte": st.just("2026-01-01")}),
            },
        ),
    )
)
def test_an_address_is_read_as_it_was_written(question: asked.Asked) -> None:
    """Each state of the preview has an address that leads to it."""
    assert asked.read(MultiDict(question.address()), COLUMNS) == question


@pytest.mark.parametrize("page", ["0", "-3", "x", "²", "99999999999999999999"])
def test_a_page_that_is_none(page: str) -> None:
    """A page that cannot be is the nearest that can."""
    found = asked.read(MultiDict({"page": page, "f.no": "x", "sort": "no desc"}), COLUMNS)
    assert 1 <= found.page <= asked.MOST_PAGES
    assert (found.filters, found.sort) == ({}, "")


@pytest.fixture(scope="module")
def page(load_plugins: Any, empty_db: Any, reset_index: Any) -> Any:
    """Asks for the preview of a table of 45 rows; returns the page."""
    load_plugins()
    empty_db()
    reset_index()
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
    )
    address = "https://datos.example/a.csv"
    resource = factories.Resource(package_id=dataset["id"], url=address, format="CSV")
    user = {"user": factories.Sysadmin()["name"]}
    kinds = ["Bache", "Fuga", "Basura"]
    helpers.call_action(
        "datastore_create", user, resource_id=resource["id"], force=True,
        fields=[
            {"id": "folio", "type": "text"},
            {"id": "tipo", "type": "text", "info": {"label": "Tipo de <b>reporte</b>"}},
            {"id": "monto", "type": "numeric"},
            {"id": "fecha", "type": "date"},
        ],
        records=[
            {"folio": f"F-{n:03}", "tipo": kinds[n % 3], "monto": None if n == 7 else n * 1000.5,
             "fecha": f"2026-01-{1 + n % 28:02}"}
            for n in range(45)
        ],
    )  # fmt: skip
    view = helpers.call_action(
        "resource_view_create", user, resource_id=resource["id"],
        view_type="mxcity_table_view", title="Tabla",
    )  # fmt: skip
    app = helpers._get_test_app()
    path = f"/dataset/{dataset['name']}/resource/{resource['id']}"

    def ask(**query: str) -> BeautifulSoup:
        answer = app.get(path, query_string={"view_id": view["id"], **query})
        return BeautifulSoup(answer.body, "html.parser")

    return ask


def folios(found: BeautifulSoup) -> list[str]:
    """The first cell of each row."""
    return [cell.get_text(strip=True) for cell in found.select(".mx-rows__table tbody th")]


def test_first_rows_are_in_the_page(page: Any) -> None:
    """Twenty rows in the order of the file, with no number of CKAN's, and what is missing said."""
    found = page()
    assert folios(found) == [f"F-{n:03}" for n in range(20)]
    assert len(found.select(".mx-rows__table thead th")) == 4
    assert "1 to 20 of 45" in " ".join(found.select_one(".mx-rows__count").stripped_strings)
    row = found.select(".mx-rows__table tbody tr")[7]
    assert [cell.get_text(strip=True) for cell in row.select("td")] == [
        "Fuga",
        "no data",
        "08/01/2026",
    ]
    assert found.select_one(".mx-rows__table thead th:nth-of-type(2) b") is None


def test_pages_follow_each_other(page: Any) -> None:
    """The link to the next page leads on until the last one, and every row is there once."""
    seen: list[str] = []
    for number in ("1", "2", "3"):
        seen += folios(page(page=number, sort="tipo"))
    assert sorted(seen) == [f"F-{n:03}" for n in range(45)]
    last = page(page="3")
    assert [link["rel"] for link in last.select(".mx-rows__pages a")] == [["prev"]]


@pytest.mark.parametrize("number", ["4", "9999", "999999999"])
def test_a_page_after_the_last(page: Any, number: str) -> None:
    """It is named as it is asked for, and the last one is a step away."""
    found = page(page=number)
    told = found.select_one(".mx-rows__count").get_text()
    assert f"no page {int(number):,} here: the last one is 3." in told
    (link,) = found.select(".mx-rows__pages a")
    assert "page=3" in link["href"]
    assert "of 3" not in found.select_one(".mx-rows__pages").get_text()
    assert not folios(found)
    one = page(page=number, **{"f.tipo": "Fuga"})
    assert one.select_one(".mx-rows__pages a[rel=prev]")


def test_a_table_of_more_pages_than_are_turned_to(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of one page are not shown as those of another."""
    monkeypatch.setattr(asked, "MOST_PAGES", 2)
    found = page(page="3")
    assert not folios(found)
    told = found.select_one(".mx-rows__count").get_text()
    assert "the last one is 2." in told
    assert "by filtering" in told


@pytest.mark.parametrize(
    ("query", "first", "total"),
    [
        ({"f.tipo": "Fuga"}, "F-001", 15),
        ({"sort": "monto desc"}, "F-044", 45),
        ({"f.fecha.min": "2026-01-28", "f.fecha.max": "2026-01-28"}, "F-027", 1),
        ({"f.monto.min": "44000"}, "F-044", 1),
        ({"f.tipo": "Fuga", "sort": "folio desc"}, "F-043", 15),
        ({"q": "F-031"}, "F-031", 1),
    ],
)
def test_rows_that_are_asked_for(page: Any, query: dict[str, str], first: str, total: int) -> None:
    """Filters, bounds, words and orders are the database's; what is missing comes last."""
    found = page(**query)
    assert folios(found)[0] == first
    assert f"of {total}" in found.select_one(".mx-rows__count").get_text()


@pytest.mark.parametrize(
    "query",
    [
        {"f.fecha.min": "ayer"},
        {"f.monto.min": "mucho"},
        {"f.monto": "1e400"},
        {"f.tipo": "x" * 4000},
        {"q": "& | ! ( :* '"},
        {"q": "x" * 4000},
        {"q": "12 :30 :x"},
        {"show": "no", "sort": "_id; drop", "page": "-1"},
    ],
)
def test_what_cannot_be_is_said(page: Any, query: dict[str, str]) -> None:
    """A value that is none of its column, or no row, is a sentence on the page."""
    found = page(**query)
    assert found.select_one(".mx-rows__count").get_text(strip=True)


def test_columns_that_are_chosen(page: Any) -> None:
    """Only the chosen columns are shown, and links keep the choice."""
    found = page(show="monto")
    assert len(found.select(".mx-rows__table thead th")) == 1
    assert "show=monto" in found.select_one(".mx-rows__pages a")["href"]


def test_a_filter_lists_what_there_is(page: Any) -> None:
    """A column of few values is filtered by a list of them, with how many rows each has."""
    options = page().select("select[name='f.tipo'] option")
    listed = [option.get_text(strip=True) for option in options[1:]]
    assert listed == ["Bache (15)", "Basura (15)", "Fuga (15)"]


def values(found: BeautifulSoup) -> list[str]:
    """The values that are offered of the column of kinds."""
    items = found.select(".mx-facets__one li")
    return [" ".join(item.get_text(" ", strip=True).split()) for item in items]


def test_values_with_how_many_rows_have_them(page: Any) -> None:
    """Counts are of the rows that are asked for, and each leads to its rows and back."""
    assert values(page()) == ["Bache (15)", "Basura (15)", "Fuga (15)"]
    narrowed = page(**{"f.fecha.min": "2026-01-28"})
    assert values(narrowed) == ["Fuga (1)"] or not values(narrowed)
    found = page(**{"f.monto.min": "42000"})
    assert values(found) == ["Bache (1)", "Basura (1)", "Fuga (1)"]
    link = found.select_one(".mx-facets__one a")["href"]
    assert "f.monto.min=42000" in link
    assert "f.tipo=Bache" in link
    chosen = page(**{"f.tipo": "Fuga"})
    assert values(chosen) == ["Fuga (15) remove Fuga"]
    assert "f.tipo" not in chosen.select_one(".mx-facets__one a")["href"]


def test_counts_that_are_not_there_in_time(page: Any, monkeypatch: Any) -> None:
    """A page does not wait for counts, and says that they are missing."""
    monkeypatch.setattr(facets, "_counted", lambda *_: None)
    found = page(**{"f.tipo": "Fuga"})
    assert len(folios(found)) == 15
    assert "takes too long" in found.select_one(".mx-facets").get_text()
    assert not values(found)


def test_what_changed_is_counted_anew(page: Any) -> None:
    """Values are kept only as long as their table is as it was."""
    assert values(page())[0] == "Bache (15)"
    table = page().select_one(".mx-rows__more a")["href"].split("/")[2]
    user = {"user": factories.Sysadmin()["name"]}
    row = [{"folio": "F-100", "tipo": "Bache", "monto": 1, "fecha": "2026-01-01"}]
    helpers.call_action(
        "datastore_upsert", user, resource_id=table, force=True, method="insert", records=row
    )
    assert values(page())[0] == "Bache (16)"
    helpers.call_action(
        "datastore_records_delete", user, resource_id=table, force=True,
        filters={"folio": "F-100"},
    )  # fmt: skip
    assert values(page())[0] == "Bache (15)"
