"""The blueprint of the DataHub's pages, and what they all do first and last."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

datahub = Blueprint("datahub", __name__, url_prefix="/datahub")


def context() -> Context:
    """Return CKAN's context for whoever reads the page."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}


def ministry(name: str) -> model.Group:
    """Return the organisation of an address; one that is not there ends the request with 404."""
    found = model.Group.get(name)
    if found is None or not found.is_organization or found.state != "active":
        tk.abort(404, tk._("There is no ministry “{value}” in the portal.").format(value=name))
    return found


@datahub.errorhandler(tk.NotAuthorized)
def refused(error: Exception) -> ResponseReturnValue:
    """Answer who may not do this: people without a session are asked to log in."""
    model.Session.rollback()
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=request.full_path)
    return tk.render("error_document_template.html", {"code": 403, "content": str(error)}), 403


@datahub.errorhandler(tk.ObjectNotFound)
def missing(error: Exception) -> ResponseReturnValue:
    """Answer for a record that is not there."""
    text = str(error) or tk._("There is no such record in the DataHub.")
    return tk.render("error_document_template.html", {"code": 404, "content": text}), 404
