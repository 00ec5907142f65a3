"""The two pages of publishing: send a file; look at it, say what it is, publish it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request, send_file
from markupsafe import Markup

from ckanext.mxcity.dataset_types import PLAIN, TYPES
from ckanext.mxcity.publishing import aside, config, draft, form, proposal, sheets, tus, versions
from ckanext.mxcity.publishing.helpers import mxcity_cell_error
from ckanext.mxcity.publishing.members import context, members_only
from ckanext.mxcity.publishing.sentences import language, progress_sentence, upload_sentence
from ckanext.mxcity.publishing.sheet_views import mxcity_sheets
from ckanext.mxcity.publishing.table_schema_views import mxcity_table_schemas
from ckanext.mxcity.publishing.uploads import UploadError
from ckanext.mxcity.table_schemas import list_table_schemas, load_table_schema

__all__ = ["mxcity_publishing", "mxcity_sheets", "mxcity_table_schemas"]

mxcity_publishing = Blueprint("mxcity_publishing", __name__, url_prefix="/publicar")
mxcity_publishing.before_request(members_only)
tus.add_routes(mxcity_publishing)

#: Rows with errors that the page shows; the CSV has more.
ERRORS_SHOWN = 50


@mxcity_publishing.route("", methods=["GET", "POST"], strict_slashes=False)
def start() -> Any:
    """Ask for a file; without JavaScript it comes whole with the form."""
    if request.method == "GET":
        return _start({})
    aim = request.form.get("dataset", "")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start({"file": [tk._("Choose a file.")]}), 422
    size = sent.stream.seek(0, io.SEEK_END)
    sent.stream.seek(0)
    try:
        made = tk.get_action("mxcity_upload_create")(
            context(), {"name": sent.filename, "size": size, "dataset_id": aim}
        )
        tk.get_action("mxcity_upload_append")(
            context(), {"id": made["id"], "offset": 0, "upload": sent}
        )
        tk.get_action("mxcity_file_read")(context(), {"id": made["id"]})
    except tk.ValidationError as error:
        return _start(error.error_dict), 422
    return tk.redirect_to("mxcity_publishing.review", upload_id=made["id"])


def _start(errors: dict[str, Any]) -> str:
    waiting = tk.get_action("mxcity_upload_list")(context(), {})
    aim = request.values.get("dataset", "")
    dataset = tk.get_action("package_show")(context(), {"id": aim}) if aim else None
    if dataset:
        tk.check_access("package_update", context(), {"id": dataset["id"]})
    values = {
        "errors": errors,
        "dataset": dataset,
        "waiting": [upload for upload in waiting if upload["state"] != "published"],
        "set_aside": [
            upload for upload in waiting if upload["state"] == "published" and upload["left_out"]
        ],
        "largest": config.store().largest,
    }
    return tk.render("mxcity_publishing/start.html", values)


@mxcity_publishing.route("/<upload_id>", methods=["GET", "POST"])
def review(upload_id: str) -> Any:
    """Show what was understood of a file, with a form to correct it and to publish."""
    shown = _upload(upload_id)
    if shown["state"] == "received":
        shown = tk.get_action("mxcity_file_read")(context(), {"id": upload_id})
    if shown["state"] == "published":
        dataset = tk.get_action("package_show")(context(), {"id": shown["dataset_id"]})
        _say_published(shown)
        return tk.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    if not shown["reading"] or shown["state"] == "publishing":
        return tk.render("mxcity_publishing/wait.html", {"upload": shown})
    if request.method == "GET":
        return _review(shown, _proposed(shown), {})
    dataset = {**sheets.more_of(request.form), **form.dataset_of(request.form)}
    told, wrong = form.choices_of(request.form, request.files, shown["choices"])
    again = {**shown, "choices": _merged(shown["choices"], told)}
    if "read_sheet" in request.form:
        return _with_sheet(again, dataset)
    if wrong:
        errors = {name: [error.said(language())] for name, error in wrong.items()}
        return _review(again, _proposed(shown) if shown["into"] else dataset, errors), 422
    try:
        tk.get_action("mxcity_publish")(context(), {"id": upload_id, "dataset": dataset, **told})
    except tk.ValidationError as error:
        model.Session.rollback()
        data = _proposed(shown) if shown["into"] else dataset
        return _review(again, data, error.error_dict), 422
    except tk.NotAuthorized as error:
        model.Session.rollback()
        return _review(again, dataset, {"owner_org": [str(error)]}), 403
    return tk.redirect_to("mxcity_publishing.review", upload_id=upload_id)


@mxcity_publishing.route("/<upload_id>/estado")
def state(upload_id: str) -> Any:
    """Tell the page whether a worker still has the file."""
    shown = _upload(upload_id)
    told = {key: shown[key] for key in ("state", "working", "offset", "size")}
    said = progress_sentence(shown["progress"], shown["state"]) if shown["progress"] else ""
    return jsonify({**told, "said": said})


@mxcity_publishing.route("/<upload_id>/leer", methods=["POST"])
def read_again(upload_id: str) -> Any:
    """Have a file read once more that could not be read for a reason of the portal's."""
    try:
        tk.get_action("mxcity_file_read")(context(), {"id": upload_id})
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    return tk.redirect_to("mxcity_publishing.review", upload_id=upload_id)


@mxcity_publishing.route("/<upload_id>/descartar", methods=["POST"])
def discard(upload_id: str) -> Any:
    """Remove a file that is not to be published."""
    tk.get_action("mxcity_upload_delete")(context(), {"id": upload_id})
    tk.h.flash_success(tk._("The file was removed; nothing was published."))
    return tk.redirect_to("mxcity_publishing.start")


