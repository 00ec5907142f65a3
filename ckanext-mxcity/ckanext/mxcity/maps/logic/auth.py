"""Who may call the actions of maps."""

from __future__ import annotations

import ckan.authz as authz
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["mxcity_map_points"]


@tk.auth_allow_anonymous_access
def mxcity_map_points(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read the table."""
    if not p.plugin_loaded("datastore"):
        return {"success": False, "msg": tk._("There is no table of that address.")}
    return authz.is_authorized("datastore_search", context, {"resource_id": data_dict["id"]})
