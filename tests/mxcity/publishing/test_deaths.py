"""Who works with a file is killed at every step: the file is published in the end, and once."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.mxcity.publishing import attendance, config, draft, recovery, work
from ckanext.mxcity.publishing.identifiers import own_id
from ckanext.mxcity.tables.worker import Worker
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.mxcity.publishing.deaths import Death, die, ended, forked
from tests.mxcity.publishing.desk import METADATA

pytestmark = [
    pytest.mark.fault,
    pytest.mark.slow,
    pytest.mark.usefixtures("migrated_db", "clean_index", "clean_queue", "portal"),
]

ROWS = 30
TABLE = "folio,colonia,costo\n" + "".join(f"B-{n},Centro,{n}\n" for n in range(ROWS))
LONGEST = 300.0  # seconds that a server may take to come back
#: The step at which the rows of a table are there for others to see.
LOAD = "commit in _check_and_publish/publish/_put_table/load"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = :name"


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A portal that adds previews, with a storage of its own, and does not wait for the dead."""
    monkeypatch.setitem(tk.config, "ckan.views.default_views", ["mxcity_table_view"])
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path / "storage"))
    monkeypatch.setattr(attendance, "STARTS", 0)
    monkeypatch.setattr(recovery, "REST", 0)


class Clerk:
    """Sends files of the same content, and has them published."""

    def __init__(self, act: Callable[..., Any], user: str, organization: str) -> None:
        self.act, self.user, self.organization = act, user, organization
        self.reading: dict[str, Any] | None = None

    def send(self, into: str = "") -> str:
        """Send a file and have it read, the first time, or take it for read; gives its id."""
        told = {"dataset_id": into} if into else {}
        made = self.act("mxcity_upload_create", name="obras.csv", size=len(TABLE), **told)
        self.act("mxcity_upload_append", id=made["id"], offset=0, upload=TABLE.encode())
        if self.reading is None:
            self.act("mxcity_file_read", id=made["id"])
            look_after()
            self.reading = self.shown(made["id"])["reading"]
        else:
            with draft.changed(config.store().get(self.user, made["id"])) as state:
                state.reading = self.reading
                state.move("ready")
        assert self.shown(made["id"])["state"] == "ready"
        return str(made["id"])

    def publish(self, upload_id: str) -> None:
        """Ask for the publication of a file."""
        into = self.shown(upload_id)["into"]
        dataset = {} if into else {**METADATA, "owner_org": self.organization}
        self.act("mxcity_publish", id=upload_id, dataset=dataset, keep_original=True)

    def shown(self, upload_id: str) -> dict[str, Any]:
        model.Session.rollback()
        found: dict[str, Any] = self.act("mxcity_upload_show", id=upload_id)
        return found


@pytest.fixture
def desk(act: Any, clerk: dict[str, Any], ministry: dict[str, Any]) -> Clerk:
    """A clerk of a ministry."""
    return Clerk(act, clerk["id"], ministry["id"])


def look_after() -> None:
    """Do what waits, and what others left behind, as a worker does."""
    Worker(attendance.QUEUES, look_after=recovery.take_up).work(burst=True)
    model.Session.remove()


