"""Read the layers of a folder, each file in the room without doors. No CKAN import."""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ckanext.mxcity.files import FileRefused, Limits, messages, read_file, write_table
from ckanext.mxcity.ground.columns import geometry_column
from ckanext.mxcity.maps.basemap.errors import BaseMapError

#: Files that are read; INEGI's folder of a state has some twenty layers.
MOST_FILES = 60
#: The streets of a state as INEGI has them are some hundreds of megabytes.
LIMITS = Limits(memory_size=600_000_000, cell=20_000_000)
_WHOLE = (".gpkg", ".geojson", ".kml", ".kmz", ".zip")
_OF_SHAPES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class LayerFile:
    """A layer as a table: its name, its columns, and the CSV with a GeoJSON geometry a row."""

    name: str
    columns: tuple[str, ...]
    #: Which of the columns holds the geometry.
    geometry: int
    path: Path

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows."""
        csv.field_size_limit(sys.maxsize)
        with self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            next(reader, None)
            yield from reader


def layers_of(folder: Path, work: Path, lang: str = "es") -> Iterator[LayerFile]:
    """Yield the layers of a folder and of those in it; ``work`` holds their tables meanwhile.

    Raises:
        BaseMapError: there is none, there are too many, or one cannot be read.

    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in files if path.suffix.lower() in (*_WHOLE, ".shp")]
    if not files:
        raise BaseMapError("no-layers", folder=folder.name)
    if len(files) > MOST_FILES:
        raise BaseMapError("too-many", folder=folder.name, count=len(files), most=MOST_FILES)
    for number, path in enumerate(files):
        place = work / f"file{number}"
        place.mkdir()
        try:
            yield from _of_file(path, place)
        except FileRefused as error:
            reason = messages.text(error.code, error.params, lang)
            raise BaseMapError("unreadable", file=path.name, reason=reason) from error


def _of_file(path: Path, place: Path) -> Iterator[LayerFile]:
    kind = path.suffix.lower()
    file = _packed(path, place) if kind == ".shp" else path
    if kind in (".shp", ".geojson"):  # has one layer, which is written without a look before
        yield from _written(file, None, path.stem, place / "0.csv")
        return
    tables = read_file(file, file.name, LIMITS).tables
    for number, table in enumerate(tables):
        # The file's name says what a layer is where it is the only one.
        name = table.name if len(tables) > 1 else path.stem
        yield from _written(file, table.name, name, place / f"{number}.csv")


def _written(file: Path, table: str | None, name: str, target: Path) -> Iterator[LayerFile]:
    """Write a table; give it if it has figures."""
    write_table(file, file.name, table, target, LIMITS)
    csv.field_size_limit(sys.maxsize)
    with target.open(encoding="utf-8", newline="") as rows:
        names = tuple(next(csv.reader(rows), ()))
    geometry = geometry_column(names)
    if geometry is not None:
        yield LayerFile(name, names, names.index(geometry), target)


def _packed(shapes: Path, place: Path) -> Path:
    """Return a Shapefile with its companions as the one file that is read."""
    target = place / f"{shapes.stem}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(shapes.parent.iterdir()):
            if path.stem == shapes.stem and path.suffix.lower() in _OF_SHAPES:
                archive.write(path, path.name)
    return target
