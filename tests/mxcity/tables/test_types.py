"""Which columns are typed, and which stay text."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.mxcity.tables import types
from ckanext.mxcity.tables.worker import Worker

log = logging.getLogger(__name__)

ROWS = """cve_ent,folio,monto,avance %,fecha,hora,mezcla,cp,a : c,largo,imposible,vacía
01,7,10.50,5,2024-01-31,2024-01-31T10:00,1,64000,3,1234567890123456789,2023-02-30,
19,8,-2,,2024-02-01,2024-02-01 11:30:05,x,64010,4,1234567890123456788,2023-02-28,
"""
TYPES = {
    "cve_ent": "text",
    "folio": "text",
    "monto": "numeric",
    "avance %": "numeric",
    "fecha": "date",
    "hora": "timestamp",
    "mezcla": "text",
    "cp": "text",
    "a : c": "numeric",
    "largo": "text",
    "imposible": "text",
    "vacia": "text",
}


@pytest.fixture(scope="module")
def table(empty_db, reset_index, with_plugins_module) -> dict[str, Any]:
    """A resource of a dataset, in a database with every table."""
    empty_db()
    reset_index()
    from ckanext.xloader import db

    db.init(tk.config)
    organization = factories.Organization()
    dataset = factories.Dataset(
        owner_org=organization["id"], snieg_subsystem="economico", geographic_level="municipal"
    )
    return factories.Resource(
        package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV"
    )


@pytest.fixture(scope="module")
def with_plugins_module():
    """CKAN's plugins, for the whole module."""
    import ckan.plugins as p

    p.load_all()
    return


def columns(resource: dict[str, Any]) -> dict[str, str]:
    """The types of a table's columns."""
    info = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
    return {field["id"]: field["type"] for field in info["fields"] if field["id"] != "_id"}


def records(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table."""
    found = tk.get_action("datastore_search")(
        {"ignore_auth": True}, {"resource_id": resource["id"], "sort": "_id"}
    )
    return found["records"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("CVEGEO", True), ("cve_mun", True), ("cveEnt", True), ("Código postal", True), ("MUN", True),
     ("id_colonia", True), ("monto", False), ("idioma", False), ("total de folios", False)],
)  # fmt: skip
def test_keys_are_known_by_their_names(name: str, key: bool):
    """Columns of codes are told from columns of figures by their names."""
    assert types.is_key(name) is key


@pytest.mark.parametrize("load", ["load_csv", "load_table"])
def test_columns_are_typed(table, tmp_path: Path, load: str):
    """Both ways of loading give numbers, dates and times, and leave codes and doubts as text."""
    from ckanext.xloader import loader

    path = tmp_path / "a.csv"
    path.write_text(ROWS, encoding="utf-8")
    getattr(loader, load)(str(path), table["id"], mimetype="CSV", logger=log)
    assert columns(table) == TYPES
    first, second = records(table)
    assert (first["cve_ent"], first["monto"], first["fecha"]) == ("01", 10.5, "2024-01-31")
    assert second["avance %"] is None
    assert second["largo"] == "1234567890123456788"


def test_a_new_version_is_typed_anew(table, tmp_path: Path):
    """A file whose numbers become words loads as text; a type that a person chose is kept."""
    from ckanext.xloader import loader

    path = tmp_path / "a.csv"
    path.write_text("monto,fecha\n1,2024-01-01\n", encoding="utf-8")
    loader.load_csv(str(path), table["id"], mimetype="CSV", logger=log)
    assert columns(table) == {"monto": "numeric", "fecha": "date"}
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {
            "resource_id": table["id"],
            "force": True,
            "fields": [
                {"id": "monto", "type": "numeric", "info": {"label": "Monto"}},
                {"id": "fecha", "type": "date", "info": {"type_override": "text"}},
            ],
        },
    )
    path.write_text("monto,fecha\n2,2024-01-02\nsin dato,2024-01-03\n", encoding="utf-8")
    loader.load_csv(str(path), table["id"], mimetype="CSV", logger=log)
    assert columns(table) == {"monto": "text", "fecha": "text"}
    assert [row["monto"] for row in records(table)] == ["2", "sin dato"]


def test_a_table_without_a_user_is_filled(table):
    """What the portal fills by itself is in the dataset's history, under the site's user."""
    resource = factories.Resource(package_id=table["package_id"], url="https://datos.example/b")
    made = tk.get_action("datastore_create")(
        {"ignore_auth": True, "model": model},
        {"resource_id": resource["id"], "force": True, "fields": [{"id": "a", "type": "text"}]},
    )
    assert made["fields"][0]["id"] == "a"


def test_a_file_is_queued_once(table):
    """A second request for a waiting file is answered, and a lost job is replaced."""
    queue = jobs.get_queue()
    queue.empty()
    context = {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    submit = tk.get_action("xloader_submit")
    asked = {"resource_id": table["id"]}
    assert submit(dict(context), dict(asked)) is True
    assert submit(dict(context), dict(asked)) is False
    assert len(queue.get_jobs()) == 1
    queue.empty()
    jobs.enqueue(note, ["another job, 'xloader_to_datastore' " + "x" * 200])
    assert submit(dict(context), dict(asked)) is True
    assert len(queue.get_jobs()) == 2
    queue.empty()


def note(path: str) -> None:
    """Write the number of datasets into a file: a job that needs CKAN's database."""
    Path(path).write_text(str(model.Session.query(model.Package).count()), encoding="utf-8")


def fail() -> None:
    """A job that ends badly."""
    raise ValueError("on purpose")


def test_the_worker_needs_no_new_start(table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Jobs run in processes of their own on the CKAN that is loaded; a failed one stops none."""
    queue = jobs.get_queue()
    queue.empty()

    def start(*_: object) -> None:
        (tmp_path / "started").touch()

    monkeypatch.setattr(jobs, "load_environment", start)
    jobs.enqueue(fail)
    for number in range(3):
        jobs.enqueue(note, [str(tmp_path / str(number))])
    Worker().work(burst=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "0": "1", "1": "1", "2": "1",
    }  # fmt: skip
    assert model.Session.query(model.Package).count() == 1
