"""The page that says who may what in the portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint

blueprint = Blueprint("mxcity_roles", __name__)


@blueprint.route("/permisos")
def page() -> str:
    """Show every right, and the roles that have it."""
    found = tk.get_action("mxcity_role_list")({"user": tk.current_user.name}, {})
    return tk.render("mxcity/roles.html", found)
