"""A table in the DataStore, for the tests of what people take of it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

FIELDS = [
    ("colonia", "text", "Colonia"),
    ("municipio", "text", "Municipio"),
    ("reportes", "int4", "Reportes"),
    ("monto", "numeric", "Monto en pesos"),
    ("fecha", "date", "Fecha"),
    ("lat", "numeric", "Latitud"),
    ("lon", "numeric", "Longitud"),
]


def record(number: int) -> dict[str, Any]:
    """Row ``number`` of the table: two municipalities in turn, a day further each."""
    return {
        "colonia": '=Ñáñez, "Sur"\n2' if number == 1 else f"Colonia {number}",
        "municipio": "039" if number % 2 else "048",
        "reportes": number,
        "monto": "10.50" if number % 3 else None,
        "fecha": f"2024-01-{number % 28 + 1:02}",
        "lat": round(25.6 + number / 1000, 3),
        "lon": -100.3,
    }


@pytest.fixture(scope="module")
def streets(load_plugins, empty_db, reset_index) -> dict[str, Any]:
    """A resource of a public dataset, whose table has 25 rows."""
    load_plugins()
    empty_db()
    reset_index()
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
    )
    resource = factories.Resource(
        package_id=dataset["id"],
        url="https://datos.example/a.csv",
        format="CSV",
        name="Reportes de alumbrado público.csv",
    )
    tk.get_action("datastore_create")(
        {"ignore_auth": True, "model": model},
        {
            "resource_id": resource["id"],
            "force": True,
            "fields": [
                {"id": name, "type": kind, "info": {"label": label}} for name, kind, label in FIELDS
            ],
            "records": [record(number) for number in range(1, 26)],
        },
    )
    return resource


def work(number: int) -> dict[str, Any]:
    """Row ``number`` of the table of works: figures are missing in all ways there are."""
    return {
        "colonia": (None, "Centro", "Mitras", "Centro")[number % 4],
        "tipo": ("Bache", "50% & ñ", "Fuga")[number % 3],
        "fecha": None if number == 5 else f"{2024 + number % 2}-0{1 + number % 3}-15",
        "monto": None if number == 7 else "NaN" if number == 9 else f"{number}.25",
        "tasa": number / 10,
        "poblacion": 1000 + number,
        "nada": None,
    }


@pytest.fixture(scope="module")
def works(load_plugins: Any, empty_db: Any, reset_index: Any) -> dict[str, Any]:
    """Tables of twelve rows: two of a public dataset, ``open`` and ``also``, a private ``shut``."""
    load_plugins()
    empty_db()
    reset_index()
    owner = factories.Organization()["id"]
    told = {"owner_org": owner, "snieg_subsystem": "economico", "geographic_level": "municipal"}
    kinds = {
        "colonia": "text", "tipo": "text", "fecha": "date", "monto": "numeric", "tasa": "float8",
        "poblacion": "int4", "nada": "int4",
    }  # fmt: skip
    found: dict[str, Any] = {}
    datasets = [factories.Dataset(**told), factories.Dataset(**told, private=True)]
    for name, dataset in zip(("open", "also", "shut"), (datasets[0], *datasets), strict=True):
        found[name] = factories.Resource(
            package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV", name=name
        )
        found[f"{name}_page"] = f"/dataset/{dataset['name']}/resource/{found[name]['id']}"
        tk.get_action("datastore_create")(
            {"ignore_auth": True, "model": model},
            {
                "resource_id": found[name]["id"],
                "force": True,
                "fields": [{"id": column, "type": kind} for column, kind in kinds.items()],
                "records": [work(number) for number in range(12)],
            },
        )
    return found
