"""Readers of catalogues: a document goes in, records and named problems come out. No CKAN.

``READERS`` names them as the harvesters are named; ``FIRST_URL`` turns the address that a person
gives for a source into that of the first document to fetch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ckanext.sniegharvest.readers import ckan, csw, datajson, dcat_rdf
from ckanext.sniegharvest.readers.base import (
    DEFAULT_CAPS,
    Caps,
    Document,
    Fetch,
    Item,
    Publisher,
    Reader,
    Record,
    RecordProblem,
)

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "ckan": ckan.read,
        "csw": csw.read,
        "dcat_json": datajson.read,
        "dcat_rdf": dcat_rdf.read,
    }
)
FIRST_URL: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"ckan": ckan.first_url, "csw": csw.first_url, "dcat_json": str, "dcat_rdf": str}
)

__all__ = [
    "DEFAULT_CAPS",
    "FIRST_URL",
    "READERS",
    "Caps",
    "Document",
    "Fetch",
    "Item",
    "Publisher",
    "Reader",
    "Record",
    "RecordProblem",
]
