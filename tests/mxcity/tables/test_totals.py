"""The DataStore tells how many rows a table has, whoever asks while it is loaded."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine
from ckanext.mxcity.tables.copying import DataStore
from ckanext.xloader import loader

from tests.mxcity.tables.test_types import log

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db", "request_to_portal")
#: How long what has to wait is left to wait, and how long anything may take.
MOMENT, PATIENCE = 0.5, 60
APART = multiprocessing.get_context("fork")
#: Set when nobody has to ask any more.
DONE = APART.Event()


@pytest.fixture
def request_to_portal(make_app: Any) -> Iterator[None]:
    """A request to the portal, in which actions can be called."""
    with make_app().flask_app.test_request_context():
        yield


def table() -> str:
    """A resource of a public dataset, without a table yet."""
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
    )
    resource = factories.Resource(
        package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV"
    )
    return str(resource["id"])


def total(resource_id: str) -> int:
    """The total that the DataStore tells; 0 where there is no table yet."""
    try:
        asked = {"resource_id": resource_id, "limit": 0}
        return int(tk.get_action("datastore_search")({"ignore_auth": True}, asked)["total"])
    except tk.ObjectNotFound:
        return 0


def written(folder: Path, rows: int) -> Path:
    """A CSV of so many rows."""
    path = folder / f"{rows}.csv"
    path.write_text("a,b\n" + "".join(f"{n},x{n}\n" for n in range(rows)))
    return path


def by_publishing(path: Path, resource_id: str) -> None:
    """As what was read and checked is loaded."""
    DataStore().load(resource_id, path, [{"id": name, "type": "string"} for name in "ab"])


def by_the_loader(path: Path, resource_id: str) -> None:
    """As whatever else comes is loaded."""
    loader.load_csv(str(path), resource_id, mimetype="CSV", logger=log)


def row_by_row(path: Path, resource_id: str) -> None:
    """As the loader takes what COPY does not."""
    loader.load_table(str(path), resource_id, mimetype="CSV", logger=log)


WAYS = [by_publishing, by_the_loader, row_by_row]


@pytest.mark.parametrize("load", WAYS)
def test_total_after_a_load(load: Callable[..., None], tmp_path: Path) -> None:
    """Whoever asked of the table as it was is told of the table as it is."""
    resource_id = table()
    for rows in (8, 200, 3):
        load(written(tmp_path, rows), resource_id)
        assert total(resource_id) == rows


def start_apart() -> None:
    """Open connections of one's own, in a process that was made of another."""
    model.Session.remove()
    model.meta.engine.dispose(close=False)
    for engine in (get_read_engine(), get_write_engine()):
        engine.dispose(close=False)


def ask(resource_id: str) -> set[int]:
    """All totals that one is told who asks until the loads are done."""
    told = set()
    while not DONE.is_set():
        told.add(total(resource_id))
    return told


def fill(load: Callable[..., None], folder: Path, resource_id: str, rows: int) -> None:
    """Load a table, and load it anew."""
    folder.mkdir()
    for count in (rows // 2, rows):
        load(written(folder, count), resource_id)


@pytest.mark.parametrize("load", WAYS)
def test_readers_beside_loads(load: Callable[..., None], tmp_path: Path) -> None:
    """Tables are loaded together and anew while others go on asking: all of them end right."""
    sizes = (8, 200, 40)
    tables = [table() for _ in sizes]
    DONE.clear()
    # What is begun here would be rolled back by each process, over one and the same connection.
    model.Session.remove()
    with ProcessPoolExecutor(2 * len(sizes), APART, start_apart) as pool:
        readers = [pool.submit(ask, resource_id) for resource_id in tables]
        loads = [
            pool.submit(fill, load, tmp_path / resource_id, resource_id, rows)
            for resource_id, rows in zip(tables, sizes, strict=True)
        ]
        try:
            for loading in loads:
                loading.result(PATIENCE)
        finally:
            DONE.set()
        told = [reader.result(PATIENCE) for reader in readers]
    assert [total(resource_id) for resource_id in tables] == list(sizes)
    assert any(len(totals) > 1 for totals in told)  # somebody did ask meanwhile


def add(resource_id: str, count: bool | str) -> None:
    """Add a row as an editor of the table does."""
    tk.get_action("datastore_upsert")(
        {"ignore_auth": True},
        {
            "resource_id": resource_id,
            "method": "insert",
            "force": True,
            "records": [{"a": "9", "b": "x"}],
            "calculate_record_count": count,
        },
    )


COUNTS = pytest.mark.parametrize("count", [False, "background", True])


@COUNTS
def test_a_kept_count_is_counted_anew(count: bool | str, tmp_path: Path) -> None:
    """However an editor wants rows to be counted, the total is of all of them."""
    resource_id = table()
    by_publishing(written(tmp_path, 8), resource_id)
    assert total(resource_id) == 8
    add(resource_id, count)
    assert total(resource_id) == 9


@COUNTS
def test_a_count_of_before_does_not_stay(count: bool | str, tmp_path: Path) -> None:
    """Who counts while rows come and keeps the count after, keeps none that is wrong."""
    resource_id = table()
    by_publishing(written(tmp_path, 8), resource_id)
    DatastoreBackend.get_active_backend().clear_table_stats(resource_id)
    with ProcessPoolExecutor(1, APART, start_apart) as pool:
        pool.submit(start_apart).result(PATIENCE)  # before there is anything to share
        with get_write_engine().begin() as reader:
            counted = sa.text("SELECT cached_table_row_count(:table)")
            assert reader.execute(counted, {"table": resource_id}).scalar() == 8
            adding = pool.submit(add, resource_id, count)
            time.sleep(MOMENT)
        adding.result(PATIENCE)
    assert total(resource_id) == 9


def test_total_of_a_load_that_fails(tmp_path: Path) -> None:
    """The rows of before are there, and so is their number."""
    resource_id = table()
    by_publishing(written(tmp_path, 8), resource_id)
    assert total(resource_id) == 8
    with pytest.raises(sa.exc.DBAPIError):
        DataStore().load(
            resource_id,
            written(tmp_path, 9),
            [{"id": "a", "type": "string"}, {"id": "b", "type": "integer"}],
        )
    assert total(resource_id) == 8
