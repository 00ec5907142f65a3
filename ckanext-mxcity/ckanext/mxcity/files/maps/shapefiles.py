"""Shapefiles in an archive: the parts of each by name, every other member named."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pyogrio
import shapely

from ckanext.mxcity.files.archives import open_archive
from ckanext.mxcity.files.maps.dbf import Dbf
from ckanext.mxcity.files.maps.letters import letters_of
from ckanext.mxcity.files.maps.model import Layer, named
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import refuse_many, refuse_wide

#: The parts of a Shapefile that are read, and how each begins (ESRI, July 1998; dBASE).
PARTS = {
    ".shp": re.compile(rb"\x00\x00\x27\x0a.{24}\xe8\x03\x00\x00", re.DOTALL),
    ".shx": re.compile(rb"\x00\x00\x27\x0a.{24}\xe8\x03\x00\x00", re.DOTALL),
    ".dbf": re.compile(rb"[\x02\x03\x30-\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb]"),
    ".prj": re.compile(rb"\s*[A-Za-z_]{4,20}\s*\["),
    ".cpg": re.compile(rb"[\w .:-]{1,40}\s*\Z"),
}
#: Parts that programs add, for their own use: indexes, styles, descriptions.
_COMPANIONS = (
    *(".sbn", ".sbx", ".qpj", ".qmd", ".qix", ".qml", ".sld", ".shp.xml", ".xml", ".atx", ".ain"),
    *(".aih", ".idm", ".ind", ".ixs", ".mxs", ".fbn", ".fbx"),
)
_NEEDED = (".shp", ".shx", ".dbf")


@dataclass
class _Shapefile:
    """The members of an archive that are one Shapefile, by suffix."""

    name: str
    parts: dict[str, str] = field(default_factory=dict)


def read_shapefiles(
    path: Path, folder: Path, limits: Limits, encodings: Mapping[str, str]
) -> Iterator[Layer]:
    """Give a layer for each Shapefile of an archive, whatever folder of it they are in.

    ``encodings`` are those that a person chose, by the names of layers.
    """
    with path.open("rb") as file, open_archive(file, limits) as archive:
        found, companions, others = _sorted(archive.namelist())
        if len(found) > limits.sheets:
            raise FileRefused("too-many-sheets", sheets=len(found), limit=limits.sheets)
        for shapefile in found:
            missing = [suffix for suffix in _NEEDED if suffix not in shapefile.parts]
            if missing:
                prefix = shapefile.name if len(found) > 1 else ""
                names = ", ".join(f"{prefix}{suffix}" for suffix in missing)
                raise FileRefused("shapefile-incomplete", missing=names)
        notes = named("members-left-out", others) + named("companions-left-out", companions)
        left = limits.unpacked
        for number, shapefile in enumerate(found):
            place = folder / f"shapefile{number}"
            place.mkdir()
            said = []
            for suffix, member in shapefile.parts.items():
                # By names of ours; GDAL is not to find the table, which is read here.
                target = place / f"{'table' if suffix == '.dbf' else 'map'}{suffix}"
                left -= _unpack(archive, member, target, min(left, limits.memory_size * 4))
                if not PARTS[suffix].match(_start(target)):
                    if suffix in _NEEDED:
                        raise FileRefused("broken-map", format="shp")
                    target.unlink()  # a reference system or an encoding that is none
                    said += named("members-left-out", [member])
            chosen = encodings.get(shapefile.name, "")
            yield _layer(place, shapefile.name, limits, [*notes, *said], chosen)
            notes = []


def _sorted(members: list[str]) -> tuple[list[_Shapefile], list[str], list[str]]:
    """Return the Shapefiles among members, what programs put beside them, and all others.

    Names are the same in large and small letters: programs of Windows mix them.
    """
    files = [name for name in members if not name.endswith("/")]
    shapes = [name for name in files if name.lower().endswith(".shp") and not _of_a_mac(name)]
    found: dict[str, _Shapefile] = {}
    for name, title in zip(shapes, _titles(shapes), strict=True):
        found.setdefault(name[:-4].lower(), _Shapefile(title))
    companions, others = [], []
    for name in files:
        low = name.lower()
        suffix = next((suffix for suffix in PARTS if low.endswith(suffix)), "")
        shapefile = found.get(low[: -len(suffix)]) if suffix else None
        if shapefile and suffix not in shapefile.parts:
            shapefile.parts[suffix] = name
        elif any(low.endswith(end) and low[: -len(end)] in found for end in _COMPANIONS):
            companions.append(name)
        else:
            others.append(name)
    return list(found.values()), companions, others


def _of_a_mac(name: str) -> bool:
    """Say whether a member holds what a Mac knows of the file of that name."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._")


def _titles(names: list[str]) -> list[str]:
    """Return what the Shapefiles are called: with their folder where it tells them apart."""
    stems = [PurePosixPath(name.replace("\\", "/")).stem for name in names]
    lows = [stem.lower() for stem in stems]
    titles: list[str] = []
    for name, stem in zip(names, stems, strict=True):
        parts = PurePosixPath(name.replace("\\", "/")).with_suffix("").parts
        titles.append(" ".join(parts) if lows.count(stem.lower()) > 1 else stem)
    return titles


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, most: int) -> int:
    """Write one member of an archive; return its bytes, counted and not as it declares them."""
    size = 0
    try:
        with archive.open(name) as member, target.open("wb") as file:
            while piece := member.read(1 << 20):
                size += len(piece)
                if size > most:
                    raise FileRefused("unpacks-too-large", size=most)
                file.write(piece)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise FileRefused("broken-archive") from error
    return size


def _layer(place: Path, name: str, limits: Limits, notes: list[Note], chosen: str) -> Layer:
    table = Dbf(place / "table.dbf")
    refuse_wide(len(table.fields) + 1, limits)
    refuse_many(table.count, len(table.fields) + 1, limits)
    encoding = place / "map.cpg"
    said = encoding.read_text("latin-1") if encoding.exists() else ""
    letters = letters_of(table, said, chosen)
    meta, ids, geometry, _ = pyogrio.raw.read(
        place / "map.shp", columns=[], return_fids=True, force_2d=False
    )
    if len(ids) != table.count or ids.tolist() != list(range(table.count)):
        raise FileRefused("shapefile-rows-differ", figures=len(ids), rows=table.count)
    deleted = int(table.count - table.kept.sum())
    if deleted:
        notes.append(Note("deleted-rows", {"count": deleted}))
    known = table.read
    unread = [item for item in table.fields if item not in known]
    notes += named("fields-not-read", (letters.decode(item.name) for item in unread))
    return Layer(
        name=name,
        titles=tuple(letters.decode(item.name) for item in known),
        rows=table.rows(letters.decode),
        count=table.count - deleted,
        shapes=shapely.from_wkb(geometry)[table.kept],
        crs=meta.get("crs"),
        notes=(*notes, *letters.notes),
    )
