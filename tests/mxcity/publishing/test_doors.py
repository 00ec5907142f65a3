"""A file gives the same table, or is refused for the same reason, by every door."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from socketserver import BaseServer
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.tests import factories, helpers
from ckanext.mxcity.command import main
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.ground.messages import error_texts
from click.testing import CliRunner
from round_trips import NIGHTLY
from werkzeug.serving import make_server

from tests.mxcity.files.made_tables import FILES, content
from tests.mxcity.publishing.desk import CLOSED_TABLE, LIGHTS, METADATA, context, work

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

#: Kinds of files that the DataStore's loader takes; a map or a document comes in by publishing.
LOADED = {".csv": "CSV", ".tsv": "TSV", ".xlsx": "XLSX", ".xls": "XLS"}
#: What the portal's own schema or the law says of rows, beside the files of each trait.
CHECKED = {"alumbrado.csv": LIGHTS, "sanciones.csv": CLOSED_TABLE}
#: ``mxcity push`` that asks more often whether the worker is done.
HASTY = "from ckanext.mxcity.command import main, portal; portal.PAUSE = 0.2; main()"
#: Traits of which there is another file, left out for the time that each takes by each door.
AGAIN = {
    *("thousands_point.csv", "euros.csv", "pesos.csv", "percent.csv", "key_block.csv"),
    *("key_country.csv", "day_short_month.csv", "zone_utc.csv", "bars.txt", "short_row.csv"),
    *("letters_without_cpg.zip", "letters_cpg_says_utf8.zip", "letters_other_case.zip"),
    *("exchanged.geojson", "title_and_total.csv", "merged_header_down.xlsx", "only_header.csv"),
}
SENT = [name for name in (*FILES, *CHECKED) if name not in AGAIN]
#: All of them by night; else every third one, for each takes seconds by every door.
NAMES = SENT if NIGHTLY else [*SENT[::3], *(name for name in CHECKED if name not in SENT[::3])]


@dataclass(frozen=True)
class Got:
    """What came of a file: the table in the DataStore, or why there is none."""

    #: Name, type and title of each column.
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    refused: str = ""


@dataclass(frozen=True)
class Desk:
    """What ``mxcity check`` says, and the table that it writes, header first."""

    code: int
    said: str
    rows: list[list[str]]


def bytes_of(name: str) -> bytes:
    """The bytes of a file."""
    return CHECKED[name] if name in CHECKED else content(name)


def table_of(resource_id: str) -> Got:
    """The table in the DataStore, each value as PostgreSQL writes it."""
    from ckanext.datastore.backend.postgres import get_read_engine

    found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})["fields"]
    columns = [(f["id"], f["type"], (f.get("info") or {}).get("label", "")) for f in found]
    with get_read_engine().connect() as connection:
        asked = [sa.cast(sa.column(name), sa.Text) for name, *_ in columns]
        query = sa.select(*asked).select_from(sa.table(resource_id)).order_by(sa.column("_id"))
        rows = [tuple(row) for row in connection.execute(query)]
    return Got(columns, rows)


@pytest.fixture(scope="module")
def site(load_plugins, empty_db, reset_index) -> Any:
    """The portal with an editor of a ministry."""
    load_plugins()
    empty_db()
    reset_index()
    for queue in jobs.get_all_queues():
        queue.empty()
    return factories.UserWithToken()


@pytest.fixture(scope="module")
def act(site: Any) -> Callable[..., Any]:
    """Call an action as the editor."""
    return lambda action, **data: tk.get_action(action)(context(site), data)


@pytest.fixture(scope="module")
def ministry(site: Any) -> Any:
    """The ministry."""
    return factories.Organization(users=[{"name": site["name"], "capacity": "editor"}])


@pytest.fixture(scope="module")
def dataset(ministry: Any) -> Callable[[], str]:
    """Make a dataset to put files into."""
    told = {"owner_org": ministry["id"], "geographic_level": "municipal"}
    return lambda: factories.Dataset(**told, snieg_subsystem="economico")["id"]


@pytest.fixture(scope="module")
def by_page(act: Callable[..., Any], dataset: Callable[[], str]) -> dict[str, Got]:
    """Each file as the page sends it."""
    found: dict[str, Got] = {}
    for names in batched(NAMES):
        place, uploads = dataset(), {}
        for name in names:
            sent = bytes_of(name)
            try:
                made = act("mxcity_upload_create", name=name, size=len(sent), dataset_id=place)
            except tk.ValidationError as error:
                found[name] = Got(refused=" ".join(error_texts(error.error_dict)))
                continue
            act("mxcity_upload_append", id=made["id"], offset=0, upload=sent)
            act("mxcity_file_read", id=made["id"])
            uploads[name] = made["id"]
        work()
        for upload in uploads.values():
            if act("mxcity_upload_show", id=upload)["state"] == "ready":
                told = {"keep_original": False, "accept_reading": True}
                act("mxcity_publish", id=upload, dataset={}, **told)
        work()
        for name, upload in uploads.items():
            found[name] = shown(act("mxcity_upload_show", id=upload))
            act("mxcity_upload_delete", id=upload)
    return found


def batched(names: list[str]) -> list[list[str]]:
    """As many files as a dataset gets: a person may have no more waiting."""
    return [names[start : start + 10] for start in range(0, len(names), 10)]


def shown(upload: dict[str, Any]) -> Got:
    """What came of an upload: its first table, as the other doors take it."""
    if upload["state"] == "refused":
        return Got(refused=upload["refused"])
    if upload["state"] == "errors":
        return Got(refused="errors")
    assert (upload["state"], upload["failure"]) == ("published", "")
    return table_of(next(iter(upload["resources"].values())))


@pytest.fixture(scope="module")
def by_push(
    site: Any, ministry: Any, act: Callable[..., Any], tmp_path_factory: Any
) -> dict[str, Got]:
    """Each file as ``mxcity push`` sends it, over HTTP to the portal."""
    root = tmp_path_factory.mktemp("push")
    told = {**METADATA, "owner_org": ministry["name"], "geographic_level": "municipal"}
    for number, names in enumerate(batched(NAMES)):
        place = root / f"empuje-{number}"
        place.mkdir()
        (place / "dataset.yaml").write_text(json.dumps(told), "utf-8")
        for name in names:
            (place / name).write_bytes(bytes_of(name))
    said = root / "said.json"
    with apart(make_server("127.0.0.1", 0, helpers._get_test_app().flask_app)) as address:
        environment = {**os.environ, "MXCITY_URL": address, "MXCITY_TOKEN": site["token"]}
        with said.open("w") as output:
            asked = ["push", str(root), "--accept-reading", "--json"]
            command = [sys.executable, "-c", HASTY, *asked]
            pushing = subprocess.Popen(command, env=environment, stdout=output)
            while pushing.poll() is None:
                work()
                time.sleep(0.2)
    outcomes = json.loads(said.read_text("utf-8"))
    return {name: got for outcome in outcomes for name, got in _pushed(outcome, act)}


@contextmanager
def apart(server: BaseServer) -> Iterator[str]:
    """Serve in a process of its own, for one that forks has no threads; give the address."""
    model.Session.remove()
    model.meta.engine.dispose()
    for plugin in p.PluginImplementations(p.IForkObserver):
        plugin.before_fork()
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        process.terminate()
        process.join()
        server.server_close()


def _pushed(outcome: dict[str, Any], act: Callable[..., Any]) -> Iterator[tuple[str, Got]]:
    try:
        resources = act("package_show", id=outcome["name"])["resources"]
    except tk.ObjectNotFound:  # none of its files was taken
        resources = []
    first = {r["source_file"]: r["id"] for r in reversed(resources) if r["source_table"]}
    for name, state in outcome["files"].items():
        assert state == "published"
        yield name, table_of(first[name])
    for error in outcome["errors"]:
        name, _, said = error.partition(": ")
        yield name, Got(refused=said)


@pytest.fixture(scope="module")
def by_api(site: Any, dataset: Callable[[], str], act: Callable[..., Any]) -> dict[str, Got]:
    """Each table as CKAN's own form and API take a file: over HTTP, then by the loader."""
    app, made, refused = helpers._get_test_app(), {}, {}
    for place, name in into(dataset):
        sent = {"package_id": place, "format": kind(name), "url": name, "name": name}
        answer = app.post(
            "/api/3/action/resource_create",
            headers={"Authorization": site["token"]},
            data={**sent, "upload": (io.BytesIO(bytes_of(name)), name)},
        )
        if answer.status_code == 200:
            made[name] = answer.json["result"]["id"]
        else:
            refused[name] = Got(refused=str(answer.json["error"]))
    work()
    return refused | {name: loaded(resource, act) for name, resource in made.items()}


