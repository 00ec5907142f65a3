"""Charts that are quoted: a table of the DataStore, its button pressed, and the page read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.chart.spec import Chart, Groups
from ckanext.mxcity.tables.quotes import record

SOURCE = record.Source(
    dataset="Gasto & obra {2026}", publisher="Secretaría de Finanzas", file="gasto.csv",
    date="2026-06-30", licence="CC-BY-4.0", licence_url="https://ejemplo.mx/l", portal="Datos",
)  # fmt: skip


def quote(*rows: tuple[str, float | None]) -> record.Quote:
    """A quoted chart with these figures."""
    return record.Quote(
        "r", Chart("bar", "tipo", "monto", "sum"), {"tipo": "Tipo", "monto": "Monto"}, "text",
        Groups(tuple(rows), len(rows), 2), SOURCE,
    )  # fmt: skip


def new_table(**dataset_fields: Any) -> dict[str, Any]:
    """A table with a gap and a text that is none of ours."""
    owner = factories.Organization(title="Secretaría de Servicios")
    dataset = factories.Dataset(
        owner_org=owner["id"], snieg_subsystem="economico", geographic_level="municipal",
        title="Reportes de alumbrado", license_id="cc-by", modified="2026-06-30", **dataset_fields,
    )  # fmt: skip
    resource: dict[str, Any] = factories.Resource(
        package_id=dataset["id"], url="https://datos.example/b.csv", name="Reportes"
    )
    user = {"user": factories.Sysadmin()["name"]}
    helpers.call_action(
        "datastore_create", user, resource_id=resource["id"], force=True, primary_key=["folio"],
        fields=[{"id": "folio", "type": "text"}, {"id": "anio", "type": "int"},
                {"id": "tipo", "type": "text", "info": {"label": "Tipo de reporte"}},
                {"id": "monto", "type": "numeric"}],
        records=[{"folio": "a", "anio": 2024, "tipo": "Poste", "monto": 10.5},
                 {"folio": "b", "anio": 2024, "tipo": "Poste", "monto": 4},
                 {"folio": "c", "anio": 2025, "tipo": "<script>alert(1)</script>"},
                 {"folio": "d", "anio": 2026, "tipo": "Foco", "monto": -3}],
    )  # fmt: skip
    return resource | {"owner": owner["id"]}


LINE = {"kind": "line", "x": "anio", "y": "monto", "measure": "sum"}
BARS = {"kind": "bar", "x": "tipo", "y": "monto", "measure": "sum"}


def cited(web: Any, table: dict[str, Any], asked: dict[str, str], status: int = 303) -> str:
    """Press the button of a chart; return the address where it is for good."""
    form = {"resource_id": table["id"], **asked}
    answer = web.post("/grafica", data=form, follow_redirects=False)
    assert answer.status_code == status, answer.text[:500]
    return urlsplit(answer.headers["Location"]).path if status == 303 else answer.text


def page_of(web: Any, address: str) -> BeautifulSoup:
    """A page."""
    return BeautifulSoup(web.get(address).body, "html.parser")


def shown(page: BeautifulSoup) -> list[list[str]]:
    """The rows of figures of a page."""
    rows = page.select(".mx-chart tbody tr")
    return [[cell.get_text(strip=True) for cell in row.select("th, td")][:2] for row in rows]
