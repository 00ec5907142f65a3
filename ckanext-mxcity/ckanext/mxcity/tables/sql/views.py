"""The addresses at which tables are asked in SQL, where the operator allows it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, make_response, request

from ckanext.mxcity.tables import cells, config
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.downloads.text import write_rows
from ckanext.mxcity.tables.pages import page_of_table
from ckanext.mxcity.tables.sql import ask
from ckanext.mxcity.tables.sql.question import LONGEST, MAIN, MOST_OTHERS

mxcity_sql = Blueprint("mxcity_sql", __name__)

#: Rows, columns and cells that the page shows; files have as many rows as ``ask.MOST_ROWS``, and
#: the texts of cells whole.
SHOWN, SHOWN_COLUMNS, SHOWN_CELLS = 200, 100, 6_000
_COUNTED = 'SELECT "?", count(*) AS filas FROM tabla GROUP BY 1 ORDER BY 2 DESC'
#: DuckDB's types whose values are written to the right.
_FIGURES = ("INT", "DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True)
class Shown:
    """What the page shows of an answer; ``more`` tells that there are rows beside these."""

    columns: list[Column] = field(default_factory=list)
    figures: list[bool] = field(default_factory=list)
    cells: list[list[cells.Cell]] = field(default_factory=list)
    more: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether a text is shown by its beginning alone."""
        return any(len(cell.text) > cells.MOST for row in self.cells for cell in row)


@mxcity_sql.route("/table/<resource_id>/sql")
def page(resource_id: str) -> Response:
    """Show a form for a statement, and what it gives."""
    _allowed()
    columns, about = page_of_table(resource_id)
    query = request.args.get("q", "")
    refused, found = None, None
    if query.strip():
        try:
            found = ask.ask(resource_id, query, SHOWN, cells.MOST)
        except ask.RefusedError as error:
            refused = error
    shown = _shown(found) if found else Shown()
    told = {
        **about,
        "columns": columns,
        "query": query[:LONGEST],
        "longest": LONGEST,
        "main": MAIN,
        "others": MOST_OTHERS,
        "found": found,
        "shown": shown,
        "most": ask.MOST_ROWS,
        "longest_text": cells.MOST,
        "problem": sentence(refused) if refused else "",
        "reason": refused.reason if refused else "",
        "examples": _examples(columns),
    }
    return make_response(tk.render("mxcity_tables/sql.html", told), 400 if refused else 200)


@mxcity_sql.route("/table/<resource_id>/sql.csv")
def as_csv(resource_id: str) -> Response:
    """Answer what a statement gives as CSV."""
    _allowed()
    page_of_table(resource_id)
    try:
        found = ask.ask(resource_id, request.args.get("q", ""))
    except ask.RefusedError as error:
        tk.abort(400, _with_reason(error))
    for_sheets = request.args.get("spreadsheet", "").lower() in ("true", "1", "yes")
    body = b"".join(write_rows(found.columns, [found.rows], for_sheets))
    return _file(body, "text/csv; charset=utf-8", found.more)


@mxcity_sql.route("/table/<resource_id>/sql.json")
def as_json(resource_id: str) -> Response:
    """Answer what a statement gives as JSON: columns, rows, and whether there are more."""
    _allowed()
    page_of_table(resource_id)
    code = 200
    try:
        found = ask.ask(resource_id, request.args.get("q", ""))
        told = {
            "columns": [{"name": one.name, "type": one.type} for one in found.columns],
            "rows": found.rows,
            "more": found.more,
        }
    except ask.RefusedError as error:
        code, told = 400, {"error": _with_reason(error)}
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    response = _file(body, "application/json; charset=utf-8", bool(told.get("more")))
    response.status_code = code
    return response


def sentence(error: ask.RefusedError) -> str:
    """Say why a statement is not answered."""
    texts = {
        "none": tk._("There is no question."),
        "long": tk._("A question has {longest} characters at most.").format(longest=LONGEST),
        "tables": tk._("A question names {most} other tables at most.").format(most=MOST_OTHERS),
        "kind": tk._("Write one SELECT: nothing else is answered here, and one at a time."),
        "engine": tk._(
            "A question is about tables of the portal: files, and what the engine tells of itself "
            "and of its settings, are not answered."
        ),
        "value": tk._("The answer has a value that cannot be written. Ask for it as text."),
        "refused": tk._("The question cannot be answered as it is written."),
        "memory": tk._("The question needs more memory than there is for one. Ask for less."),
        "time": tk._("The question takes too long. Ask for fewer rows, or for groups."),
        "large": tk._("The table is too large to be asked in SQL here. Group it, or download it."),
        "large answer": tk._("The answer is too large. Ask for fewer rows or columns."),
        "walls": tk._("This portal does not answer questions in SQL."),
        "busy": tk._("Many questions are being answered. Try again in a moment."),
    }
    return str(texts[error.code])


def _with_reason(error: ask.RefusedError) -> str:
    """Say why a statement is not answered, and what the engine says of it."""
    if not error.reason:
        return sentence(error)
    return f"{sentence(error)} {tk._('Message of the engine (in English):')} {error.reason}"


def _allowed() -> None:
    if not config.sql():
        tk.abort(404, tk._("This portal does not answer questions in SQL."))


def _is_figure(column: Column) -> bool:
    return any(kind in column.type for kind in _FIGURES) and "[" not in column.type


def _shown(found: ask.Answer) -> Shown:
    """Return as much of an answer as a page has."""
    columns = found.columns[:SHOWN_COLUMNS]
    rows = found.rows[: max(1, SHOWN_CELLS // max(1, len(columns)))]
    return Shown(
        columns,
        [_is_figure(column) for column in columns],
        [[_cell(value) for value in row[: len(columns)]] for row in rows],
        more=found.more or len(rows) < len(found.rows),
    )


def _cell(value: object) -> cells.Cell:
    if isinstance(value, bool):
        return cells.Cell(tk._("Yes") if value else tk._("No"))
    return cells.Cell("" if value is None else str(value))


def _examples(columns: list[Column]) -> list[str]:
    """Return statements that this table answers."""
    texts = [column.name.replace('"', '""') for column in columns if column.type == "text"]
    return ["SELECT * FROM tabla LIMIT 20", *(_COUNTED.replace("?", name) for name in texts[:1])]


def _file(body: bytes, mimetype: str, more: bool) -> Response:
    response = Response(body, content_type=mimetype)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if more:
        response.headers["X-More-Rows"] = "true"
    return response
