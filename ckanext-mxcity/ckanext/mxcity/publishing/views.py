"""The two pages of publishing: send a file; look at it, say what it is, publish it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.fields import of_publish_form
from ckanext.mxcity.dataset.types import PLAIN, TYPES
from ckanext.mxcity.publishing import (
    choices,
    config,
    corrections,
    draft,
    form,
    metadata_sheets,
    proposal,
    publication,
    rejected_rows,
    tus,
    versions,
)
from ckanext.mxcity.publishing.access import context, members_only
from ckanext.mxcity.publishing.helpers import mxcity_cell_error
from ckanext.mxcity.publishing.metadata_sheet_views import mxcity_sheets
from ckanext.mxcity.publishing.table_schema_views import mxcity_table_schemas
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.user_messages import (
    correction_sentence,
    progress_sentence,
    upload_sentence,
)

__all__ = ["mxcity_publishing", "mxcity_sheets", "mxcity_table_schemas"]

mxcity_publishing = Blueprint("mxcity_publishing", __name__, url_prefix="/publicar")
mxcity_publishing.before_request(members_only)
tus.add_routes(mxcity_publishing)

#: Rows with errors that the page shows; the CSV has more.
ERRORS_SHOWN = 50


@mxcity_publishing.route("", methods=["GET", "POST"], strict_slashes=False)
def start() -> ResponseReturnValue:
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
def review(upload_id: str) -> ResponseReturnValue:
    """Show what was understood of a file, with a form to correct it and to publish."""
    shown = _upload(upload_id)
    if shown["state"] == "received" and shown["offset"] == shown["size"]:
        shown = tk.get_action("mxcity_file_read")(context(), {"id": upload_id})
    if shown["state"] == "published":
        dataset = tk.get_action("package_show")(context(), {"id": shown["dataset_id"]})
        _say_published(shown)
        return tk.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    if not shown["reading"] or shown["working"]:
        return tk.render("mxcity_publishing/wait.html", {"upload": shown})
    if request.method == "GET":
        return _review(shown, _proposed(shown), {})
    return _sent(shown)


def _sent(shown: dict[str, Any]) -> ResponseReturnValue:
    """Do what the form asks for: read again, go on to the description, or publish."""
    dataset = shown["described"]
    if shown["reviewed"]:
        dataset = {**metadata_sheets.more_of(request.form), **form.dataset_of(request.form)}
    told, wrong = form.choices_of(request.form, request.files, shown["choices"])
    again = {**shown, "choices": _merged(shown["choices"], told)}
    data = dataset if dataset and not shown["into"] else _proposed(shown)
    if "read_sheet" in request.form:
        return _with_sheet(again, dataset)
    if request.form.get("reading") != str(shown["readings"]):
        return _review(shown, data, {"upload": [upload_sentence("read-meanwhile")]}), 409
    reading = draft.load(config.store().get(tk.current_user.id, shown["id"])).file()
    recipes, misread = corrections.recipes_of(
        request.form, reading, shown["recipes"], confirmed=True
    )
    errors = {name: [error.said(current_language())] for name, error in wrong.items()}
    errors |= {name: [correction_sentence(name, value)] for name, value in misread.items()}
    if errors:
        return _review(again, data, errors), 422
    changed = not corrections.is_same(recipes, shown["recipes"], reading)
    if changed:
        recipes, _ = corrections.recipes_of(
            request.form, reading, shown["recipes"], confirmed=False
        )
    written = {"id": shown["id"], "dataset": dataset, **told}
    try:
        place = _go_on(shown, written, recipes, changed=changed)
    except tk.ValidationError as error:
        model.Session.rollback()
        _keep_description(shown, dataset)
        return _review(again, data, error.error_dict), 422
    except tk.NotAuthorized as error:
        model.Session.rollback()
        return _review(again, dataset, {"owner_org": [str(error)]}), 403
    return tk.redirect_to("mxcity_publishing.review", upload_id=shown["id"], _anchor=place)


def _keep_description(shown: dict[str, Any], dataset: dict[str, Any]) -> None:
    """Keep what was written of a dataset, though it is not right yet, for another visit."""
    if shown["reviewed"] and not shown["into"]:
        with draft.changed(config.store().get(tk.current_user.id, shown["id"])) as state:
            state.described = dataset


def _go_on(
    shown: dict[str, Any],
    written: dict[str, Any],
    recipes: dict[str, dict[str, Any]],
    *,
    changed: bool,
) -> str | None:
    """Do what the form asks for, and return the place on the page that comes next.

    What a person changed of the reading is shown before anything is published.
    """
    if "undo" in request.form:
        tk.get_action("mxcity_file_read")(context(), {**written, "undo": True})
    elif changed:
        tk.get_action("mxcity_file_read")(context(), {**written, "recipes": recipes})
    elif not shown["reviewed"] and "again" not in request.form:
        seen = {"recipes": recipes, "reading": shown["readings"]}
        tk.get_action("mxcity_reading_confirm")(context(), {**written, **seen})
        return "descripcion"
    elif "again" not in request.form:
        tk.get_action("mxcity_publish")(context(), written)
    return None


@mxcity_publishing.route("/<upload_id>/estado")
def state(upload_id: str) -> ResponseReturnValue:
    """Answer with the state of a file as JSON, for the page that waits."""
    shown = _upload(upload_id)
    told = {key: shown[key] for key in ("state", "working", "offset", "size")}
    said = progress_sentence(shown["progress"], shown["state"]) if shown["progress"] else ""
    return jsonify({**told, "said": said})


@mxcity_publishing.route("/<upload_id>/leer", methods=["POST"])
def read_again(upload_id: str) -> ResponseReturnValue:
    """Let a worker read a file again that could not be read by a fault of the portal."""
    try:
        tk.get_action("mxcity_file_read")(context(), {"id": upload_id})
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    return tk.redirect_to("mxcity_publishing.review", upload_id=upload_id)


@mxcity_publishing.route("/<upload_id>/descartar", methods=["POST"])
def discard(upload_id: str) -> ResponseReturnValue:
    """Remove a file that is not to be published."""
    try:
        tk.get_action("mxcity_upload_delete")(context(), {"id": upload_id})
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    else:
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
    upload = config.store().get(tk.current_user.id, upload_id)
    path = rejected_rows.rows_path(upload.path, number)
    if str(number) not in shown["left_out"] or not path.is_file():
        tk.abort(404, tk._("There are no rows set aside."))
    name = f"{Path(shown['name']).stem}-filas-con-errores.csv"
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=name)


def _say_published(shown: dict[str, Any]) -> None:
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


def _plain(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell or "")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _with_sheet(shown: dict[str, Any], dataset: dict[str, Any]) -> ResponseReturnValue:
    """Answer the form with what a sheet of metadata says where nobody said anything."""
    replace = "replace" in request.form
    try:
        told = {"upload": request.files.get("sheet")}
        found = tk.get_action("mxcity_metadata_read")(context(), told)
    except tk.ValidationError as error:
        return _review(shown, dataset, {"sheet": error.error_dict["upload"]}), 422
    proposed = {"type": PLAIN, **_proposal(shown)}
    taken, kept = metadata_sheets.filled(dataset, found["dataset"], replace, proposed)
    metadata_sheets.describe_columns(shown, found["files"], replace)
    data = {**dataset, **taken, "type": found["dataset"]["type"]}
    told_kept = metadata_sheets.labels(data["type"], kept)
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
    reading = draft.load(config.store().get(tk.current_user.id, shown["id"])).file()
    first, folded = of_publish_form("first"), of_publish_form("folded")
    return tk.render(
        "mxcity_publishing/review.html",
        {
            "upload": shown,
            "data": data,
            "errors": errors,
            "replaced": _replaced(shown, data) if shown["into"] else [],
            "first": [schema[name] for name in first if name in schema],
            "folded": [schema[name] for name in folded if name in schema],
            "open_folded": any(name in errors for name in folded),
            "labels": {name: tk.h.scheming_language_text(label) for name, label in labels.items()},
            "chosen": chosen,
            "own": {kind: form.own_fields(kind, fields) for kind, fields in kinds.items()},
            "schemas": [
                (name, load_table_schema(name).get("title", name)) for name in list_table_schemas()
            ],
            "edited": form.EDITED,
            "may_keep": choices.may_keep(reading, shown["choices"]["tables"]),
            "sent": request.form if errors else {},
            "encoding": corrections.shown_encoding(reading),
            "errors_shown": ERRORS_SHOWN,
            "sheet": sheet,
            "more": form.not_shown(data) if shown["reviewed"] and not shown["into"] else {},
        },
    )


def _kinds() -> dict[str, list[dict[str, Any]]]:
    """Return the fields of each type of dataset that the portal has, as its form shows them."""
    schemas = {kind: tk.h.scheming_get_dataset_schema(kind) for kind in TYPES}
    return {kind: schema["dataset_fields"] for kind, schema in schemas.items() if schema}


def _replaced(shown: dict[str, Any], dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of the dataset that the tables of a file take the place of."""
    names = [table["name"] for table in shown["choices"]["tables"] if table["publish"]]
    found = [versions.earlier(dataset, shown["name"], name) for name in names]
    if not shown["choices"]["keep_original"]:
        found.append(versions.original_of(dataset, shown["name"]))
    return [resource for resource in found if resource]


