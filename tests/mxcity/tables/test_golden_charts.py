"""Charts compared with figures that were worked out by hand, from the file to the page.

The files of ``golden/`` come in as harvested files do: read in the room, written, checked, copied.
Beside each expected figure stands how it was worked out.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.loading import load_file

FOLDER = Path(__file__).parent / "golden"
NONE = "no data"
#: One category of as many rows as the issue of a whole year.
MANY = 100_000


@dataclass(frozen=True)
class Golden:
    """A chart: its table, what is asked of it, and each group with its figure as the page says."""

    table: str
    asked: dict[str, str]
    rows: dict[str, str]
    #: What the caption says is measured.
    measured: str
    #: A part of the notes of the page.
    note: str = ""


GOLDEN = {
    # 10 + 5; only 7 is known; nothing is known; 3 + 0.
    "sum along months, with a gap": Golden(
        "reportes", {},
        {"2026-01": "15", "2026-02": "7", "2026-03": NONE, "2026-04": "3"}, "Sum · Reportes",
    ),
    # 100.50 + 50.25; 200 - 80.75; nothing; 0 + 10.10.
    "sum of amounts, one of them negative": Golden(
        "reportes", {"y": "monto"},
        {"2026-01": "150.75", "2026-02": "119.25", "2026-03": NONE, "2026-04": "10.1"},
        "Sum · Monto",
    ),
    # (10 + 5) / 2; 7 / 1, what is missing does not count; nothing; (3 + 0) / 2.
    "mean along months": Golden(
        "reportes", {"measure": "avg"},
        {"2026-01": "7.5", "2026-02": "7", "2026-03": NONE, "2026-04": "1.5"},
        "Average · Reportes",
    ),
    # 100.50 + 200 + 0; 50.25 - 80.75 + 10.10.
    "sum by category, one of them negative": Golden(
        "reportes", {"x": "colonia", "y": "monto"},
        {"Centro": "300.5", "Obrera": "-20.4"}, "Sum · Monto",
    ),
    # 300.50 / 3 = 100.1666…; -20.40 / 3.
    "mean by category": Golden(
        "reportes", {"x": "colonia", "y": "monto", "measure": "avg"},
        {"Centro": "100.17", "Obrera": "-6.8"}, "Average · Monto",
    ),
    # Four rows each, whatever they hold.
    "rows by category": Golden(
        "reportes", {"x": "colonia", "measure": "count"},
        {"Centro": "4", "Obrera": "4"}, "Number of rows",
    ),
    # Bars along months: the highest first, what is missing last.
    "bars of months": Golden(
        "reportes", {"kind": "bar", "x": "mes"},
        {"2026-01": "15", "2026-02": "7", "2026-04": "3", "2026-03": NONE}, "Sum · Reportes",
    ),
    # (40 + 60) / 2; 80 / 1; nothing; (30.5 + 31) / 2.
    "mean of concentrations along quarters": Golden(
        "aire", {},
        {"2025-T1": "50", "2025-T2": "80", "2025-T3": NONE, "2025-T4": "30.75"},
        "Average · PM10",
    ),
    "concentrations are not added up if asked to": Golden(
        "aire", {"measure": "sum"},
        {"2025-T1": "50", "2025-T2": "80", "2025-T3": NONE, "2025-T4": "30.75"},
        "Average · PM10", "not added up",
    ),
    # (60 + 80 + 31) / 3; (40 + 30.5) / 2.
    "mean of concentrations by category": Golden(
        "aire", {"x": "estacion"}, {"Sur": "57", "Norte": "35.25"}, "Average · PM10",
    ),
    # 523,370 + 143,668; 597,207 alone; 656,464 + 397,205.
    "people along years": Golden(
        "poblacion", {},
        {"2010": "667,038", "2015": "597,207", "2020": "1,053,669"}, "Sum · Población",
    ),
    # The people of 2020 alone, not those of three censuses.
    "people by category, at the last moment": Golden(
        "poblacion", {"x": "nom_mun"},
        {"Apodaca": "656,464", "García": "397,205"}, "Población", "Only the rows of 2020",
    ),
    # One row a year: nothing is brought together.
    "percentages along years, with gaps": Golden(
        "uso", {},
        {"2000": "5.1", "2001": "7", "2002": NONE, "2003": NONE, "2004": "14.1"},
        "Usuarios %",
    ),
    "percentages are not added up if asked to": Golden(
        "uso", {"measure": "sum", "kind": "bar"},
        {"2004": "14.1", "2001": "7", "2000": "5.1", "2002": NONE, "2003": NONE},
        "Usuarios %", "not added up",
    ),
    # 10; (3 + 5) / 2; (1 + 2 + 6) / 3; nothing.
    "mean of days by category": Golden(
        "tramites", {},
        {"Tránsito": "10", "Obras": "4", "Salud": "3", "Cultura": NONE}, "Average · Días hábiles",
    ),
    # 350, 340 … 60: thirty of thirty-five, and the page says so; no bar holds the others.
    "the highest of many categories": Golden(
        "gasto", {"x": "partida"},
        {f"Partida {n:02}": str(n * 10) for n in range(35, 5, -1)}, "Monto", "30 highest of 35",
    ),
    # Two rows on the first, one on the second, none on the third (no row says so), three.
    "rows along days, several a day": Golden(
        "avisos", {}, {"01/01/2026": "2", "02/01/2026": "1", "04/01/2026": "3"}, "Number of rows",
    ),
    # A1, A3 and A6; A2, A4 and A5.
    "rows by yes and no": Golden(
        "avisos", {"x": "atendido"}, {"No": "3", "Yes": "3"}, "Number of rows",
    ),
    # 1,234,567.891 + 0.109; 0.1 + 0.2, exactly; -5.
    "sums of decimals": Golden(
        "decimales", {"measure": "sum"},
        {"Pintura": "1,234,568", "Bacheo": "0.3", "Poda": "-5"}, "Sum · Gasto total",
    ),
    # One category of 100,000 rows, if a reader asks for it.
    "one category of very many rows": Golden(
        "muchos", {"x": "tipo", "measure": "count"}, {"Bache": f"{MANY:,}"}, "Number of rows",
    ),
    # 1 in each row.
    "the sum of very many rows": Golden(
        "muchos", {"x": "tipo", "y": "monto", "measure": "sum"},
        {"Bache": f"{MANY:,}"}, "Sum · Monto",
    ),
}  # fmt: skip

Ask = Callable[..., BeautifulSoup]


@pytest.fixture(scope="module")
def ask(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Ask:
    """Asks for a chart of a table of ``golden/``; returns the page."""
    load_plugins()
    empty_db()
    reset_index()
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    (folder / "muchos.csv").write_text("tipo,monto\n" + "Bache,1\n" * MANY, encoding="utf-8")
    organization = factories.Organization()
    user = {"user": factories.Sysadmin()["name"]}
    addresses = {path.stem: load(path, organization, user) for path in folder.glob("*.csv")}
    addresses["vacia"] = empty(organization, user)
    app = helpers._get_test_app()

    def asking(table: str, status: int = 200, **asked: str) -> BeautifulSoup:
        path, view = addresses[table]
        answer = app.get(path, query_string={"view_id": view, **asked})
        assert answer.status_code == status, answer.text[:500]
        return BeautifulSoup(answer.body, "html.parser")

    return asking


def load(path: Path, organization: dict[str, Any], user: dict[str, str]) -> tuple[str, str]:
    """Load a file as it comes from a harvest; return the address of its page, and its chart."""
    resource = resource_of(organization)
    load_file(str(path), resource["id"])
    return charted(resource, user)


def empty(organization: dict[str, Any], user: dict[str, str]) -> tuple[str, str]:
    """A table whose figures are all missing."""
    resource = resource_of(organization)
    fields = [{"id": "anio", "type": "int"}, {"id": "monto", "type": "numeric"}]
    records = [{"anio": year, "monto": None} for year in range(2020, 2025)]
    helpers.call_action(
        "datastore_create", user, resource_id=resource["id"], force=True, fields=fields,
        records=records,
    )  # fmt: skip
    return charted(resource, user)


def resource_of(organization: dict[str, Any]) -> dict[str, Any]:
    """A file of a dataset."""
    dataset = factories.Dataset(
        owner_org=organization["id"], snieg_subsystem="economico", geographic_level="municipal"
    )
    found: dict[str, Any] = factories.Resource(
        package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV"
    )
    return found


def charted(resource: dict[str, Any], user: dict[str, str]) -> tuple[str, str]:
    """The address of a file, and its chart."""
    view = helpers.call_action(
        "resource_view_create", user, resource_id=resource["id"], title="Gráfica",
        view_type="mxcity_chart_view",
    )  # fmt: skip
    return f"/dataset/{resource['package_id']}/resource/{resource['id']}", view["id"]


def figures(page: BeautifulSoup) -> dict[str, str]:
    """Each group of a chart, and its figure as the page says it."""
    rows = page.select(".mx-chart__bars tbody tr") or page.select(".mx-chart details tbody tr")
    cells = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in rows]
    return {cell[0]: cell[1] for cell in cells}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_figures_are_those_worked_out_by_hand(ask: Ask, name: str) -> None:
    """The page shows each group, in its order, with the figure of pencil and paper."""
    golden = GOLDEN[name]
    page = ask(golden.table, **golden.asked)
    assert list(figures(page).items()) == list(golden.rows.items())
    assert page.select_one("figcaption").get_text().startswith(f"{golden.measured}, for each")
    notes = " ".join(note.get_text(" ", strip=True) for note in page.select("[role=status], p"))
    assert golden.note in notes
    missing = list(golden.rows.values()).count(NONE)
    assert len(page.select(".mx-chart circle, rect.mx-chart__bar")) == len(golden.rows) - missing


UNDRAWN = {
    "figures that are all missing": ("vacia", {}, "nothing to draw"),
    "one category alone": ("muchos", {}, "No chart is drawn by itself"),
}


@pytest.mark.parametrize("name", sorted(UNDRAWN))
def test_what_cannot_be_drawn_says_why(ask: Ask, name: str) -> None:
    """No figure, bar or line is there where nothing is known, but a sentence."""
    table, asked, sentence = UNDRAWN[name]
    page = ask(table, **asked)
    assert figures(page) == {}
    assert page.select(".mx-chart svg") == []
    assert sentence in " ".join(note.get_text(" ", strip=True) for note in page.select(".mx-note"))


@pytest.mark.parametrize(
    "asked", [{"y": "colonia"}, {"x": "no_hay"}, {"y": "x" * 2_000}, {"kind": "<b>pastel</b>"}]
)
def test_what_the_table_has_not_is_said(ask: Ask, asked: dict[str, str]) -> None:
    """A measure that is text, a column that is none: the page says that another chart is drawn."""
    page = ask("reportes", **asked)
    note = next(note.get_text(" ", strip=True) for note in page.select(".mx-note"))
    assert next(iter(asked.values()))[:60] in note
    assert "Another one is drawn" in note
    assert figures(page) == GOLDEN["sum along months, with a gap"].rows
