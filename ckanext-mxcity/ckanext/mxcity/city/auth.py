"""Who may call the actions about the city and its areas."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def mxcity_city_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Let anybody see which city the portal belongs to."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def mxcity_role_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Let anybody see who may what."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def mxcity_area_autocomplete(context: Context, data_dict: DataDict) -> AuthResult:
    """Let anybody look up an area."""
    return {"success": True}
