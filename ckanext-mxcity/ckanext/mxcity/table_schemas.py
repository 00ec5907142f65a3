"""Schemas of tables that the portal knows by name: ``schemas/tables/*.yaml``. No CKAN import."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

_FOLDER = "tables"


class UnknownSchemaError(KeyError):
    """A name that no schema has; ``known`` are those that there are."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


def list_table_schemas() -> list[str]:
    """Return the names of the schemas, in alphabetical order."""
    folder = resources.files("ckanext.mxcity.schemas") / _FOLDER
    names = (entry.name for entry in folder.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


@lru_cache(maxsize=64)
def load_table_schema(name: str) -> dict[str, Any]:
    """Return a schema by name, or by the path of a file of JSON or YAML.

    UnknownSchemaError for a name that there is not; ValueError for a file that is no schema.
    """
    if name in list_table_schemas():
        file = resources.files("ckanext.mxcity.schemas") / _FOLDER / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
    elif Path(name).suffix in (".json", ".yaml", ".yml") and Path(name).is_file():
        text = Path(name).read_text(encoding="utf-8")
    else:
        raise UnknownSchemaError(name, list_table_schemas())
    schema = yaml.safe_load(text)
    if not isinstance(schema, dict) or not all(
        isinstance(field, dict) and "name" in field for field in schema.get("fields") or [0]
    ):
        raise ValueError(name)
    return schema
