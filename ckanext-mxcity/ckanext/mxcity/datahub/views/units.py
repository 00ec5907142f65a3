"""The form by which the city's coordination renames, merges or closes a ministry."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.datahub import merge
from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.views.blueprint import context, datahub, ministry
from ckanext.mxcity.datahub.views.forms import organization_choices

ASKED = ("kind", "new_title", "new_name", "successor_id", "date", "ground")


@datahub.route("/<name>/cambio", methods=["GET", "POST"])
def change(name: str) -> ResponseReturnValue:
    """Ask what becomes of a ministry, say what goes with it, and carry it out."""
    group = ministry(name)
    tk.check_access("datahub_unit_change", context(), {"organization_id": group.id})
    values = {field: request.form.get(field, "").strip() for field in ASKED}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = tk.get_action("datahub_unit_change")(
                context(), {**values, "organization_id": group.id}
            )
        except tk.ValidationError as error:
            model.Session.rollback()
            errors = error.error_dict
        else:
            return _done(made)
    page = {
        "group": group,
        "kind": kinds()["succession"],
        "values": values,
        "errors": errors,
        "held": merge.owned(group.id),
        "organizations": [row for row in organization_choices() if row[0] != group.id],
    }
    return tk.render("mxcity_datahub/unit.html", page), (422 if errors else 200)


def _done(made: dict[str, Any]) -> ResponseReturnValue:
    message = tk._("The change was recorded. {datasets} datasets and {assets} data assets moved.")
    tk.h.flash_success(message.format(**made["moved"]))
    successor = model.Group.get(made["successor_id"]) if made["successor_id"] else None
    if successor is None:
        return tk.redirect_to("datahub.city")
    return tk.redirect_to("datahub.read", name=successor.name)
