"""Tables in and out of a ministry's DataHub."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.logic.incoming import Incoming, Line, asset_keys
from ckanext.mxcity.datahub.logic.verbs import finish, organization_of
from ckanext.mxcity.datahub.model import MODELS
from ckanext.mxcity.datahub.tables.apart import read_table
from ckanext.mxcity.datahub.tables.columns import TABLES, Column, columns
from ckanext.mxcity.datahub.tables.reader import MAX_BYTES, Table, TableError
from ckanext.mxcity.datahub.tables.writer import as_csv, as_excel

FORMATS = ("csv", "xlsx")


def datahub_table_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring a table (CSV or Excel) into a ministry's DataHub, or only say what it would do.

    Editors and administrators of the ministry may call it. Nothing is written while a row is in
    error, unless ``skip_errors`` is given. The inventories that Mexican agencies file are read as
    they are.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id``; ``table``, one of inventory, plan, stakeholders, decisions;
            ``content`` (the file as base64) or ``upload`` (a file of a form); ``preview``, true to
            write nothing; ``skip_errors``, true to write the rows that are in order.

    Returns:
        ``counts`` (create, update, unchanged, error), ``written``, ``ignored_columns`` and
        ``rows``, each with ``row`` (its number in the file), ``title``, ``what``, ``errors`` by
        column and ``changes``.

    """
    tk.check_access("datahub_table_import", context, data_dict)
    organization_id = organization_of(data_dict)
    table = _read(_table_name(data_dict), _content(data_dict))
    incoming = Incoming(context, table, organization_id)
    counts = incoming.counts
    preview, skip = (_flag(data_dict, name) for name in ("preview", "skip_errors"))
    written = not preview and (skip or not counts["error"])
    answer = {
        "counts": counts,
        "written": written,
        "ignored_columns": list(table.ignored),
        "rows": [_told(line) for line in incoming.lines],
    }
    if written:
        incoming.write()
        finish(context)
    else:
        model.Session.rollback()
    return answer


@tk.side_effect_free
def datahub_table_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return a table of a ministry's DataHub as a file; bringing it in again changes nothing.

    Members of the ministry may call it:
    ``ckanapi action datahub_table_export organization_id=mty-siga table=inventory format=csv``.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id``; ``table``, one of inventory, plan, stakeholders, decisions;
            ``format``, csv or xlsx (csv if left out).

    Returns:
        ``filename``, ``mimetype``, ``rows`` and ``content``, the file as base64.

    """
    tk.check_access("datahub_table_export", context, data_dict)
    organization_id = organization_of(data_dict)
    name = _table_name(data_dict)
    form = str(data_dict.get("format") or "csv")
    if form not in FORMATS:
        message = tk._("“{value}” is not one of the values: {values}.")
        text = message.format(value=form, values="; ".join(FORMATS))
        raise tk.ValidationError({"format": [text]})
    lines = _stored_lines(name, organization_id)
    group: Any = model.Group.get(organization_id)
    content = (
        as_csv(columns(name), lines)
        if form == "csv"
        else as_excel(columns(name), lines, records.kind_of(TABLES[name][0]).plural())
    )
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {
        "filename": f"{group.name}-{name}.{form}",
        "mimetype": "text/csv; charset=utf-8" if form == "csv" else spreadsheet,
        "rows": len(lines),
        "content": base64.b64encode(content).decode("ascii"),
    }


def _stored_lines(name: str, organization_id: str) -> list[dict[Column, Any]]:
    """Return the rows of a table: one statement a kind."""
    parts = TABLES[name]
    keys = asset_keys(organization_id) if name in ("plan", "decisions") else {}
    stored: dict[str, list[Any]] = {}
    for kind in parts:
        table: Any = MODELS[kind]
        order = table.inv_id if kind == "asset" else table.created
        query = sa.select(table).where(table.organization_id == organization_id)
        stored[kind] = list(model.Session.scalars(query.order_by(order, table.id)))
    others = {kind: {record.asset_id: record for record in stored[kind]} for kind in parts[1:]}
    lines: list[dict[Column, Any]] = []
    for record in stored[parts[0]]:
        by_kind = {parts[0]: record, **{kind: others[kind].get(record.id) for kind in parts[1:]}}
        lines.append(
            {
                column: _value(column, by_kind[column.kind], keys)
                for column in columns(name)
                if by_kind[column.kind] is not None
            }
        )
    return lines


def _value(column: Column, record: Any, keys: dict[str, str]) -> Any:
    value = getattr(record, column.name)
    if column.name == "asset_id":
        return keys[value]
    if column.name == "assets":
        return [keys[asset_id] for asset_id in value if asset_id in keys]
    return value


def _told(line: Line) -> dict[str, Any]:
    changes = {}
    if line.what == "update":
        for part in line.parts:
            kind = records.kind_of(part.kind)
            for name, (before, after) in part.changes.items():
                changes[kind.by_name[name].label()] = {
                    "before": records.readable(kind, name, before),
                    "after": records.readable(kind, name, after),
                }
    told = {"row": line.row, "title": line.title, "what": line.what}
    return {**told, "errors": line.errors, "changes": changes}


def _table_name(data_dict: DataDict) -> str:
    name = str(data_dict.get("table") or "inventory")
    if name not in TABLES:
        message = tk._("“{value}” is not one of the values: {values}.")
        text = message.format(value=name, values="; ".join(TABLES))
        raise tk.ValidationError({"table": [text]})
    return name


def _content(data_dict: DataDict) -> bytes:
    upload = data_dict.get("upload")
    if upload is not None and hasattr(upload, "read"):
        return bytes(upload.read(MAX_BYTES + 1))
    try:
        content = base64.b64decode(str(data_dict.get("content") or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise tk.ValidationError({"content": [tk._("The file was expected as base64.")]}) from error
    if not content:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    return content


def _read(name: str, content: bytes) -> Table:
    try:
        return read_table(name, content)
    except TableError as error:
        sentences = {
            "too-large": tk._("The file is larger than {limit} MB; send it in parts."),
            "too-many-rows": tk._("The table has more than {limit} rows; send it in parts."),
            "not-a-table": tk._("The file is neither CSV nor an Excel workbook (.xlsx)."),
            "no-headings": tk._("No row has the headings of this table; expected: {wanted}…"),
            "unfinished": tk._("The file could not be read to its end. Save it again as CSV."),
            "broken": tk._("The table cannot be read from row {row} on."),
        }
        message = sentences[error.reason].format(**error.details)
        raise tk.ValidationError({"upload": [message]}) from error


def _flag(data_dict: DataDict, name: str) -> bool:
    return str(data_dict.get(name) or "").lower() in ("true", "1", "yes", "si", "on")
