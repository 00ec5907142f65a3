"""Where the base map lies, and what pages are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ckan.plugins.toolkit as tk
from pmtiles.reader import MmapSource, Reader

from ckanext.mxcity.city import settings
from ckanext.mxcity.maps.basemap.build import DEMONSTRATION

#: The folder of base maps in the portal's storage.
FOLDER = "mapa-base"


@dataclass(frozen=True)
class BaseMapFile:
    """A base map that can be drawn."""

    path: Path
    #: Changes with the file, so that an address can be kept for good.
    version: str
    source: str
    demonstration: bool


def target() -> Path | None:
    """Return where the base map of the city's profile lies, or would lie.

    None where the profile names none, or the portal has no storage.
    """
    city, storage = settings.city(), str(tk.config.get("ckan.storage_path") or "").strip()
    if city is None or city.base_map is None or not storage:
        return None
    return Path(storage) / FOLDER / city.base_map.file


def base_map() -> BaseMapFile | None:
    """Return the base map of this portal, None while there is none."""
    path = target()
    if path is None:
        return None
    try:
        told = path.stat()
    except OSError:
        return None
    return read(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=4)
def read(path: Path, changed: int, size: int) -> BaseMapFile | None:
    """Return what a file says of itself; None for one that is no base map.

    ``changed`` and ``size`` make a file that was replaced be read again.
    """
    try:
        with path.open("rb") as file:
            about = Reader(MmapSource(file)).metadata()
    # A file that somebody put there can be anything.
    except Exception:  # noqa: BLE001
        return None
    return BaseMapFile(
        path,
        f"{changed:x}-{size:x}",
        str(about.get("attribution") or ""),
        about.get("description") == DEMONSTRATION,
    )
