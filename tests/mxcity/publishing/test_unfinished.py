"""A file and its table change together: where the table is not loaded, the file is taken back."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import redis.exceptions
import sqlalchemy as sa
from ckan.lib import uploader
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from ckanext.mxcity.publishing import attendance, config, recovery
from ckanext.mxcity.tables import copying
from ckanext.mxcity.tables.worker import Worker

from tests.mxcity.publishing.deaths import die
from tests.mxcity.publishing.desk import METADATA, rows_of, work

pytestmark = [
    pytest.mark.fault,
    pytest.mark.usefixtures("migrated_db", "clean_queue", "storage"),
]

OLD = b"folio,colonia,costo\nA-1,Centro,10\nA-2,Mitras,20\n"
#: New versions: of the same columns, and of others.
NEW = {
    "same columns": OLD + b"A-3,Obispado,30\n",
    "other columns": b"folio,colonia,costo,estado\nA-1,Centro,10,listo\nA-9,Mitras,90,listo\n",
}


@pytest.fixture
def storage(app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A storage of its own, and work that is taken up again at once."""
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path / "storage"))
    monkeypatch.setattr(attendance, "STARTS", 0)
    monkeypatch.setattr(recovery, "REST", 0)


@pytest.fixture
def dataset(act: Any, send: Any, ministry: dict[str, Any]) -> dict[str, Any]:
    """A published dataset of one table."""
    read = send("obras.csv", OLD)
    act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]})
    work()
    found: dict[str, Any] = act(
        "package_show", id=act("mxcity_upload_show", id=read["id"])["dataset_id"]
    )
    return found


