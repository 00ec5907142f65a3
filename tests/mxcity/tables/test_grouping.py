"""A table grouped by address."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import helpers
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.grouping import asked, views
from werkzeug.datastructures import MultiDict

from tests.mxcity.tables.conftest import work

COLUMNS = [
    Column("colonia", "text", "Colonia"),
    Column("fecha", "date", "Fecha"),
    Column("monto", "numeric", "Monto", measure="amount"),
    Column("tasa", "numeric", "Tasa", measure="rate"),
    Column("poblacion", "int4", "Poblacion", measure="stock"),
]


def read(*pairs: tuple[str, str], columns: list[Column] = COLUMNS) -> asked.Asked | None:
    """What an address asks."""
    return asked.read(MultiDict(pairs), columns)


@pytest.mark.parametrize(
    ("pairs", "way", "last"),
    [
        ([("por", "colonia")], "count", ""),
        ([("por", "colonia"), ("medida", "monto")], "sum", ""),
        ([("por", "colonia"), ("medida", "tasa")], "avg", ""),
        ([("por", "colonia"), ("medida", "tasa"), ("como", "mediana")], "median", ""),
        ([("por", "colonia"), ("medida", "poblacion"), ("como", "suma")], "sum", "fecha"),
        ([("por", "fecha"), ("medida", "poblacion"), ("como", "suma")], "sum", ""),
        ([("por", "colonia"), ("medida", "tasa"), ("como", "cuenta")], "count", ""),
    ],
)
def test_how_rows_are_brought_together(pairs: list[tuple[str, str]], way: str, last: str) -> None:
    """The kind of the figures says the usual way, and what there is is added up at one moment."""
    found = read(*pairs)
    assert found is not None
    assert (found.way, found.last) == (way, last)
    assert read(*found.address()) == found


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("por", "no")], "no column"),
        ([("por", "colonia"), ("medida", "no")], "no column"),
        ([("por", "colonia.anio")], "no column"),
        ([("por", "fecha.siglo")], "no column"),
        ([("por", "colonia"), ("por", "fecha"), ("por", "tasa")], "too many columns"),
        ([("por", "colonia"), ("como", "drop table")], "no way"),
        ([("por", "colonia"), ("como", "suma")], "no figures named"),
        ([("por", "fecha"), ("medida", "colonia")], "no figures"),
        ([("por", "colonia"), ("medida", "tasa"), ("como", "suma")], "no meaning"),
        ([("por", "fecha.anio"), ("medida", "poblacion"), ("como", "suma")], "several moments"),
    ],
)
def test_what_is_refused(pairs: list[tuple[str, str]], code: str) -> None:
    """What has no meaning, or names what is not there, is refused with its reason."""
    with pytest.raises(asked.RefusedError) as refused:
        read(*pairs)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["percentage", "rate", "index", "level", "duration"])
def test_ratios_are_never_added_up(kind: str) -> None:
    """No address sums what cannot be summed."""
    columns = [Column("a", "text", "A"), Column("x", "numeric", "X", measure=kind)]
    with pytest.raises(asked.RefusedError):
        read(("por", "a"), ("medida", "x"), ("como", "suma"), columns=columns)


def test_a_question_without_a_column() -> None:
    """Nothing is asked where no column is named."""
    assert read(("medida", "monto")) is None


@pytest.fixture(scope="module")
def ask(works: Any) -> Any:
    """Asks for the groups of the public table, as JSON or as a page."""
    app = helpers._get_test_app()
    path = f"/table/{works['open']['id']}/agrupar"

    def answer(kind: str, *pairs: tuple[str, str], status: int = 200) -> Any:
        found = app.get(f"{path}{kind}", query_string=MultiDict(pairs), status=status)
        return found.json if kind == ".json" and status == 200 else found

    return answer


def test_rows_are_counted_and_missing_is_apart(ask: Any) -> None:
    """Rows without a value are a group of their own, the last, and said."""
    found = ask(".json", ("por", "colonia"))
    expected = Counter(work(number)["colonia"] for number in range(12))
    assert {row["colonia"]: row["cuenta"] for row in found["grupos"]} == expected
    assert found["grupos"][-1]["colonia"] is None
    assert (found["filas"], found["filas_sin_dato"]) == (12, {"colonia": 3})
    page = ask("", ("por", "colonia")).body
    assert "3 rows without data" in page


@pytest.mark.parametrize("way", ["suma", "promedio", "mediana", "minimo", "maximo"])
def test_figures_of_two_columns(ask: Any, way: str) -> None:
    """Each figure is that worked out by hand; what is no number is missing, not zero."""
    by_hand: dict[tuple[Any, Any], list[float]] = {}
    for row in map(work, range(12)):
        figures = by_hand.setdefault((row["tipo"], row["fecha"] and row["fecha"][:4]), [])
        figures += [float(row["monto"])] if row["monto"] not in (None, "NaN") else []

    def median(values: list[float]) -> float:
        ordered = sorted(values)
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2

    ways = {"suma": sum, "promedio": lambda v: sum(v) / len(v), "mediana": median,
            "minimo": min, "maximo": max}  # fmt: skip
    found = ask(".json", ("por", "tipo"), ("por", "fecha.anio"), ("medida", "monto"), ("como", way))
    told = {(row["tipo"], row["fecha.anio"]): row[f"{way}_monto"] for row in found["grupos"]}
    assert told == pytest.approx({key: ways[way](values) for key, values in by_hand.items()})
    assert found["filas_sin_dato"] == {"tipo": 0, "fecha.anio": 1, "monto": 2}


def test_a_column_without_any_value(ask: Any) -> None:
    """A column all empty is one group without a name, and its figures are missing."""
    found = ask(".json", ("por", "nada"), ("medida", "poblacion"), ("como", "maximo"))
    assert [row["nada"] for row in found["grupos"]] == [None]
    found = ask(".json", ("por", "tipo"), ("medida", "nada"), ("como", "minimo"))
    assert {row["minimo_nada"] for row in found["grupos"]} == {None}
    page = BeautifulSoup(
        ask("", ("por", "tipo"), ("medida", "nada"), ("como", "minimo")).body, "html.parser"
    )
    cells = [
        cell.get_text(strip=True) for cell in page.select(".mx-rows__table tbody td:nth-of-type(1)")
    ]
    assert set(cells) == {"no data"}


def test_what_there_is_counts_at_the_last_moment(ask: Any) -> None:
    """A stock is added up at one moment, which is told."""
    found = ask(".json", ("por", "tipo"), ("medida", "poblacion"), ("como", "suma"))
    assert found["momento"] == "2025-03-15"
    assert found["filas"] == sum(work(n)["fecha"] == "2025-03-15" for n in range(12))


def test_groups_as_csv_under_filters(ask: Any) -> None:
    """CSV has the columns, the figure as it is stored, and the counts."""
    found = ask(
        ".csv", ("por", "tipo"), ("medida", "monto"), ("como", "maximo"), ("f.tipo", "50% & ñ")
    )
    assert found.body.lstrip("\ufeff").splitlines() == [
        "tipo,maximo_monto,filas,filas_sin_dato", "50% & ñ,10.25,4,1",
    ]  # fmt: skip


def test_a_crossed_table(ask: Any) -> None:
    """Two columns are crossed; what is downwards and across is in order, missing last."""
    page = BeautifulSoup(ask("", ("por", "tipo"), ("por", "fecha.anio")).body, "html.parser")
    heads = [cell.get_text(strip=True) for cell in page.select(".mx-rows__table thead th")]
    assert heads[1:] == ["2024", "2025", "no data"]
    assert page.select_one("select[name=por] option[selected]")["value"] == "tipo"


def test_what_is_across_is_in_the_order_of_its_kind(ask: Any) -> None:
    """Numbers follow each other as numbers, the missing ones last."""
    page = BeautifulSoup(ask("", ("por", "tipo"), ("por", "monto")).body, "html.parser")
    heads = [cell.get_text(strip=True) for cell in page.select(".mx-rows__table thead th")][1:]
    stored = [work(number)["monto"] for number in range(12)]
    numbers = sorted({one for one in stored if one}, key=lambda one: (one == "NaN", float(one)))
    assert heads == [*numbers, "no data"]


def test_a_crossed_table_is_bounded(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the address asks, a page has so many columns and cells, and says so."""
    pairs = [("por", "tipo"), ("por", "monto"), ("forma", "cruzada")]
    across = len(BeautifulSoup(ask("", *pairs).body, "html.parser").select("thead th")) - 1
    monkeypatch.setattr(views, "SHOWN_CELLS", 2 * across)
    page = BeautifulSoup(ask("", *pairs).body, "html.parser")
    assert len(page.select(".mx-rows__table tbody tr")) == 2
    assert "The first 2 of 3 lines" in page.get_text()
    monkeypatch.setattr(views, "MOST_ACROSS_ASKED", across - 1)
    page = BeautifulSoup(ask("", *pairs).body, "html.parser")
    assert len(page.select(".mx-rows__table thead th")) == 3
    assert f"has {across - 1} columns and 10,000 groups at most" in page.get_text()