def wrong(desk: Clerk, upload_id: str, dataset_id: str = "") -> dict[str, Any]:
    """What is lost, doubled or left over of a file that was to be published; {} if nothing is."""
    shown = desk.shown(upload_id)
    rows = sa.text("SELECT id, state FROM resource WHERE package_id = :id")
    made = model.Session.execute(rows, {"id": shown["dataset_id"]}).all()
    show = tk.get_action("package_show")
    dataset = show({"ignore_auth": True}, {"id": shown["dataset_id"]})
    found = {
        "state": (shown["state"], shown["failure"]),
        "dataset": (dataset["id"], dataset["state"]),
        "datasets": model.Session.query(model.Package)
        .filter_by(owner_org=desk.organization)
        .count(),
        "files": sorted((file["format"], file["source_table"]) for file in dataset["resources"]),
        "left in the database": len(made) - len(dataset["resources"]),
        "stored": sorted(path.name for path in stored(dataset["resources"])),
        "mark": list(config.store().marked()),
    }
    (table,) = (file["id"] for file in dataset["resources"] if file["source_table"])
    search = tk.get_action("datastore_search")
    for query in ("", "Centro"):
        records = search({"ignore_auth": True}, {"resource_id": table, "q": query})
        found[f"rows with {query!r}"] = (records["total"], len(records["records"]))
    with get_write_engine().connect() as connection:
        found["tables"] = [
            connection.scalar(sa.text(TABLES), {"name": file["id"]})
            for file in sorted(dataset["resources"], key=lambda file: file["source_table"])
        ]
    views = tk.get_action("resource_view_list")({"ignore_auth": True}, {"id": table})
    found["views"] = [view["view_type"] for view in views]
    hits = tk.get_action("package_search")({"ignore_auth": True}, {"fq": f"id:{dataset['id']}"})
    found["indexed"] = [len(hit["resources"]) for hit in hits["results"]]
    expected = {
        "state": ("published", ""),
        "dataset": (dataset_id or own_id(upload_id), "active"),
        "datasets": 1,
        "files": [("CSV", ""), ("CSV", "obras")],
        "left in the database": 0,
        "stored": sorted(file["id"][6:] for file in dataset["resources"]),
        "mark": [],
        "rows with ''": (ROWS, ROWS),
        "rows with 'Centro'": (ROWS, ROWS),
        "tables": [0, 1],
        "views": ["mxcity_table_view"],
        "indexed": [2],
    }
    return {key: value for key, value in found.items() if value != expected[key]}


def stored(resources: list[dict[str, Any]]) -> set[Path]:
    """The files in the folders of some resources, whatever their names."""
    root = Path(tk.config["ckan.storage_path"]) / "resources"
    return {
        path for file in resources for path in (root / file["id"][:3] / file["id"][3:6]).iterdir()
    }


@pytest.fixture
def horses(monkeypatch: pytest.MonkeyPatch) -> Callable[[Death], None]:
    """Let a death be carried along by the processes that do the work."""
    perform = recovery.perform

    def carry(death: Death) -> None:
        def armed(*args: Any) -> None:
            death.arm()
            perform(*args)

        monkeypatch.setattr(recovery, "perform", armed)

    return carry


def clear(desk: Clerk) -> None:
    """Remove the datasets of the ministry."""
    for dataset in model.Session.query(model.Package).filter_by(owner_org=desk.organization):
        tk.get_action("dataset_purge")({"ignore_auth": True, "user": ""}, {"id": dataset.id})
    model.Session.remove()


def test_a_worker_killed_at_each_step(
    desk: Clerk, horses: Any, tmp_path: Path, subtests: Any
) -> None:
    """Its parent sees it, and another process goes on: the steps of publishing a new dataset."""
    upload_id = desk.send()
    horses(whole := Death(tmp_path / "steps"))
    desk.publish(upload_id)
    look_after()
    assert not wrong(desk, upload_id)
    assert len(whole.steps()) > 15, whole.steps()
    for step in whole.steps():
        clear(desk)
        upload_id = desk.send()
        desk.publish(upload_id)
        horses(death := Death(tmp_path / "killed", step))
        look_after()
        with subtests.test(step):
            assert death.came
            assert not wrong(desk, upload_id)


def test_who_asks_killed_at_each_step(desk: Clerk, tmp_path: Path, subtests: Any) -> None:
    """The web server's process ends while it is asked: asked again, if need be, it is done."""

    def ask(upload_id: str, death: Death) -> int:
        def armed() -> None:
            death.arm()
            desk.publish(upload_id)

        return ended(forked(armed))

    whole = Death(tmp_path / "steps")
    assert ask(desk.send(), whole) == 0
    assert len(whole.steps()) >= 5, whole.steps()
    look_after()
    for step in whole.steps():
        clear(desk)
        upload_id = desk.send()
        with subtests.test(step):
            assert ask(upload_id, Death(tmp_path / "killed", step)) == -signal.SIGKILL
            if desk.shown(upload_id)["state"] == "ready":
                desk.publish(upload_id)
            look_after()
            assert not wrong(desk, upload_id)