@pytest.fixture(scope="module")
def by_link(
    dataset: Callable[[], str], act: Callable[..., Any], tmp_path_factory: Any
) -> dict[str, Got]:
    """Each table as the loader fetches it from an address, as after a harvest."""
    root = tmp_path_factory.mktemp("site")
    made = {}

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(root))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with apart(HTTPServer(("127.0.0.1", 0), Quiet)) as site, pytest.MonkeyPatch.context() as patch:
        # Of this machine the loader asks the portal alone.
        patch.setitem(tk.config, "ckan.site_url", site)
        for place, name in into(dataset):
            (root / name).write_bytes(bytes_of(name))
            told = {"package_id": place, "format": kind(name), "name": name}
            made[name] = act("resource_create", url=f"{site}/{name}", **told)["id"]
        work()
    return {name: loaded(resource, act) for name, resource in made.items()}


def into(dataset: Callable[[], str]) -> Iterator[tuple[str, str]]:
    """Give each table a dataset, ten of them the same."""
    for names in batched([name for name in NAMES if kind(name)]):
        place = dataset()
        yield from ((place, name) for name in names)


def kind(name: str) -> str:
    """The format of a file that the loader takes."""
    return LOADED.get(Path(name).suffix, "")


def loaded(resource_id: str, act: Callable[..., Any]) -> Got:
    """What the loader made of a file."""
    told = tk.get_action("xloader_status")({"ignore_auth": True}, {"resource_id": resource_id})
    if told["status"] == "error":
        return Got(refused=str(told["error"]))
    assert told["status"] == "complete", told
    model.Session.expire_all()
    assert act("resource_show", id=resource_id)["datastore_active"]
    return table_of(resource_id)


