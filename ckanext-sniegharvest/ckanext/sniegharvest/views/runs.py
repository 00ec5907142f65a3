"""The page of a run, which shows its plan, and the button that releases it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from werkzeug.wrappers import Response

from ckanext.harvest.utils import DATASET_TYPE_NAME
from ckanext.sniegharvest.engine.records import DECISIONS

blueprint = Blueprint("sniegharvest", __name__, url_prefix="/harvest/<source>/run/<id>")

overlay = Blueprint("sniegharvest_overlay", __name__, url_prefix="/dataset/<id>/overlay")

file = Blueprint("sniegharvest_file", __name__, url_prefix="/dataset/<id>/resource/<resource_id>")

__all__ = ["blueprint", "file", "overlay"]


@blueprint.before_request
def set_type() -> None:
    """Let ckanext-harvest's templates know which type of dataset a source is."""
    tk.g.dataset_type = DATASET_TYPE_NAME


@blueprint.get("", endpoint="run")
def show(source: str, id: str) -> str:
    """Show the plan of a run, page by page, whole or for one decision."""
    decision = request.args.get("decision", "")
    asked = {"id": id, "decision": decision, "after": request.args.get("after", 0)}
    try:
        plan = tk.get_action("sniegharvest_plan_show")({}, asked)
        found = tk.get_action("harvest_source_show")({}, {"id": plan["run"]["source_id"]})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Run not found"))
    except tk.ValidationError:
        return tk.abort(400, tk._("Invalid value"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only editors of the source may do this."))
    if source not in (found["name"], found["id"]):
        return tk.abort(404, tk._("Run not found"))
    values = {"harvest_source": found, "decision": decision, "decisions": DECISIONS, **plan}
    return tk.render("source/run.html", extra_vars=values)


@blueprint.post("/release", endpoint="release")
def release(source: str, id: str) -> Response:
    """Release a held run, and lead to the jobs of its source."""
    try:
        tk.get_action("sniegharvest_run_release")({}, {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Run not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only editors of the source may do this."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
        return tk.redirect_to("sniegharvest.run", source=source, id=id)
    tk.h.flash_success(tk._("The run is released; a worker carries it out."))
    return tk.redirect_to("harvester.job_list", source=source)


@overlay.post("/release", endpoint="release")
def give_back(id: str) -> Response:
    """Give a field that the city changed back to its source, and show the dataset."""
    asked = {"id": id, "path": request.form.get("path", "")}
    try:
        tk.get_action("sniegharvest_overlay_release")({}, asked)
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("The city has not changed this field."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only editors of the dataset may do this."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    else:
        tk.h.flash_success(tk._("The field has what the source says, and follows it again."))
    return tk.redirect_to("dataset.read", id=id)


@file.post("/verify", endpoint="verify")
def verify(id: str, resource_id: str) -> Response:
    """Compare a file with its source, and show the page of the file, which tells what came out."""
    try:
        tk.get_action("sniegharvest_file_verify")({}, {"id": resource_id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Resource not found"))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only editors of the dataset may do this."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    page = tk.h.url_for("dataset_resource.read", id=id, resource_id=resource_id)
    return tk.redirect_to(f"{page}#mx-file-check")
