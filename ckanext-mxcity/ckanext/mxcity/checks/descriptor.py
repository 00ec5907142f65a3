"""A Table Schema that a person brings: what it says, or what of it cannot be followed.

Frictionless Table Schema (specs.frictionlessdata.io/table-schema), in JSON or YAML. Nothing that it
says is passed over in silence: what cannot be checked is named, so that nobody takes a table for
checked that is not. No CKAN import: a desk without a portal reads it in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
import yaml

from ckanext.mxcity.checks.rules import ORDERED
from ckanext.mxcity.files import Column
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.source import engine
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.ground.yaml import load_yaml

#: Bytes of a schema, and columns that it may have.
LONGEST, WIDEST = 512 * 1024, 2000
#: Types of columns that are checked.
TYPES = (
    *("string", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth"),
    *("geopoint", "geojson", "object", "array", "any"),
)
_FLAGS = ("required", "unique")
_LENGTHS = ("minLength", "maxLength")
_LIMITS = ("minimum", "maximum")
#: No cell has so many characters.
_TOO_LONG = 10**9
#: How a moment may end after its day, in a format.
_CLOCKS = ("T%H:%M:%S", " %H:%M:%S", "T%H:%M", " %H:%M")
_ANSWERS = {"true", "false", "1", "0", "si", "sí", "no", "verdadero", "falso"}
_KEPT = ("title", "description", "example", "mxcity:role", "mxcity:level", "mxcity:optional")
#: How values are written, which the canonical table is not concerned with.
_WRITTEN = ("format", "decimalChar", "groupChar", "bareNumber")

MESSAGES = {
    "not-a-schema": N_("It is not a Table Schema: an object with a list “fields” is expected."),
    "too-long": N_("It is too long: at most {limit} are taken."),
    "no-name": N_("The field {number} has no name."),
    "repeated": N_("The field “{name}” is there twice."),
    "type": N_("“{value}” of the field “{name}” is not a type that can be checked: {limit}."),
    "constraint": N_("“{key}: {value}” of the field “{name}” cannot be checked."),
    "written": N_("“{key}: {value}” of the field “{name}” is not a way to write that can be read."),
    "key": N_("The primary key names “{name}”, which is not one of the fields."),
    "part": N_("“{key}” cannot be checked: take it out of the schema."),
}


class DescriptorError(ValueError):
    """What of a schema cannot be followed."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(self.said())

    def said(self, lang: str = "es") -> str:
        """Return what is the matter, in Spanish or English."""
        return said(MESSAGES[self.code], self.params, lang)


