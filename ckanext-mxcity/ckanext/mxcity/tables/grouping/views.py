"""The addresses of grouped tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, make_response, request

from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.groups import sizes_of
from ckanext.mxcity.tables.chart.spec import MOMENTS, choices
from ckanext.mxcity.tables.downloads.columns import Column, columns_of
from ckanext.mxcity.tables.downloads.text import write_rows
from ckanext.mxcity.tables.grouping import sentences
from ckanext.mxcity.tables.grouping.asked import (
    PARTS,
    WAYS,
    Along,
    Asked,
    RefusedError,
    grouped_by,
    read,
    ways,
)
from ckanext.mxcity.tables.grouping.groups import (
    MOST,
    TIMEOUT,
    NotInTimeError,
    NotOfItsKindError,
    groups_of,
)
from ckanext.mxcity.tables.grouping.model import MOST_ACROSS, MOST_ACROSS_ASKED, Groups, crossed
from ckanext.mxcity.tables.pages import page_of_table

mxcity_grouping = Blueprint("mxcity_grouping", __name__)

#: Groups, and cells of a crossed table, that the page shows; files have all.
SHOWN, SHOWN_CELLS = 500, 20_000


@mxcity_grouping.route("/table/<resource_id>/agrupar")
def page(resource_id: str) -> Response:
    """Show a table grouped as the address asks, with a form for other questions."""
    columns, about = page_of_table(resource_id)
    problem, asked, found = "", None, None
    try:
        asked = read(request.args, columns) or _usual(resource_id, columns)
        found = groups_of(resource_id, asked) if asked else None
    except RefusedError as error:
        problem = sentences.refusal(error, columns)
    except (NotInTimeError, NotOfItsKindError) as error:
        problem = _sentence(error)
    form = request.args.get("forma")
    table = crossed(found) if found and form != "lista" else None
    if table and len(table.across) > (MOST_ACROSS_ASKED if form == "cruzada" else MOST_ACROSS):
        table = None
    told = {
        **about,
        "asked": asked,
        "chosen": _chosen(asked),
        "found": found,
        "crossed": table,
        "lines": min(SHOWN, SHOWN_CELLS // len(table.across)) if table else 0,
        "too_wide": form == "cruzada" and table is None and asked and len(asked.along) > 1,
        "most_across": MOST_ACROSS_ASKED,
        "problem": problem,
        "columns": columns,
        "along": _along_options(columns),
        "measured": [(one.name, one.title) for one in choices(columns).measured],
        "ways": {name: sentences.names_of_ways()[way] for name, way in WAYS.items()},
        "named": sentences.names_of_ways(),
        "most": MOST,
        "shown": SHOWN,
    }
    return make_response(tk.render("mxcity_tables/group.html", told), 400 if problem else 200)


@mxcity_grouping.route("/table/<resource_id>/agrupar.csv")
def as_csv(resource_id: str) -> Response:
    """Answer the groups as CSV."""
    asked, found = _asked(resource_id)
    head = [Column(name, "text", name) for name in _names(asked)]
    rows = [[*group.keys, group.value, *_counts(asked, group)] for group in found.groups]
    for_sheets = request.args.get("spreadsheet", "").lower() in ("true", "1", "yes")
    return _file(write_rows(head, [rows], for_sheets), "text/csv; charset=utf-8", "csv")


@mxcity_grouping.route("/table/<resource_id>/agrupar.json")
def as_json(resource_id: str) -> Response:
    """Answer the groups as JSON, with what is said of them on the page."""
    asked, found = _asked(resource_id)
    names = _names(asked)
    groups = [
        dict(zip(names, [*group.keys, group.number, *_counts(asked, group)], strict=True))
        for group in found.groups
    ]
    told = {
        "grupos": groups,
        "total_de_grupos": found.total,
        "filas": found.rows,
        "filas_sin_dato": {
            **{one.name: count for one, count in zip(asked.along, found.without, strict=False)},
            **({asked.figures.name: found.missing} if asked.figures else {}),
        },
        **({"momento": found.moment} if found.moment else {}),
    }
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return _file([body], "application/json; charset=utf-8", "json")


def _asked(resource_id: str) -> tuple[Asked, Groups]:
    """Return the groups that the address of a file asks for; answer 400 where there are none."""
    try:
        columns = columns_of(resource_id)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        tk.abort(404, tk._("There is no table of that address."))
    try:
        asked = read(request.args, columns)
        if asked is None:
            _refuse(tk._("Say in “por” which column the rows are grouped by."))
        return asked, groups_of(resource_id, asked)
    except RefusedError as error:
        _refuse(sentences.refusal(error, columns))
    except (NotInTimeError, NotOfItsKindError) as error:
        _refuse(_sentence(error))


def _refuse(sentence: str) -> NoReturn:
    tk.abort(400, sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, NotInTimeError):
        return str(
            tk._("The table takes more than {seconds} seconds to group so. Filter it first.")
        ).format(seconds=TIMEOUT // 1000)
    return str(tk._("A value that is asked for is not one of its column's kind."))


def _names(asked: Asked) -> list[str]:
    """Return the heads of a file: columns, what is measured, rows, and those without a figure."""
    names = [one.name for one in asked.along]
    way = next(name for name, way in WAYS.items() if way == asked.way)
    told = [f"{way}_{asked.figures.name}", "filas", "filas_sin_dato"] if asked.figures else [way]
    for name in told:
        while name in names:
            name = f"{name}_2"
        names.append(name)
    return names


def _counts(asked: Asked, group: Any) -> list[int]:
    return [group.rows, group.missing] if asked.figures else []


def _chosen(asked: Asked | None) -> dict[str, list[str]]:
    """Return what the form has chosen: what is answered, else what the address says."""
    pairs = asked.address() if asked else list(request.args.items(multi=True))
    chosen: dict[str, list[str]] = {"por": [], "medida": [], "como": []}
    for name, value in pairs:
        chosen.setdefault(name, []).append(value)
    return chosen


def _along_options(columns: list[Column]) -> list[tuple[str, str]]:
    """Return what a table can be grouped by, each with its name: moments by year and month, too."""
    texts = {"anio": tk._("{column}, by year"), "mes": tk._("{column}, by month")}
    options = []
    for column in grouped_by(columns):
        if column.type in MOMENTS:
            options += [
                (f"{column.name}.{part}", texts[part].format(column=column.title)) for part in PARTS
            ]
        options.append((column.name, column.title))
    return options


def _usual(resource_id: str, columns: list[Column]) -> Asked | None:
    """Return what the table's chart shows if nobody says how to group it."""
    chart = chart_of(columns, {}, lambda some: sizes_of(resource_id, [c.name for c in some]))
    by_name = {column.name: column for column in grouped_by(columns)}
    if chart is None or chart.x not in by_name:
        return None
    figures = next((column for column in columns if column.name == chart.y), None)
    if chart.measure not in ways(figures):
        return None
    return Asked((Along(by_name[chart.x]),), chart.measure, figures, chart.last)


def _file(parts: Iterable[bytes], mimetype: str, suffix: str) -> Response:
    response = Response(b"".join(parts), content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="grupos.{suffix}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
