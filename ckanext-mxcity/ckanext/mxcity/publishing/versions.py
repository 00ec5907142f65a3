"""The earlier version of a file in a dataset: how it was read, and the dictionary of its table.

A column that held figures or days and now reads as text has wrong cells: it keeps its type, so that
the check names them instead of making the column text for everybody who uses it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.files import FileReading, TableReading, merged
from ckanext.mxcity.publishing.again import Kept, Recipes, read_kept

log = logging.getLogger(__name__)
#: From the types of the DataStore to those of Table Schema.
_TYPES = {
    "numeric": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "timestamptz": "datetime",
}
#: Stands for the original file among the tables of a file.
ORIGINAL = ""


@dataclass(frozen=True)
class Known:
    """The columns and schemas of the earlier versions of the tables of a file."""

    #: By table and column: its title and its description.
    columns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    #: By table: what it was checked against, a name or a Table Schema.
    schemas: dict[str, str | dict[str, Any]] = field(default_factory=dict)
    #: The tables that are published; None without an earlier version.
    tables: frozenset[str] | None = None


@dataclass(frozen=True)
class Place:
    """Where the tables of a file go in a dataset: each in the place of its earlier version."""

    dataset: dict[str, Any]
    #: Of the file.
    name: str
    #: By table, the ids of the files that a person chose to replace; without it those that were
    #: made from a file of the same name.
    chosen: dict[str, str] = field(default_factory=dict)

    def earlier(self, table: str) -> dict[str, Any] | None:
        """Return the file of the dataset that a table takes the place of."""
        found = file_of(self.dataset, self.chosen.get(table, ""))
        return found or earlier(self.dataset, self.name, table)

    @property
    def original(self) -> dict[str, Any] | None:
        """The original file of before."""
        return self.earlier(ORIGINAL)


def file_of(dataset: dict[str, Any], resource_id: str) -> dict[str, Any] | None:
    """Return the file of a dataset by its id."""
    found = (r for r in dataset.get("resources", ()) if resource_id and r["id"] == resource_id)
    return next(found, None)


def earlier(dataset: dict[str, Any], name: str, table: str) -> dict[str, Any] | None:
    """Return the file of a dataset that was made from a table of a file of this name."""
    for resource in dataset.get("resources", ()):
        made_from = (resource.get("source_file") or "", resource.get("source_table") or "")
        if made_from == (name, table):
            found: dict[str, Any] = resource
            return found
    return None


def files_of(dataset: dict[str, Any]) -> dict[str, str]:
    """Return the files of a dataset that a new version may replace: an id of each, and its name.

    The tables of a workbook came as one file.
    """
    found: dict[str, str] = {}
    for resource in dataset.get("resources", ()):
        name = resource.get("source_file") or ""
        if resource.get("url_type") == "upload" and (resource.get("source_table") or not name):
            found.setdefault(name or resource["id"], resource["id"])
    names = {resource["id"]: resource for resource in dataset.get("resources", ())}
    return {made: _called(names[made]) for made in found.values()}


def _called(resource: dict[str, Any]) -> str:
    """Return how a person knows a file: its name, and what it was sent as."""
    name, sent = resource.get("name") or "", resource.get("source_file") or ""
    return f"{name} ({sent})" if name and sent and sent != name else name or sent or resource["id"]


def chosen_places(
    dataset: dict[str, Any], resource_id: str, reading: FileReading
) -> dict[str, str]:
    """Return which files of a dataset the tables of a file take the place of.

    Args:
        dataset: what the file goes into.
        resource_id: a file of the dataset; those that came as one file with it are replaced too.
        reading: the new file, as it was read.

    """
    chosen = file_of(dataset, resource_id)
    if chosen is None:
        return {}
    name = chosen.get("source_file")
    group = [r for r in dataset["resources"] if name and r.get("source_file") == name] or [chosen]
    # What did not come by this way names no table.
    before = {(r.get("source_table") or "") if name else "*": r["id"] for r in group}
    tables = {table: made for table, made in before.items() if table != ORIGINAL}
    found = {table.name: tables[table.name] for table in reading.tables if table.name in tables}
    if not found and len(tables) == len(reading.tables) == 1:
        found = {reading.tables[0].name: next(iter(tables.values()))}
    return found | ({ORIGINAL: before[ORIGINAL]} if ORIGINAL in before else {})


def known_of(place: Place, reading: FileReading) -> Known:
    """Return the columns and schemas that the tables of a file have in the dataset now."""
    pairs = _tables(place, reading)
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


def recipes_of(place: Place, tables: Collection[str] = ()) -> tuple[Kept, bool]:
    """Return how the tables of a file were read the last time.

    Args:
        place: where the file goes.
        tables: those of the file, where a person chose what they replace.

    Returns:
        What is kept of each, and whether something is there that cannot be followed.

    """
    found: Kept = {}
    wrong = False
    for table, resource in _written_for(place, tables):
        try:
            kept = read_kept(resource["source_recipe"])
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning("The recipe of %s is not followed: %s", resource["id"], error)
            wrong = True
        else:
            found[table] = kept
    return found, wrong


def _written_for(place: Place, tables: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the files of before that say how they were read, by the table that replaces them."""
    if place.chosen:
        pairs = [(table, place.earlier(table)) for table in tables]
    else:
        files = place.dataset.get("resources", ())
        pairs = [
            (r.get("source_table") or "", r) for r in files if r.get("source_file") == place.name
        ]
    yield from ((table, found) for table, found in pairs if found and found.get("source_recipe"))


def with_types(place: Place, reading: FileReading, recipes: Recipes) -> Recipes:
    """Return recipes by which columns keep the types that their earlier versions have.

    Args:
        place: where the file goes.
        reading: the file as it was read by the recipes.
        recipes: those; a type that they name stays.

    """
    found = dict(recipes)
    for table, resource in _tables(place, reading):
        recipe = found.get(table.name, {})
        texts = {column.name for column in table.columns if column.type == "string"}
        texts -= {name for name, told in recipe.get("columns", {}).items() if told.get("type")}
        typed = {entry["id"]: _TYPES.get(entry["type"]) for entry in _fields(resource)}
        columns = {name: {"type": typed[name]} for name in sorted(texts) if typed.get(name)}
        if columns:
            found[table.name] = merged(recipe, {"columns": columns})
    return found


def _tables(place: Place, reading: FileReading) -> list[tuple[TableReading, dict[str, Any]]]:
    """Return the tables of a file that have an earlier version, and its resource."""
    pairs = ((table, place.earlier(table.name)) for table in reading.tables)
    return [(table, resource) for table, resource in pairs if resource]


def _fields(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns that the table of a resource has in the DataStore."""
    if not resource.get("datastore_active"):
        return []
    found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
    fields: list[dict[str, Any]] = found["fields"]
    return fields
