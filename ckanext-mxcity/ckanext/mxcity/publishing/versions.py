"""The earlier version of a file in a dataset, and what a steward wrote of its columns."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.files import FileReading

#: By table and column: its title and description.
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
        known[table.name] = {
            field["id"]: {
                "title": (field.get("info") or {}).get("label") or "",
                "description": (field.get("info") or {}).get("notes") or "",
            }
            for field in fields["fields"]
        }
    return known
