"""The addresses of tables as files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
import psycopg2.errors
from ckan.lib.munge import munge_filename
from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError

from ckanext.mxcity.ground.messages import error_texts
from ckanext.mxcity.tables import config
from ckanext.mxcity.tables.downloads import refusals, spool
from ckanext.mxcity.tables.downloads.columns import Column, columns_of
from ckanext.mxcity.tables.downloads.cursor import Question
from ckanext.mxcity.tables.downloads.kinds import KINDS, Kind, kinds_for, write
from ckanext.mxcity.tables.downloads.text import write_rows
from ckanext.mxcity.tables.grouping.views import mxcity_grouping
from ckanext.mxcity.tables.joins import join
from ckanext.mxcity.tables.logic.joins import joined_tables
from ckanext.mxcity.tables.question import QuestionError, read_question
from ckanext.mxcity.tables.quotes.views import mxcity_charts
from ckanext.mxcity.tables.sql.views import mxcity_sql

__all__ = ["mxcity_charts", "mxcity_grouping", "mxcity_sql", "mxcity_tables"]

mxcity_tables = Blueprint("mxcity_tables", __name__)

#: Rows of a join that its page shows.
SHOWN = 50


@mxcity_tables.route("/table/<left>/join/<right>")
def join_page(left: str, right: str) -> str:
    """Show the first rows of two tables joined by the columns that the address names in ``on``."""
    asked = {"left": left, "right": right, "on": request.args.get("on", "")}
    try:
        found = tk.get_action("mxcity_table_join")({}, {**asked, "limit": SHOWN})
        resources = [tk.get_action("resource_show")({}, {"id": name}) for name in (left, right)]
    except tk.ValidationError as error:
        tk.abort(400, " ".join(error_texts(error.error_dict)))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        tk.abort(404, tk._("There is no table of that address."))
    packages = [
        tk.get_action("package_show")({}, {"id": resource["package_id"]}) for resource in resources
    ]
    sides = list(zip(resources, packages, strict=True))
    return tk.render("mxcity_tables/join.html", {**asked, "found": found, "sides": sides})


@mxcity_tables.route("/table/<left>/join/<right>.csv")
def join_file(left: str, right: str) -> Response:
    """Answer the joined tables as CSV, a million rows at most."""
    asked = {"left": left, "right": right, "on": request.args.get("on", "")}
    try:
        joined = joined_tables({}, asked)
        with spool.spooled() as file:
            batches = join.rows(joined, join.MOST_ROWS, join.FILE_TIMEOUT)
            file.write_all(write_rows(joined.columns(), batches, _for_sheets()))
    except tk.ValidationError as error:
        tk.abort(400, " ".join(error_texts(error.error_dict)))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        tk.abort(404, tk._("There is no table of that address."))
    except spool.TooMuchError as error:
        refusals.too_much(error)
    except OperationalError as error:
        if not isinstance(error.orig, psycopg2.errors.QueryCanceled):
            raise
        refusals.too_much(spool.TooMuchError("seconds", join.FILE_TIMEOUT // 1000))
    response = spool.answer(file.file, KINDS["csv"].mimetype)
    response.headers["Content-Disposition"] = _attachment(left, "csv")
    return response


@mxcity_tables.route("/table/<resource_id>.<suffix>")
def download(resource_id: str, suffix: str) -> Response:
    """Answer a table, or the rows of it that the address asks for, as a file."""
    kind, columns = _asked(resource_id, suffix)
    asked: dict[str, Any] = {}
    try:
        asked = read_question(request.args, [column.name for column in columns])
        if "fields" in asked:
            columns = [column for column in columns if column.name in asked["fields"]]
        if suffix == "xlsx":
            _refuse_long(resource_id, asked)
        fields = [column.name for column in columns]
        question = Question(resource_id, {**asked, "fields": fields}, _for_sheets())
        file = write(kind, columns, question)
    except QuestionError as error:
        tk.abort(400, _error_texts(error, columns))
    except (tk.ValidationError, psycopg2.DataError, psycopg2.ProgrammingError) as error:
        tk.abort(400, refusals.refused(error, asked.get("filters") or {}))
    except tk.ObjectNotFound:
        tk.abort(404, tk._("There is no table of that address."))
    except spool.TooMuchError as error:
        refusals.too_much(error)
    response = spool.answer(file, kind.mimetype)
    response.headers["Content-Disposition"] = _attachment(resource_id, suffix)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _for_sheets() -> bool:
    """Tell whether the address asks for CSV that a spreadsheet may open."""
    return request.args.get("spreadsheet", "").lower() in ("true", "1", "yes")


def _asked(resource_id: str, suffix: str) -> tuple[Kind, list[Column]]:
    try:
        columns = columns_of(resource_id)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        tk.abort(404, tk._("There is no table of that address."))
    kinds = {kind.suffix: kind for kind in kinds_for(columns)}
    if suffix not in kinds:
        names = ", ".join(kinds)
        tk.abort(404, tk._("This table is given as: {kinds}.").format(kinds=names))
    return KINDS[suffix], columns


def _refuse_long(resource_id: str, question: dict[str, Any]) -> None:
    """Refuse a workbook that would hold too many rows, without counting them all."""
    rows = config.excel_rows()
    if question.get("limit", rows + 1) <= rows:
        return
    asked: dict[str, Any] = {key: question[key] for key in ("filters", "q") if key in question}
    beyond = tk.get_action("datastore_search")(
        {},
        {
            **asked,
            "resource_id": resource_id,
            "offset": rows,
            "limit": 1,
            "fields": ["_id"],
            "include_total": False,
        },
    )
    if beyond["records"]:
        tk.abort(
            400,
            tk._(
                "A workbook of Excel holds at most {rows} rows here, and there are more. "
                "Filter the table, or take it as CSV or Parquet."
            ).format(rows=f"{rows:,}"),
        )


def _attachment(resource_id: str, suffix: str) -> str:
    """Name the file after the resource."""
    resource = tk.get_action("resource_show")({}, {"id": resource_id})
    title = str(resource.get("name") or resource_id).rsplit(".", 1)[0]
    plain = munge_filename(f"{title}.{suffix}")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(title)}.{suffix}"


def _error_texts(error: QuestionError, columns: list[Column]) -> str:
    """Say which parameter of the address is wrong, and what would be right."""
    if error.expected == "one of the columns":
        names = ", ".join(column.name for column in columns)
        return tk._("“{given}” is not a column. The columns are: {names}.").format(
            given=error.given, names=names
        )
    texts = {
        "an object of JSON": tk._("“{name}” must be an object of JSON: {given}"),
        "a whole number": tk._("“{name}” must be a whole number: {given}"),
        "either values or an interval": tk._(
            "“{name}”: give either values of the column or an interval, not both."
        ),
    }
    return texts[error.expected].format(name=error.name, given=error.given)
