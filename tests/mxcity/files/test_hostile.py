"""Hardened against hostile files: whatever a file says, only the file itself is read."""

from __future__ import annotations

import http.server
import io
import json
import os
import random
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from ckanext.mxcity import room
from ckanext.mxcity.files import FileRefused, Limits, read_file
from ckanext.mxcity.files.drivers import DRIVERS
from ckanext.mxcity.files.messages import text

from tests.mxcity.files import hostile

SECRET = "clave-que-nadie-ve"
LIMITS = Limits(seconds=40, memory=1 << 30)
#: Mutated files, in all; three hundred and more where there is time.
MUTATED = int(os.environ.get("MXCITY_MUTATED", "60"))
SEED = int(os.environ.get("MXCITY_SEED", "20261129"))


@dataclass
class Elsewhere:
    """A file and an address that nothing may reach, and who came."""

    path: str
    url: str
    came: list[str] = field(default_factory=list)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    """A secret file beside the given ones, and a server of this machine."""
    secret = tmp_path / "secreto.csv"
    secret.write_text(f"a,b\n{SECRET},1\n")
    came: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"a,b\n{SECRET},1\n".encode())

        do_HEAD = do_POST = do_GET  # noqa: N815  # names of the library

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Elsewhere(str(secret), f"http://127.0.0.1:{server.server_port}/a.csv", came)
        server.shutdown()


def outcomes(folder: Path, files: Iterable[tuple[str, str, bytes]]) -> dict[str, str]:
    """Read files, two at a time; by their label: what was read of each, or why it was refused."""

    def one(number: int, label: str, name: str, content: bytes) -> tuple[str, str]:
        path = folder / f"file-{number}"
        path.write_bytes(content)
        try:
            return label, json.dumps(read_file(path, name, LIMITS).as_dict(), default=str)
        except FileRefused as error:
            return label, text(error.code, error.params) and error.code

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(one, number, *file) for number, file in enumerate(files)]
        return dict(job.result() for job in jobs)


def test_descriptions_of_other_sources_are_refused(tmp_path: Path, elsewhere: Elsewhere) -> None:
    """Under whatever name of a map they come, nothing that they name is opened."""
    made = hostile.references(elsewhere.path, elsewhere.url)
    files = []
    for label, content in made.items():
        parts = {"a.shp": content, "a.shx": b"x", "a.dbf": b"x"}
        files.append((f"{label} as a Shapefile", "a.zip", hostile.zipped(parts)))
        files += [(f"{label} as {name}", name, content) for name in ("a.kml", "a.geojson")]
    found = outcomes(tmp_path, files)
    assert {label: got for label, got in found.items() if got.startswith("{")} == {}
    assert elsewhere.came == []


def test_references_inside_accepted_kinds_are_not_followed(
    tmp_path: Path, elsewhere: Elsewhere
) -> None:
    """Coordinate systems, schemas, styles, pictures, links and views stay words."""
    made = hostile.inside_accepted(elsewhere.path, elsewhere.url, tmp_path)
    found = outcomes(tmp_path, [(label, *file) for label, file in made.items()])
    assert {label: got for label, got in found.items() if SECRET in got} == {}
    assert elsewhere.came == []
    read = [label for label, got in found.items() if got.startswith("{")]
    assert len(read) > len(found) / 2, "what is no danger is read on"


def _written(folder: Path) -> dict[str, bytes]:
    """A file of each driver that can write one, and descriptions that refer elsewhere."""
    made = {}
    for number, (name, modes) in enumerate(pyogrio.list_drivers().items()):
        target = folder / f"written-{number}"
        try:
            if "w" in modes:
                pyogrio.raw.write(
                    target, shapely.to_wkb(np.array([shapely.Point(-100.3, 25.6)])),
                    [np.array(["hola"], dtype=object)], np.array(["a"]), driver=name,
                    geometry_type="Point", crs="EPSG:4326",
                )  # fmt: skip
        except (RuntimeError, ValueError, NotImplementedError, OSError):
            continue
        if target.is_file():
            made[name] = target.read_bytes()
    return made


