"""Asking another ministry for data, answering, revoking."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.datahub import rights
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.views.blueprint import context, datahub, ministry
from ckanext.mxcity.datahub.views.forms import organization_choices


@datahub.route("/<name>/solicitar/<asset_id>", methods=["GET", "POST"])
def ask(name: str, asset_id: str) -> ResponseReturnValue:
    """Ask a ministry for the data of one of its assets."""
    group = ministry(name)
    asset = tk.get_action("datahub_asset_show")(context(), {"id": asset_id})
    own = organization_choices(rights.own_organizations(context()))
    choices = [choice for choice in own if choice[0] != group.id]
    form = dict(request.form)
    page = {"group": group, "asset": asset, "choices": choices, "values": form, "errors": {}}
    if request.method == "GET":
        return tk.render("mxcity_datahub/ask.html", page)
    told = {name: form.get(name, "") for name in ("requester_id", "purpose")}
    if not told["requester_id"]:
        page["errors"] = {"requester_id": [tk._("Missing value")]}
        return tk.render("mxcity_datahub/ask.html", page), 422
    try:
        tk.get_action("datahub_request_create")(context(), {**told, "asset_id": asset_id})
    except tk.ValidationError as error:
        model.Session.rollback()
        page["errors"] = error.error_dict
        return tk.render("mxcity_datahub/ask.html", page), 422
    tk.h.flash_success(
        tk._("The request was sent; its answer will be on the page of the ministry.")
    )
    return tk.redirect_to("datahub.read", name=group.name, _anchor="D")


@datahub.route("/<name>/responder/<record_id>", methods=["GET", "POST"])
def answer(name: str, record_id: str) -> ResponseReturnValue:
    """Grant or refuse a request."""
    group = ministry(name)
    tk.check_access("datahub_request_answer", context(), {"id": record_id})
    return _act(
        group,
        "request",
        record_id,
        "datahub_request_answer",
        ("state", "answer_reason", "ends"),
        tk._("The request was answered."),
    )


@datahub.route("/<name>/revocar/<record_id>", methods=["GET", "POST"])
def revoke(name: str, record_id: str) -> ResponseReturnValue:
    """End a sharing agreement."""
    group = ministry(name)
    tk.check_access("datahub_agreement_revoke", context(), {"id": record_id})
    return _act(
        group,
        "agreement",
        record_id,
        "datahub_agreement_revoke",
        ("revoke_reason",),
        tk._("The agreement has ended."),
    )


def _act(
    group: model.Group, kind: str, record_id: str, action: str, names: tuple[str, ...], done: str
) -> ResponseReturnValue:
    """Show the form of an answer or a revocation, and carry it out."""
    record: Any = records.stored(kind, {"id": record_id})
    if record.organization_id != group.id:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    form = {name: request.form.get(name, "") for name in names}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            tk.get_action(action)(context(), {"id": record_id, **form})
        except tk.ValidationError as error:
            model.Session.rollback()
            errors = error.error_dict
        else:
            tk.h.flash_success(done)
            return tk.redirect_to("datahub.read", name=group.name, _anchor="D")
    asset: Any = records.stored("asset", {"id": record.asset_id})
    other = record.requester_id if kind == "request" else record.grantee_id
    asker: Any = model.Group.get(other)
    page = {
        "group": group,
        "kind": kind,
        "record": record.dictize(),
        "asset": asset.dictize(),
        "asker": asker.title if asker else other,
        "values": form,
        "errors": errors,
    }
    return tk.render("mxcity_datahub/answer.html", page), (422 if errors else 200)
