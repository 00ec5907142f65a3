"""The page that takes a sheet of metadata and answers with CKAN's own form, filled in."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.views.dataset import CreateView, EditView
from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.publishing import metadata_sheets
from ckanext.mxcity.publishing.access import context, members_only
from ckanext.mxcity.publishing.identifiers import free_name

mxcity_sheets = Blueprint("mxcity_sheets", __name__, url_prefix="/fichas")
mxcity_sheets.before_request(members_only)


@mxcity_sheets.route("", methods=["GET", "POST"], strict_slashes=False)
def start() -> ResponseReturnValue:
    """Ask for a sheet; with one, show the form with what it says. Nothing is saved here."""
    aim = request.values.get("dataset", "")
    dataset = _dataset(aim) if aim else None
    if request.method == "GET":
        return _start(dataset, {})
    told: dict[str, Any] = {"upload": request.files.get("upload")}
    if dataset:
        told["type"] = dataset["type"]
    try:
        found = tk.get_action("mxcity_metadata_read")(context(), told)
    except tk.ValidationError as error:
        return _start(dataset, error.error_dict), 422
    return _edit(dataset, found) if dataset else _new(found)


def _new(found: dict[str, Any]) -> ResponseReturnValue:
    kind = found["dataset"]["type"]
    data = {**found["dataset"], "name": free_name(found["dataset"]["title"])}
    organizations = tk.h.organizations_available("create_dataset")
    if len(organizations) == 1:
        data["owner_org"] = organizations[0]["id"]
    g.mxcity_sheet = {**found, "kept": []}
    g.form_action = tk.url_for(f"{kind}.new")
    return CreateView().get(kind, data)


def _edit(dataset: dict[str, Any], found: dict[str, Any]) -> ResponseReturnValue:
    kind = dataset["type"]
    taken, kept = metadata_sheets.filled(dataset, found["dataset"], "replace" in request.form)
    g.mxcity_sheet = {**found, "kept": metadata_sheets.labels(kind, kept)}
    g.form_action = tk.url_for(f"{kind}.edit", id=dataset["name"])
    return EditView().get(kind, dataset["id"], taken)


def _dataset(identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = tk.get_action("package_show")(context(), {"id": identifier})
    tk.check_access("package_update", context(), {"id": found["id"]})
    return found


def _start(dataset: dict[str, Any] | None, errors: dict[str, Any]) -> str:
    return tk.render("mxcity_publishing/sheet.html", {"dataset": dataset, "errors": errors})