def read_descriptor(told: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    """Return a Table Schema as the checks take it, its fields named as in a canonical table.

    DescriptorError for what is no schema, or says something that cannot be checked.
    """
    schema = dict(told) if isinstance(told, Mapping) else _parsed(told)
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        raise DescriptorError("not-a-schema")
    if len(fields) > WIDEST:
        raise DescriptorError("too-long", limit=WIDEST)
    if schema.get("foreignKeys"):
        raise DescriptorError("part", key="foreignKeys")
    names = _names(fields)
    with engine() as connection:
        found = [
            _field(field, name, connection)
            for field, name in zip(fields, names.values(), strict=True)
        ]
    missing = schema.get("missingValues", [""])
    if not isinstance(missing, list) or not all(isinstance(mark, str) for mark in missing):
        raise DescriptorError("part", key="missingValues")
    return {
        **{key: _text(schema[key]) for key in ("title", "description") if schema.get(key)},
        "fields": found,
        "primaryKey": _key(schema.get("primaryKey") or [], names),
        "missingValues": missing,
    }


def kept(schema: str | Mapping[str, Any]) -> str:
    """Return the text that a file keeps of its schema: a name, or a Table Schema as JSON."""
    return schema if isinstance(schema, str) else json.dumps(schema, ensure_ascii=False)


def kept_by(resource: Mapping[str, Any]) -> str | dict[str, Any]:
    """Return what a file is checked against: a name, a Table Schema, or nothing."""
    told = str(resource.get("table_schema") or "")
    return json.loads(told) if told.startswith("{") else told


def as_canonical(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema for a canonical table, in which all values are written in one way."""
    fields = [
        {key: value for key, value in field.items() if key not in _WRITTEN}
        for field in schema["fields"]
    ]
    return {**schema, "fields": fields}


def as_written(columns: tuple[Column, ...], schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of a file with what a schema says of how their values are written."""
    told = {field["name"]: field for field in schema["fields"]}
    marks = tuple(mark for mark in schema.get("missingValues", ()) if mark)
    return tuple(
        _as_written(column, told[column.name], marks) if column.name in told else column
        for column in columns
    )


def _as_written(column: Column, field: Mapping[str, Any], marks: tuple[str, ...]) -> Column:
    kind, form = field.get("type", "string"), str(field.get("format", ""))
    column = replace(column, absent=marks)
    if kind == "string" and column.type != "string":
        return replace(column, type=kind, format="")
    if kind in ("date", "datetime") and form.startswith("%"):
        return replace(column, type=kind, format=_day_of(form, kind) or form)
    if kind == "number" and field.get("decimalChar") == ",":
        return replace(column, type=kind, format="decimal-comma")
    return column


def _parsed(text: str | bytes) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise DescriptorError("too-long", limit=f"{LONGEST // 1024} kB")
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        # YAML does not take every text that JSON does.
        as_json = plain.lstrip().startswith("{")
        found = json.loads(plain, parse_constant=str) if as_json else load_yaml(plain)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptorError("not-a-schema") from error
    if not isinstance(found, dict):
        raise DescriptorError("not-a-schema")
    return found


def _names(fields: list[Any]) -> dict[str, str]:
    """Return the name of each field in the canonical table, by the one that it was given."""
    given = []
    for number, field in enumerate(fields, start=1):
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise DescriptorError("no-name", number=number)
        if name in given:
            raise DescriptorError("repeated", name=name)
        given.append(name)
    return dict(zip(given, clean_names(given)[0], strict=True))


def _key(told: Any, names: Mapping[str, str]) -> list[str]:
    key = told if isinstance(told, list) else [told]
    for name in key:
        if not isinstance(name, str) or name not in names:
            raise DescriptorError("key", name=_text(name))
    return [names[name] for name in key]


def _field(
    told: Mapping[str, Any], name: str, connection: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    kind = told.get("type", "string")
    if kind not in TYPES:
        raise DescriptorError("type", value=_text(kind), name=told["name"], limit=", ".join(TYPES))
    field = {"title": told["name"], **{key: _text(told[key]) for key in _KEPT if told.get(key)}}
    field |= {"name": name, "type": "string" if kind == "any" else kind}
    field |= _ways_to_write(told, kind, connection)
    constraints = told.get("constraints") or {}
    if not isinstance(constraints, dict):
        raise DescriptorError("part", key="constraints")
    for key, value in constraints.items():
        if not _can_be_checked(key, value, kind, connection):
            raise DescriptorError("constraint", key=key, value=_text(value), name=told["name"])
    if constraints:
        field["constraints"] = {key: _plain(value) for key, value in constraints.items()}
    return field


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: YAML makes days of texts."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int, float)) else _text(value)


def _text(value: Any) -> Any:
    """Return a text as it is, and of what is no single value its kind only: it may be endless."""
    if isinstance(value, bool):
        return value
    return type(value).__name__ if isinstance(value, (dict, list)) else str(value)


def _ways_to_write(
    told: Mapping[str, Any], kind: str, connection: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    found = {key: told[key] for key in _WRITTEN if told.get(key) not in (None, "default", "any")}
    found = {key: _text(value) for key, value in found.items()}
    form = str(found.get("format", ""))
    wrong = None
    if form.startswith("%") and not (_day_of(form, kind) and _works(connection, "day", form)):
        wrong = "format"
    if form and kind in ("geopoint", "geojson"):
        wrong = "format"
    if found.get("decimalChar", ".") not in (".", ","):
        wrong = "decimalChar"
    for key in ("trueValues", "falseValues"):
        answers = told.get(key) or []
        if not (isinstance(answers, list) and {str(_text(a)).lower() for a in answers} <= _ANSWERS):
            wrong = key
    if wrong:
        raise DescriptorError("written", key=wrong, value=_text(told[wrong]), name=told["name"])
    return found


def _day_of(form: str, kind: str) -> str | None:
    """Return the part of a format that tells the day: what the canonical table wants to know."""
    if kind == "date":
        return form
    if kind == "datetime":
        ends = (form.removesuffix(clock) for clock in _CLOCKS if form.endswith(clock))
        # The reader writes the clock itself, after what stands between them.
        return next((day + form[len(day)] for day in ends), None)
    return None


def _can_be_checked(key: str, value: Any, kind: str, connection: duckdb.DuckDBPyConnection) -> bool:
    if key in _FLAGS:
        return isinstance(value, bool)
    if key in _LENGTHS:
        return type(value) is int and 0 <= value < _TOO_LONG
    if key in _LIMITS:
        return kind in ORDERED and _works(connection, ORDERED[kind], str(_text(value)))
    if key == "pattern":
        return isinstance(value, str) and _works(connection, "pattern", value)
    if key != "enum" or not isinstance(value, list) or not value:
        return False
    return not any(isinstance(item, (dict, list)) or item is None for item in value)


def _works(connection: duckdb.DuckDBPyConnection, kind: str, value: str) -> bool:
    """Return whether DuckDB, which does the check, understands a pattern, a format or a limit."""
    asked = {
        "pattern": "SELECT regexp_full_match('', ?) IS NOT NULL",
        "day": "SELECT try_strptime('', ?) IS NULL",
    }
    try:
        row = connection.execute(
            asked.get(kind, f"SELECT TRY_CAST(? AS {kind}) IS NOT NULL"), [value]
        ).fetchone()
    except duckdb.Error:
        return False
    return bool(row and row[0])
