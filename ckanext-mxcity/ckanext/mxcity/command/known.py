"""The schema that somebody names at a desk: one of the portal's, or a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckanext.mxcity.checks.descriptor import read_descriptor
from ckanext.mxcity.checks.table_schemas import load_table_schema

SUFFIXES = (".json", ".yaml", ".yml")


def named_schema(name: str) -> dict[str, Any]:
    """Return a schema by its name or by the path of a Table Schema in JSON or YAML.

    UnknownSchemaError for a name that there is not; DescriptorError for a file that cannot be
    followed; OSError for one that cannot be read.
    """
    path = Path(name)
    if path.suffix in SUFFIXES and path.is_file():
        return read_descriptor(path.read_bytes())
    return load_table_schema(name)
