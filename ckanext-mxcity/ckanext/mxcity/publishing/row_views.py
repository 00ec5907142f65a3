"""Pages and files of the rows of an upload: as they will be published, wrong, or set aside."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request, send_file
from markupsafe import Markup

from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.publishing import config, draft, previews, publication, rejected_rows
from ckanext.mxcity.publishing.access import upload_of
from ckanext.mxcity.publishing.helpers import mxcity_cell_error


def add_routes(blueprint: Blueprint) -> None:
    """Add the addresses of rows to those of publishing."""
    one = "/<upload_id>"
    blueprint.add_url_rule(f"{one}/tabla-<int:number>", "table_rows", table_rows)
    blueprint.add_url_rule(f"{one}/errores.csv", "errors_file", errors_file)
    blueprint.add_url_rule(f"{one}/filas-<int:number>.csv", "rows_file", rows_file)


def table_rows(upload_id: str, number: int) -> str:
    """Show rows of a table as they will be published: the first, the changed or the wrong ones."""
    shown = upload_of(upload_id)
    upload = config.store().get(tk.current_user.id, upload_id)
    if not shown["reading"]:
        tk.abort(404, tk._("There is no such table."))
    tables = draft.load(upload).file().tables
    if number >= len(tables):
        tk.abort(404, tk._("There is no such table."))
    table = tables[number]
    first = previews.rows_of(upload, number, table, shown["verdicts"])
    lists = {
        previews.FIRST: first,
        previews.CHANGED: [row for row in first if row.changed],
        previews.WRONG: previews.wrong_rows(table, shown["verdicts"]),
    }
    kind = request.args.get("ver", previews.FIRST)
    rows = lists.get(kind, first)
    pages = max(1, -(-len(rows) // previews.PAGE))
    page = min(max(whole_number(request.args.get("pagina", "1")) or 1, 1), pages)
    values = {
        "upload": shown,
        "table": table,
        "number": number,
        "count": len(tables),
        "kind": kind if kind in lists else previews.FIRST,
        "found": {name: len(of_kind) for name, of_kind in lists.items()},
        "rows": rows[(page - 1) * previews.PAGE : page * previews.PAGE],
        "page": page,
        "pages": pages,
        "looked_at": len(first),
    }
    return str(tk.render("mxcity_publishing/rows.html", values))


def errors_file(upload_id: str) -> Response:
    """Answer the cells that are wrong, with what would be right, as CSV."""
    shown = upload_of(upload_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            tk._("Table"),
            tk._("Row"),
            tk._("Column"),
            tk._("Value"),
            tk._("What is wrong"),
            tk._("What would be right"),
        ]
    )
    for verdict in shown["verdicts"]:
        for error in (verdict["report"] or {}).get("errors", ()):
            cells = (error["column"], error["value"], mxcity_cell_error(error), error["example"])
            writer.writerow([verdict["table"], error["row"], *map(_plain, cells)])
    headers = {"Content-Disposition": 'attachment; filename="errores.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def rows_file(upload_id: str, number: int) -> Response:
    """Answer the rows of a table that have errors, to be corrected and sent again."""
    shown = upload_of(upload_id)
    upload = config.store().get(tk.current_user.id, upload_id)
    path = rejected_rows.rows_path(upload.path, number)
    if str(number) not in shown["left_out"] or not path.is_file():
        tk.abort(404, tk._("There are no rows set aside."))
    name = f"{Path(shown['name']).stem}-filas-con-errores.csv"
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=name)


def say_published(shown: dict[str, Any]) -> None:
    """Say that the file is published, and where the rows are that were set aside."""
    if publication.table_store():
        tk.h.flash_success(tk._("Published. The table can be searched in a moment."))
    else:
        tk.h.flash_success(
            tk._("Published as a file to download: this portal keeps no tables to look into.")
        )
    for number, count in shown["left_out"].items():
        address = tk.url_for(
            "mxcity_publishing.rows_file", upload_id=shown["id"], number=int(number)
        )
        told = tk.ungettext("{n} row was set aside.", "{n} rows were set aside.", count)
        link = Markup('{} <a href="{}">{}</a>').format(
            told.format(n=count), address, tk._("Download them to correct them")
        )
        tk.h.flash_notice(link, allow_html=True)
    if shown["withheld"]:
        tk.h.flash_notice(
            tk._("The original file stays private: it has the rows that were set aside.")
        )


def _plain(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell or "")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
