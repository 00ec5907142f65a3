"""The page on which a person chooses which kind of dataset to add."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import Blueprint, request

from ckanext.mxcity.dataset.offered import offered_types

#: What the form of a dataset takes from its address.
PASSED = ("group", "title", "notes", "identifier")

blueprint = Blueprint("mxcity_dataset_types", __name__)


@blueprint.route("/conjuntos/nuevo")
def choose() -> str:
    """Show the types of dataset, each with a sentence; whoever may add none is sent away."""
    context: Context = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
    try:
        tk.check_access("package_create", context)
    except tk.NotAuthorized:
        tk.abort(403, tk._("Unauthorized to create a package"))
    passed = {name: request.args[name] for name in PASSED if request.args.get(name)}
    kinds = offered_types()
    return tk.render("mxcity/dataset_types/choose.html", {"kinds": kinds, "passed": passed})
