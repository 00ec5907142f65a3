"""What a clerk decides on a file: which tables, what their columns are, what is done with errors.

The shape that the action ``mxcity_publish`` takes and a draft keeps::

    {"tables": [{"name": "Hoja1", "publish": true, "schema": "reportes-alumbrado",
                 "columns": [{"name": "folio", "title": "Folio", "type": "string",
                              "description": "…", "role": null}]}],
     "set_aside": false, "keep_original": true}

``schema`` is the name of one of the portal's, or a Table Schema. What is not said stays as it was
understood.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ckanext.mxcity.checks.descriptor import as_canonical, as_written, read_descriptor
from ckanext.mxcity.files import Column, FileReading, TableReading, propose_schema
from ckanext.mxcity.publishing.versions import Known
from ckanext.mxcity.table_schemas import UnknownSchemaError, list_table_schemas, load_table_schema

TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "time", "geojson")
ROLES = ("area", "period", "latitude", "longitude", "geometry")
#: Formats of files of which a table says less than the file.
RICHER = frozenset({"xlsx", "xls", "ods", "geojson", "gpkg", "shp", "kml", "parquet", "json"})


class ChoiceError(Exception):
    """A decision that cannot be followed: ``field`` and ``code``, with the ``value`` given."""

    def __init__(self, field: str, code: str, value: str) -> None:
        super().__init__(f"{field}: {code}: {value}")
        self.field, self.code, self.value = field, code, value


def proposed(reading: FileReading, known: Known | None = None) -> dict[str, Any]:
    """Return the decisions that a file suggests: every table, checked as it was understood.

    ``known`` is what an earlier version says of the columns, and what it was checked against.
    """
    known = known or Known()
    tables: list[dict[str, Any]] = [
        {
            "name": table.name,
            "publish": True,
            "schema": known.schemas.get(table.name) or matching_schema(table) or "",
            "columns": [
                {
                    "name": c.name,
                    "title": c.title,
                    "type": c.type,
                    "description": "",
                    "role": c.role,
                }
                for c in table.columns
            ],
        }
        for table in reading.tables
    ]
    for table in tables:
        for column in table["columns"]:
            said = known.columns.get(table["name"], {}).get(column["name"], {})
            column.update({key: value for key, value in said.items() if value})
    keep = reading.format in RICHER and not reading.carries_more
    return {"tables": tables, "set_aside": False, "keep_original": keep}


def decided(
    reading: FileReading, told: dict[str, Any], known: Known | None = None
) -> dict[str, Any]:
    """Return the proposal with what a clerk said in its place; ChoiceError for what cannot be."""
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
    if start["keep_original"] and reading.carries_more:
        raise ChoiceError("keep_original", "carries-more", "")
    if not any(table["publish"] for table in start["tables"]):
        raise ChoiceError("tables", "no-table", "")
    return start


def _told_schema(value: Any) -> str | dict[str, Any]:
    """Return what a table is to be checked against: a name that there is, a schema, or nothing.

    ChoiceError for another name; DescriptorError for a schema that cannot be followed.
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
        mine["type"], mine["role"] = kind, role
        for key in ("title", "description"):
            mine[key] = str(column.get(key, mine[key]) or "").strip()[:500]
        mine["title"] = mine["title"] or mine["name"]


def matching_schema(table: TableReading) -> str | None:
    """Return the name of the schema whose columns the table has, all of them and no other."""
    names = {column.name for column in table.columns}
    for schema in list_table_schemas():
        fields = load_table_schema(schema)["fields"]
        needed = {field["name"] for field in fields if not field.get("mxcity:optional")}
        if needed <= names <= {field["name"] for field in fields}:
            return schema
    return None


def corrected(table: TableReading, choice: dict[str, Any]) -> tuple[Column, ...]:
    """Return the columns of a table as the clerk corrected them, to be written."""
    told = {column["name"]: column for column in choice["columns"]}
    columns = tuple(
        replace(
            column,
            title=told[column.name]["title"],
            role=told[column.name]["role"],
            type=told[column.name]["type"],
            # How its values are written was proved for the type that it had.
            format=column.format if told[column.name]["type"] == column.type else "",
        )
        for column in table.columns
    )
    return as_written(columns, _named(choice["schema"])) if choice["schema"] else columns


def schema_of(table: TableReading, choice: dict[str, Any]) -> dict[str, Any]:
    """Return the Table Schema that a table has to obey: the one named, else its own columns'."""
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
