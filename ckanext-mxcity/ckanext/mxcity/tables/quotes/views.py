"""The addresses of quoted charts: page, picture, file of figures, and page for frames."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, redirect, request

from ckanext.mxcity.ground.messages import error_texts
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.table import shown, table_chart, words
from ckanext.mxcity.tables.chart.view import OPTIONS
from ckanext.mxcity.tables.quotes import answers, keep, picture, record
from ckanext.mxcity.tables.quotes.citation import Reference

mxcity_charts = Blueprint("mxcity_charts", __name__)

_CODE = f"<string(length={record.CODE}):code>"


@mxcity_charts.route("/grafica", methods=["POST"])
def quote() -> Any:
    """Keep the chart that the form names, and go to its address."""
    asked = {name: request.form.get(name, "") for name in ("resource_id", *OPTIONS)}
    try:
        kept = tk.get_action("mxcity_chart_quote")({}, asked)
    except tk.ValidationError as error:
        tk.abort(400, " ".join(error_texts(error.error_dict)))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        tk.abort(404, tk._("There is no table of that address."))
    return redirect(tk.h.url_for("mxcity_charts.show", code=kept["id"]), 303)


@mxcity_charts.route(f"/grafica/{_CODE}")
def show(code: str) -> str:
    """Show a quoted chart as it was, whether the data have changed since, and how to cite it."""
    quoted, resource, package = _quoted(code)
    drawn = _variables(quoted, package)
    address = drawn["address"]
    frame = tk.h.url_for("mxcity_charts.frame", code=code, locale="default", qualified=True)
    reference = Reference(quoted, drawn["words"].caption, address)
    return str(
        tk.render(
            "mxcity_tables/quotes/page.html",
            {
                **drawn,
                "resource": resource,
                "made": _made(code),
                "state": _state(quoted, resource, package),
                "frame": frame,
                "height": _height(quoted),
                "reference": reference,
                "present": _present(quoted, resource, package),
            },
        )
    )


@mxcity_charts.route("/grafica/<code>/insertar")
def frame(code: str) -> Response:
    """Show a quoted chart in the frame of any page; only what everybody may see.

    What is not shown is told in the same frame, as other pages may not show those of the portal.
    """
    try:
        quoted, resource, package = _found(code)
    except _NotShownError as refused:
        return _framed("refused.html", {"sentence": refused.sentence}, refused.status)
    if package["private"]:
        sentence = tk._("This chart is not public: it cannot be shown on other pages.")
        return _framed("refused.html", {"sentence": sentence}, 403, public=False)
    told = {**_variables(quoted, package), "state": _state(quoted, resource, package)}
    return _framed("frame.html", told)


@mxcity_charts.route(f"/grafica/{_CODE}.csv")
def figures(code: str) -> Response:
    """Answer the figures of a quoted chart: the bytes of which the page tells the SHA-256."""
    quoted, _, package = _quoted(code)
    response = _file(quoted.csv, "text/csv", package)
    response.headers["Content-Disposition"] = f'attachment; filename="grafica-{code}.csv"'
    return response


@mxcity_charts.route(f"/grafica/{_CODE}.svg")
def drawing(code: str) -> Response:
    """Answer a quoted chart as SVG."""
    quoted, _, package = _quoted(code)
    return _file(_svg(quoted), "image/svg+xml", package)


@mxcity_charts.route(f"/grafica/{_CODE}.png")
def image(code: str) -> Response:
    """Answer a quoted chart as PNG."""
    quoted, _, package = _quoted(code)
    return _file(picture.png(_svg(quoted)), "image/png", package)


class _NotShownError(Exception):
    """Nothing was quoted (404), or it is not shown any more (410)."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def _quoted(code: str) -> tuple[record.Quote, dict[str, Any], dict[str, Any]]:
    """Return what ``_found`` does; aborts where nothing is shown."""
    try:
        return _found(code)
    except _NotShownError as refused:
        tk.abort(refused.status, refused.sentence)


def _found(code: str) -> tuple[record.Quote, dict[str, Any], dict[str, Any]]:
    """Return a quoted chart, its file and its dataset as they are now.

    Raises:
        _NotShownError: nothing was quoted with that address, or its data are not public any more.

    """
    found = keep.find(code)
    if found is None:
        raise _NotShownError(404, tk._("No chart was quoted with that address."))
    try:
        tk.get_action("mxcity_chart_quote_show")({}, {"id": code})
        resource = tk.get_action("resource_show")({}, {"id": found.resource_id})
        package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        sentence = tk._("This chart is not shown any more: its data were withdrawn or deleted.")
        raise _NotShownError(410, sentence) from error
    return record.read(found.content), resource, package


