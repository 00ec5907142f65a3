"""A disk without room: a sentence, nothing left over, what was there as it was."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.publishing import config
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import UploadStore

from tests.mxcity.publishing.desk import CLEAN, METADATA, work

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("migrated_db", "clean_queue")]
MB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The portal's storage, on a file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(place))
    yield place
    subprocess.run(["umount", str(place)], check=True)


def files(place: Path) -> dict[str, int]:
    """The files under a folder, with their sizes."""
    return {path.name: path.stat().st_size for path in place.rglob("*") if path.is_file()}


def test_file_of_a_resource(
    app: Any, small_disk: Path, ministry: dict[str, Any], clerk: dict[str, Any]
) -> None:
    """By the API, a new file and one in the place of another: 409 with a sentence in Spanish."""
    dataset = factories.Dataset(
        **METADATA, owner_org=ministry["id"], geographic_level="municipal", area_codes=["19039"]
    )
    create, headers = "/api/3/action/resource_create", {"Authorization": clerk["token"]}
    told = {"package_id": dataset["id"], "url": "datos.bin"}
    old = app.post(
        create, data={**told, "upload": (io.BytesIO(b"old"), "datos.bin")}, headers=headers
    )
    resource = old.json["result"]
    before = files(small_disk)
    assert list(before.values()) == [3]
    change = "/api/3/action/resource_patch"
    for action, values in ((create, told), (change, {"id": resource["id"]})):
        big = (io.BytesIO(b"\1" * (2 * MB)), "datos.bin")
        answer = app.post(action, data={**values, "upload": big}, headers=headers)
        assert answer.status_code == 409, answer.text
        assert "El disco del portal está lleno" in answer.json["error"]["upload"][0]
        assert files(small_disk) == before
        model.Session.remove()
    stored = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset["id"]})
    assert [(file["id"], file["size"]) for file in stored["resources"]] == [(resource["id"], 3)]
    (small_disk / "filler").write_bytes(b"")
    small = {"id": resource["id"], "upload": (io.BytesIO(b"newer"), "datos.bin")}
    assert app.post(change, data=small, headers=headers).status_code == 200
    assert sorted(files(small_disk).values()) == [0, 5]


def test_pieces(small_disk: Path) -> None:
    """What arrived stays, and the rest follows when there is room; a new one leaves nothing."""
    store = UploadStore(small_disk / "uploads", largest=4 * MB, lifetime=60)
    content = os.urandom(900 * 1024)
    upload = store.create("ana", "a.csv", len(content))
    filler = small_disk / "filler"
    filler.write_bytes(b"\1" * (MB // 2))
    with pytest.raises(UploadError, match="no_room") as caught:
        upload.append(0, io.BytesIO(content))
    assert caught.value.status == 507
    offset = store.get("ana", upload.id).offset
    assert 0 < offset < len(content)
    before = files(small_disk)
    with pytest.raises(UploadError, match="no_room"):
        store.create("ana", "b.csv", 5)
    assert files(small_disk) == before
    filler.unlink()
    assert upload.append(offset, io.BytesIO(content[offset:])).complete
    assert upload.path.read_bytes() == content


def test_pieces_by_the_page(
    app: Any, small_disk: Path, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """A client of tus is answered 507 with the sentence, and asks where to go on."""
    headers = {"Authorization": clerk["token"], "Tus-Resumable": "1.0.0"}
    made = app.post("/publicar/archivos", headers={**headers, "Upload-Length": str(2 * MB)})
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    address = made.headers["Location"]
    answer = app.client.patch(address, headers={**headers, **kind}, data=b"a" * (2 * MB))
    assert answer.status_code == 507
    assert "El disco del portal está lleno" in answer.text
    offset = int(app.client.head(address, headers=headers).headers["Upload-Offset"])
    assert 0 < offset < 2 * MB


def test_publication(
    small_disk: Path, act: Any, send: Any, ministry: dict[str, Any], spanish: None
) -> None:
    """It fails with the sentence, and is done once when there is room."""
    rows = b"".join(b"AP-%d;31/01/2024;Centro;1,50\n" % number for number in range(3000))
    read = send("reportes.csv", CLEAN + rows)
    act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]})
    filler = small_disk / "filler"
    left = os.statvfs(small_disk)
    filler.write_bytes(b"\1" * (left.f_bavail * left.f_frsize - 48 * 1024))
    work()
    shown = act("mxcity_upload_show", id=read["id"])
    assert shown["state"] == "failed"
    assert "El disco del portal está lleno" in shown["failure"]
    filler.unlink()
    act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]})
    work()
    shown = act("mxcity_upload_show", id=read["id"])
    assert shown["state"] == "published"
    dataset = act("package_show", id=shown["dataset_id"])
    assert len(dataset["resources"]) == 1
    assert not list(config.store().marked())
