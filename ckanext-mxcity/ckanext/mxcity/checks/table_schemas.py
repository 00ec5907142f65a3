"""Schemas of tables that the portal knows by name: ``schemas/tables/*.yaml``. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

from ckanext.mxcity.ground.yaml import load_yaml

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
    """Return one of the portal's schemas; UnknownSchemaError for a name that there is not."""
    if name not in list_table_schemas():
        raise UnknownSchemaError(name, list_table_schemas())
    file = resources.files("ckanext.mxcity.schemas") / _FOLDER / f"{name}.yaml"
    schema: dict[str, Any] = load_yaml(file.read_text(encoding="utf-8"))
    return schema


def matching_schema(columns: Iterable[str]) -> str | None:
    """Return the name of the schema that has these columns, all that it needs and no other."""
    names = set(columns)
    for schema in list_table_schemas():
        fields = load_table_schema(schema)["fields"]
        needed = {field["name"] for field in fields if not field.get("mxcity:optional")}
        if needed <= names <= {field["name"] for field in fields}:
            return schema
    return None
