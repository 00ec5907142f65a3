"""A file of a table is read once, and takes no more time, room or disk than it may."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories, helpers
from ckanext.mxcity.tables import config
from ckanext.mxcity.tables.downloads import cursor, spool

KINDS = ("csv", "json", "parquet")


@pytest.fixture(scope="module")
def app(streets: dict[str, Any]) -> Any:
    """The portal, with the table in it."""
    return helpers._get_test_app()


@pytest.fixture(scope="module")
def wide(streets: dict[str, Any]) -> dict[str, Any]:
    """A table of 40,000 rows and some 3 MB."""
    resource = factories.Resource(package_id=streets["package_id"], format="CSV")
    tk.get_action("datastore_create")(
        {"ignore_auth": True, "model": model},
        {"resource_id": resource["id"], "force": True, "fields": [{"id": "clave", "type": "text"}]},
    )
    from ckanext.datastore.backend.postgres import get_write_engine

    with get_write_engine().begin() as connection:
        connection.execute(sa.text(
            f'INSERT INTO "{resource["id"]}" (clave) SELECT repeat(md5(number::text), 2)'
            " FROM generate_series(1, 40000) AS number"
        ))  # fmt: skip
    return resource


def test_an_order_is_one_statement(app, wide, monkeypatch):
    """However many batches a sorted table is read in, the database sorts once."""
    from ckanext.datastore.backend.postgres import get_read_engine

    monkeypatch.setattr(cursor, "BATCH", 1000)
    sorted_by = []

    def note(_connection, _cursor, statement, *_):
        if '"clave" desc' in statement:
            sorted_by.append(statement)

    engine = get_read_engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = app.get(f"/table/{wide['id']}.json?sort=clave desc")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    found = [row["clave"] for row in answer.json]
    assert len(found) == 40000
    assert found == sorted(found, reverse=True)
    assert len(sorted_by) == 1


@pytest.mark.parametrize("path", [*(f"/table/{{}}.{kind}" for kind in KINDS), "/datastore/dump/{}"])
def test_size_is_bounded(app, wide, monkeypatch, path):
    """A file over the operator's limit is refused whole, with a way on; part of it is given."""
    monkeypatch.setitem(tk.config, config.DOWNLOAD_MEGABYTES, 1)
    answer = app.get(path.format(wide["id"]), status=400)
    assert "1 MB" in answer.body
    assert "Parquet" in answer.body
    app.get(path.format(wide["id"]) + "?limit=10", status=200)
    assert not list(spool.folder().iterdir())


@pytest.mark.parametrize("path", [*(f"/table/{{}}.{kind}" for kind in KINDS), "/datastore/dump/{}"])
def test_time_is_bounded(app, wide, monkeypatch, path):
    """What the database cannot read in time is answered 503, and the next question is served."""
    with monkeypatch.context() as hurried:
        hurried.setattr(config, "download_seconds", lambda: 0.001)
        answer = app.get(path.format(wide["id"]) + "?sort=clave", status=503)
        assert "without an order" in answer.body
    app.get(path.format(wide["id"]) + "?sort=clave", status=200)
    assert not list(spool.folder().iterdir())


def test_room_is_left_on_the_disk(app, wide, monkeypatch):
    """On a disk that is nearly full no large file is begun; a small one is."""
    monkeypatch.setattr(spool, "LEAST_FREE", 2**60)
    answer = app.get(f"/table/{wide['id']}.csv", status=503)
    assert "no room" in answer.body
    app.get(f"/table/{wide['id']}.csv?limit=10", status=200)


def ckans_own() -> Any:
    """CKAN's module of dumps as it is, whatever was put in its place."""
    from ckanext.datastore import blueprint

    spec = importlib.util.spec_from_file_location("ckans_own_dumps", Path(blueprint.__file__))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
@pytest.mark.parametrize(
    ("sort", "offset", "limit", "asked"),
    [
        ("_id", 0, None, {}),
        ("reportes desc", 3, 9, {}),
        ("fecha", 0, None, {"filters": {"municipio": "039"}, "fields": ["reportes", "monto"]}),
        (None, 0, None, {"q": "Colonia"}),
    ],
)
def test_dumps_are_ckans(app, streets, form, sort, offset, limit, asked):
    """In each form, and whatever is asked, a dump has the bytes that CKAN's own has."""
    from ckanext.datastore import blueprint

    wanted = (streets["id"], form, offset, limit, {"bom": True}, sort, asked, "")
    with app.flask_app.test_request_context("/"):
        ours = b"".join(blueprint.dump_to(*wanted))
        if form == "json" and "q" in asked:  # CKAN's own has no answer to this
            assert len(json.loads(ours)["records"]) == 24
            return
        assert ours == b"".join(ckans_own().dump_to(*wanted))
    assert blueprint.dump_to is not ckans_own().dump_to
