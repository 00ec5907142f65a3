"""The table of a file that nobody looks at while it comes in: read, written and checked.

The chain is that of publishing. Where the page would ask, the answer is the one that changes no
value: a column with cells that are not of its type is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks.chain import Subject, Verdict, run_checks
from ckanext.mxcity.checks.descriptor import as_canonical, as_written, kept_by
from ckanext.mxcity.checks.table_schemas import (
    UnknownSchemaError,
    load_table_schema,
    matching_schema,
)
from ckanext.mxcity.files import (
    UNDECIDED,
    Column,
    FileReading,
    TableReading,
    describe,
    propose_schema,
)
from ckanext.mxcity.files import read_file as read
from ckanext.mxcity.files import write_table as write
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.interfaces import file_checks
from ckanext.mxcity.tables import closed_tables, described

#: What a person chose for a column in the data dictionary, as Table Schema calls it.
_CHOSEN = {"text": "string", "numeric": "number"}
WRONG = N_(
    "The table is not as its schema says: {errors} Correct the file, or publish it at /publicar, "
    "where wrong rows can be set aside."
)
AS_TEXT = N_("These columns have values that are not of their type, and stay text: {columns}.")
OTHER_TABLES = N_("Of the tables of the file the first is loaded; not these: {names}.")
#: Errors that are told of a table.
_TOLD = 3


class TableRefusedError(Exception):
    """A table that a check keeps out; its text says why."""


@dataclass(frozen=True)
class Taken:
    """A table that was written: its columns as ``TableStore.load`` takes them, and what to say."""

    fields: list[dict[str, Any]]
    said: list[str]


def take(path: Path, resource_id: str, target: Path) -> Taken:
    """Write the first table of a resource's file as the canonical CSV.

    Raises:
        FileRefused: the file cannot be taken.
        TableRefusedError: a check keeps the table out.
        ValidationError: a table of this kind comes in by publishing alone.

    """
    resource = tk.get_action("resource_show")({"ignore_auth": True}, {"id": resource_id})
    dataset = tk.get_action("package_show")({"ignore_auth": True}, {"id": resource["package_id"]})
    name = _name(resource)
    reading = read(path, name)
    table = reading.tables[0]
    closed_tables.refuse([column.name for column in table.columns])
    named = _schema(resource, table)
    there = _dictionary(resource_id)
    columns = as_written(table.columns, named) if named else _as_chosen(table.columns, there)

    def written(columns: tuple[Column, ...]) -> list[Verdict]:
        write(path, name, table.name, target, columns=columns, proof=table.proof)
        proposed = propose_schema(replace(table, columns=columns))
        schema = as_canonical(named) if named else proposed
        subject = Subject(target, table, schema, dataset, path, name)
        found = run_checks(subject, file_checks())
        return [verdict for verdict in found if verdict.blocking]

    verdicts = written(columns)
    as_text: list[str] = []
    if verdicts and not named and all(verdict.rows_only for verdict in verdicts):
        as_text = sorted({name for verdict in verdicts for name in _wrong_columns(verdict)})
        columns = tuple(
            _as_text(column) if column.name in as_text else column for column in columns
        )
        verdicts = written(columns)
    if verdicts:
        raise TableRefusedError(said(WRONG, {"errors": _errors(verdicts)}, "es"))
    told = {} if named else described.descriptions(dataset, [column.name for column in columns])
    return Taken(_fields(columns, named, told, there), _account(reading, table, as_text))


def _name(resource: Mapping[str, Any]) -> str:
    """Return what a file was called by who uploaded it; nothing of one that is elsewhere.

    An address says less than the content of what it leads to.
    """
    if resource.get("url_type") != "upload":
        return ""
    return PurePath(unquote(urlsplit(resource["url"]).path)).name


def _schema(resource: Mapping[str, Any], table: TableReading) -> dict[str, Any] | None:
    """Return what a table is checked against: what its file keeps, or the schema of its columns."""
    kept = kept_by(resource)
    if isinstance(kept, dict):
        return kept
    name = kept or matching_schema(column.name for column in table.columns)
    try:
        return load_table_schema(name) if name else None
    except UnknownSchemaError:
        return None


def _dictionary(resource_id: str) -> dict[str, dict[str, Any]]:
    """Return what the data dictionary of the table that is there says of each column."""
    try:
        found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    except tk.ObjectNotFound:
        return {}
    return {field["id"]: field.get("info") or {} for field in found["fields"]}


def _as_chosen(
    columns: tuple[Column, ...], there: Mapping[str, Mapping[str, Any]]
) -> tuple[Column, ...]:
    """Return the columns with the types that a person chose in the data dictionary."""
    found = []
    for column in columns:
        chosen = _CHOSEN.get(there.get(column.name, {}).get("type_override", ""), column.type)
        same = column.type == chosen or (column.type, chosen) == ("integer", "number")
        found.append(column if same else replace(column, type=chosen, format=UNDECIDED))
    return tuple(found)


def _wrong_columns(verdict: Verdict) -> set[str]:
    return set(verdict.report.counts) if verdict.report else set()


def _as_text(column: Column) -> Column:
    """Return a column whose values are as they are written; keys keep the zeros they got back."""
    form = column.format if column.type == "string" else ""
    return replace(column, type="string", format=form, role=None)


def _errors(verdicts: list[Verdict]) -> str:
    """Return the first things that are wrong, a sentence each."""
    found = [finding.message for verdict in verdicts for finding in verdict.findings]
    for verdict in verdicts:
        for error in verdict.report.errors if verdict.report else ():
            place = f"{error.row}:{error.column}" if error.row else error.column
            found.append(f"{place}: {error.said('es')}")
    return " ".join(found[:_TOLD])


def _fields(
    columns: tuple[Column, ...],
    schema: Mapping[str, Any] | None,
    told: Mapping[str, Mapping[str, str]],
    there: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return the data dictionary: what people wrote in it goes before what files say.

    Args:
        columns: those of the table.
        schema: what the table is checked against.
        told: what a schema beside the file says of columns, by name.
        there: what the dictionary says already.

    """
    official = {field["name"]: field for field in schema["fields"]} if schema else {}
    found = []
    for column in columns:
        field = official.get(column.name, {})
        label = field.get("title") or column.title
        notes = field.get("description") or describe(column)
        written = {key: value for key, value in there.get(column.name, {}).items() if value}
        info = {"label": label, "notes": notes, **told.get(column.name, {}), **written}
        kind = field.get("type") or column.type
        found.append({"id": column.name, "type": kind, "info": info})
    return found


def _account(reading: FileReading, table: TableReading, as_text: list[str]) -> list[str]:
    """Return what was noticed of the file, a sentence each."""
    notes = [*reading.notes, *table.notes]
    notes += [note for column in table.columns for note in column.notes]
    found = [text(note.code, note.params) for note in notes]
    if as_text:
        found.append(said(AS_TEXT, {"columns": ", ".join(as_text)}, "es"))
    if names := [other.name for other in reading.tables[1:]]:
        found.append(said(OTHER_TABLES, {"names": ", ".join(names)}, "es"))
    return found
