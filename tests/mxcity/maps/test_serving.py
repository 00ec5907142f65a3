"""The file of the base map, as browsers and proxies ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import CKANTestApp
from ckanext.mxcity.maps.basemap import store
from ckanext.mxcity.maps.helpers import mxcity_map_data
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db")


def archive(path: Path, about: dict[str, Any]) -> None:
    """Write an archive of one tile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with write(path) as writer:
        writer.write_tile(zxy_to_tileid(8, 1, 1), b"x" * 5_000)
        head = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0,
            "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(head, about)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal with a base map of INEGI's layers."""
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path))
    path = tmp_path / store.FOLDER / "monterrey.pmtiles"
    archive(path, {"attribution": "INEGI", "description": ""})
    return path


@pytest.mark.parametrize(
    ("asked", "status", "given"),
    [
        (None, 200, slice(None)),
        ("bytes=0-126", 206, slice(0, 127)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-10", 206, slice(-10, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, None),
    ],
)
def test_parts_are_answered(
    app: CKANTestApp, base: Path, asked: str | None, status: int, given: slice | None
) -> None:
    """A part has its bytes and says which they are; one that is not there is refused."""
    content = base.read_bytes()
    url = f"/mapa-base/{store.base_map().version}.pmtiles"
    answer = app.get(url, headers={"Range": asked} if asked else {}, status=status)
    if given is None:
        assert answer.headers["Content-Range"] == f"bytes */{len(content)}"
        return
    assert answer.data == content[given]
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "application/vnd.pmtiles"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    if status == 206:
        start = given.start or 0
        start = start if start >= 0 else len(content) + start
        told = f"bytes {start}-{start + len(answer.data) - 1}/{len(content)}"
        assert answer.headers["Content-Range"] == told


def test_what_is_kept_is_not_sent_again(app: CKANTestApp, base: Path) -> None:
    """The tag answers 304, and makes a part whole where the file is another by now."""
    url = f"/mapa-base/{store.base_map().version}.pmtiles"
    tag = app.get(url).headers["ETag"]
    assert app.get(url, headers={"If-None-Match": tag}, status=304).data == b""
    part = {"Range": "bytes=0-9"}
    assert len(app.get(url, headers={**part, "If-Range": tag}, status=206).data) == 10
    other = app.get(url, headers={**part, "If-Range": '"another"'}, status=200)
    assert len(other.data) == base.stat().st_size


def test_another_file_has_another_address(app: CKANTestApp, base: Path) -> None:
    """A base map that was replaced is asked for anew; the address before answers 404."""
    before = store.base_map()
    archive(base, {"attribution": "OpenStreetMap", "description": "demonstration"})
    after = store.base_map()
    assert before.version != after.version
    assert (after.source, after.demonstration) == ("OpenStreetMap", True)
    assert app.get(f"/mapa-base/{before.version}.pmtiles", status=404)
    for wrong in ("..%2f..%2fetc%2fpasswd", "x"):
        assert app.get(f"/mapa-base/{wrong}.pmtiles", status=404)


def test_maps_say_what_they_are_drawn_on(app: CKANTestApp, base: Path, tmp_path: Path) -> None:
    """The source, the demonstration's badge, or that there is no base map."""
    with app.flask_app.test_request_context("/"):
        data = mxcity_map_data("Tránsito")
        assert data["base"].endswith(".pmtiles")
        assert data["attribution"] == "Data: Tránsito. Base map: INEGI."
        assert "badge" not in data
        archive(base, {"attribution": "x", "description": "demonstration"})
        assert mxcity_map_data()["badge"] == "Demonstration base map"
        for broken in (b"", b"PMTiles", b"x" * 400):
            base.write_bytes(broken)
            assert store.base_map() is None
        base.unlink()
        data = mxcity_map_data()
        assert "base" not in data
        assert data["attribution"] == data["without-base"] == "Without a base map."
