"""The placemarks of a KML: each is a row, and perhaps a figure."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from shapely.errors import ShapelyError

from ckanext.mxcity.files.maps.kml_figures import FIGURES, figure
from ckanext.mxcity.files.model import FileRefused

#: What a placemark says of itself, and the column that it stands in.
_SAID = {
    "name": "Name",
    "description": "description",
    "address": "address",
    "phoneNumber": "phoneNumber",
    "Snippet": "Snippet",
    "snippet": "Snippet",
    "visibility": "visibility",
    "TimeStamp/when": "timestamp",
    "TimeSpan/begin": "begin",
    "TimeSpan/end": "end",
}
#: How a program draws a figure: the value that stands for nothing said, by column.
DRAWN = {
    "visibility": ("", "1"),
    "tessellate": ("", "0"),
    "extrude": ("", "0"),
    "altitudeMode": ("", "clampToGround"),
    "drawOrder": ("", "0"),
}
#: Only how the map looks.
LOOKS = {"styleUrl", "Style", "StyleMap", "LookAt", "Camera", "Region", "Schema", "open"}


class Placemark:
    """What a placemark says by column, its figure, and the names of what is not read."""

    def __init__(self, element: Element, number: int) -> None:
        """Read an element; ``number`` is its row, for FileRefused to name."""
        self.row: dict[str, str] = {}
        self.left: list[str] = []
        self.shape: Any = None
        if element.get("id"):
            self.row["id"] = element.get("id", "")
        for part in element:
            tag = _local(part)
            if tag in FIGURES:
                self._draw(part, number)
            elif tag not in LOOKS and not self._say(tag, part):
                self.left.append(tag)

    def _say(self, tag: str, part: Element) -> bool:
        """Put what a part says in its columns; return False for one that is not read."""
        if tag in _SAID:
            self.row[_SAID[tag]] = _text(part)
        elif tag in ("TimeStamp", "TimeSpan"):
            for moment in part:
                title = _SAID.get(f"{tag}/{_local(moment)}")
                if title:
                    self.row[title] = _text(moment)
        elif tag == "ExtendedData":
            self.row.update(_extended(part, self.row))
        else:
            return False
        return True

    def _draw(self, part: Element, number: int) -> None:
        try:
            self.shape = figure(part)
        except (ValueError, ShapelyError) as error:
            raise FileRefused("figures-broken", count=1, row=number) from error
        for drawn in part.iter():
            if _local(drawn) in DRAWN:
                self.row.setdefault(_local(drawn), _text(drawn))


def _extended(element: Element, row: dict[str, str]) -> dict[str, str]:
    """Return what an ``ExtendedData`` says, whether it has a schema or not."""
    found: dict[str, str] = {}
    for part in element.iter():
        tag = _local(part)
        if tag == "SimpleData":
            _put(found, row, part.get("name") or tag, _text(part))
        elif tag == "Data":
            value = next((_text(child) for child in part if _local(child) == "value"), "")
            _put(found, row, part.get("name") or tag, value)
        elif tag not in ("ExtendedData", "SchemaData", "value", "displayName"):
            _put(found, row, tag, _text(part))
    return found


def _put(found: dict[str, str], row: dict[str, str], name: str, value: str) -> None:
    """Give a value its column; one of a name that is taken gets the next free name."""
    free, number = name, 1
    while free in found or free in row:
        number += 1
        free = f"{name}_{number}"
    found[free] = value


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
