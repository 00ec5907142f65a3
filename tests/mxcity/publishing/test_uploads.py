"""Uploads in pieces."""

from __future__ import annotations

import fcntl
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import UploadStore


@pytest.fixture
def store(tmp_path: Path) -> UploadStore:
    """A store of small files."""
    return UploadStore(tmp_path, largest=100, lifetime=60)


def test_goes_on_where_it_stopped(store: UploadStore) -> None:
    """A second piece continues the first, and a repeated one is refused and changes nothing."""
    upload = store.create("ana", r"..\..\C:\datos.csv", 6)
    assert upload.name == "datos.csv"
    assert upload.append(0, io.BytesIO(b"a,b")).offset == 3
    with pytest.raises(UploadError, match="wrong_offset"):
        upload.append(0, io.BytesIO(b"a,b"))
    assert upload.append(3, io.BytesIO(b"\n1,")).complete
    assert upload.path.read_bytes() == b"a,b\n1,"


def test_more_than_announced(store: UploadStore) -> None:
    """Bytes beyond the size announced are refused, and what was there before stays."""
    upload = store.create("ana", "a.csv", 4)
    upload.append(0, io.BytesIO(b"12"))
    with pytest.raises(UploadError, match="more_than_announced"):
        upload.append(2, io.BytesIO(b"345"))
    assert upload.path.read_bytes() == b"12"


def test_one_writer_at_a_time(store: UploadStore) -> None:
    """A piece is refused while another request writes to the same upload."""
    upload = store.create("ana", "a.csv", 4)
    with upload.path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UploadError, match="busy"):
            upload.append(0, io.BytesIO(b"12"))


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (-1, "empty"), (101, "too_large")])
def test_size(store: UploadStore, size: int, code: str) -> None:
    """An empty or too large file is refused before a byte of it is sent."""
    with pytest.raises(UploadError, match=code):
        store.create("ana", "a.csv", size)


def test_private_and_passing(store: UploadStore) -> None:
    """Nobody else reaches an upload, no path is taken for an identifier, and time ends it."""
    upload = store.create("ana", "a.csv", 4)
    for owner, name in (("eva", upload.id), ("ana", "../" + upload.id), ("ana", "x")):
        with pytest.raises(UploadError, match="not_found"):
            store.get(owner, name)
    late = UploadStore(store.folder, largest=100, lifetime=-1)
    with pytest.raises(UploadError, match="expired"):
        late.get("ana", upload.id)
    assert store.sweep() == 0
    assert late.sweep() == 1
    assert list(store.folder.glob("*/*")) == []
    with pytest.raises(UploadError, match="not_found"):
        store.get("ana", upload.id)


def test_quota(store: UploadStore) -> None:
    """All uploads of a person together have a limit, which another's do not fill."""
    small = UploadStore(store.folder, largest=100, lifetime=60, quota=150)
    first = small.create("ana", "a.csv", 100)
    with pytest.raises(UploadError, match="quota"):
        small.create("ana", "b.csv", 51)
    small.create("eva", "b.csv", 51)
    first.delete()
    assert small.create("ana", "b.csv", 51).offset == 0


def test_number_of_files(store: UploadStore) -> None:
    """A person has so many open files, of whatever size; what is published is none of them."""
    few = UploadStore(store.folder, largest=100, lifetime=60, most=2)
    first = few.create("ana", "a.csv", 1)
    few.create("ana", "b.csv", 1)
    with pytest.raises(UploadError, match="quota"):
        few.create("ana", "c.csv", 1)
    few.create("eva", "c.csv", 1)
    first.empty()
    few.create("ana", "c.csv", 1)


@pytest.mark.parametrize("limit", [{"most": 4}, {"quota": 40}])
def test_limits_hold_for_requests_at_once(store: UploadStore, limit: dict[str, int]) -> None:
    """Many that begin at the same moment do not slip through together."""
    held = UploadStore(store.folder, largest=100, lifetime=60, **limit)
    gate = threading.Barrier(12)

    def create(_: int) -> bool:
        gate.wait(30)
        try:
            held.create("ana", "a.csv", 10)
        except UploadError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(create, range(12))) == 4
    assert len(held.list("ana")) == 4


def test_what_is_left_over_is_swept(store: UploadStore) -> None:
    """Files of an upload without its bytes, as a full disk may leave them, end with their time."""
    upload = store.create("ana", "a.csv", 4)
    upload.mark()
    upload.path.unlink()
    assert list(store.marked()) == [("ana", upload.id)]
    assert UploadStore(store.folder, largest=100, lifetime=-1).sweep() == 1
    assert list(store.folder.glob("*/*")) == []
