"""Readers of catalogues: a document goes in, records and named problems come out. No CKAN.

The module of a type of source has ``read`` and ``TYPE``, which names it and tells where reading
begins; ``ckanext.sniegharvest.sources.registry`` lists those modules.
"""

from __future__ import annotations

from ckanext.mxcity.reading.records import (
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

__all__ = [
    "DEFAULT_CAPS",
    "Caps",
    "Document",
    "Fetch",
    "Item",
    "Publisher",
    "Reader",
    "Record",
    "RecordProblem",
]
