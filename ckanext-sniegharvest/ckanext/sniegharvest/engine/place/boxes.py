"""The rectangles of the areas that the portal knows."""

from __future__ import annotations

from ckanext.mxcity.city.settings import city
from ckanext.sniegharvest.engine.place.territory import Box


def boxes() -> dict[str, Box]:
    """Return the rectangle of the portal's own city, by its INEGI code; no other is known."""
    own = city()
    if own is None:
        return {}
    box = own.bbox
    return {own.municipality_code: (box.west, box.south, box.east, box.north)}
