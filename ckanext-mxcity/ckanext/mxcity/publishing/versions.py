"""The earlier version of a file in a dataset, and what a steward wrote of its columns.

A column that held figures or days and now reads as text has wrong cells: it keeps its type, so that
the check names them instead of making the column text for everybody who uses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.files import FileReading, TableReading

#: From the types of the DataStore to those of Table Schema.
_TYPES = {"numeric": "number", "bool": "boolean", "date": "date", "timestamp": "datetime"}


@dataclass(frozen=True)
class Known:
    """What the earlier versions of the tables of a file say."""

    #: By table and column: its title, its description and, where words came in, its type.
    columns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    #: By table: what it was checked against, a name or a Table Schema.
    schemas: dict[str, str | dict[str, Any]] = field(default_factory=dict)


def earlier(dataset: dict[str, Any], name: str, table: str) -> dict[str, Any] | None:
    """Return the file of a dataset that was made from a table of a file of this name."""
    for resource in dataset.get("resources", ()):
        made_from = (resource.get("source_file") or "", resource.get("source_table") or "")
        if made_from == (name, table):
            found: dict[str, Any] = resource
            return found
    return None


def known_of(dataset: dict[str, Any], name: str, reading: FileReading) -> Known:
    """Return what the earlier versions say of the tables of a file, for the new ones to keep."""
    known = Known()
    for table in reading.tables:
        resource = earlier(dataset, name, table.name)
        if resource is None:
            continue
        if schema := kept_by(resource):
            known.schemas[table.name] = schema
        if resource.get("datastore_active"):
            known.columns[table.name] = _dictionary(resource["id"], table)
    return known


def _dictionary(resource_id: str, table: TableReading) -> dict[str, dict[str, str]]:
    found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    texts = {column.name for column in table.columns if column.type == "string"}
    return {
        entry["id"]: {
            "title": (entry.get("info") or {}).get("label") or "",
            "description": (entry.get("info") or {}).get("notes") or "",
            "type": _TYPES.get(entry["type"], "") if entry["id"] in texts else "",
        }
        for entry in found["fields"]
    }