def _proposed(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in the form at first: the dataset, what was written, or a proposal."""
    if shown["into"]:
        found: dict[str, Any] = tk.get_action("package_show")(
            context(), {"id": shown["dataset_id"]}
        )
        return found
    return dict(shown["described"]) or _proposal(shown)


def _proposal(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what the portal proposes to say of the dataset of a file."""
    organizations = tk.h.organizations_available("create_dataset")
    reading = draft.load(config.store().get(tk.current_user.id, shown["id"])).file()
    title = proposal.title_of(shown["name"])
    data = {**proposal.metadata(reading), "title": title, "private": False}
    if len(organizations) == 1:
        data["owner_org"] = organizations[0]["id"]
    return data


def _merged(choices: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return the decisions with those of the form, so that a form with an error loses nothing."""
    tables = []
    for before, after in zip(choices["tables"], told["tables"], strict=True):
        columns = [
            {**column, **(after["columns"][place] if place < len(after["columns"]) else {})}
            for place, column in enumerate(before["columns"])
        ]
        tables.append({**before, **after, "columns": columns})
    return {**choices, **told, "tables": tables}


def _upload(upload_id: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = tk.get_action("mxcity_upload_show")(context(), {"id": upload_id})
    except tk.ValidationError:
        tk.abort(410, upload_sentence("expired"))
    except tk.ObjectNotFound:
        tk.abort(404, upload_sentence("not_found"))
    return found


@mxcity_publishing.errorhandler(UploadError)
def _refused(error: UploadError) -> ResponseReturnValue:
    return Response(upload_sentence(error.code), error.status, mimetype="text/plain")
