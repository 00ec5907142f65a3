"""The two pages of publishing: send a file; look at it, say what it is, publish it."""

from __future__ import annotations

import io
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.fields import of_publish_form
from ckanext.mxcity.dataset.types import PLAIN, TYPES
from ckanext.mxcity.files import FileReading
from ckanext.mxcity.publishing import (
    choices,
    config,
    corrections,
    draft,
    form,
    metadata_sheets,
    previews,
    proposal,
    rejected_rows,
    row_views,
    tus,
    versions,
)
from ckanext.mxcity.publishing.access import context, members_only, upload_of
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
row_views.add_routes(mxcity_publishing)

#: Rows that the preview of a table begins with; its own page has more.
ROWS_SHOWN = 10


@mxcity_publishing.route("", methods=["GET", "POST"], strict_slashes=False)
def start() -> ResponseReturnValue:
    """Ask for a file; without JavaScript it comes whole with the form."""
    if request.method == "GET":
        return _start({})
    aim = {"dataset_id": request.form.get("dataset", "")}
    aim["replaces"] = request.form.get("replaces", "")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start({"file": [tk._("Choose a file.")]}), 422
    size = sent.stream.seek(0, io.SEEK_END)
    sent.stream.seek(0)
    try:
        made = tk.get_action("mxcity_upload_create")(
            context(), {"name": sent.filename, "size": size, **aim}
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
    files = versions.files_of(dataset) if dataset else {}
    values = {
        "errors": errors,
        "dataset": dataset,
        "files": files,
        "chosen": request.values.get("replaces", next(iter(files)) if len(files) == 1 else ""),
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
    shown = upload_of(upload_id)
    if shown["state"] == "received" and shown["offset"] == shown["size"]:
        shown = tk.get_action("mxcity_file_read")(context(), {"id": upload_id})
    if shown["state"] == "published":
        dataset = tk.get_action("package_show")(context(), {"id": shown["dataset_id"]})
        row_views.say_published(shown)
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
    read = corrections.told_by(request.form, reading, shown["recipes"])
    errors = {name: [error.said(current_language())] for name, error in wrong.items()}
    errors |= {name: [correction_sentence(name, value)] for name, value in read.wrong.items()}
    if errors:
        return _review(again, data, errors), 422
    written = {"id": shown["id"], "dataset": dataset, **told}
    try:
        place = _go_on(shown, written, read, again["choices"])
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
    shown: dict[str, Any], written: dict[str, Any], read: corrections.Told, chosen: dict[str, Any]
) -> str | None:
    """Do what the form asks for, and return the place on the page that comes next.

    What a person changed of the reading, or has written otherwise by another schema, is shown
    before anything is published.
    """
    if "undo" in request.form:
        tk.get_action("mxcity_file_read")(context(), {**written, "undo": True})
    elif read.changed:
        tk.get_action("mxcity_file_read")(context(), {**written, "recipes": read.recipes})
    elif "again" not in request.form and (columns := _written_otherwise(shown, chosen)):
        tk.get_action("mxcity_file_read")(context(), {**written, "recipes": read.recipes})
        tk.h.flash_notice(
            tk._("By the schema that you chose these columns are published otherwise: {columns}. "
                 "Look at the first rows again, then go on.").format(columns=", ".join(columns))
        )  # fmt: skip
    elif not shown["reviewed"] and "again" not in request.form:
        seen = {"recipes": read.recipes, "reading": shown["readings"]}
        tk.get_action("mxcity_reading_confirm")(context(), {**written, **seen})
        return "descripcion"
    elif "again" not in request.form:
        tk.get_action("mxcity_publish")(context(), written)
    return None


def _written_otherwise(shown: dict[str, Any], chosen: dict[str, Any]) -> list[str]:
    """Return the columns that would be published otherwise than the page showed them."""
    reading = draft.load(config.store().get(tk.current_user.id, shown["id"])).file()
    try:
        return choices.written_otherwise(reading, shown["choices"], chosen)
    except choices.ChoiceError:
        return []  # who publishes by it is told


@mxcity_publishing.route("/<upload_id>/estado")
def state(upload_id: str) -> ResponseReturnValue:
    """Answer with the state of a file as JSON, for the page that waits."""
    shown = upload_of(upload_id)
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
    except tk.ObjectNotFound:
        tk.abort(404, upload_sentence("not_found"))
    else:
        tk.h.flash_success(tk._("The file was removed; nothing was published."))
    return tk.redirect_to("mxcity_publishing.start")


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
    upload = config.store().get(tk.current_user.id, shown["id"])
    reading = draft.load(upload).file()
    first, folded = of_publish_form("first"), of_publish_form("folded")
    return tk.render(
        "mxcity_publishing/review.html",
        {
            "upload": shown,
            "data": data,
            "errors": errors,
            "replaced": _replaced(shown, data) if shown["into"] else [],
            "unlike": _unlike(shown, data, reading) if shown["into"] else [],
            "rows": [
                previews.rows_of(upload, number, table, shown["verdicts"])
                for number, table in enumerate(reading.tables)
            ],
            "first": [schema[name] for name in first if name in schema],
            "folded": [schema[name] for name in folded if name in schema],
            "open_folded": any(name in errors for name in folded),
            "labels": {name: tk.h.scheming_language_text(label) for name, label in labels.items()},
            "chosen": chosen,
            "own": {kind: form.own_fields(kind, fields) for kind, fields in kinds.items()},
            "schemas": [
                (name, load_table_schema(name).get("title", name)) for name in list_table_schemas()
            ],
            "wrong": [_wrong_rows(reading, verdict) for verdict in shown["verdicts"]],
            "edited": form.EDITED,
            "rows_shown": ROWS_SHOWN,
            "may_keep": choices.may_keep(reading, shown["choices"]["tables"]),
            "sent": request.form if errors else {},
            "encoding": corrections.shown_encoding(reading),
            "errors_shown": rejected_rows.SHOWN,
            "sheet": sheet,
            "more": form.not_shown(data) if shown["reviewed"] and not shown["into"] else {},
        },
    )


def _wrong_rows(reading: FileReading, verdict: dict[str, Any]) -> list[previews.Row]:
    """Return the rows of a verdict, with the cells that it finds wrong."""
    return previews.wrong_rows(reading.table(verdict["table"]), [verdict])


def _kinds() -> dict[str, list[dict[str, Any]]]:
    """Return the fields of each type of dataset that the portal has, as its form shows them."""
    schemas = {kind: tk.h.scheming_get_dataset_schema(kind) for kind in TYPES}
    return {kind: schema["dataset_fields"] for kind, schema in schemas.items() if schema}


def _replaced(shown: dict[str, Any], dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of the dataset that the tables of a file take the place of."""
    names = [table["name"] for table in shown["choices"]["tables"] if table["publish"]]
    place = versions.Place(dataset, shown["name"], shown["places"])
    found = [place.earlier(name) for name in names]
    if not shown["choices"]["keep_original"]:
        found.append(place.original)
    return [resource for resource in found if resource]


def _unlike(shown: dict[str, Any], dataset: dict[str, Any], reading: FileReading) -> list[str]:
    """Return the tables that have no column of the file whose place they take."""
    known = versions.known_of(versions.Place(dataset, shown["name"], shown["places"]), reading)
    return [
        table.title
        for table in reading.tables
        if known.columns.get(table.name)
        and not known.columns[table.name].keys() & {column.name for column in table.columns}
    ]


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


@mxcity_publishing.errorhandler(UploadError)
def _refused(error: UploadError) -> ResponseReturnValue:
    return Response(upload_sentence(error.code), error.status, mimetype="text/plain")
