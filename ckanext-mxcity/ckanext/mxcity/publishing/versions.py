"""The earlier version of a file in a dataset, and what a steward wrote of its columns.

A column that held figures or days and now reads as text has wrong cells: it keeps its type, so that
the check names them instead of making the column text for everybody who uses it.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.files import FileReading

#: From the types of the DataStore to those of Table Schema.
_TYPES = {"numeric": "number", "bool": "boolean", "date": "date", "timestamp": "datetime"}
#: By table and column: its title, its description and, where words came in, its type.
Dictionary = dict[str, dict[str, dict[str, str]]]


def earlier(dataset: dict[str, Any], name: str, table: str) -> dict[str, Any] | None:
    """Return the file of a dataset that was made from a table of a file of this name."""
    for resource in dataset.get("resources", ()):
        made_from = (resource.get("source_file") or "", resource.get("source_table") or "")
        if made_from == (name, table):
            found: dict[str, Any] = resource
            return found
    return None


def known_columns(dataset: dict[str, Any], name: str, reading: FileReading) -> Dictionary:
    """Return what the dictionaries of the earlier versions say, for the new one to keep."""
    known: Dictionary = {}
    for table in reading.tables:
        resource = earlier(dataset, name, table.name)
        if resource is None or not resource.get("datastore_active"):
            continue
        fields = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
        texts = {column.name for column in table.columns if column.type == "string"}
        known[table.name] = {
            field["id"]: {
                "title": (field.get("info") or {}).get("label") or "",
                "description": (field.get("info") or {}).get("notes") or "",
                "type": _TYPES.get(field["type"], "") if field["id"] in texts else "",
            }
            for field in fields["fields"]
        }
    return known
