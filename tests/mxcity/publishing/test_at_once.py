"""Two requests at once on one upload: whoever comes second is told, and nothing is done twice."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckanext.mxcity.publishing import attendance, config, draft, recovery, work
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import Upload, UploadStore
from ckanext.mxcity.tables.copying import DataStore

from tests.mxcity.publishing.deaths import ended, forked
from tests.mxcity.publishing.desk import CLEAN, METADATA
from tests.mxcity.publishing.desk import work as do_work

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue", "storage")

MORE = CLEAN + "AP-4;01/03/2024;Centro;1,00\n".encode("latin-1")


@pytest.fixture
def storage(app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A storage of its own."""
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path / "storage"))


@pytest.fixture
def sent(act: Any, ministry: dict[str, Any]) -> dict[str, Any]:
    """A file that has arrived whole and was not read."""
    made = act("mxcity_upload_create", name="reportes.csv", size=len(CLEAN))
    found: dict[str, Any] = act("mxcity_upload_append", id=made["id"], offset=0, upload=CLEAN)
    return found


@pytest.fixture
def asked(act: Any, send: Any, ministry: dict[str, Any]) -> dict[str, Any]:
    """A file whose publication was asked for, and waits for a worker."""
    read = send("reportes.csv", CLEAN)
    found: dict[str, Any] = act(
        "mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]}
    )
    return found


def upload_of(user: dict[str, Any], upload_id: str) -> Upload:
    return config.store().get(user["id"], upload_id)


