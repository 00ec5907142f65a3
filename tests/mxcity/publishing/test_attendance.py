"""Who has a file: told truly, never two at once, and before what other queues hold."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckanext.mxcity.publishing import attendance, config, draft, recovery, work
from ckanext.mxcity.tables.worker import Worker

from tests.mxcity.publishing.deaths import ended, forked
from tests.mxcity.publishing.desk import CLEAN, METADATA
from tests.mxcity.publishing.desk import work as do_work

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue", "storage")


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A storage of its own."""
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path / "storage"))
    return tmp_path


def test_two_who_publish_at_once(act: Any, send: Any, ministry: dict[str, Any]) -> None:
    """One is served and the other told that the file is busy, by a double click or later."""
    upload_id = send("reportes.csv", CLEAN)["id"]
    told = {"id": upload_id, "dataset": {**METADATA, "owner_org": ministry["id"]}}
    gate = multiprocessing.get_context("fork").Barrier(2)

    def click() -> None:
        gate.wait(30)
        act("mxcity_publish", **told)

    codes = sorted(ended(pid) for pid in [forked(click), forked(click)])
    assert codes == [0, 1]
    with pytest.raises(tk.ValidationError, match="Another request is at work"):
        act("mxcity_publish", **told)
    model.Session.rollback()
    do_work()
    assert act("mxcity_upload_show", id=upload_id)["state"] == "published"
    made = model.Session.query(model.Package).filter_by(owner_org=ministry["id"])
    assert made.count() == 1


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """The lock keeps others out, tells who has it, and is gone with its process."""
    upload = tmp_path / "upload"
    assert attendance.holder(upload) is None

    def hold() -> None:
        with attendance.at_work(upload) as alone:
            assert alone
            forked(lambda: time.sleep(60))  # a child that outlives it
            (tmp_path / "held").touch()
            time.sleep(60)

    pid = forked(hold)
    while not (tmp_path / "held").exists():
        time.sleep(0.02)
    assert attendance.holder(upload) == pid
    with attendance.at_work(upload) as alone:
        assert not alone
    os.kill(pid, signal.SIGKILL)
    ended(pid)
    assert attendance.holder(upload) is None
    with attendance.at_work(upload) as alone:
        assert alone
        assert attendance.holder(upload) == os.getpid()
        with attendance.at_work(upload) as twice:
            assert not twice
        assert attendance.holder(upload) == os.getpid(), "asking gives no lock away"


def test_a_job_that_was_replaced_does_nothing(
    act: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Only the job that the upload names does the work, and only once."""
    made = act("mxcity_upload_create", name="a.csv", size=len(CLEAN))
    act("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
    act("mxcity_file_read", id=made["id"])
    work.read_job(clerk["id"], made["id"], "another")
    assert act("mxcity_upload_show", id=made["id"])["state"] == "reading"
    job = draft.load(config.store().get(clerk["id"], made["id"])).job
    work.read_job(clerk["id"], made["id"], job)
    assert act("mxcity_upload_show", id=made["id"])["state"] == "ready"
    before = draft.load(config.store().get(clerk["id"], made["id"]))
    work.read_job(clerk["id"], made["id"], job)
    assert draft.load(config.store().get(clerk["id"], made["id"])) == before


def test_work_that_somebody_has_is_left_alone(
    act: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Neither what waits nor what is at work is taken up; what is lost is, by one of two."""
    made = act("mxcity_upload_create", name="a.csv", size=len(CLEAN))
    act("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
    act("mxcity_file_read", id=made["id"])
    assert recovery.take_up() == 0
    jobs.get_queue(attendance.QUEUE).empty()
    with attendance.at_work(config.store().get(clerk["id"], made["id"]).path):
        assert recovery.take_up() == 0
    assert [recovery.take_up(), recovery.take_up()] == [1, 0]
    act("mxcity_upload_delete", id=made["id"])
    assert recovery.take_up() == 0
    do_work()


def test_files_before_everything_else(
    act: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any], tmp_path: Path
) -> None:
    """What the loader has waiting comes after a clerk's files; their places are told."""
    log = tmp_path / "served"
    for _ in range(3):
        tk.enqueue_job(note, [str(log), "table"])
    ids = []
    for name in ("a.csv", "b.csv"):
        made = act("mxcity_upload_create", name=name, size=len(CLEAN))
        act("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
        act("mxcity_file_read", id=made["id"])
        ids.append(made["id"])
    shown = act("mxcity_upload_show", id=ids[1])
    assert shown["progress"] == {"kind": "waiting", "place": 2, "tries": 0}
    headers = {"Authorization": clerk["token"]}
    assert "en el lugar 2" in app.get(f"/publicar/{ids[1]}", headers=headers).text
    assert "es el siguiente" in app.get(f"/publicar/{ids[0]}/estado", headers=headers).json["said"]
    assert "espera en la cola" in app.get("/publicar", headers=headers).text
    tk.enqueue_job(note, [str(log), "file"], queue=attendance.QUEUE)
    Worker(attendance.QUEUES).work(burst=True)
    assert log.read_text().split() == ["file", "table", "table", "table"]
    assert [act("mxcity_upload_show", id=one)["state"] for one in ids] == ["ready", "ready"]


def note(path: str, word: str) -> None:
    """A job that leaves a word."""
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


def test_what_is_told_of_interrupted_work(
    act: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any], monkeypatch: Any
) -> None:
    """The page says in Spanish that it goes on, that it was taken up, and why it failed."""
    made = act("mxcity_upload_create", name="a.csv", size=len(CLEAN))
    act("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
    act("mxcity_file_read", id=made["id"])
    address, headers = f"/publicar/{made['id']}", {"Authorization": clerk["token"]}
    jobs.get_queue(attendance.QUEUE).empty()
    assert "está leyendo" in app.get(address, headers=headers).text, "a job may just be beginning"
    with draft.changed(config.store().get(clerk["id"], made["id"])) as state:
        state.since -= attendance.BEGINS
    assert "El portal lo retoma solo" in app.get(address, headers=headers).text
    with draft.changed(config.store().get(clerk["id"], made["id"])) as state:
        state.tries = 2
    with attendance.at_work(config.store().get(clerk["id"], made["id"]).path):
        assert "se interrumpió y ya continúa" in app.get(address, headers=headers).text
    recovery.take_up()
    with monkeypatch.context() as patch:
        patch.setattr(work, "read_file", broken)
        do_work()
    page = app.get(address, headers=headers).text
    assert "Algo falló en el portal, no en el archivo. No se perdió nada" in page
    assert "secret of the inside" not in page
    assert "Intentar de nuevo" in page
    app.post(f"{address}/leer", headers=headers, follow_redirects=False)
    do_work()
    assert act("mxcity_upload_show", id=made["id"])["state"] == "ready"


def broken(*_: Any) -> None:
    raise RuntimeError("secret of the inside")
