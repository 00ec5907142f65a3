"""Leave out the records that do not concern the areas of a source; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.ground.placenames import places
from ckanext.mxcity.reading.records import Record
from ckanext.sniegharvest.engine.place.territory import Box, Territory, locate

#: The code by which INEGI asks for the whole country.
NATION = "00"


@dataclass(frozen=True)
class CityFilter:
    """Says whether a record concerns the areas that are wanted.

    Args:
        areas: INEGI codes; a state's takes in its municipalities. Empty: everything is wanted.
        defaults: fields as the settings of the source give them.
        boxes: boxes of areas by INEGI code.

    """

    areas: Sequence[str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)

    def outside(self, record: Record) -> Territory | None:
        """Return the territory of a record outside the areas; None if the record is wanted."""
        if not self.areas or NATION in self.areas:
            return None
        publisher = record.publisher.name if record.publisher else ""
        found = locate(record.dataset, self.defaults, publisher=publisher, boxes=self.boxes)
        if self._wanted(found.codes):
            return None
        # What a record declares stands; otherwise its text and keywords may name the place.
        if found.how != "code" and self._wanted(_told(record.dataset)):
            return None
        return found

    def _wanted(self, codes: Sequence[str]) -> bool:
        return any(code.startswith(area) for code in codes for area in self.areas)


def _told(dataset: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the places named in the description, the keywords and the extent of a record."""
    keywords = [str(tag.get("name", "")) for tag in dataset.get("tags") or ()]
    extent = [
        str(extra.get("value", ""))
        for extra in dataset.get("extras") or ()
        if extra.get("key") == "spatial_text"
    ]
    texts = [str(dataset.get("notes") or ""), ", ".join(keywords), *extent]
    return tuple(code for text in texts for code in places(text))