def test_a_new_version_survives_a_death_between_file_and_rows(
    desk: Clerk, horses: Any, tmp_path: Path
) -> None:
    """The file that takes the place of another is there once, with its rows."""
    first = desk.send()
    desk.publish(first)
    look_after()
    dataset_id = desk.shown(first)["dataset_id"]
    second = desk.send(into=dataset_id)
    desk.publish(second)
    horses(death := Death(tmp_path / "killed", LOAD))
    look_after()
    assert death.came
    assert not wrong(desk, second, dataset_id)


def test_worker_and_its_child_killed(desk: Clerk, horses: Any, tmp_path: Path) -> None:
    """Nobody has the file then, which is told; the next worker that starts takes it up."""
    upload_id = desk.send()
    desk.publish(upload_id)
    horses(stopped := Death(tmp_path / "stopped", LOAD, lambda: time.sleep(LONGEST)))
    worker = forked(look_after)
    wait_for(lambda: stopped.came)
    child = attendance.holder(config.store().get(desk.user, upload_id).path)
    os.kill(worker, signal.SIGKILL)
    assert ended(worker) == -signal.SIGKILL
    assert desk.shown(upload_id)["progress"]["kind"] == "working", "its child goes on"
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: desk.shown(upload_id)["progress"]["kind"] == "nobody")
    look_after()
    assert not wrong(desk, upload_id)


def test_emptied_queue(desk: Clerk) -> None:
    """What the queue forgot is put into it again."""
    upload_id = desk.send()
    desk.publish(upload_id)
    assert desk.shown(upload_id)["progress"] == {"kind": "waiting", "place": 1, "tries": 0}
    connect_to_redis().flushdb()
    with draft.changed(config.store().get(desk.user, upload_id)) as state:
        state.since -= attendance.BEGINS
    assert desk.shown(upload_id)["progress"]["kind"] == "nobody"
    look_after()
    assert not wrong(desk, upload_id)


def test_queue_that_does_not_answer(desk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication that is asked for meanwhile is done when the queue is back."""
    upload_id = desk.send()
    with monkeypatch.context() as patch:
        patch.setattr(tk, "enqueue_job", lost)
        desk.publish(upload_id)
    look_after()
    assert not wrong(desk, upload_id)


def test_database_killed_meanwhile(desk: Clerk, horses: Any, tmp_path: Path) -> None:
    """PostgreSQL ends all its processes while rows are copied: it goes on when it is back."""

    def kill() -> None:
        with get_write_engine().connect() as connection:
            os.kill(connection.scalar(sa.text("SELECT pg_backend_pid()")), signal.SIGKILL)

    upload_id = desk.send()
    desk.publish(upload_id)
    horses(death := Death(tmp_path / "killed", LOAD, kill))
    look_after()
    assert death.came
    wait_for(database_answers)
    look_after()
    assert not wrong(desk, upload_id)


def test_file_that_ends_whoever_reads_it(
    desk: Clerk, monkeypatch: pytest.MonkeyPatch, spanish: None
) -> None:
    """It is given up after some tries, with a sentence; and can be tried again."""
    made = desk.act("mxcity_upload_create", name="obras.csv", size=len(TABLE))
    desk.act("mxcity_upload_append", id=made["id"], offset=0, upload=TABLE.encode())
    desk.act("mxcity_file_read", id=made["id"])
    with monkeypatch.context() as patch:
        patch.setattr(work, "read_file", lambda *_: die())
        look_after()
    shown = desk.shown(made["id"])
    assert shown["state"] == "failed"
    assert re.match(r"El trabajo se interrumpió 3 veces", shown["failure"])
    assert shown["progress"] is None
    desk.act("mxcity_file_read", id=made["id"])
    look_after()
    assert desk.shown(made["id"])["state"] == "ready"


def lost(*_: Any, **__: Any) -> None:
    raise RedisConnectionError


def database_answers() -> bool:
    model.Session.remove()
    model.meta.engine.dispose()
    get_write_engine().dispose()
    try:
        with get_write_engine().connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError:
        return False
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < limit, f"not within {LONGEST} s"
        time.sleep(0.1)
