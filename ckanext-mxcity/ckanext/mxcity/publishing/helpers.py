"""Template helpers of publishing."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.authz import has_user_permission_for_some_org

from ckanext.mxcity.checks import messages as check_messages
from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.files import ASKED_NOTES, ENCODINGS
from ckanext.mxcity.files.delimiters import DELIMITERS, NAMES
from ckanext.mxcity.publishing import corrections
from ckanext.mxcity.publishing.user_messages import note_sentence, progress_sentence


def mxcity_may_publish() -> bool:
    """Return whether the person on the page may send files to publish."""
    user = tk.current_user
    return bool(
        user.is_authenticated and has_user_permission_for_some_org(user.name, "create_dataset")
    )


def mxcity_upload_progress(upload: dict[str, Any]) -> str:
    """Return a sentence on the work with a file; empty where no work is left."""
    return progress_sentence(upload["progress"], upload["state"]) if upload["progress"] else ""


def mxcity_file_note(note: dict[str, Any]) -> str:
    """Return a note on a file in the language of the page."""
    return note_sentence(note["code"], note["params"])


def mxcity_cell_error(error: dict[str, Any]) -> str:
    """Return the error of a cell in the language of the page."""
    params = {**error["params"], "value": error["value"], "column": error["column"]}
    return check_messages.text(error["code"], params, current_language())


def mxcity_table_schema_of(resource: dict[str, Any]) -> dict[str, str] | None:
    """Return the ``title`` of the table schema of a file, and its ``name`` in addresses."""
    schema = kept_by(resource)
    if isinstance(schema, dict):
        return {"name": resource["id"], "title": schema.get("title") or tk._("of its own")}
    if schema not in list_table_schemas():
        return None
    return {"name": schema, "title": load_table_schema(schema).get("title", schema)}


def mxcity_column_types() -> list[tuple[str, str]]:
    """Return the types that a column may have, each with its name on the page."""
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


def mxcity_column_readings(column: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return how a column can be read: what the form sends, its name, and whether it is so."""
    now = corrections.way_of(column["type"], column["format"])
    known = corrections.READINGS
    own = [] if now in known else [(now, tk._(corrections.KEYS), True)]
    return [*own, *((way, tk._(text), way == now) for way, text in known.items())]


def mxcity_delimiters() -> dict[str, str]:
    """Return the signs that may divide columns, each with its name."""
    return {mark: NAMES.get(mark, mark) for mark in DELIMITERS}


def mxcity_encodings(taken: str) -> list[str]:
    """Return the encodings that a file can be read in, the one that was taken among them."""
    return list(dict.fromkeys([*ENCODINGS, *([taken] if taken else [])]))


def mxcity_asked_notes() -> tuple[str, ...]:
    """Return the codes of notes that tell of what a question asks."""
    return ASKED_NOTES


def mxcity_row_ranges(rows: list[list[int]]) -> str:
    """Return rows as the form takes them: "5, 9-12"."""
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in rows)


def mxcity_column_type(kind: str | None) -> str:
    """Return the name on the page of a type of Table Schema."""
    names = {**dict(mxcity_column_types()), "year": tk._("Year"), "yearmonth": tk._("Month")}
    return names.get(kind or "string", kind or "")


def mxcity_column_roles() -> list[tuple[str, str]]:
    """Return the roles that a column may have, each with its name on the page."""
    return [
        ("", tk._("Nothing special")),
        ("area", tk._("INEGI area code")),
        ("period", tk._("Period")),
        ("latitude", tk._("Latitude")),
        ("longitude", tk._("Longitude")),
        ("geometry", tk._("Shape on the map")),
    ]
