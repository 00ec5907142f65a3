"""CKAN's own dump of a table, from one statement and as a whole file.

The address, what it may be asked and the four forms stay CKAN's; only how the rows are read is
other than there, where each page sorts the table anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
from flask import request

from ckanext.mxcity.tables.downloads import cursor, refusals, spool
from ckanext.mxcity.tables.downloads.neutral import neutral

_PART = 1 << 16


def install() -> None:
    """Let CKAN's page of dumps read with us."""
    from ckanext.datastore import blueprint

    blueprint.dump_to = dump_to


def dump_to(
    resource_id: str,
    fmt: str,
    offset: int,
    limit: int | None,
    options: dict[str, Any],
    sort: str,
    search_params: dict[str, Any],
    user: str,
) -> Iterator[bytes]:
    """Yield the bytes of a table in a form of CKAN's: csv, tsv, json or xml.

    The whole is made before the first byte; where it cannot be, the request is answered 400, 404
    or 503. Permission is asked for by the action that tells the columns.
    """
    for_sheets = fmt in ("csv", "tsv") and tk.asbool(request.args.get("spreadsheet"))
    asked = {**search_params, "sort": sort, "offset": offset, "limit": limit}
    question = cursor.Question(resource_id, asked, for_sheets)
    try:
        described = {**search_params, "resource_id": resource_id, "limit": 0}
        fields = tk.get_action("datastore_search")(
            {"user": user}, {**described, "include_total": False}
        )["fields"]
        with spool.spooled() as file:
            _write(fmt, fields, question, bool(options.get("bom")), file)
    except (tk.ValidationError, psycopg2.DataError, psycopg2.ProgrammingError) as error:
        filters = search_params.get("filters")
        tk.abort(400, refusals.refused(error, filters if isinstance(filters, dict) else {}))
    except spool.TooMuchError as error:
        refusals.too_much(error)
    return _sent(file)


def _write(
    form: str, fields: list[dict[str, Any]], question: cursor.Question, bom: bool, file: spool.Spool
) -> None:
    from ckanext.datastore import writer

    factory = getattr(writer, f"{form}_writer")
    if form in {"csv", "tsv"}:
        if question.for_sheets:
            fields = [{**field, "id": neutral(field["id"])} for field in fields]
        with factory(fields, bom=bom) as head:
            file.write(head.write_records(""))
        cursor.copy(question, form, file)
        return
    names = [field["id"] for field in fields]
    with factory(fields, bom=bom) as made:
        for batch in cursor.rows(question, file.bounds):
            records = [dict(zip(names, row, strict=True)) for row in batch]
            file.write(made.write_records(batch if form == "json" else records))
        file.write(made.write_records([]) + made.end_file())


def _sent(file: spool.Spool) -> Iterator[bytes]:
    with file.file as whole:
        whole.seek(0)
        while part := whole.read(_PART):
            yield part
