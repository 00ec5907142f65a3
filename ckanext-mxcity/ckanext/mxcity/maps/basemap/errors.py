"""Why a base map is not made, in words for who asked for it. No CKAN import."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.ground.messages import N_, said

#: By code: what is the matter, and what to do.
REASONS = {
    "no-layers": N_(
        "The folder {folder} has no layer that can be read. "
        "Put GeoPackage, Shapefile or GeoJSON files in it."
    ),
    "too-many": N_("The folder {folder} has {count} files; at most {most} are read."),
    "unreadable": N_("{file}: {reason}"),
    "elsewhere": N_(
        "The layer “{layer}” is not of {city}: it lies between {west} and {east} degrees of "
        "longitude and {south} and {north} of latitude, and {city} between {here}. "
        "Check that the file is the city's, and that its reference system is declared."
    ),
    "unknown": N_(
        "No layer of the folder could be recognised: {layers}. Name them in “base_map.layers” of "
        "the city's profile, or call the files limites, colonias, calles, agua or parques."
    ),
    "empty": N_("The layers of the folder have nothing to draw within {city}."),
    "too-large": N_("The base map would have {size} MB; at most {most} MB are served."),
    "tiles": N_("The tiles could not be made: {reason}"),
}


class BaseMapError(Exception):
    """A base map cannot be made; ``code`` is one of ``REASONS``, filled in with ``params``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def said(self, lang: str = "es") -> str:
        """Return the reason in Spanish or English."""
        return said(REASONS[self.code], self.params, lang)

    def __str__(self) -> str:
        return self.said("en")
