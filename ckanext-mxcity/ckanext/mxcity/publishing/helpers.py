"""What the templates of publishing ask."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.authz import has_user_permission_for_some_org

from ckanext.mxcity.checks import messages as check_messages
from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.files import messages
from ckanext.mxcity.publishing.sentences import language, progress_sentence
from ckanext.mxcity.table_schemas import list_table_schemas, load_table_schema


def mxcity_may_publish() -> bool:
    """Whether the reader may send files to publish."""
    user = tk.current_user
    return bool(
        user.is_authenticated and has_user_permission_for_some_org(user.name, "create_dataset")
    )


def mxcity_upload_progress(upload: dict[str, Any]) -> str:
    """Return what becomes of a file that a worker has, or is to have."""
    return progress_sentence(upload["progress"], upload["state"]) if upload["progress"] else ""


def mxcity_file_note(note: dict[str, Any]) -> str:
    """Return what was noticed of a file, in the reader's language."""
    return messages.text(note["code"], note["params"], language())


def mxcity_cell_error(error: dict[str, Any]) -> str:
    """Return what is wrong with a cell, in the reader's language."""
    params = {**error["params"], "value": error["value"], "column": error["column"]}
    return check_messages.text(error["code"], params, language())


def mxcity_table_schema_of(resource: dict[str, Any]) -> dict[str, str] | None:
    """Return the ``title`` of what a file is checked against and its ``name`` in addresses."""
    schema = kept_by(resource)
    if isinstance(schema, dict):
        return {"name": resource["id"], "title": schema.get("title") or tk._("of its own")}
    if schema not in list_table_schemas():
        return None
    return {"name": schema, "title": load_table_schema(schema).get("title", schema)}


def mxcity_column_types() -> list[tuple[str, str]]:
    """Return the types of columns, each with its name."""
    return [
        ("string", tk._("Text")),
        ("integer", tk._("Whole number")),
        ("number", tk._("Number with decimals")),
        ("boolean", tk._("Yes or no")),
        ("date", tk._("Day")),
        ("datetime", tk._("Day and time")),
        ("time", tk._("Time of day")),
        ("geojson", tk._("Shape on the map")),
    ]


def mxcity_column_type(kind: str | None) -> str:
    """Return the name of a type of Table Schema; one that no column is given has its own."""
    names = {**dict(mxcity_column_types()), "year": tk._("Year"), "yearmonth": tk._("Month")}
    return names.get(kind or "string", kind or "")


def mxcity_column_roles() -> list[tuple[str, str]]:
    """Return what a column may mean to other tables and to the map, each with its name."""
    return [
        ("", tk._("Nothing special")),
        ("area", tk._("INEGI area code")),
        ("period", tk._("Period")),
        ("latitude", tk._("Latitude")),
        ("longitude", tk._("Longitude")),
        ("geometry", tk._("Shape on the map")),
    ]
