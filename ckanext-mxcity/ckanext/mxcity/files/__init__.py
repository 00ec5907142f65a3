"""Read the files that a clerk drops: what they are, and the tables in them.

No CKAN import here: the same code runs in the portal and at a desk without one.
"""

from __future__ import annotations

from ckanext.mxcity.files.model import (
    Column,
    FileReading,
    FileRefused,
    Limits,
    Note,
    TableReading,
)
from ckanext.mxcity.files.proposal import propose_metadata, propose_schema
from ckanext.mxcity.files.reading import read_file, write_table

__all__ = [
    "Column",
    "FileReading",
    "FileRefused",
    "Limits",
    "Note",
    "TableReading",
    "propose_metadata",
    "propose_schema",
    "read_file",
    "write_table",
]