@pytest.fixture
def publish(act: Any, dataset: dict[str, Any]) -> Callable[[bytes], dict[str, Any]]:
    """Send a new version into the dataset and ask for its publication."""

    def published(content: bytes) -> dict[str, Any]:
        made = act(
            "mxcity_upload_create", name="obras.csv", size=len(content), dataset_id=dataset["id"]
        )
        act("mxcity_upload_append", id=made["id"], offset=0, upload=content)
        act("mxcity_file_read", id=made["id"])
        work()
        found: dict[str, Any] = act("mxcity_publish", id=made["id"])
        return found

    return published


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Let something happen when the rows are copied, before they are there for others."""
    copy = copying._copy
    with monkeypatch.context() as patch:

        def breaks(how: Callable[[], None]) -> None:
            def copied(*args: Any) -> None:
                copy(*args)
                how()

            patch.setattr(copying, "_copy", copied)

        breaks.mend = patch.undo  # type: ignore[attr-defined]
        yield breaks


def state(dataset: dict[str, Any]) -> dict[str, Any]:
    """What readers have of the file: its bytes, its rows, its columns, and what is told of it."""
    model.Session.rollback()
    (resource,) = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset["id"]})[
        "resources"
    ]
    stored = uploader.get_resource_uploader(dict(resource)).get_path(resource["id"])
    table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
    told = ("id", "name", "format", "mimetype", "size", "source_file", "source_sha256", "url")
    return {
        "bytes": Path(stored).read_bytes(),
        "rows": [{k: str(v) for k, v in row.items()} for row in rows_of(resource["id"])],
        "columns": [(field["id"], field["type"], field.get("info")) for field in table["fields"]],
        "told": {key: urllib.parse.unquote(str(resource.get(key))) for key in told},
    }


def work_to_the_end() -> None:
    """Do what waits, and what others left behind, until nothing is left."""
    for _ in range(recovery.TRIES + 1):
        Worker(attendance.QUEUES, look_after=recovery.take_up).work(burst=True)
        model.Session.remove()
    assert not list(config.store().marked())


def fail() -> None:
    raise RuntimeError("a fault of the portal's")


def lose_the_queue() -> None:
    raise redis.exceptions.ConnectionError


@pytest.mark.parametrize("how", [fail, lose_the_queue, die])
@pytest.mark.parametrize("version", NEW)
def test_the_file_of_before_comes_back(
    act: Any, dataset: dict[str, Any], publish: Any, broken: Any, version: str, how: Any
) -> None:
    """By a fault, one that may pass and does not, or death: file and table are those of before."""
    before = state(dataset)
    upload = publish(NEW[version])
    broken(how)
    work_to_the_end()
    failed = act("mxcity_upload_show", id=upload["id"])
    assert failed["state"] == "failed"
    assert "El conjunto conserva el archivo anterior, con su tabla" in failed["failure"]
    assert state(dataset) == before
    broken.mend()
    act("mxcity_publish", id=upload["id"])
    work_to_the_end()
    assert act("mxcity_upload_show", id=upload["id"])["state"] == "published"
    after = state(dataset)
    assert after["bytes"].decode("utf-8-sig").replace("\r\n", "\n") == NEW[version].decode()
    assert [row["folio"] for row in after["rows"]] == [
        line.split(b",")[0].decode() for line in NEW[version].splitlines()[1:]
    ]
    assert not list(config.store().folder.glob("*/*.replaced-*"))


def test_what_cannot_be_taken_back_is_told(
    act: Any, dataset: dict[str, Any], publish: Any, broken: Any
) -> None:
    """The file of before is gone: the clerk is told what the dataset has, and may go on."""
    upload = publish(NEW["same columns"])

    def lose_and_fail() -> None:
        for kept in config.store().folder.glob("*/*.replaced-*"):
            kept.unlink()
        fail()

    broken(lose_and_fail)
    work_to_the_end()
    failed = act("mxcity_upload_show", id=upload["id"])
    assert "El conjunto ya tiene el archivo nuevo, pero no su tabla" in failed["failure"]
    broken.mend()
    act("mxcity_publish", id=upload["id"])
    work_to_the_end()
    assert act("mxcity_upload_show", id=upload["id"])["state"] == "published"
    assert len(state(dataset)["rows"]) == 3


@pytest.mark.parametrize("how", [fail, lose_the_queue, die])
def test_a_new_file_without_its_table_does_not_stay(
    act: Any, dataset: dict[str, Any], broken: Any, send: Any, how: Any
) -> None:
    """A further file of a public dataset is not shown until its table is there."""
    content = NEW["other columns"]
    made = act("mxcity_upload_create", name="b.csv", size=len(content), dataset_id=dataset["id"])
    act("mxcity_upload_append", id=made["id"], offset=0, upload=content)
    act("mxcity_file_read", id=made["id"])
    work()
    act("mxcity_publish", id=made["id"])
    broken(how)
    work_to_the_end()
    failed = act("mxcity_upload_show", id=made["id"])
    assert failed["state"] == "failed"
    assert "archivo" not in failed["failure"].split("No se perdió nada")[-1], failed["failure"]
    shown = act("package_show", id=dataset["id"])
    assert [file["source_file"] for file in shown["resources"]] == ["obras.csv"]
    broken.mend()
    act("mxcity_publish", id=made["id"])
    work_to_the_end()
    files = act("package_show", id=dataset["id"])["resources"]
    assert [file["source_file"] for file in files] == ["obras.csv", "b.csv"]
    assert len(rows_of(files[1]["id"])) == 2


def test_a_table_of_other_columns_is_whole(act: Any, dataset: dict[str, Any], publish: Any) -> None:
    """It has its dictionary, its order and its search, as one that CKAN's own actions make."""
    upload = publish(NEW["other columns"])
    work()
    assert act("mxcity_upload_show", id=upload["id"])["state"] == "published"
    (resource,) = act("package_show", id=dataset["id"])["resources"]
    fields = act("datastore_info", id=resource["id"])["fields"]
    assert [(field["id"], field["type"]) for field in fields] == [
        ("folio", "text"), ("colonia", "text"), ("costo", "numeric"), ("estado", "text"),
    ]  # fmt: skip
    assert [field["info"]["label"] for field in fields] == ["folio", "colonia", "costo", "estado"]
    found = act("datastore_search", resource_id=resource["id"], q="Mitras")
    assert [row["folio"] for row in found["records"]] == ["A-9"]
    told = {"resource_id": resource["id"], "force": True, "method": "insert"}
    act("datastore_upsert", **told, records=[{"folio": "A-10", "colonia": "Anáhuac"}])
    found = act("datastore_search", resource_id=resource["id"], q="Anáhuac")
    assert found["total"] == 1, "the trigger that fills the searched column is there"
    with get_write_engine().connect() as connection:
        kinds = connection.scalars(
            sa.text("SELECT indexdef FROM pg_indexes WHERE tablename = :name"),
            {"name": resource["id"]},
        ).all()
    assert any("_full_text" in kind for kind in kinds), identifier(resource["id"])


def test_without_the_plugin_of_tables(
    app: Any, act: Any, send: Any, ministry: dict[str, Any], clerk: dict[str, Any]
) -> None:
    """The file is published, no table is made, and the page says so."""
    p.unload("mxcity_tables", "xloader")
    try:
        read = send("obras.csv", OLD)
        act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]})
        work()
        done = act("mxcity_upload_show", id=read["id"])
        assert (done["state"], done["failure"]) == ("published", "")
        (resource,) = act("package_show", id=done["dataset_id"])["resources"]
        assert not resource.get("datastore_active")
        headers = {"Authorization": clerk["token"]}
        app.get(f"/publicar/{read['id']}", headers=headers, follow_redirects=False)
    finally:
        p.load("mxcity_tables", "xloader")
