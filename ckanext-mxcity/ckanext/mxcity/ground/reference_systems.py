"""Names of coordinate reference systems. No CKAN import."""

from __future__ import annotations

import re

from ckanext.mxcity.ground.vocabularies import vocabulary

VOCABULARY = "reference_systems"
#: The codes that the EPSG register gives; others are of whoever made them up.
FIRST, LAST = 1024, 32767

_FORMS = re.compile(
    r"(?:epsg:{1,2}"
    r"|urn:(?:x-)?ogc:def:crs:epsg:[^:]*:"
    r"|https?://www\.opengis\.net/def/crs/epsg/[^/]+/"
    r"|https?://www\.opengis\.net/gml/srs/epsg\.xml\#"
    r"|https?://(?:www\.)?epsg\.io/)?(\d{4,5})/?"
)
_DEGREES = re.compile(
    r"(?:urn:ogc:def:crs:ogc:[^:]*:crs84|https?://www\.opengis\.net/def/crs/ogc/[^/]+/crs84)"
)


def epsg(text: str) -> str | None:
    """Return ``EPSG:nnnn`` for a code, an OGC address or URN or a known name; else None."""
    wanted = text.strip()
    known = vocabulary(VOCABULARY).find(wanted)
    if known:
        return known.key
    if _DEGREES.fullmatch(wanted.casefold()):
        return "EPSG:4326"
    found = _FORMS.fullmatch(wanted.casefold())
    if found and FIRST <= int(found[1]) <= LAST:
        return f"EPSG:{int(found[1])}"
    return None
