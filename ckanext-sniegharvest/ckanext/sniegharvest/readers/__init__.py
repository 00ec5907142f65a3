"""Readers of catalogues: a document goes in, records and named problems come out. No CKAN.

Each module has ``read``; those of services also tell where to begin (``first_urls``). The table of
types of source, with the reader of each, is in ``ckanext.sniegharvest.engine.sources``.
"""

from __future__ import annotations

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