def _variables(quoted: record.Quote, package: dict[str, Any]) -> dict[str, Any]:
    """Return what the templates of a quoted chart need."""
    kind, groups = KINDS[quoted.chart.kind], shown(quoted.groups, quoted.column)
    return {
        "quote": quoted,
        "package": package,
        "chart": quoted.chart,
        "titles": quoted.titles,
        "groups": groups,
        "kind": kind,
        "drawn": kind.draw(groups),
        "words": words(quoted.chart, quoted.titles, quoted.groups),
        "source": _source(quoted),
        "made_up": _made_up() if quoted.source.demonstration else "",
        "address": _address(quoted),
    }


def _state(quoted: record.Quote, resource: dict[str, Any], package: dict[str, Any]) -> str:
    """Return how the figures are now: "same", "changed", "gone", or "unknown" for want of time."""
    asked = {name: getattr(quoted.chart, name) for name in OPTIONS}
    found = table_chart(resource, package, asked)
    if found.chart != quoted.chart:
        return "gone"
    if found.groups is None:
        return "unknown"
    return "same" if found.groups == quoted.groups else "changed"


def _present(quoted: record.Quote, resource: dict[str, Any], package: dict[str, Any]) -> str:
    """Return the address of the same chart of the present figures, or of the file without it."""
    asked = {name: getattr(quoted.chart, name) for name in OPTIONS if getattr(quoted.chart, name)}
    views = tk.get_action("resource_view_list")({}, {"id": resource["id"]})
    view = next((one["id"] for one in views if one["view_type"] == "mxcity_chart_view"), None)
    told = {"view_id": view, **asked} if view else {}
    endpoint = f"{package['type']}_resource.read"
    return str(tk.h.url_for(endpoint, id=package["name"], resource_id=resource["id"], **told))


def _svg(quoted: record.Quote) -> str:
    return picture.svg(quoted, [*_notes(quoted), _source(quoted), _address(quoted)])


def _made_up() -> str:
    return tk._("Demonstration data: made-up figures")


def _notes(quoted: record.Quote) -> list[str]:
    """Return what a picture says of its figures, which the page says beside them."""
    chart, groups = quoted.chart, quoted.groups
    notes = [_made_up()] if quoted.source.demonstration else []
    if groups.total > groups.shown:
        sentence = (
            tk._("The last {shown} of {total} are drawn.")
            if KINDS[chart.kind].last
            else tk._("The {shown} highest of {total} are drawn.")
        )
        notes.append(
            sentence.format(shown=groups.shown, total=tk.h.mxcity_figure(float(groups.total)))
        )
    if groups.moment:
        sentence = tk._("Only the rows of {moment}, the last in “{column}”.")
        notes.append(sentence.format(moment=groups.moment, column=quoted.titles[chart.last]))
    return notes


def _source(quoted: record.Quote) -> str:
    """Return the source line: who, of what, of when, under which licence."""
    source = quoted.source
    parts = [source.publisher, source.dataset, source.file]
    if source.file.startswith(source.dataset):
        parts.remove(source.dataset)
    if source.date:
        parts.append(tk._("data of {date}").format(date=tk.h.mxcity_date(source.date)))
    parts += [source.licence, source.portal]
    return tk._("Source: {parts}.").format(parts=" · ".join(part for part in parts if part))


def _address(quoted: record.Quote) -> str:
    return str(
        tk.h.url_for("mxcity_charts.show", code=quoted.code, locale="default", qualified=True)
    )


def _made(code: str) -> str:
    found = keep.find(code)
    return found.made.isoformat() if found else ""


def _height(quoted: record.Quote) -> int:
    """Return how many pixels a frame is high in which the chart has room."""
    rows = quoted.groups.shown if KINDS[quoted.chart.kind].is_table else 0
    return min(620, 350 + 45 * rows) if rows else 620


def _file(body: bytes | str, mimetype: str, package: dict[str, Any]) -> Response:
    return answers.answer(
        body,
        mimetype,
        public=not package["private"],
        policy=answers.PICTURE_POLICY,
    )


def _framed(
    template: str, told: dict[str, Any], status: int = 200, public: bool = True
) -> Response:
    return answers.answer(
        str(tk.render(f"mxcity_tables/quotes/{template}", told)),
        "text/html",
        public=public,
        policy=answers.FRAME_POLICY,
        status=status,
    )
