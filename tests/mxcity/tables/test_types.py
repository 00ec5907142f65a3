"""Which columns are typed, and which stay text."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.mxcity.tables.worker import Worker

log = logging.getLogger(__name__)

ROWS = """cve_ent,folio,monto,avance %,fecha,hora,zona,mezcla,cp,a : c,largo,imposible,vacía
01,7,10.50,5,2024-01-31,2024-01-31T10:00,2024-01-31T10:00Z,1,64000,3,1234567890123456,2023-02-30,
19,8,-2,,2024-02-01,2024-02-01T11:30,2024-02-01T11:30-06:00,x,64010,4,1234567890123455,2023-02-28,
"""
TYPES = {
    "cve_ent": "text",
    "folio": "text",
    "monto": "numeric",
    "avance": "numeric",
    "fecha": "date",
    "hora": "timestamp",
    "zona": "timestamptz",
    "mezcla": "text",
    "cp": "text",
    "a_c": "numeric",
    "largo": "text",
    "imposible": "text",
    "vacia": "text",
}


@pytest.fixture
def table(with_plugins, clean_db, clean_index) -> dict[str, Any]:
    """A resource of a dataset, in a database with every table."""
    from ckanext.xloader import db

    db.init(tk.config)
    organization = factories.Organization()
    dataset = factories.Dataset(
        owner_org=organization["id"], snieg_subsystem="economico", geographic_level="municipal"
    )
    return factories.Resource(
        package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV"
    )


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
    assert second["avance"] is None
    moments = [datetime.fromisoformat(row["zona"]) for row in (first, second)]
    assert moments == [
        datetime(2024, 1, 31, 10, tzinfo=UTC), datetime(2024, 2, 1, 17, 30, tzinfo=UTC),
    ]  # fmt: skip
    assert second["largo"] == "1234567890123455"


def test_a_new_version_is_typed_anew(table, tmp_path: Path):
    """Where words come among the numbers the column is text; what a person chose is kept."""
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
    days = [f"2024-01-{day:02}" for day in range(1, 13)]
    for first, kind, value in (("sin dato", "numeric", None), ("muchos", "text", "muchos")):
        rows = [f"{number},{day}" for number, day in enumerate(days)]
        path.write_text("\n".join(["monto,fecha", f"{first},2024-01-31", *rows]), encoding="utf-8")
        loader.load_csv(str(path), table["id"], mimetype="CSV", logger=log)
        assert columns(table) == {"monto": kind, "fecha": "text"}
        assert records(table)[0] == {"_id": 1, "monto": value, "fecha": "2024-01-31"}
    fields = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": table["id"]})["fields"]
    assert fields[0]["info"]["label"] == "Monto"


def test_a_chosen_type_takes_values_as_most_are_written(table, tmp_path: Path):
    """Percentages among plain numbers are text, until a person says that the column is numbers."""
    from ckanext.xloader import loader

    path = tmp_path / "a.csv"
    path.write_text('zona,avance\nNorte,12%\nSur,"1,250.5"\n', encoding="utf-8")
    loader.load_csv(str(path), table["id"], mimetype="CSV", logger=log)
    assert columns(table) == {"zona": "text", "avance": "text"}
    chosen = [
        {"id": "zona", "type": "text"},
        {"id": "avance", "type": "text", "info": {"type_override": "numeric"}},
    ]
    tk.get_action("datastore_create")(
        {"ignore_auth": True}, {"resource_id": table["id"], "force": True, "fields": chosen}
    )
    loader.load_csv(str(path), table["id"], mimetype="CSV", logger=log)
    assert columns(table) == {"zona": "text", "avance": "numeric"}
    assert [row["avance"] for row in records(table)] == [12, 1250.5]


def test_moments_keep_their_zone(table, tmp_path: Path):
    """A checked table is loaded with its zones; some with and some without stay text."""
    from ckanext.mxcity.tables.copying import DataStore

    path = tmp_path / "a.csv"
    path.write_text(
        "zona,local,mezcla,fina\n"
        "2024-01-31T10:00:00.123-06:00,2024-01-31T10:00:00,2024-01-31T10:00:00Z,"
        "2024-01-31T10:00:00.1234567Z\n"
        ",2024-02-01T10:00:00.5,2024-01-31T10:00:00,\n",
        encoding="utf-8",
    )
    names = ("zona", "local", "mezcla", "fina")
    DataStore().load(table["id"], path, [{"id": name, "type": "datetime"} for name in names])
    assert columns(table) == {
        "zona": "timestamptz", "local": "timestamp", "mezcla": "text", "fina": "text",
    }  # fmt: skip
    first = records(table)[0]
    assert datetime.fromisoformat(first["zona"]) == datetime(2024, 1, 31, 16, 0, 0, 123_000, UTC)
    assert first["fina"] == "2024-01-31T10:00:00.1234567Z"


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
