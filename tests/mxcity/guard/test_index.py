"""The index is compared with PostgreSQL, and mended when it is not the same."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pysolr
import pytest
import sqlalchemy as sa
from ckan.lib.search.common import make_connection
from ckan.lib.search.index import clear_index
from ckan.tests import factories
from ckanext.mxcity.catalogue.solr import solr_config
from ckanext.mxcity.guard import health
from ckanext.mxcity.guard.index import compare, connection, repair, watch
from ckanext.sniegharvest.engine import scheduler

pytestmark = pytest.mark.usefixtures("with_plugins", "datasets")

NOBODY = "http://127.0.0.1:9/solr/none"


@pytest.fixture(scope="module")
def datasets(with_plugins: None, empty_db: Callable[[], None], reset_index: Any) -> Iterator[None]:
    """Datasets that are public, private and a draft, all a day old."""
    empty_db()
    reset_index()
    organisation = factories.Organization()["id"]
    required = {"snieg_subsystem": "economico", "geographic_level": "municipal"}
    for number in range(6):
        factories.Dataset(
            title=f"Aforo {number}", owner_org=organisation, private=number == 1,
            state="draft" if number == 2 else "active",
            resources=[{"url": f"https://datos.example/{number}.csv"}], **required,
        )  # fmt: skip
    packages: Any = model.Package
    yesterday = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=1)
    model.Session.execute(sa.update(packages).values(metadata_modified=yesterday))
    model.Session.commit()
    model.Session.expire_all()
    repair.mend(compare.STALE)
    yield
    model.Session.rollback()


@pytest.fixture(autouse=True)
def in_order(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins and ends with an index in order, and waits for nothing."""
    monkeypatch.setattr(compare, "BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(health, "_FRESH", -1.0)
    assert compare.look() is None
    yield
    connection.forget()
    model.Session.rollback()
    repair.mend(compare.look() or compare.STALE)


def solr() -> Any:
    return make_connection(decode_dates=False)


def indexed() -> dict[str, Any]:
    found = solr().search("*:*", fq=compare.ours(), fl="*", rows=100)
    return {document["id"]: compare.of_document(document) for document in found.docs}


def stored() -> dict[str, Any]:
    model.Session.rollback()
    rows = model.Session.query(model.Package).filter(compare.INDEXED).all()
    return {row.id: compare.state(row.metadata_modified.isoformat(), row.private) for row in rows}


def lose_some() -> None:
    solr().delete(id=[doc["index_id"] for doc in _raw()[:2]], commit=True)


def lose_all() -> None:
    clear_index()


def add_strangers() -> None:
    strange = [{**doc, "id": f"extraño-{doc['id']}", "index_id": f"x{doc['id']}"} for doc in _raw()]
    solr().add(strange, commit=True)


def make_old() -> None:
    first = _raw()[0]
    solr().add([{**first, "metadata_modified": "2001-01-01T00:00:00Z"}], commit=True)


def make_public() -> None:
    (private,) = (doc for doc in _raw() if doc["capacity"] == "private")
    solr().add([{**private, "capacity": "public"}], commit=True)


def belong_to_another() -> None:
    strange = [{**doc, "site_id": "otro", "index_id": f"o{doc['id']}"} for doc in _raw()]
    clear_index()
    solr().add(strange, commit=True)


def unload() -> None:
    connection.ask_node("admin/cores?action=UNLOAD&core={core}&wt=json")


def delete() -> None:
    connection.ask_node("admin/cores?action=UNLOAD&core={core}&deleteInstanceDir=true&wt=json")


def lose_files() -> None:
    system, name = connection.ask_node("admin/info/system?wt=json")
    shutil.rmtree(Path(system["solr_home"]) / name / "data")


def change_schema() -> None:
    system, name = connection.ask_node("admin/info/system?wt=json")
    solr_config.write_stock(Path(system["solr_home"]) / name / "conf")
    connection.ask_node("admin/cores?action=RELOAD&core={core}&wt=json")


def _raw() -> list[dict[str, Any]]:
    """The documents with the fields that Solr keeps."""
    kept = "id,index_id,site_id,entity_type,state,capacity,metadata_modified,name,dataset_type"
    return solr().search("*:*", fq=compare.ours(), fl=kept, sort="id asc", rows=100).docs


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lose_some, compare.MISSING),
        (lose_all, compare.EMPTY),
        (add_strangers, compare.SURPLUS),
        (make_old, compare.STALE),
        (make_public, compare.STALE),
        (belong_to_another, compare.FOREIGN),
        (unload, compare.ABSENT),
        (delete, compare.ABSENT),
        (lose_files, compare.LOST),
        (change_schema, compare.UNFIT),
    ],
)
def test_whatever_happens_is_told_and_mended(app: Any, harm: Callable[[], None], told: str) -> None:
    """An index that is not that of PostgreSQL makes the portal not ready, until it is mended."""
    harm()
    answer = app.get("/salud/listo")
    assert answer.status_code == 503
    assert answer.json["partes"]["indice"] is False
    assert answer.json["partes"]["base_de_datos"] is True
    assert answer.json["indice"] == health.INDEX_TEXTS[told]
    watcher = watch.Watch()
    watcher.round()
    assert watcher.wanting is None
    assert compare.look() is None
    assert indexed() == stored()
    assert tk.get_action("package_search")({}, {"q": "aforo"})["count"] == 4
    answer = app.get("/salud/listo")
    assert answer.status_code == 200, answer.text
    solr().delete(q="site_id:otro", commit=True)


