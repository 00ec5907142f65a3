"""Read the files that a clerk drops: what they are, and the tables in them.

No CKAN import here: the same code runs in the portal and at a desk without one. Whoever reads a
file calls ``read_file``, ``write_table`` or ``headers_of`` of this package, which have it read in
the reading room; ``reading`` and the readers that it calls run inside.
"""

from __future__ import annotations

from ckanext.mxcity.files.apart import headers_of, read_file, write_table
from ckanext.mxcity.files.delimiters import NAMES as DELIMITER_NAMES
from ckanext.mxcity.files.encodings import ENCODINGS
from ckanext.mxcity.files.guessed import UNDECIDED
from ckanext.mxcity.files.headers import DEEPEST_HEADER
from ckanext.mxcity.files.model import (
    ASKED_NOTES,
    Column,
    FileReading,
    FileRefused,
    Limits,
    Note,
    Option,
    Question,
    TableReading,
)
from ckanext.mxcity.files.proposal import describe, propose_metadata, propose_schema
from ckanext.mxcity.files.recipes import (
    LAST_HEADER,
    LONGEST_FOOT,
    TYPES,
    Recipe,
    RecipeError,
    for_next,
    merged,
    read_recipe,
)

__all__ = [
    "ASKED_NOTES",
    "DEEPEST_HEADER",
    "DELIMITER_NAMES",
    "ENCODINGS",
    "LAST_HEADER",
    "LONGEST_FOOT",
    "TYPES",
    "UNDECIDED",
    "Column",
    "FileReading",
    "FileRefused",
    "Limits",
    "Note",
    "Option",
    "Question",
    "Recipe",
    "RecipeError",
    "TableReading",
    "describe",
    "for_next",
    "headers_of",
    "merged",
    "propose_metadata",
    "propose_schema",
    "read_file",
    "read_recipe",
    "write_table",
]
