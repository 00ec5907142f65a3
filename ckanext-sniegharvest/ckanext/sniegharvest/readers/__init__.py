"""Readers of catalogues: a document goes in, records and named problems come out. No CKAN."""

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
