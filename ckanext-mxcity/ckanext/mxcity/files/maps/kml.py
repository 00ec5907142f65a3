"""KML: every container of placemarks is a layer, and what is said of each is read as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ckanext.mxcity.files.maps.kml_placemarks import DRAWN, LOOKS, Placemark
from ckanext.mxcity.files.maps.model import Layer, named
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import refuse_many, refuse_wide

_CONTAINERS = ("Document", "Folder")
_HOLDERS = ("kml", *_CONTAINERS)
#: Levels of a document: folders in folders, figures in figures.
DEEPEST = 100
#: Parts of a container that say what it is called, and hold placemarks.
_KNOWN = {"kml", "Document", "Folder", "Placemark", "name", "visibility", *LOOKS}


@dataclass
class _Container:
    """A folder of a document while it is read."""

    name: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)


def read_kml(path: Path, limits: Limits) -> Iterator[Layer]:
    """Give a layer for each container of a KML that holds placemarks.

    FileRefused for XML that is not well formed, or declares what has to be fetched.
    """
    try:
        reader = _Reader(limits)
        reader.read(path)
    except DefusedXmlException as error:
        raise FileRefused("unsafe-xml") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused("broken-map", format="kml") from error
    notes = named("kml-left-out", reader.left)
    for number, container in enumerate(reader.found, start=1):
        yield _layer(container, container.name.strip() or f"{number}", notes)
        notes = []


def _layer(container: _Container, name: str, notes: list[Note]) -> Layer:
    titles = list(dict.fromkeys(title for row in container.rows for title in row))
    idle = [
        title
        for title in titles
        if title in DRAWN and {row.get(title, "") for row in container.rows} <= {*DRAWN[title]}
    ]
    kept = [title for title in titles if title not in idle]
    shapes = np.empty(len(container.shapes), dtype=object)
    shapes[:] = container.shapes
    return Layer(
        name=name,
        titles=tuple(kept),
        rows=([row.get(title, "") for title in kept] for row in container.rows),
        count=len(container.rows),
        shapes=shapes,
        crs="EPSG:4326",
        notes=(*notes, *named("columns-left-out", idle)),
    )


class _Reader:
    """Goes through a document, and keeps what its containers hold."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        #: The containers that hold placemarks.
        self.found: list[_Container] = []
        #: The names of what is not read.
        self.left: dict[str, None] = {}
        self._open = [_Container()]  # the root's own
        self._columns: set[str] = set()
        self._rows = 0

    def read(self, path: Path) -> None:
        """Read a document; errors of XML are those of ``defusedxml``."""
        level = within = 0  # elements that are open, and those of them in no container
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                level += 1
                if level > DEEPEST:
                    raise FileRefused("broken-map", format="kml")
                if within or _local(element) not in _HOLDERS:
                    within += 1
                elif _local(element) in _CONTAINERS:
                    self._open.append(_Container())
                continue
            level -= 1
            within = max(0, within - 1)
            # Within a placemark, or another part, it is read with it.
            if not within:
                self._ended(_local(element), element)
                element.clear()

    def _ended(self, tag: str, element: Element) -> None:
        if tag == "Placemark":
            self._take(element)
        elif tag in _CONTAINERS:
            self._open.pop()
        elif tag == "name":
            self._open[-1].name = element.text or ""
        elif tag in ("Style", "StyleMap"):
            if any(_local(part) == "BalloonStyle" for part in element.iter()):
                self.left["BalloonStyle"] = None
        elif tag not in _KNOWN:
            self.left[tag] = None

    def _take(self, element: Element) -> None:
        container = self._open[-1]
        if not container.rows:
            self.found.append(container)
        placemark = Placemark(element, len(container.rows) + 1)
        self.left.update(dict.fromkeys(placemark.left))
        container.rows.append(placemark.row)
        container.shapes.append(placemark.shape)
        self._columns.update(placemark.row)
        self._rows += 1
        refuse_wide(len(self._columns) + 1, self._limits)
        refuse_many(self._rows, len(self._columns) + 1, self._limits)
        if len(self.found) > self._limits.sheets:
            raise FileRefused("too-many-sheets", sheets=len(self.found), limit=self._limits.sheets)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