def test_the_scheduler_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch begins with the scheduler, mends by itself and ends with it."""
    monkeypatch.setattr(watch, "INTERVAL", 0.1)
    stopping = threading.Event()
    lose_all()
    ((_, thread),) = scheduler.begun.send(None, stopping=stopping)
    deadline = time.monotonic() + 30
    while len(indexed()) < 6 and time.monotonic() < deadline:
        time.sleep(0.1)
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    assert indexed() == stored()


def test_what_is_being_written_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset may be in PostgreSQL before the index has it, or the other way round."""
    package = model.Session.query(model.Package).filter_by(state="active").first()
    lose = solr()
    lose.delete(q=f'id:"{package.id}"', commit=True)
    assert compare.look() == compare.MISSING
    moment = package.metadata_modified
    package.metadata_modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    model.Session.commit()
    assert compare.look() is None
    monkeypatch.setattr(compare, "GRACE", -1.0)
    assert compare.look() == compare.MISSING
    package.metadata_modified = moment
    model.Session.commit()


def test_a_moment_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wanting at one look and not at the next is not told."""
    monkeypatch.setattr(compare.time, "sleep", lambda _: repair.mend(compare.MISSING))
    lose_some()
    assert compare.look() is None


def test_one_process_mends() -> None:
    """While one process mends, another leaves it to that."""
    lose_some()
    with repair._alone() as first:
        assert first
        assert repair.mend(compare.MISSING) is False
        assert len(indexed()) < 6
    assert repair.mend(compare.MISSING) is True


def test_a_dataset_that_solr_refuses() -> None:
    """One document that cannot be indexed keeps out no other, and is not tried for ever."""
    resource = model.Session.query(model.Resource).first()
    address = resource.url
    package = resource.package_id
    resource.url = "https://datos.example/" + "x" * 40_000
    model.Session.commit()
    lose_all()
    watcher = watch.Watch()
    watcher.round()
    assert set(indexed()) == stored().keys() - {package}
    assert watcher.pause == 2 * watch.INTERVAL
    watcher.round()
    assert watcher.pause == 4 * watch.INTERVAL
    resource = model.Session.get(model.Resource, resource.id)
    resource.url = address
    model.Session.commit()
    watcher.round()
    assert watcher.pause == watch.INTERVAL


def test_solr_away(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Solr nothing is mended, nothing raised, and the watch goes on as before."""
    monkeypatch.setitem(ckan_config, "solr_url", NOBODY)
    watcher = watch.Watch()
    watcher.round()
    assert watcher.wanting == compare.AWAY
    assert watcher.pause == watch.INTERVAL
    monkeypatch.undo()


def test_who_waits_waits_once(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Solr that takes connections and says nothing is waited for once, by one."""
    import socket

    monkeypatch.setattr(connection, "READ", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/solr/none"
        monkeypatch.setitem(ckan_config, "solr_url", address)
        for _ in range(5):
            with pytest.raises(pysolr.SolrError) as raised:
                make_connection().search("*:*")
            assert connection.is_away(raised.value)
        silent.settimeout(0.1)
        silent.accept()
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_new_client_of_ckan() -> None:
    """CKAN still makes its connections where the careful client takes its place."""
    assert isinstance(make_connection(), connection.Careful)
    assert tk.config["solr_url"] in solr().url