@pytest.mark.parametrize(
    "pairs",
    [
        [("por", "tasa"), ("por", "tipo"), ("medida", "tasa"), ("como", "suma")],
        [("por", "no' OR 1=1 --")],
        [("por", "x" * 2000)],
        [("por", "fecha"), ("f.fecha.min", "ayer")],
        [("por", "%"), ("medida", "%s")],
    ],
)
def test_bad_questions_are_answered(ask: Any, pairs: list[tuple[str, str]]) -> None:
    """What cannot be asked is a sentence on a page that helps on, and in the files."""
    page = BeautifulSoup(ask("", *pairs, status=400).body, "html.parser")
    assert page.select_one("[role=alert]").get_text(strip=True)
    assert page.select_one("select[name=por]")
    ask(".csv", *pairs, status=400)
    ask(".json", *pairs, status=400)


@pytest.mark.parametrize("value", ["%", "' OR '1'='1", "\\", ":x", "x" * 2000])
def test_odd_values_of_filters(ask: Any, value: str) -> None:
    """A value that nobody has leaves no row, and breaks nothing."""
    found = ask(".json", ("por", "tipo"), ("f.tipo", value))
    assert found["grupos"] == []
    assert ask("", ("por", "tipo"), ("q", value)).status_code == 200


def test_what_was_refused_stays_in_the_form(ask: Any) -> None:
    """Who is refused changes one thing, and keeps the rest."""
    pairs = [("por", "tipo"), ("medida", "tasa"), ("como", "suma"), ("f.colonia", "Centro")]
    page = BeautifulSoup(ask("", *pairs, status=400).body, "html.parser")
    selected = page.select("form.mx-chart__form option[selected]")
    assert [option["value"] for option in selected] == ["tipo", "tasa", "suma"]
    assert page.select_one("input[name='f.colonia']")["value"] == "Centro"
    assert "is not added up" in page.select_one("[role=alert]").get_text()


def test_strangers_see_no_private_groups(works: Any) -> None:
    """Who may not read a table is told what is told where there is none."""
    app = helpers._get_test_app()
    for suffix in ("", ".csv", ".json"):
        for table in (works["shut"]["id"], "00000000-0000-0000-0000-000000000000"):
            shut = app.get(f"/table/{table}/agrupar{suffix}?por=tipo", status=404)
            assert "Bache" not in shut.body
    app.get(f"/table/{works['open']['id']}/agrupar?por=tipo%00", status=400)


def test_a_private_table_is_not_shown(works: Any) -> None:
    """Who may not see a dataset is told what is told where there is none."""
    app = helpers._get_test_app()
    shut = app.get(works["shut_page"])
    assert shut.status_code in (403, 404)
    assert "Bache" not in shut.body
    assert app.get(works["open_page"]).status_code == 200