@mxcity_publishing.route("/<upload_id>/errores.csv")
def errors_file(upload_id: str) -> Response:
    """Answer the cells that are wrong, with what would be right, as CSV."""
    shown = _upload(upload_id)
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


@mxcity_publishing.route("/<upload_id>/filas-<int:number>.csv")
def rows_file(upload_id: str, number: int) -> Response:
    """Answer the rows of a table that have errors, to be corrected and sent again."""
    shown = _upload(upload_id)
    path = aside.rows_path(config.store().path(tk.current_user.id, upload_id), number)
    if str(number) not in shown["left_out"] or not path.is_file():
        tk.abort(404, tk._("There are no rows set aside."))
    name = f"{Path(shown['name']).stem}-filas-con-errores.csv"
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=name)


def _say_published(shown: dict[str, Any]) -> None:
    """Say that it is done, and where the rows are that were set aside."""
    tk.h.flash_success(tk._("Published. The table can be searched in a moment."))
    for number, count in shown["left_out"].items():
        address = tk.url_for(
            "mxcity_publishing.rows_file", upload_id=shown["id"], number=int(number)
        )
        told = tk.ungettext("{n} row was set aside.", "{n} rows were set aside.", count)
        link = Markup('{} <a href="{}">{}</a>').format(
            told.format(n=count), address, tk._("Download them to correct them")
        )
        tk.h.flash_notice(link, allow_html=True)


def _plain(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell or "")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _with_sheet(shown: dict[str, Any], dataset: dict[str, Any]) -> Any:
    """Answer the form with what a sheet of metadata says where nobody said anything."""
    replace = "replace" in request.form
    try:
        told = {"upload": request.files.get("sheet")}
        found = tk.get_action("mxcity_metadata_read")(context(), told)
    except tk.ValidationError as error:
        return _review(shown, dataset, {"sheet": error.error_dict["upload"]}), 422
    proposed = {"type": PLAIN, **_proposed(shown)}
    taken, kept = sheets.filled(dataset, found["dataset"], replace, proposed)
    sheets.describe_columns(shown, found["files"], replace)
    data = {**dataset, **taken, "type": found["dataset"]["type"]}
    told_kept = sheets.labels(data["type"], kept)
    return _review(shown, data, {}, {**found, "kept": told_kept})


def _review(
    shown: dict[str, Any],
    data: dict[str, Any],
    errors: dict[str, Any],
    sheet: dict[str, Any] | None = None,
) -> str:
    kinds = _kinds()
    chosen = data.get("type") or PLAIN
    schema = {field["field_name"]: field for field in kinds[chosen]}
    labels = {field["field_name"]: field["label"] for kind in kinds.values() for field in kind}
    reading = draft.load(config.store(), tk.current_user.id, shown["id"]).file()
    return tk.render(
        "mxcity_publishing/review.html",
        {
            "upload": shown,
            "data": data,
            "errors": errors,
            "replaced": _replaced(shown, data) if shown["into"] else [],
            "first": [schema[name] for name in form.FIRST if name in schema],
            "folded": [schema[name] for name in form.FOLDED if name in schema],
            "open_folded": any(name in errors for name in form.FOLDED),
            "labels": {name: tk.h.scheming_language_text(label) for name, label in labels.items()},
            "chosen": chosen,
            "own": {kind: form.own_fields(kind, fields) for kind, fields in kinds.items()},
            "schemas": [
                (name, load_table_schema(name).get("title", name)) for name in list_table_schemas()
            ],
            "edited": form.EDITED,
            "carries_more": reading.carries_more,
            "errors_shown": ERRORS_SHOWN,
            "sheet": sheet,
            "more": form.not_shown(data) if request.method == "POST" and not shown["into"] else {},
        },
    )


def _kinds() -> dict[str, list[dict[str, Any]]]:
    """Return the fields of each type of dataset that the portal has, as its form shows them."""
    schemas = {kind: tk.h.scheming_get_dataset_schema(kind) for kind in TYPES}
    return {kind: schema["dataset_fields"] for kind, schema in schemas.items() if schema}


def _replaced(shown: dict[str, Any], dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of the dataset that the tables of a file take the place of."""
    names = [table["name"] for table in shown["choices"]["tables"]]
    found = (versions.earlier(dataset, shown["name"], name) for name in names)
    return [resource for resource in found if resource]


def _proposed(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in the form at first: the dataset of an earlier try, or a proposal."""
    if shown["dataset_id"]:
        found: dict[str, Any] = tk.get_action("package_show")(
            context(), {"id": shown["dataset_id"]}
        )
        return found
    organizations = tk.h.organizations_available("create_dataset")
    reading = draft.load(config.store(), tk.current_user.id, shown["id"]).file()
    title = proposal.title_of(shown["name"])
    data = {**proposal.metadata(reading), "title": title, "private": False}
    if len(organizations) == 1:
        data["owner_org"] = organizations[0]["id"]
    return data


def _merged(choices: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return the decisions with what was sent, so that a form with an error loses nothing."""
    tables = []
    for before, after in zip(choices["tables"], told["tables"], strict=True):
        columns = [
            {**column, **(after["columns"][place] if place < len(after["columns"]) else {})}
            for place, column in enumerate(before["columns"])
        ]
        tables.append({**before, **after, "columns": columns})
    return {**told, "tables": tables}


def _upload(upload_id: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = tk.get_action("mxcity_upload_show")(context(), {"id": upload_id})
    except tk.ValidationError:
        tk.abort(410, upload_sentence("expired"))
    except tk.ObjectNotFound:
        tk.abort(404, upload_sentence("not_found"))
    return found


@mxcity_publishing.errorhandler(UploadError)
def _refused(error: UploadError) -> Any:
    return Response(upload_sentence(error.code), error.status, mimetype="text/plain")