_OPENING = """
import glob, json, os
from ckanext.mxcity.files.drivers import leave_only
leave_only({kind!r})
import pyogrio
found = []
for path in glob.glob(os.path.dirname(os.environ['TMPDIR']) + '/in/*'):
    try:
        pyogrio.list_layers(path)
        found.append(os.path.basename(path))
    except Exception: pass
raise LookupError(json.dumps(found))
"""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of drivers that write by a template
@pytest.mark.parametrize("kind", DRIVERS)
def test_one_driver_is_left(kind: str, tmp_path: Path, elsewhere: Elsewhere) -> None:
    """Of all that GDAL reads or refers to, only files of the proved kind are opened."""
    written = _written(tmp_path)
    assert len(written) > 8, sorted(written)
    foreign = {name: content for name, content in written.items() if name not in DRIVERS.values()}
    foreign |= hostile.references(elsewhere.path, elsewhere.url)
    # These are GeoJSON or KML by another name, too.
    for same in ("GeoJSONSeq", "JSONFG", "KML", "links of features"):
        foreign.pop(same, None)
    with room.Child(room.Bounds(seconds=60), None) as child:
        for name, content in foreign.items():
            child.lay(content, name.replace(" ", "-"))
        child.start("timeit:timeit", {"stmt": _OPENING.format(kind=kind), "number": 1})
        with pytest.raises(room.RoomFailed) as ended:
            child.heard()
    opened = json.loads(ended.value.detail.removeprefix("LookupError: "))
    assert opened == []
    assert elsewhere.came == []


def _seeds(folder: Path) -> dict[str, bytes]:
    """A sound file of each kind, by the name that it is sent under."""
    table = "colonia,reportes,fecha\nCentro,3,2024-01-31\nSan Pedro,4,2024-02-01\n"
    book = openpyxl.Workbook()
    for row in table.splitlines():
        book.active.append(row.split(","))  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    parquet = folder / "seed.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS a, 'hola' AS b) TO '{parquet}' (FORMAT parquet)")
    feature = json.dumps({"type": "FeatureCollection", "features": [hostile.FEATURE]})
    return {
        "a.csv": table.encode(),
        "b.csv": table.encode("utf-16"),
        "a.json": json.dumps([{"a": 1, "b": {"c": [1, 2]}}, {"a": 2}]).encode(),
        "a.geojson": feature.encode(),
        "a.kml": hostile._kml(hostile.PLACEMARK),
        "a.xlsx": file.getvalue(),
        "a.ods": hostile.spreadsheet("a", "b"),
        "a.zip": hostile.shapefile({"prj": b'GEOGCS["a"]', "cpg": b"UTF-8"}),
        "a.gpkg": hostile.geopackage(folder, "a", "b"),
        "a.parquet": parquet.read_bytes(),
    }


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """Change a file as fuzzers do: bits, bytes, numbers, cuts, pieces twice or elsewhere."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) or 1)
        step = chance.randrange(6)
        piece = data[at : at + chance.randrange(1, 64)]
        if step == 0:
            data[at : at + 1] = bytes([data[at] ^ 1 << chance.randrange(8)]) if data else b""
        elif step == 1:
            data[at : at + 1] = bytes([chance.choice((0, 255, 127, 128, 34, 60, 10))])
        elif step == 2:
            size = chance.choice((2, 4, 8))
            data[at : at + size] = chance.choice((0, 2 ** (size * 8) - 1, 2**15)).to_bytes(
                size, "little"
            )
        elif step == 3:
            del data[at : at + len(piece)]
        elif step == 4:
            data[at:at] = piece * chance.choice((1, 2, 100))
        else:
            other = chance.randrange(len(data) or 1)
            data[other : other + len(piece)] = piece
    return bytes(data)


def test_mutated_files_end_in_a_table_or_a_reason(tmp_path: Path, elsewhere: Elsewhere) -> None:
    """Damaged files of each kind: no crash outside, and nothing reached."""
    chance = random.Random(SEED)
    seeds = list(_seeds(tmp_path).items())
    files = [
        (f"{name} {number}", name, _mutated(content, chance))
        for number in range(MUTATED // len(seeds))
        for name, content in seeds
    ]
    found = outcomes(tmp_path, files)
    assert len(found) == len(files) > 0
    assert all(SECRET not in got for got in found.values())
    assert elsewhere.came == []
    hung = {label for label, got in found.items() if got in ("room-time", "room-busy")}
    assert hung == set(), f"seed {SEED}"