@pytest.fixture(scope="module")
def at_desk(tmp_path_factory: Any) -> dict[str, Desk]:
    """What ``mxcity check`` says of each file, and the table that it writes."""
    folder, found = tmp_path_factory.mktemp("desk"), {}
    for name in NAMES:
        path, table = folder / name, folder / "table.csv"
        path.write_bytes(bytes_of(name))
        table.unlink(missing_ok=True)
        told = CliRunner().invoke(main, ["check", str(path), "--write", str(table)])
        rows: list[list[str]] = []
        if told.exit_code < 2:
            with table.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
        found[name] = Desk(told.exit_code, told.output.strip(), rows)
    return found


def test_there_are_enough() -> None:
    """Sixty files by each of the doors for tables, more by those for all kinds."""
    assert len([name for name in SENT if kind(name)]) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_the_same_by_every_door(
    name: str,
    by_page: dict[str, Got],
    by_push: dict[str, Got],
    by_api: dict[str, Got],
    by_link: dict[str, Got],
    at_desk: dict[str, Desk],
) -> None:
    """Columns, types, titles and cells are equal, and so is the reason of a refusal."""
    page, desk = by_page[name], at_desk[name]
    loaders = [door[name] for door in (by_api, by_link) if kind(name)]
    if not page.refused:
        assert by_push[name] == page
        assert loaders == [page] * len(loaders)
        assert desk.code == 0
        assert desk.rows[0] == [column for column, *_ in page.columns]
        assert [typed(row, page) for row in desk.rows[1:]] == [
            typed(row, page) for row in page.rows
        ]
    elif name in CHECKED:
        assert (page.refused, desk.code) == ("errors", 1)
        assert all(got.refused for got in (by_push[name], *loaders))
    elif page.refused == "errors":  # cells to correct; where nobody can, they stay as they are
        assert by_push[name].refused.startswith("errors")
        assert desk.code == 1
        assert [got.rows for got in loaders] == [[tuple(row) for row in desk.rows[1:]]] * len(
            loaders
        )
    else:
        wanted = FILES[name][1]
        assert page.refused in by_push[name].refused
        assert page.refused[:20] == text(wanted.refused, wanted.params, "en")[:20]
        assert (desk.code, desk.said[:20]) == (2, text(wanted.refused, wanted.params)[:20])
        assert all(desk.said in got.refused for got in loaders), loaders


def typed(row: Any, table: Got) -> list[Any]:
    """The cells of a row as values of their columns' types, to be compared."""
    read = {"numeric": Decimal, "timestamp": datetime.fromisoformat, "timestamptz": _moment}
    kinds = (kind for _, kind, _ in table.columns)
    return [read.get(k, str)(cell) if cell else None for k, cell in zip(kinds, row, strict=True)]


def _moment(cell: str) -> float:
    return datetime.fromisoformat(cell).timestamp()


@pytest.mark.usefixtures("with_plugins")
def test_the_loader_s_own_readers_are_not_used() -> None:
    """ckanext-xloader queues and fetches; what it fetched is read by the portal's reader."""
    from ckanext.mxcity.tables import loading
    from ckanext.xloader import loader

    assert loader.load_csv is loader.load_table is loading.load_file
