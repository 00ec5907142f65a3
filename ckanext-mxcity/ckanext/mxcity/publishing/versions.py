"""The earlier version of a file in a dataset: how it was read, and the dictionary of its table.

A column that held figures or days and now reads as text has wrong cells: it keeps its type, so that
the check names them instead of making the column text for everybody who uses it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.files import FileReading, TableReading, for_next, merged, read_recipe

log = logging.getLogger(__name__)
#: From the types of the DataStore to those of Table Schema.
_TYPES = {
    "numeric": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "timestamptz": "datetime",
}
#: Characters of a recipe that is kept.
LONGEST_RECIPE = 200_000
#: By the name of a table: its recipe, as plain data.
Recipes = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Known:
    """The columns and schemas of the earlier versions of the tables of a file."""

    #: By table and column: its title and its description.
    columns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    #: By table: what it was checked against, a name or a Table Schema.
    schemas: dict[str, str | dict[str, Any]] = field(default_factory=dict)
    #: The tables that are published; None without an earlier version.
    tables: frozenset[str] | None = None


def earlier(dataset: dict[str, Any], name: str, table: str) -> dict[str, Any] | None:
    """Return the file of a dataset that was made from a table of a file of this name."""
    for resource in dataset.get("resources", ()):
        made_from = (resource.get("source_file") or "", resource.get("source_table") or "")
        if made_from == (name, table):
            found: dict[str, Any] = resource
            return found
    return None


def known_of(dataset: dict[str, Any], name: str, reading: FileReading) -> Known:
    """Return the columns and schemas that the tables of a file have in the dataset now."""
    pairs = _tables(dataset, name, reading)
    known = Known(tables=frozenset(table.name for table, _ in pairs) or None)
    for table, resource in pairs:
        if schema := kept_by(resource):
            known.schemas[table.name] = schema
        known.columns[table.name] = {
            entry["id"]: {
                "title": (entry.get("info") or {}).get("label") or "",
                "description": (entry.get("info") or {}).get("notes") or "",
            }
            for entry in _fields(resource)
        }
    return known


def original_of(dataset: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return the original file of this name that a dataset has."""
    return earlier(dataset, name, "")


def recipes_of(dataset: dict[str, Any], name: str) -> tuple[Recipes, bool]:
    """Return how the tables of a file of this name were read the last time.

    Returns:
        The recipes, and whether one is there that cannot be followed.

    """
    found: Recipes = {}
    wrong = False
    for resource in dataset.get("resources", ()):
        written = resource.get("source_recipe")
        if resource.get("source_file") != name or not written:
            continue
        try:
            recipe = for_next(json.loads(written[:LONGEST_RECIPE]))
            read_recipe(recipe)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning("The recipe of %s is not followed: %s", resource["id"], error)
            wrong = True
        else:
            found[resource.get("source_table") or ""] = recipe
    return found, wrong


def with_types(
    dataset: dict[str, Any], name: str, reading: FileReading, recipes: Recipes
) -> Recipes:
    """Return recipes by which columns keep the types that their earlier versions have.

    Args:
        dataset: what the file goes into.
        name: of the file.
        reading: the file as it was read by the recipes.
        recipes: those; a type that they name stays.

    """
    found = dict(recipes)
    for table, resource in _tables(dataset, name, reading):
        recipe = found.get(table.name, {})
        texts = {column.name for column in table.columns if column.type == "string"}
        texts -= {name for name, told in recipe.get("columns", {}).items() if told.get("type")}
        typed = {entry["id"]: _TYPES.get(entry["type"]) for entry in _fields(resource)}
        columns = {name: {"type": typed[name]} for name in sorted(texts) if typed.get(name)}
        if columns:
            found[table.name] = merged(recipe, {"columns": columns})
    return found


def _tables(
    dataset: dict[str, Any], name: str, reading: FileReading
) -> list[tuple[TableReading, dict[str, Any]]]:
    """Return the tables of a file that have an earlier version, and its resource."""
    pairs = ((table, earlier(dataset, name, table.name)) for table in reading.tables)
    return [(table, resource) for table, resource in pairs if resource]


def _fields(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns that the table of a resource has in the DataStore."""
    if not resource.get("datastore_active"):
        return []
    found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
    fields: list[dict[str, Any]] = found["fields"]
    return fields