def at_once(*calls: Callable[[], object]) -> list[int]:
    """Call each in a process of its own, at the same moment; gives their exit codes."""
    gate = multiprocessing.get_context("fork").Barrier(len(calls))

    def call(one: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            gate.wait(30)
            one()

        return run

    pids = [forked(call(one)) for one in calls]
    codes = [ended(pid) for pid in pids]
    model.Session.rollback()
    return codes


def test_publishing_a_new_version_twice(act: Any, asked: dict[str, Any]) -> None:
    """Into a dataset that exists, too: one is served, and the dataset has one file and its rows."""
    do_work()
    into = act("mxcity_upload_show", id=asked["id"])["dataset_id"]
    made = act("mxcity_upload_create", name="reportes.csv", size=len(MORE), dataset_id=into)
    act("mxcity_upload_append", id=made["id"], offset=0, upload=MORE)
    act("mxcity_file_read", id=made["id"])
    do_work()
    click = lambda: act("mxcity_publish", id=made["id"])  # noqa: E731
    assert sorted(at_once(click, click, click)) == [0, 1, 1]
    assert len(jobs.get_queue(attendance.QUEUE)) == 1
    do_work()
    assert act("mxcity_upload_show", id=made["id"])["state"] == "published"
    (resource,) = act("package_show", id=into)["resources"]
    assert act("datastore_search", resource_id=resource["id"])["total"] == 4


def test_the_api_says_busy(app: Any, asked: dict[str, Any], clerk: dict[str, Any]) -> None:
    """The second is answered 409 with a sentence in Spanish, also while the first is at work."""
    headers = {"Authorization": clerk["token"]}

    def second() -> tuple[int, str]:
        answer = app.post("/api/3/action/mxcity_publish", json={"id": asked["id"]}, headers=headers)
        return answer.status_code, answer.json["error"]["upload"][0]

    expected = (
        409,
        "Otra petición está trabajando con este archivo. "
        "Conviene intentarlo de nuevo en un momento.",
    )
    assert second() == expected
    with upload_of(clerk, asked["id"]).locked():
        assert second() == expected


def test_reading_twice(act: Any, sent: dict[str, Any]) -> None:
    """Both are told that it is read, and it is read once; the job has a title of its own."""
    read = lambda: act("mxcity_file_read", id=sent["id"])  # noqa: E731
    assert at_once(read, read) == [0, 0]
    (job,) = jobs.get_queue(attendance.QUEUE).jobs
    assert job.meta["title"] == "Read a file"
    do_work()
    assert act("mxcity_upload_show", id=sent["id"])["state"] == "ready"


def test_reading_while_bytes_arrive(
    act: Any, app: Any, sent: dict[str, Any], clerk: dict[str, Any]
) -> None:
    """A file is whole when no request can take a byte of it back."""
    made = act("mxcity_upload_create", name="a.csv", size=4)
    more, arrived = threading.Event(), threading.Event()
    codes: list[str] = []

    class Stream:
        """Gives the bytes that were announced and then, later, one more."""

        pieces = [b"1234", b"5"]

        def read(self, size: int) -> bytes:
            if len(self.pieces) == 1:
                arrived.set()
                more.wait(30)
            return self.pieces.pop(0)

    upload = upload_of(clerk, made["id"])

    def append() -> None:
        try:
            upload.append(0, Stream())  # type: ignore[arg-type]
        except UploadError as error:
            codes.append(error.code)

    sending = threading.Thread(target=append)
    sending.start()
    assert arrived.wait(30)
    assert upload_of(clerk, made["id"]).complete, "as far as its size tells"
    with pytest.raises(tk.ValidationError, match="Another request is at work"):
        act("mxcity_file_read", id=made["id"])
    more.set()
    sending.join(30)
    assert codes == ["more_than_announced"]
    with pytest.raises(tk.ValidationError, match="has not arrived whole"):
        act("mxcity_file_read", id=made["id"])
    assert act("mxcity_upload_show", id=made["id"])["state"] == "received"
    page = app.get(f"/publicar/{made['id']}", headers={"Authorization": clerk["token"]})
    assert "El archivo no llegó completo" in page.text


def test_what_is_published_is_not_removed_meanwhile(
    act: Any, app: Any, asked: dict[str, Any], clerk: dict[str, Any]
) -> None:
    """By the action, the page and tus, while it waits and while a worker has it."""
    headers = {"Authorization": clerk["token"]}
    address = f"/publicar/archivos/{asked['id']}"

    def refused() -> None:
        with pytest.raises(tk.ValidationError, match="is being published"):
            act("mxcity_upload_delete", id=asked["id"])
        page = app.post(f"/publicar/{asked['id']}/descartar", headers=headers)
        assert "se está publicando" in page.text
        answer = app.client.delete(address, headers={**headers, "Tus-Resumable": "1.0.0"})
        assert answer.status_code == 409

    refused()
    jobs.get_queue(attendance.QUEUE).empty()
    with attendance.at_work(upload_of(clerk, asked["id"]).path):
        refused()
    recovery.take_up()
    refused()
    do_work()
    assert act("mxcity_upload_show", id=asked["id"])["state"] == "published"
    act("mxcity_upload_delete", id=asked["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("mxcity_upload_show", id=asked["id"])


def test_what_nobody_publishes_may_be_removed(act: Any, asked: dict[str, Any]) -> None:
    """Its job is lost: whoever sent the file may let it go, and nothing is left of it."""
    jobs.get_queue(attendance.QUEUE).empty()
    act("mxcity_upload_delete", id=asked["id"])
    assert recovery.take_up() == 0
    assert not list(config.store().folder.glob("*/*"))


def test_removed_before_searches_look_into_its_table(
    act: Any, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a program does that sends many files: the table is indexed all the same."""
    index = DataStore.index

    def removed_meanwhile(store: DataStore, resource_id: str) -> None:
        act("mxcity_upload_delete", id=asked["id"])
        index(store, resource_id)

    monkeypatch.setattr(DataStore, "index", removed_meanwhile)
    do_work()
    with pytest.raises(tk.ObjectNotFound):
        act("mxcity_upload_show", id=asked["id"])
    assert not list(config.store().folder.glob("*/*"))
    (resource,) = act("package_show", id=asked["dataset_id"])["resources"]
    assert act("datastore_search", resource_id=resource["id"], q="Obispado")["total"] == 1


def test_a_job_judges_the_step(act: Any, asked: dict[str, Any], clerk: dict[str, Any]) -> None:
    """The worker does what its job is for, and only at the step that it is for."""
    upload = upload_of(clerk, asked["id"])
    before = draft.load(upload)
    work.read_job(clerk["id"], asked["id"], before.job)
    assert draft.load(upload) == before
    with draft.changed(upload) as state:
        state.step = "reading"
    work.publish_job(clerk["id"], asked["id"], before.job)
    assert draft.load(upload).step == "reading"
    assert act("package_show", id=asked["dataset_id"])["resources"] == []


def test_a_lock_of_a_removed_upload_leaves_nothing(tmp_path: Path) -> None:
    """Who waited for an upload that was removed meanwhile is told, and no file is left over."""
    upload = UploadStore(tmp_path, largest=100, lifetime=60).create("ana", "a.csv", 4)
    codes: list[str] = []
    entered = threading.Event()

    def wait() -> None:
        entered.set()
        try:
            with draft.changed(upload) as state:
                state.move("ready")
        except UploadError as error:
            codes.append(error.code)

    waiting = threading.Thread(target=wait)
    with upload.locked():
        waiting.start()
        entered.wait(30)
        upload.delete()
    waiting.join(30)
    assert codes == ["not_found"]
    assert not list(tmp_path.glob("*/*"))
