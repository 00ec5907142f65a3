"""The decisions of a clerk on a file: its tables, their columns, and the rows with errors.

The shape that the action ``mxcity_publish`` takes and a draft keeps::

    {"tables": [{"name": "Hoja1", "publish": true, "schema": "reportes-alumbrado",
                 "columns": [{"name": "folio", "title": "Folio", "type": "string",
                              "description": "…", "role": null}]}],
     "set_aside": false, "keep_original": true}

``schema`` is the name of a table schema of the portal, or a Table Schema. What a decision does not
name stays as the portal proposed it. The type of a column is the one that was read: another is a
recipe, by which the file is read again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ckanext.mxcity.checks.descriptor import as_canonical, as_written, read_descriptor
from ckanext.mxcity.checks.table_schemas import (
    UnknownSchemaError,
    list_table_schemas,
    load_table_schema,
    matching_schema,
)
from ckanext.mxcity.files import (
    TYPES,
    Column,
    FileReading,
    RecipeError,
    TableReading,
    describe,
    propose_schema,
    read_recipe,
)
from ckanext.mxcity.publishing.versions import Known

ROLES = ("area", "period", "latitude", "longitude", "geometry")
#: What is decided of an upload.
NAMES = ("tables", "set_aside", "keep_original")
#: Formats of files of which a table says less than the file.
RICHER = frozenset({"xlsx", "xls", "ods", "geojson", "gpkg", "shp", "kml", "parquet", "json"})
#: What a clerk writes of a column.
WRITTEN = ("title", "description", "role")


class ChoiceError(Exception):
    """A decision that cannot be followed: ``field`` and ``code``, with the ``value`` given."""

    def __init__(self, field: str, code: str, value: str) -> None:
        super().__init__(f"{field}: {code}: {value}")
        self.field, self.code, self.value = field, code, value


def proposed(reading: FileReading, known: Known | None = None) -> dict[str, Any]:
    """Return the decisions that the portal proposes: every table, with the columns that were read.

    Args:
        reading: the file as it was read.
        known: what an earlier version of the file says of its columns and schemas.

    """
    known = known or Known()
    tables: list[dict[str, Any]] = [
        {
            "name": table.name,
            "publish": known.tables is None or table.name in known.tables,
            "schema": known.schemas.get(table.name) or _matching(table) or "",
            "columns": [
                {
                    "name": c.name,
                    "title": c.title,
                    "type": c.type,
                    "description": describe(c),
                    "role": c.role,
                }
                for c in table.taken
            ],
        }
        for table in reading.tables
    ]
    for table in tables:
        for column in table["columns"]:
            said = known.columns.get(table["name"], {}).get(column["name"], {})
            column.update({key: value for key, value in said.items() if value})
    keep = reading.format in RICHER and may_keep(reading, tables)
    return {"tables": tables, "set_aside": False, "keep_original": keep}


def may_keep(reading: FileReading, tables: list[dict[str, Any]]) -> bool:
    """Return whether the original may be published: nothing of it was left out or not read.

    Args:
        reading: the file as it was read.
        tables: what is decided of each of its tables.

    """
    whole = all(len(table.taken) == len(table.columns) for table in reading.tables)
    return whole and not reading.carries_more and all(table["publish"] for table in tables)


def recipes(told: Any, reading: FileReading) -> dict[str, dict[str, Any]]:
    """Return recipes by the names of their tables, as a person or a program tells them.

    Raises:
        ChoiceError: a part of one is unknown, or the file has no such table.

    """
    if not isinstance(told, dict) or not all(isinstance(one, dict) for one in told.values()):
        raise ChoiceError("recipes", "unknown-recipe", str(told)[:60])
    tables = {table.name for table in reading.tables}
    for name, recipe in told.items():
        if name not in tables:
            raise ChoiceError("recipes", "unknown-table", name)
        try:
            read_recipe(recipe)
        except RecipeError as error:
            raise ChoiceError(
                f"recipes/{error.part}", "unknown-recipe", str(error.value)
            ) from error
    return {name: recipe for name, recipe in told.items() if recipe}


def require_shape(told: dict[str, Any]) -> None:
    """Raise an error unless what is told of a dataset and its tables has the shape of ``decided``.

    Raises:
        ChoiceError: a part of it has another.

    """
    if not isinstance(told.get("dataset") or {}, dict):
        raise ChoiceError("dataset", "no-object", str(told["dataset"])[:60])
    tables = told.get("tables") or []
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ChoiceError("tables", "no-objects", str(tables)[:60])
    for table in tables:
        columns = table.get("columns") or []
        if not isinstance(columns, list) or not all(isinstance(one, dict) for one in columns):
            raise ChoiceError("columns", "no-objects", str(columns)[:60])


def carried(
    reading: FileReading, told: dict[str, Any], known: Known | None = None
) -> dict[str, Any]:
    """Return the proposed decisions, changed by those of a clerk as far as they fit the reading.

    They may be of an earlier reading, whose columns had other names and types.
    """
    start = proposed(reading, known)
    told_tables = {table.get("name"): table for table in told.get("tables") or ()}
    for table in start["tables"]:
        mine = told_tables.get(table["name"], {})
        table.update({key: mine[key] for key in ("publish", "schema") if key in mine})
        written = {column.get("name"): column for column in mine.get("columns") or ()}
        for column in table["columns"]:
            said = written.get(column["name"], {})
            column.update({key: said[key] for key in WRITTEN if said.get(key) is not None})
    start["set_aside"] = bool(told.get("set_aside", start["set_aside"]))
    start["keep_original"] = may_keep(reading, start["tables"]) and bool(
        told.get("keep_original", start["keep_original"])
    )
    return start


def decided(
    reading: FileReading, told: dict[str, Any], known: Known | None = None
) -> dict[str, Any]:
    """Return the proposed decisions, changed by those of a clerk.

    Args:
        reading: the file as it was read.
        told: the decisions of the clerk.
        known: what an earlier version of the file says of its columns and schemas.

    Raises:
        ChoiceError: a decision names what is not there, or cannot be followed.
        DescriptorError: a Table Schema cannot be followed.

    """
    start = proposed(reading, known)
    by_name = {table["name"]: table for table in start["tables"]}
    for table in told.get("tables") or ():
        mine = by_name.get(str(table.get("name")))
        if mine is None:
            raise ChoiceError("tables", "unknown-table", str(table.get("name")))
        mine["publish"] = bool(table.get("publish", True))
        mine["schema"] = _told_schema(table.get("schema", mine["schema"]))
        _columns(mine, table.get("columns") or ())
    for name in ("set_aside", "keep_original"):
        if name in told:
            start[name] = bool(told[name])
    if start["keep_original"] and not may_keep(reading, start["tables"]):
        if told.get("keep_original"):
            raise ChoiceError("keep_original", "carries-more", "")
        start["keep_original"] = False
    if not any(table["publish"] for table in start["tables"]):
        raise ChoiceError("tables", "no-table", "")
    for table, found in zip(start["tables"], reading.tables, strict=True):
        if table["publish"] and not (found.row_count and found.taken):
            raise ChoiceError("tables", "all-left-out", found.name)
    return start


def _told_schema(value: Any) -> str | dict[str, Any]:
    """Return the schema to check a table against: a name, a Table Schema, or an empty text.

    Raises:
        ChoiceError: the portal has no schema of this name.
        DescriptorError: the Table Schema cannot be followed.

    """
    if isinstance(value, dict) or str(value or "").lstrip().startswith("{"):
        return read_descriptor(value)
    name = str(value or "")
    if name and name not in list_table_schemas():
        raise ChoiceError("schema", "unknown-schema", name)
    return name


def _columns(table: dict[str, Any], told: Any) -> None:
    by_name = {column["name"]: column for column in table["columns"]}
    for column in told:
        mine = by_name.get(str(column.get("name")))
        if mine is None:
            raise ChoiceError("columns", "unknown-column", str(column.get("name")))
        kind = column.get("type", mine["type"])
        role = column.get("role", mine["role"]) or None
        if kind not in TYPES:
            raise ChoiceError(f"columns/{mine['name']}/type", "unknown-type", str(kind))
        if role is not None and role not in ROLES:
            raise ChoiceError(f"columns/{mine['name']}/role", "unknown-role", str(role))
        if kind != mine["type"]:
            raise ChoiceError(f"columns/{mine['name']}/type", "type-not-read", mine["name"])
        mine["role"] = role
        for key in ("title", "description"):
            mine[key] = str(column.get(key, mine[key]) or "").strip()[:500]
        mine["title"] = mine["title"] or mine["name"]


def _matching(table: TableReading) -> str | None:
    return matching_schema(column.name for column in table.taken)


def corrected(table: TableReading, choice: dict[str, Any]) -> tuple[Column, ...]:
    """Return the columns of a table as the clerk corrected them, to be written."""
    told = {column["name"]: column for column in choice["columns"]}
    columns = tuple(
        column
        if column.left_out
        else replace(column, title=told[column.name]["title"], role=told[column.name]["role"])
        for column in table.columns
    )
    return as_written(columns, _named(choice["schema"])) if choice["schema"] else columns


def written_otherwise(
    reading: FileReading, before: dict[str, Any], after: dict[str, Any]
) -> list[str]:
    """Return the titles of columns that other schemas have written otherwise than was shown.

    Args:
        reading: the file as it was read.
        before: the decisions by which its first rows were shown.
        after: the decisions by which it is to be published.

    """
    found: list[str] = []
    for table, old, new in zip(reading.tables, before["tables"], after["tables"], strict=True):
        if new["publish"] and new["schema"] != old["schema"]:
            pairs = zip(corrected(table, old), corrected(table, new), strict=True)
            found += [
                two.title for one, two in pairs if (one.type, one.format) != (two.type, two.format)
            ]
    return found


def schema_of(table: TableReading, choice: dict[str, Any]) -> dict[str, Any]:
    """Return the Table Schema to check a table against: the chosen one, or one of its columns."""
    if choice["schema"]:
        return as_canonical(_named(choice["schema"]))
    return propose_schema(replace(table, columns=corrected(table, choice)))


def _named(schema: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema, dict):
        return schema
    try:
        return load_table_schema(schema)
    except UnknownSchemaError as unknown:
        raise ChoiceError("schema", "unknown-schema", unknown.name) from unknown


def dictionary(table: TableReading, choice: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the data dictionary of a table: id, title, type and description of each column."""
    schema = {field["name"]: field for field in schema_of(table, choice)["fields"]}
    entries = []
    for column in choice["columns"]:
        official = schema.get(column["name"], {}) if choice["schema"] else {}
        entries.append(
            {
                "id": column["name"],
                "title": official.get("title") or column["title"],
                "type": official.get("type") or column["type"],
                "description": column["description"] or official.get("description") or "",
            }
        )
    return entries
